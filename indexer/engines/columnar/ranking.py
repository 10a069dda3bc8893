"""The order of hits: see ``engines.scoring``. Scored is what matched only; put in order, what can be shown only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.kernels import add_worth, highest, passing, taken, tally
from indexer.engines.columnar.kernels.kinds import UNIT
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.view import View
from indexer.engines.loose import rarity
from indexer.engines.scoring import CLOSENESS_DEPTH, K1, closeness, words_inside
from indexer.query import Sought, Wildcard
from indexer.text import pattern, pieces

GAIN = K1 + 1
"""The most that it is worth, by its weight, to hold something: more often than any number of times."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Units, numbered in the view, with their scores."""

    units: Array = field(default_factory=lambda: np.empty(0, UNIT))
    scores: Array = field(default_factory=lambda: np.empty(0))

    def __getitem__(self, some: slice | Array) -> Ranked:
        return Ranked(self.units[some], self.scores[some])


def ranked(matching: Matching, units: Array, wanted: tuple[Sought, ...], sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``units``, in the order ``sort``; ``wanted`` is what the query seeks."""
    wanted = tuple(filter(pieces, wanted))
    if sort != "relevance" or not wanted:
        return by_year(matching.view, units, sort, last)
    weights = {each: rarity(len(matching.occurrences(each)[0]), matching.view.units) for each in wanted}
    scores = _scores(matching, units, weights)
    if len(wanted) == 1:
        return best_first(matching.view, Ranked(units, scores), last)
    best = best_first(matching.view, Ranked(units, scores), max(last, CLOSENESS_DEPTH))
    return _closest_first(matching.view, best, wanted, sum(weights.values()))[:last]


def by_year(view: View, units: Array, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``units`` by year: newest first unless the oldest are asked for. Only units of reports
    among which these must be are looked at."""
    ranks, (runs, many) = view.ranks(sort), tally(units, view.run_of)
    of_ranks = np.bincount(ranks[view.report_of_run[runs]], many, len(ranks))
    near = ranks[view.report_of_run] <= np.searchsorted(np.cumsum(of_ranks), last)
    among = passing(units, view.run_of, near)
    firsts = among[np.argsort(view.places(among, sort))][:last]
    return Ranked(firsts, np.zeros(len(firsts)))


def best_first(view: View, scored: Ranked, last: int) -> Ranked:
    """The first ``last`` of what is ``scored``: the highest score first, then by year."""
    kept = scored[highest(scored.scores, last)]
    if 0 < last < len(kept.scores):
        least = np.partition(kept.scores, len(kept.scores) - last)[len(kept.scores) - last]
        kept = kept[kept.scores >= least]
    return kept[np.lexsort((view.places(kept.units, "relevance"), -kept.scores))[:last]]


def _scores(matching: Matching, units: Array, weights: dict[Sought, float]) -> Array:
    """BM25. See ``engines.scoring``."""
    view, norms, scores = matching.view, taken(units, matching.view.norms), np.zeros(len(units))
    for each, weight in weights.items():
        add_worth(matching.times(units, each), norms, weight, GAIN, scores)
    inside = dict.fromkeys(word for each in weights for piece in pieces(each) for word in words_inside(piece))
    words = view.postings.words(tuple(inside))
    holders = view.postings.holders(words, view.live)
    of_words = np.array([rarity(many, view.units) for many in holders.tolist()], np.float64)
    view.postings.add_worth(units, norms, words, of_words, GAIN, scores)
    return scores


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
    scores = head.scores + gain * _closeness(view, head.units, wanted)
    closest = best_first(view, Ranked(head.units, scores), len(scores))
    return Ranked(np.concatenate((closest.units, rest.units)), np.concatenate((closest.scores, rest.scores)))


def _closeness(view: View, units: Array, wanted: tuple[Sought, ...]) -> Array:
    if not any(isinstance(each, Wildcard) for each in wanted):
        return view.postings.closeness(units, [text for each in wanted for text in pieces(each)])
    patterns = tuple(map(pattern, wanted))
    return np.array([closeness(view.folded(unit), patterns) for unit in units.tolist()], np.float64)
