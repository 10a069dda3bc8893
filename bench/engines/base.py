"""What an engine must do to be compared, and what it answers with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.feed import Feed
from bench.questions import Question
from indexer import Filter
from indexer.fields import BY_NAME, PATH_SEPARATOR

Counts = Mapping[str, int]
Panel = dict[str, dict[str, int]]
"""From a word to the numbers of units that hold it, by year."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``total`` units found; ``first`` the addresses of the first twenty; ``facets``: of each field the units by
    value, those of a path with all below it. None where the engine counts none."""

    total: int
    first: tuple[str, ...]
    facets: dict[str, dict[str, int]] | None


class Peer(Protocol):
    """An engine over a folder."""

    def build(self, feed: Feed) -> None:
        """Index all of the feed and commit."""

    def open(self) -> None:
        """Open what was built: the rest needs it."""

    def search(self, question: Question) -> Answer: ...

    def panel(self, words: Iterable[str]) -> Panel | None: ...

    def size(self) -> int:
        """Bytes on disk."""


def size_of(folder: Path) -> int:
    """Bytes of the files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def with_ancestors(field: str, counts: Counts) -> dict[str, int]:
    """Counts of values as counts of values with all below them."""
    if BY_NAME[field].kind != "path":
        return dict(counts)
    summed: Counter[str] = Counter()
    for value, units in counts.items():
        parts = value.split(PATH_SEPARATOR)
        for depth in range(1, len(parts) + 1):
            summed[PATH_SEPARATOR.join(parts[:depth])] += units
    return dict(summed)


def passing(chosen: Filter, values: Iterable[str]) -> list[str]:
    """Those of a field's ``values`` that pass the filter."""
    return [
        value
        for value in values
        if (not chosen.values or _below(value, chosen.values)) and not _below(value, chosen.excluded)
    ]


def _below(value: str, tops: tuple[str, ...]) -> bool:
    return any(value == top or value.startswith(top + PATH_SEPARATOR) for top in tops)


def by_own_selection(
    filters: tuple[Filter, ...], fields: tuple[str, ...], count: Callable[[tuple[Filter, ...], list[str]], None]
) -> None:
    """Call ``count`` with the filters to heed and the fields to count so, as seldom as the selections allow: a field
    that is filtered heeds the others' filters alone."""
    filtered = {chosen.field for chosen in filters}
    count(filters, [field for field in fields if field not in filtered])
    for field in fields:
        if field in filtered:
            count(tuple(chosen for chosen in filters if chosen.field != field), [field])
