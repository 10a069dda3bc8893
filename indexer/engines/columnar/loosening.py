"""Which units a query finds loosely, how much of it each holds, and which comes first: see ``engines.loose``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.ranking import Ranked, best_first, by_year
from indexer.engines.columnar.view import View
from indexer.engines.loose import ROUNDING, SHARE, loose_pieces, loosened, rarity
from indexer.engines.whoosh.loosening import COUNTINGS, HEADING_GAIN
from indexer.engines.whoosh.ranking import K1, B
from indexer.query import Node, Term


@dataclass(frozen=True, slots=True)
class Loose:
    """Of every unit, whether it matches, and the share of the pieces' weight that it holds; of each piece that some
    unit holds, its weight and the units that hold it in a heading above them."""

    docs: Array
    shares: Array
    weights: dict[str, float]
    above: dict[str, Array]


def loosely(view: View, matching: Matching, query: Node) -> Loose | None:
    """The units that match ``query`` loosely; None where it has no plain word, so that loose is exact."""
    words, rest = loosened(query)
    if not words:
        return None
    above = {piece: matching.under(piece) for piece in loose_pieces(words)}
    holders = {piece: docs | matching.docs(Term(piece)) for piece, docs in above.items()}
    held = {piece: docs for piece, docs in holders.items() if docs.any()}
    weights = {piece: rarity(int(np.count_nonzero(docs)), view.units) for piece, docs in held.items()}
    whole, weight = sum(weights.values()), np.zeros(view.size)
    for piece, docs in held.items():
        weight[docs] += weights[piece]
    enough = (weight >= SHARE * whole - ROUNDING) & (weight > 0)
    return Loose(enough & matching.docs(rest), weight / (whole or 1.0), weights, above)


def ranked_loosely(view: View, matching: Matching, loose: Loose, docs: Array, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``docs``, which match loosely, in the order ``sort``."""
    if sort != "relevance":
        return by_year(view, docs, sort, last)
    depth = COUNTINGS // max(1, len(loose.weights))
    firsts = docs[best_first(view, docs, loose.shares[docs], max(last, depth))]
    head = firsts[:depth]
    scores = _scores(view, matching, loose, head)
    order = best_first(view, head, scores, len(head))
    scored = zip(head[order].tolist(), scores[order].tolist(), strict=True)
    return [*scored, *((unit, 0.0) for unit in firsts[depth:].tolist())][:last]


def _scores(view: View, matching: Matching, loose: Loose, docs: Array) -> Array:
    """BM25 over the pieces in text and headings, times the square of the share."""
    norms = K1 * (1 - B + B * view.lengths[docs] / view.average_length)
    scores, times = np.zeros(len(docs)), np.zeros(view.size)
    for piece, weight in loose.weights.items():
        units, counts = matching.occurrences(Term(piece))
        times[units] = counts
        frequency = times[docs]
        scores += weight * (frequency * (K1 + 1) / (frequency + norms) + HEADING_GAIN * loose.above[piece][docs])
        times[units] = 0
    found: Array = scores * loose.shares[docs] ** 2
    return found
