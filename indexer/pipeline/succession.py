"""Which file of today goes on which report of yesterday, as far as its bytes alone tell."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from indexer.model import Report


class Sighting(Protocol):
    """What is known of a file, or of a part of one, before it is read."""

    @property
    def path(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def recipe(self) -> str: ...


Place = tuple[str, str]
"""A path and what its bytes are: two parts may have one path."""

_SAME: tuple[Callable[[Sighting], object], ...] = (
    lambda of: of.recipe,
    lambda of: (of.path, of.sha256),
    lambda of: of.sha256,
)
"""What makes a file the one that a report was read from, the surest first: nothing at all is new, its bytes are where
they were, its bytes are somewhere else."""


def succession(reports: Iterable[Report], parts: Sequence[Sighting]) -> dict[Place, str]:
    """The ids of the reports whose files are there, by the places of their files; no report goes to two of them."""
    free = {report.id: report.source for report in reports}
    heirs: dict[Place, str] = {}
    for same in _SAME:
        waiting: defaultdict[object, deque[str]] = defaultdict(deque)
        for report_id, source in free.items():
            waiting[same(source)].append(report_id)
        for part in parts:
            place = part.path, part.sha256
            if place not in heirs and waiting[same(part)]:
                heirs[place] = waiting[same(part)].popleft()
                del free[heirs[place]]
    return heirs
