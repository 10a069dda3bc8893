"""Which units of a segment a query finds, and how often they hold what it seeks: operations on arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from typing import assert_never

import numpy as np

from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import NOTHING, Word
from indexer.engines.columnar.view import Part
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
"""Units in order, and how often each holds what was sought."""


class Matching:
    """Answers for one request from one segment; where something sought occurs is worked out once."""

    def __init__(self, part: Part, filing: Filing) -> None:
        self.part = part
        self._segment, self._filing = part.segment, filing
        self._found: dict[re.Pattern[str], Found] = {}
        self._times: dict[re.Pattern[str], Array] = {}
        self._words: dict[str, Word] = {}
        self._under: dict[str, Array] = {}

    def units(self, node: Node) -> Array:
        """The units that ``node`` finds, in order."""
        match node:
            case Term() | Phrase() | Wildcard():
                return self.occurrences(node)[0]
            case _:
                return np.flatnonzero(self.docs(node))

    def docs(self, node: Node) -> Array:
        """Of every unit, whether ``node`` finds it."""
        match node:
            case All():
                return self._segment.live
            case Term() | Phrase() | Wildcard():
                return self._everywhere(node) > 0
            case Near(first, second, distance):
                return self._near(first, second, distance)
            case SameSentence(wanted):
                return self._where(wanted, lambda folded: stand_in_one_sentence(folded, wanted))
            case SameStretch(wanted):
                return self._in_one_stretch(wanted)
            case UnderHeading(text):
                return self.under(fold(text))
            case Exact() | Range():
                return self._filing.runs(node)[self.part.runs][self._segment.run_of] & self._segment.live
            case And(parts):
                return reduce(np.logical_and, map(self.docs, parts))
            case Or(parts):
                return reduce(np.logical_or, map(self.docs, parts))
            case Not(part):
                return self._segment.live & ~self.docs(part)
            case never:
                assert_never(never)

    def occurrences(self, sought: Sought) -> Found:
        """The units that hold what is ``sought``, and how often, overlaps not counted."""
        key = pattern(sought)
        if key not in self._found:
            self._found[key] = self._alive(self._count(sought))
        return self._found[key]

    def _alive(self, found: Found) -> Found:
        return found if self._segment.is_whole else _chosen(found, self._segment.live[found[0]])

    def _count(self, sought: Sought) -> Found:
        match sought, pieces(sought):
            case _, ():
                return NOTHING, NOTHING
            case (Term() | Phrase(), (text,)):
                return self._segment.counts(text)
            case _, texts:
                units = np.flatnonzero(reduce(np.logical_and, map(self._holding, texts)))
                times = [len(occurrences(self._segment.decoded(unit), sought)) for unit in units.tolist()]
                counts = np.array(times, np.int64)
                return _chosen((units, counts), counts > 0)

    def _holding(self, text: str) -> Array:
        return self.mask(self._segment.counts(text)[0])

    def mask(self, units: Array) -> Array:
        """Of every unit, whether it is among ``units``."""
        mask = np.zeros(self._segment.size, bool)
        mask[units] = True
        return mask

    def _near(self, first: Sought, second: Sought, distance: int) -> Array:
        if isinstance(first, Wildcard) or isinstance(second, Wildcard):
            return self._where((first, second), lambda folded: stand_near(folded, first, second, distance))
        (one, *_), (other, *_) = pieces(first) or ("",), pieces(second) or ("",)
        if not one or not other:
            return np.zeros(self._segment.size, bool)
        (units, ones), (others_units, others) = self._segment.standings(one), self._segment.standings(other)
        follows = _any_within(units, ones + len(one), others_units, others, distance)
        precedes = _any_within(others_units, others + len(other), units, ones, distance)
        found: Array = self.mask(np.concatenate((units[follows], others_units[precedes]))) & self._segment.live
        return found

    def _where(self, parts: tuple[Sought, ...], together: Callable[[str], bool]) -> Array:
        """Of every unit, whether it holds all parts and they stand ``together`` in its folded text."""
        units = self.units(And(parts))
        return self.mask(units[np.array([together(self._segment.decoded(unit)) for unit in units.tolist()], bool)])

    def _in_one_stretch(self, parts: tuple[Sought, ...]) -> Array:
        stretches, holders = self._segment.stretches, [self.docs(part) for part in parts]
        complete = np.ones(int(stretches[-1]) + 1 if len(stretches) else 0, bool)
        for docs in holders:
            complete &= np.bincount(stretches[docs], minlength=len(complete)) > 0
        found: Array = reduce(np.logical_or, holders) & complete[stretches]
        return found

    def under(self, folded: str) -> Array:
        """Of every unit, whether a folded text stands in a heading above it."""
        if folded not in self._under:
            paths = np.array([folded in path for path in self._segment.headings], bool) & bool(folded)
            self._under[folded] = paths[self._segment.column("headings")] & self._segment.live
        return self._under[folded]

    def word_holders(self, word: str) -> int:
        """How many units have a word."""
        if self._segment.is_whole:
            return self._word(word).holders
        return int(np.count_nonzero(self.frequencies(word, np.flatnonzero(self._segment.live))))

    def frequencies(self, word: str, units: Array) -> Array:
        """How often each of ``units``, which are in order, has a word."""
        return self._segment.frequencies(self._word(word), units)

    def _word(self, word: str) -> Word:
        if word not in self._words:
            self._words[word] = self._segment.word(word)
        return self._words[word]

    def times(self, units: Array, sought: Sought) -> Array:
        """How often each of ``units`` holds what is ``sought``."""
        holders, counts = self.occurrences(sought)
        return counts if holders is units else self._everywhere(sought)[units]

    def _everywhere(self, sought: Sought) -> Array:
        """How often every unit holds what is ``sought``."""
        key = pattern(sought)
        if key not in self._times:
            holders, counts = self.occurrences(sought)
            times = self._times[key] = np.zeros(self._segment.size, np.min_scalar_type(int(counts.max(initial=0))))
            times[holders] = counts
        return self._times[key]


def _chosen(found: Found, mask: Array) -> Found:
    return found[0][mask], found[1][mask]


def _any_within(units: Array, ends: Array, others_units: Array, others: Array, distance: int) -> Array:
    """Of each end, whether one of ``others`` begins in its unit at most ``distance`` characters behind it."""
    if not len(others):
        return np.zeros(len(ends), bool)
    next_one = np.minimum(np.searchsorted(others, ends), len(others) - 1)
    gap = others[next_one] - ends
    found: Array = (gap >= 0) & (gap <= distance) & (others_units[next_one] == units)
    return found
