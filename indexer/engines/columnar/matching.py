"""Which units of a view a query finds, and how often they hold what it seeks: operations on arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from typing import assert_never

import numpy as np

from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.kernels import among, mark_near, marked, members, spread, taken
from indexer.engines.columnar.kernels.kinds import TIMES, UNIT
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.view import View
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

FEWER = 16
"""So many times fewer units than there are in the view are looked up one by one."""

Found = tuple[Array, Array]
"""Units in order, and how often each holds what was sought."""


class Matching:
    """Answers for one request; where something sought occurs is worked out once."""

    def __init__(self, view: View, filing: Filing) -> None:
        self.view, self._filing = view, filing
        self._found: dict[re.Pattern[str], Found] = {}
        self._times: dict[re.Pattern[str], Found] = {}
        self._under: dict[str, Array] = {}

    def units(self, node: Node) -> Array:
        """The units that ``node`` finds, in order."""
        match node:
            case Term() | Phrase() | Wildcard():
                return self.occurrences(node)[0]
            case _:
                return members(self.docs(node))

    def docs(self, node: Node) -> Array:
        """Of every unit, whether ``node`` finds it."""
        match node:
            case All():
                return self.view.live
            case Term() | Phrase() | Wildcard():
                return marked(self.occurrences(node)[0], self.view.size)
            case Near(first, second, distance):
                return self._near(first, second, distance)
            case SameSentence(wanted):
                return self._where(wanted, lambda folded: stand_in_one_sentence(folded, wanted))
            case SameStretch(wanted):
                return self._in_one_stretch(wanted)
            case UnderHeading(text):
                return self.under(fold(text))
            case Exact() | Range():
                return self._filing.runs(node)[self.view.run_of] & self.view.live
            case And(parts):
                return reduce(np.logical_and, map(self.docs, parts))
            case Or(parts):
                return reduce(np.logical_or, map(self.docs, parts))
            case Not(part):
                return self.view.live & ~self.docs(part)
            case never:
                assert_never(never)

    def occurrences(self, sought: Sought) -> Found:
        """The units that hold what is ``sought``, and how often, overlaps not counted."""
        key = pattern(sought)
        if key not in self._found:
            self._found[key] = self._alive(self._count(sought))
        return self._found[key]

    def _alive(self, found: Found) -> Found:
        return found if self.view.is_whole else _chosen(found, self.view.live[found[0]])

    def _count(self, sought: Sought) -> Found:
        match sought, pieces(sought):
            case _, ():
                return np.empty(0, UNIT), np.empty(0, TIMES)
            case (Term() | Phrase(), (text,)):
                return self.view.postings.counts(text)
            case _, texts:
                units = members(reduce(np.logical_and, map(self._holding, texts)))
                times = [len(occurrences(self.view.folded(unit), sought)) for unit in units.tolist()]
                counts = np.array(times, TIMES)
                return _chosen((units, counts), counts > 0)

    def _holding(self, text: str) -> Array:
        return marked(self.view.postings.counts(text)[0], self.view.size)

    def _near(self, first: Sought, second: Sought, distance: int) -> Array:
        if isinstance(first, Wildcard) or isinstance(second, Wildcard):
            return self._where((first, second), lambda folded: stand_near(folded, first, second, distance))
        (one, *_), (other, *_) = pieces(first) or ("",), pieces(second) or ("",)
        if not one or not other:
            return np.zeros(self.view.size, bool)
        found, ones, others = np.zeros(self.view.size, bool), *map(self.view.postings.standings, (one, other))
        within = min(distance, self.view.characters)
        mark_near(ones, len(one), others, within, found)
        mark_near(others, len(other), ones, within, found)
        found &= self.view.live
        return found

    def _where(self, parts: tuple[Sought, ...], together: Callable[[str], bool]) -> Array:
        """Of every unit, whether it holds all parts and they stand ``together`` in its folded text."""
        units = self.units(And(parts))
        chosen = units[np.array([together(self.view.folded(unit)) for unit in units.tolist()], bool)]
        return marked(chosen, self.view.size)

    def _in_one_stretch(self, parts: tuple[Sought, ...]) -> Array:
        stretches, holders = self.view.stretches, [self.docs(part) for part in parts]
        complete = np.ones(int(stretches[-1]) + 1 if len(stretches) else 0, bool)
        for docs in holders:
            complete &= np.bincount(stretches[docs], minlength=len(complete)) > 0
        found: Array = reduce(np.logical_or, holders) & complete[stretches]
        return found

    def under(self, folded: str) -> Array:
        """Of every unit, whether a folded text stands in a heading above it."""
        if folded not in self._under:
            above = self.view.under(folded) if folded else np.zeros(self.view.size, bool)
            self._under[folded] = above & self.view.live
        return self._under[folded]

    def times(self, units: Array, sought: Sought) -> Array:
        """How often each of ``units``, which are in order, holds what is ``sought``."""
        holders, counts = self.occurrences(sought)
        if holders is units:
            return counts
        key = pattern(sought)
        if key not in self._times or self._times[key][0] is not units:
            self._times[key] = units, self._times_of(units, holders, counts)
        return self._times[key][1]

    def _times_of(self, units: Array, holders: Array, counts: Array) -> Array:
        """Few units are looked up among the holders; for many, the holders are laid out."""
        if len(units) * FEWER < self.view.size:
            return among(units, holders, counts)
        return taken(units, spread(holders, counts, self.view.size))


def _chosen(found: Found, mask: Array) -> Found:
    return found[0][mask], found[1][mask]
