"""The order of hits: see ``engines.scoring``. Scored is what matched only; put in order, what can be shown only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.counting import Tally
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.view import View
from indexer.engines.loose import rarity
from indexer.engines.scoring import CLOSENESS_DEPTH, K1, closeness, words_inside
from indexer.query import Sought
from indexer.text import pattern, pieces


@dataclass(frozen=True, slots=True)
class Ranked:
    """Units, numbered in the view, with their scores."""

    units: Array = field(default_factory=lambda: np.empty(0, np.int64))
    scores: Array = field(default_factory=lambda: np.empty(0))

    def __getitem__(self, some: slice | Array) -> Ranked:
        return Ranked(self.units[some], self.scores[some])


@dataclass(frozen=True, slots=True)
class Passing:
    """What matches a request in one segment: ``units``, in order, by their numbers in it."""

    matching: Matching
    units: Array

    @property
    def numbered(self) -> Array:
        """The units by their numbers in the view."""
        return self.units + self.matching.part.base


def ranked(
    view: View, found: Sequence[Passing], tally: Tally, wanted: tuple[Sought, ...], sort: Sort, last: int
) -> Ranked:
    """The first ``last`` of the units ``found``, which are counted in ``tally``, in the order ``sort``; ``wanted`` is
    what the query seeks."""
    wanted = tuple(filter(pieces, wanted))
    if sort != "relevance" or not wanted:
        return by_year(view, found, tally, sort, last)
    weights = _weights(view, found, wanted)
    if len(wanted) == 1:
        return best_first(view, (_scored(view, each, weights) for each in found), last)
    best = best_first(view, (_scored(view, each, weights) for each in found), max(last, CLOSENESS_DEPTH))
    return _closest_first(view, best, wanted, sum(weights.sought.values()))[:last]


def by_year(view: View, found: Sequence[Passing], tally: Tally, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of the units ``found`` by year: newest first unless the oldest are asked for. Only units of
    reports among which these must be are looked at."""
    ranks = view.ranks(sort)
    of_ranks = np.bincount(ranks[view.report_of_run[tally.runs]], tally.units, len(ranks))
    near = ranks[view.report_of_run] <= np.searchsorted(np.cumsum(of_ranks), last)
    among = [
        each.numbered[near[each.matching.part.runs][each.matching.part.segment.run_of[each.units]]] for each in found
    ]
    units = np.concatenate([np.zeros(0, np.int64), *among])
    firsts = units[np.argsort(view.places(units, sort))][:last]
    return Ranked(firsts, np.zeros(len(firsts)))


def best_first(view: View, scored: Iterable[Ranked], last: int) -> Ranked:
    """The first ``last`` of what is ``scored``, segment by segment: the highest score first, then by year."""
    kept, least = Ranked(), -np.inf
    for each in scored:
        good = each[each.scores >= least]
        kept = Ranked(np.concatenate((kept.units, good.units)), np.concatenate((kept.scores, good.scores)))
        if 0 < last < len(kept.scores):
            least = float(np.partition(kept.scores, len(kept.scores) - last)[len(kept.scores) - last])
            kept = kept[kept.scores >= least]
    return kept[np.lexsort((view.places(kept.units, "relevance"), -kept.scores))[:last]]


@dataclass(frozen=True, slots=True)
class _Weights:
    """What it is worth to hold a thing sought, or a word inside it."""

    sought: dict[Sought, float]
    words: dict[str, float]


def _weights(view: View, found: Sequence[Passing], wanted: tuple[Sought, ...]) -> _Weights:
    """Of each thing sought, and of the words inside its pieces that some unit has."""
    inside = dict.fromkeys(word for each in wanted for piece in pieces(each) for word in words_inside(piece))
    words = {word: sum(one.matching.word_holders(word) for one in found) for word in inside}
    return _Weights(
        {each: rarity(sum(len(one.matching.occurrences(each)[0]) for one in found), view.units) for each in wanted},
        {word: rarity(many, view.units) for word, many in words.items() if many},
    )


def _scored(view: View, found: Passing, weights: _Weights) -> Ranked:
    """BM25. See ``engines.scoring``."""
    matching, units, scores = found.matching, found.units, np.zeros(len(found.units))
    if len(units):
        norms = view.norms(matching.part)[units]
        for each, weight in weights.sought.items():
            scores += weight * saturations(matching.times(units, each), norms)
        for word, weight in weights.words.items():
            scores += weight * saturations(matching.frequencies(word, units), norms)
    return Ranked(found.numbered, scores)


def saturations(times: Array, norms: Array) -> Array:
    """What it is worth to hold something so many times, 0 to K1 + 1, for units of those ``View.norms``."""
    worth = times.astype(np.float64)
    lengthened = worth + norms
    worth *= K1 + 1
    worth /= lengthened
    return worth


def _closest_first(view: View, best: Ranked, wanted: tuple[Sought, ...], gain: float) -> Ranked:
    """Put the first CLOSENESS_DEPTH units in order again: see ``closeness``."""
    head, rest = best[:CLOSENESS_DEPTH], best[CLOSENESS_DEPTH:]
    patterns = tuple(map(pattern, wanted))
    gains = np.array([gain * closeness(view.folded(unit), patterns) for unit in head.units.tolist()])
    closest = best_first(view, [Ranked(head.units, head.scores + gains)], len(head.units))
    return Ranked(np.concatenate((closest.units, rest.units)), np.concatenate((closest.scores, rest.scores)))
