"""The order of hits: see ``engines.scoring``. Scored is what matched only; put in order, what can be shown only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.view import Found, View
from indexer.engines.loose import rarity
from indexer.engines.scoring import CLOSENESS_DEPTH, K1, B, closeness, words_inside
from indexer.query import Sought
from indexer.text import pieces

_SAMPLE = 1 << 14
"""Scores looked at to tell how good the best are at least."""

NO_SCORES = np.empty(0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Units in order, with their scores."""

    units: Array = field(default_factory=lambda: np.empty(0, np.int32))
    scores: Array = field(default_factory=lambda: NO_SCORES)

    def __getitem__(self, some: slice | Array) -> Ranked:
        return Ranked(self.units[some], self.scores[some])


def ranked(view: View, matching: Matching, units: Array, wanted: tuple[Sought, ...], sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``units`` in the order ``sort``; ``wanted`` is what the query seeks."""
    wanted = tuple(filter(pieces, wanted))
    if sort != "relevance" or not wanted or not len(units):
        return by_year(view, units, sort, last)
    scored = Ranked(units, _bm25(view, matching, units, wanted))
    if len(wanted) == 1:
        return best_first(view, scored, last)
    best = best_first(view, scored, max(last, CLOSENESS_DEPTH))
    return _closest_first(view, matching, best, wanted)[:last]


def by_year(view: View, units: Array, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``units`` by year: newest first unless the oldest are asked for."""
    ranks = view.ranks(sort)
    of_reports = np.bincount(ranks[view.report_of(units)], minlength=1)
    furthest = int(np.searchsorted(np.cumsum(of_reports), last))
    among = units[ranks[view.report_of(units)] <= furthest]
    firsts = among[np.argsort(view.places(among, sort))][:last]
    return Ranked(firsts, np.zeros(len(firsts)))


def best_first(view: View, scored: Ranked, last: int) -> Ranked:
    """The first ``last``: the highest score first, then by year."""
    among = scored[scored.scores >= _at_least(scored.scores, last)]
    return among[np.lexsort((view.places(among.units, "relevance"), -among.scores))[:last]]


def _at_least(scores: Array, last: int) -> float:
    """A score that ``last`` of them reach, and few more: what a part of them reaches so often, all do."""
    if not 0 < last < len(scores):
        return -np.inf
    sample = scores[:: max(1, len(scores) // _SAMPLE)]
    if last < len(sample) < len(scores):
        scores = scores[scores >= np.partition(sample, len(sample) - last)[len(sample) - last]]
    return float(np.partition(scores, len(scores) - last)[len(scores) - last])


def _bm25(view: View, matching: Matching, units: Array, wanted: tuple[Sought, ...]) -> Array:
    scores = np.zeros(len(units))
    norms = length_norms(view, units)
    within: Callable[[Found], tuple[Array | slice, Array]] = Within(view, units)
    for found in _frequencies(view, matching, wanted):
        at, times = within(found)
        weight = rarity(len(found[0]), view.units)
        scores[at] += weight * (times * (K1 + 1) / (times + norms[at]))
    return scores


def length_norms(view: View, units: Array) -> Array:
    """How often each of units must hold something to be worth half of what it can be."""
    norms: Array = K1 * (1 - B + B * view.lengths[units] / view.average_length)
    return norms


class Within:
    """Tells where in ``units``, which are in order, others stand that were found, and how often they hold it."""

    def __init__(self, view: View, units: Array) -> None:
        self._units = units
        self._place = np.full(view.size, -1, np.int32)
        self._place[units] = np.arange(len(units), dtype=np.int32)

    def __call__(self, found: Found) -> tuple[Array | slice, Array]:
        """The places in ``units`` of those that were found too, and their counts."""
        holders, counts = found
        if holders is self._units:
            return slice(None), counts
        at = self._place[holders]
        inside = at >= 0
        return at[inside], counts[inside]


def _frequencies(view: View, matching: Matching, wanted: tuple[Sought, ...]) -> Iterator[Found]:
    """The postings that score: those of each thing sought, and of the words inside its pieces."""
    for each in wanted:
        yield matching.occurrences(each)
    for word in dict.fromkeys(word for each in wanted for piece in pieces(each) for word in words_inside(piece)):
        found = view.alive(view.frequencies(word))
        if len(found[0]):
            yield found


def _closest_first(view: View, matching: Matching, best: Ranked, wanted: tuple[Sought, ...]) -> Ranked:
    """Put the first CLOSENESS_DEPTH units in order again: see ``closeness``."""
    gain = sum(rarity(len(matching.occurrences(each)[0]), view.units) for each in wanted)
    head = best[:CLOSENESS_DEPTH]
    gains = [gain * closeness(view.folded(unit), wanted) for unit in head.units.tolist()]
    closest = best_first(view, Ranked(head.units, head.scores + np.array(gains)), len(head.units))
    rest = best[CLOSENESS_DEPTH:]
    return Ranked(np.concatenate((closest.units, rest.units)), np.concatenate((closest.scores, rest.scores)))
