"""Which units a query finds loosely, how much of it each holds, and which comes first: see ``engines.loose``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.kernels import add_where, members
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.ranking import Ranked, best_first, by_year, saturations
from indexer.engines.loose import ROUNDING, SHARE, loose_pieces, loosened, rarity
from indexer.engines.scoring import COUNTINGS, HEADING_GAIN
from indexer.query import Node, Term


@dataclass(frozen=True, slots=True)
class Loose:
    """What each piece weighs that some unit holds, and what matches exactly all the same."""

    weights: dict[str, float]
    rest: Node

    def found(self, matching: Matching) -> Array:
        """The units that match, in order."""
        held = self._held(matching)
        enough = (held >= SHARE * self._whole - ROUNDING) & (held > 0) & matching.docs(self.rest)
        return members(enough)

    def shares(self, matching: Matching, units: Array) -> Array:
        """How much of the pieces' weight each of ``units`` holds, 0 to 1."""
        share: Array = self._held(matching)[units] / (self._whole or 1.0)
        return share

    def scores(self, matching: Matching, units: Array) -> Array:
        """BM25 over the pieces in text and headings, times the square of the share: who holds all comes before who
        holds half of it often."""
        norms, scores = matching.view.norms[units], np.zeros(len(units))
        for piece, weight in self.weights.items():
            times = matching.times(units, Term(piece))
            above = matching.under(piece)[units]
            scores += weight * (saturations(times, norms) + HEADING_GAIN * above)
        found_scores: Array = scores * self.shares(matching, units) ** 2
        return found_scores

    @property
    def _whole(self) -> float:
        return sum(self.weights.values())

    def _held(self, matching: Matching) -> Array:
        held = np.zeros(matching.view.size)
        for piece, weight in self.weights.items():
            add_where(_holders(matching, piece), weight, held)
        return held


def loosely(matching: Matching, query: Node) -> Loose | None:
    """What matches ``query`` loosely; None where it has no plain word, so that loose is exact."""
    words, rest = loosened(query)
    if not words:
        return None
    holders = {piece: int(np.count_nonzero(_holders(matching, piece))) for piece in loose_pieces(words)}
    return Loose({piece: rarity(many, matching.view.units) for piece, many in holders.items() if many}, rest)


def _holders(matching: Matching, piece: str) -> Array:
    found: Array = matching.docs(Term(piece)) | matching.under(piece)
    return found


def ranked_loosely(matching: Matching, units: Array, loose: Loose, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``units``, which match loosely, in the order ``sort``."""
    if sort != "relevance":
        return by_year(matching.view, units, sort, last)
    depth = COUNTINGS // max(1, len(loose.weights))
    firsts = best_first(matching.view, Ranked(units, loose.shares(matching, units)), max(last, depth))
    head, rest = np.sort(firsts.units[:depth]), firsts.units[depth:]
    best = best_first(matching.view, Ranked(head, loose.scores(matching, head)), len(head))
    return Ranked(np.concatenate((best.units, rest)), np.concatenate((best.scores, np.zeros(len(rest)))))[:last]
