"""Which units a query finds, and how often they hold what it seeks: operations on arrays over all units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import assert_never

import numpy as np

from indexer.engines.base import Filter
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.view import Column, View
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

Found = tuple[Array, Array]
"""Units in order, deleted ones not among them, and how often each holds what was sought."""


class Matching:
    """Answers for one request; where something sought occurs is worked out once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[re.Pattern[str], Found] = {}

    def docs(self, node: Node) -> Array:
        """Of every unit, whether ``node`` finds it."""
        match node:
            case All():
                return self._view.live
            case Term() | Phrase() | Wildcard():
                return self._mask(self.occurrences(node)[0])
            case Near(first, second, distance):
                return self._near(first, second, distance)
            case SameSentence(wanted):
                return self._where(wanted, lambda folded: stand_in_one_sentence(folded, wanted))
            case SameStretch(wanted):
                return self._in_one_stretch(wanted)
            case UnderHeading(text):
                return self.under(fold(text))
            case Exact(field, value):
                return self._with_values(field, lambda filed: _lies_in(field, filed, value))
            case Range(field, low, high):
                return self._with_values(field, lambda filed: _lies_between(int(filed), low, high))
            case And(parts):
                return _all([self.docs(part) for part in parts])
            case Or(parts):
                return _any([self.docs(part) for part in parts])
            case Not(part):
                return self._view.live & ~self.docs(part)
            case never:
                assert_never(never)

    def passing(self, filters: Iterable[Filter]) -> Array:
        """Of every unit, whether it passes every filter."""
        docs = self._view.live
        for chosen in filters:
            docs = docs & self.selected(chosen)
        return docs

    def selected(self, chosen: Filter) -> Array:
        """Of every unit, whether it passes one filter."""
        wanted = self._filed_under(chosen.field, chosen.values) if chosen.values else self._view.live
        return wanted & ~self._filed_under(chosen.field, chosen.excluded) if chosen.excluded else wanted

    def _filed_under(self, field: str, values: tuple[str, ...]) -> Array:
        """Of every unit, whether it has one of the values, or what lies below it."""
        below = tuple(value + PATH_SEPARATOR for value in values)
        return self._with_values(field, lambda filed: filed in values or filed.startswith(below))

    def occurrences(self, sought: Sought) -> Found:
        """The units that hold what is ``sought``, and how often, overlaps not counted."""
        key = pattern(sought)
        if key not in self._found:
            units, counts = self._count(sought)
            kept = self._view.live[units]
            self._found[key] = units[kept], counts[kept]
        return self._found[key]

    def _count(self, sought: Sought) -> Found:
        match sought, pieces(sought):
            case _, ():
                return np.empty(0, np.int64), np.empty(0, np.int64)
            case (Term() | Phrase(), (text,)):
                return self._view.counts(text)
            case _, texts:
                holders = np.logical_and.reduce([self._mask(self._view.standings(text)[0]) for text in texts])
                units = np.flatnonzero(holders)
                counts = np.array(
                    [len(occurrences(self._view.folded(unit), sought)) for unit in units.tolist()], np.int64
                )
                return units[counts > 0], counts[counts > 0]

    def _mask(self, units: Array) -> Array:
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
        found: Array = self._mask(np.concatenate((units[follows], others_units[precedes]))) & self._view.live
        return found

    def _where(self, parts: tuple[Sought, ...], together: Callable[[str], bool]) -> Array:
        """Of every unit, whether it holds all parts and they stand ``together`` in its folded text."""
        units = np.flatnonzero(self.docs(And(parts)))
        return self._mask(units[np.array([together(self._view.folded(unit)) for unit in units.tolist()], bool)])

    def _in_one_stretch(self, parts: tuple[Sought, ...]) -> Array:
        stretches, holders = self._view.stretches, [self.docs(part) for part in parts]
        complete = np.ones(int(stretches[-1]) + 1 if len(stretches) else 0, bool)
        for docs in holders:
            complete &= np.bincount(stretches[docs], minlength=len(complete)) > 0
        found: Array = np.logical_or.reduce(holders) & complete[stretches]
        return found

    def under(self, folded: str) -> Array:
        """Of every unit, whether a folded text stands in a heading above it."""
        if not folded:
            return np.zeros(self._view.size, bool)
        return self._chosen(self._view.headings, lambda path: folded in path)

    def _with_values(self, field: str, fits: Callable[[str], bool]) -> Array:
        return self._chosen(self._view.columns[field], fits)

    def _chosen(self, column: Column, fits: Callable[[str], bool]) -> Array:
        found: Array = np.array([fits(value) for value in column.values], bool)[column.codes] & self._view.live
        return found


def _all(masks: list[Array]) -> Array:
    found: Array = np.logical_and.reduce(masks)
    return found


def _any(masks: list[Array]) -> Array:
    found: Array = np.logical_or.reduce(masks)
    return found


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
