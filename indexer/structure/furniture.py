"""Lines and marks that the page put there and the report did not say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LINES = (
    re.compile(r"^•\s*\S"),
    re.compile(r"^(?:本报|\S{2,8}全媒体)记者(?:\s+\S{2,4}){1,6}$"),
    re.compile(r"^主办单位[:：]"),
)
_JUMP = re.compile(r"[（(](?:下转|上接)[^（()）]{1,10}版[)）]\s*$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``lines`` of the report itself, stripped; ``dropped`` is what was taken out, in order."""

    lines: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def continues_elsewhere(self) -> bool:
        """Whether the newspaper printed the rest on another page."""
        return any(_JUMP.search(line) for line in self.dropped)


def clean(lines: Iterable[str]) -> Cleaned:
    """Take furniture out of ``lines``; blank lines go too."""
    kept: list[str] = []
    dropped: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if any(pattern.search(line) for pattern in _LINES):
            dropped.append(line)
        elif jump := _JUMP.search(line):
            dropped.append(jump[0])
            kept.extend(filter(None, [line[: jump.start()].rstrip()]))
        else:
            kept.append(line)
    return Cleaned(tuple(kept), tuple(dropped))
