"""Two reports side by side: which chapter of the one begins where which of the other does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from indexer.fields import UNMARKED
from indexer.model import Heading
from search_app.reading import ReadUnit

MOST_CHAPTERS = 100
"""Of a report; what comes behind them counts as part of the last one."""

_NUMBER = re.compile(r"第?([一二三四五六七八九十]{1,3})(?:、|部分|章)")


@dataclass(frozen=True, slots=True)
class Chapter:
    """The units below one outermost heading, or before the first. ``heading`` is None for those before, ``section`` the
    chapter most of them are filed under."""

    heading: Heading | None
    section: str
    units: tuple[ReadUnit, ...]

    @property
    def number(self) -> str | None:
        found = _NUMBER.match(self.heading.text) if self.heading else None
        return found[1] if found else None


Row = tuple[Chapter | None, Chapter | None]
"""A chapter of each of two reports that belong together, or one of either and None."""


def chapters(units: tuple[ReadUnit, ...]) -> tuple[Chapter, ...]:
    """The chapters of a report, in order; together they are all its units."""
    runs = [(heading, tuple(run)) for heading, run in groupby(units, key=_outermost)]
    whole, rest = runs[: MOST_CHAPTERS - 1], runs[MOST_CHAPTERS - 1 :]
    last = [(rest[0][0], tuple(unit for _, run in rest for unit in run))] if rest else []
    return tuple(Chapter(heading, _section(run), run) for heading, run in [*whole, *last])


def aligned(left: tuple[Chapter, ...], right: tuple[Chapter, ...]) -> tuple[Row, ...]:
    """All chapters of both, each report's in its own order, so paired that those belonging together are the most."""
    return tuple(_walked(left, right, _best_from(left, right)))


def _outermost(read: ReadUnit) -> Heading | None:
    return next((heading for heading in read.unit.headings if heading.depth == 1), None)


def _section(run: tuple[ReadUnit, ...]) -> str:
    filed = Counter(read.unit.section[0] for read in run if read.unit.section[0] != UNMARKED)
    return filed.most_common(1)[0][0] if filed else UNMARKED


def _likeness(one: Chapter, other: Chapter) -> int:
    """How surely two chapters belong together, 0 for not at all: by section, or by number where one has no section."""
    if one.heading is None or other.heading is None:
        return 2 if one.heading is other.heading else 0
    same_number = one.number is not None and one.number == other.number
    if UNMARKED in (one.section, other.section):
        return 2 if same_number else 0
    return 4 + same_number if one.section == other.section else 0


def _best_from(left: tuple[Chapter, ...], right: tuple[Chapter, ...]) -> list[list[int]]:
    """For each pair of places, the likeness that can be had from there on."""
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            paired = best[i + 1][j + 1] + _likeness(left[i], right[j])
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    return best


def _walked(left: tuple[Chapter, ...], right: tuple[Chapter, ...], best: list[list[int]]) -> Iterator[Row]:
    i = j = 0
    while i < len(left) and j < len(right):
        alike = _likeness(left[i], right[j])
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            yield left[i], right[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield left[i], None
            i += 1
        else:
            yield None, right[j]
            j += 1
    yield from ((chapter, None) for chapter in left[i:])
    yield from ((None, chapter) for chapter in right[j:])
