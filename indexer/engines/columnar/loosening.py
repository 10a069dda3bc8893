"""Which units a query finds loosely, how much of it each holds, and which comes first: see ``engines.loose``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.ranking import Ranked, Within, best_first, by_year, length_norms
from indexer.engines.columnar.view import View
from indexer.engines.loose import ROUNDING, SHARE, loose_pieces, loosened, rarity
from indexer.engines.scoring import COUNTINGS, HEADING_GAIN, K1
from indexer.query import Node, Term


@dataclass(frozen=True, slots=True)
class Loose:
    """The units that match, in order; of every unit the share of the pieces' weight that it holds; of each piece that
    some unit holds, its weight, and which paths of headings it stands in."""

    units: Array
    shares: Array
    weights: dict[str, float]
    above: dict[str, Array]


def loosely(view: View, matching: Matching, query: Node) -> Loose | None:
    """The units that match ``query`` loosely; None where it has no plain word, so that loose is exact."""
    words, rest = loosened(query)
    if not words:
        return None
    above = {piece: matching.paths_with(piece) for piece in loose_pieces(words)}
    held, weights = np.zeros(view.size), {}
    for piece, paths in above.items():
        holders = matching.docs(Term(piece)) | (paths[view.headings.codes] & view.live)
        many = int(np.count_nonzero(holders))
        if many:
            weights[piece] = rarity(many, view.units)
            held += weights[piece] * holders
    whole = sum(weights.values())
    enough = (held >= SHARE * whole - ROUNDING) & (held > 0) & matching.docs(rest)
    return Loose(np.flatnonzero(enough).astype(np.int32), held / (whole or 1.0), weights, above)


def ranked_loosely(view: View, matching: Matching, loose: Loose, units: Array, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``units``, which match loosely, in the order ``sort``."""
    if sort != "relevance":
        return by_year(view, units, sort, last)
    depth = COUNTINGS // max(1, len(loose.weights))
    firsts = best_first(view, Ranked(units, loose.shares[units]), max(last, depth)).units
    head = np.sort(firsts[:depth])
    scored = best_first(view, Ranked(head, _scores(view, matching, loose, head)), len(head))
    rest = firsts[depth:]
    return Ranked(np.concatenate((scored.units, rest)), np.concatenate((scored.scores, np.zeros(len(rest)))))[:last]


def _scores(view: View, matching: Matching, loose: Loose, units: Array) -> Array:
    """BM25 over the pieces in text and headings, times the square of the share: who holds all comes before who holds
    half of it often."""
    norms, within, paths = length_norms(view, units), Within(view, units), view.headings.codes[units]
    scores = np.zeros(len(units))
    for piece, weight in loose.weights.items():
        at, counts = within(matching.occurrences(Term(piece)))
        times = np.zeros(len(units))
        times[at] = counts
        scores += weight * (times * (K1 + 1) / (times + norms) + HEADING_GAIN * loose.above[piece][paths])
    found: Array = scores * loose.shares[units] ** 2
    return found
