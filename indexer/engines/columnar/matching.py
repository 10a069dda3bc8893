"""Which units a query finds, and how often they hold what it seeks: operations on arrays over all units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import reduce
from typing import assert_never

import numpy as np

from indexer.engines.base import Filter
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import NOTHING
from indexer.engines.columnar.view import Column, Found, View
from indexer.fields import BY_NAME, PATH_SEPARATOR
from indexer.query import (
    All,
    And,
    Exact,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    SameSentence,
    SameStretch,
    Sought,
    Term,
    UnderHeading,
    Wildcard,
)
from indexer.text import fold, occurrences, pattern, pieces, stand_in_one_sentence, stand_near


class Matching:
    """Answers for one request; where something sought occurs is worked out once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[re.Pattern[str], Found] = {}

    def units(self, node: Node) -> Array:
        """The units that ``node`` finds, in order."""
        match node:
            case Term() | Phrase() | Wildcard():
                return self.occurrences(node)[0]
            case _:
                return np.flatnonzero(self.docs(node)).astype(np.int32)

    def docs(self, node: Node) -> Array:
        """Of every unit, whether ``node`` finds it."""
        match node:
            case All():
                return self._view.live
            case Term() | Phrase() | Wildcard():
                return self.mask(self.occurrences(node)[0])
            case Near(first, second, distance):
                return self._near(first, second, distance)
            case SameSentence(wanted):
                return self._where(wanted, lambda folded: stand_in_one_sentence(folded, wanted))
            case SameStretch(wanted):
                return self._in_one_stretch(wanted)
            case UnderHeading(text):
                return self._under(fold(text))
            case Exact(field, value):
                return self._filed(field, lambda filed: _lies_in(field, filed, value))
            case Range(field, low, high):
                return self._filed(field, lambda filed: _lies_between(int(filed), low, high))
            case And(parts):
                return reduce(np.logical_and, map(self.docs, parts))
            case Or(parts):
                return reduce(np.logical_or, map(self.docs, parts))
            case Not(part):
                return self._view.live & ~self.docs(part)
            case never:
                assert_never(never)

    def passing(self, filters: Iterable[Filter]) -> Array:
        """Of every run, whether it passes every filter."""
        return reduce(np.logical_and, map(self._selected, filters), self._view.live_runs)

    def _selected(self, chosen: Filter) -> Array:
        """Of every run, whether it passes one filter."""
        wanted = self._filed_under(chosen.field, chosen.values) if chosen.values else self._view.live_runs
        return wanted & ~self._filed_under(chosen.field, chosen.excluded) if chosen.excluded else wanted

    def _filed_under(self, field: str, values: tuple[str, ...]) -> Array:
        """Of every run, whether it has one of the values, or what lies below it."""
        below = tuple(value + PATH_SEPARATOR for value in values)
        return _chosen(self._view.columns[field], lambda filed: filed in values or filed.startswith(below))

    def occurrences(self, sought: Sought) -> Found:
        """The units that hold what is ``sought``, and how often, overlaps not counted."""
        key = pattern(sought)
        if key not in self._found:
            self._found[key] = self._view.alive(self._count(sought))
        return self._found[key]

    def _count(self, sought: Sought) -> Found:
        match sought, pieces(sought):
            case _, ():
                return NOTHING.astype(np.int32), NOTHING
            case (Term() | Phrase(), (text,)):
                return self._view.counts(text)
            case _, texts:
                units = np.flatnonzero(
                    reduce(np.logical_and, (self.mask(self._view.counts(text)[0]) for text in texts))
                )
                counts = [len(occurrences(self._view.folded(unit), sought)) for unit in units.tolist()]
                return _with_any(units.astype(np.int32), np.array(counts, np.int64))

    def mask(self, units: Array) -> Array:
        """Of every unit, whether it is among ``units``."""
        mask = np.zeros(self._view.size, bool)
        mask[units] = True
        return mask

    def _near(self, first: Sought, second: Sought, distance: int) -> Array:
        if isinstance(first, Wildcard) or isinstance(second, Wildcard):
            return self._where((first, second), lambda folded: stand_near(folded, first, second, distance))
        (one, *_), (other, *_) = pieces(first) or ("",), pieces(second) or ("",)
        if not one or not other:
            return np.zeros(self._view.size, bool)
        (units, ones), (others_units, others) = self._view.standings(one), self._view.standings(other)
        follows = _any_within(units, ones + len(one), others_units, others, distance)
        precedes = _any_within(others_units, others + len(other), units, ones, distance)
        found: Array = self.mask(np.concatenate((units[follows], others_units[precedes]))) & self._view.live
        return found

    def _where(self, parts: tuple[Sought, ...], together: Callable[[str], bool]) -> Array:
        """Of every unit, whether it holds all parts and they stand ``together`` in its folded text."""
        units = np.flatnonzero(self.docs(And(parts)))
        return self.mask(units[np.array([together(self._view.folded(unit)) for unit in units.tolist()], bool)])

    def _in_one_stretch(self, parts: tuple[Sought, ...]) -> Array:
        stretches, holders = self._view.stretches, [self.docs(part) for part in parts]
        complete = np.ones(int(stretches[-1]) + 1 if len(stretches) else 0, bool)
        for docs in holders:
            complete &= np.bincount(stretches[docs], minlength=len(complete)) > 0
        found: Array = reduce(np.logical_or, holders) & complete[stretches]
        return found

    def _under(self, folded: str) -> Array:
        found: Array = self.paths_with(folded)[self._view.headings.codes] & self._view.live
        return found

    def paths_with(self, folded: str) -> Array:
        """Of every path of headings, whether a folded text stands in it."""
        return np.array([folded in path for path in self._view.headings.values], bool) & bool(folded)

    def _filed(self, field: str, fits: Callable[[str], bool]) -> Array:
        found: Array = (_chosen(self._view.columns[field], fits) & self._view.live_runs)[self._view.run_of]
        return found


def _chosen(column: Column, fits: Callable[[str], bool]) -> Array:
    found: Array = np.array([fits(value) for value in column.values], bool)[column.codes]
    return found


def _with_any(units: Array, counts: Array) -> Found:
    return units[counts > 0], counts[counts > 0]


def _any_within(units: Array, ends: Array, others_units: Array, others: Array, distance: int) -> Array:
    """Of each end, whether one of ``others`` begins in its unit at most ``distance`` characters behind it."""
    if not len(others):
        return np.zeros(len(ends), bool)
    next_one = np.minimum(np.searchsorted(others, ends), len(others) - 1)
    gap = others[next_one] - ends
    found: Array = (gap >= 0) & (gap <= distance) & (others_units[next_one] == units)
    return found


def _lies_between(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)


def _lies_in(field: str, filed: str, value: str) -> bool:
    """Whether the filed value is ``value``; of a path, whether ``value``'s parts stand in it one after another."""
    if BY_NAME[field].kind != "path":
        return filed == value
    return f"{PATH_SEPARATOR}{value}{PATH_SEPARATOR}" in f"{PATH_SEPARATOR}{filed}{PATH_SEPARATOR}"
