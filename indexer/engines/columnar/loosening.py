"""Which units a query finds loosely, how much of it each holds, and which comes first: see ``engines.loose``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.counting import Tally
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.ranking import Passing, Ranked, best_first, by_year, saturations
from indexer.engines.columnar.view import View
from indexer.engines.loose import ROUNDING, SHARE, loose_pieces, loosened, rarity
from indexer.engines.scoring import COUNTINGS, HEADING_GAIN
from indexer.query import Node, Term


@dataclass(frozen=True, slots=True)
class Loose:
    """What each piece weighs that some unit holds, and what matches exactly all the same."""

    weights: dict[str, float]
    rest: Node

    def found(self, matching: Matching) -> Array:
        """The units of a segment that match, in order."""
        held = self._held(matching)
        enough = (held >= SHARE * self._whole - ROUNDING) & (held > 0) & matching.docs(self.rest)
        return np.flatnonzero(enough)

    def shares(self, found: Passing) -> Array:
        """How much of the pieces' weight each unit holds, 0 to 1."""
        share: Array = self._held(found.matching)[found.units] / (self._whole or 1.0)
        return share

    def scores(self, view: View, found: Passing) -> Array:
        """BM25 over the pieces in text and headings, times the square of the share: who holds all comes before who
        holds half of it often."""
        norms, scores = view.norms(found.matching.part)[found.units], np.zeros(len(found.units))
        for piece, weight in self.weights.items():
            times = found.matching.times(found.units, Term(piece))
            above = found.matching.under(piece)[found.units]
            scores += weight * (saturations(times, norms) + HEADING_GAIN * above)
        found_scores: Array = scores * self.shares(found) ** 2
        return found_scores

    @property
    def _whole(self) -> float:
        return sum(self.weights.values())

    def _held(self, matching: Matching) -> Array:
        held = np.zeros(matching.part.segment.size)
        for piece, weight in self.weights.items():
            held += weight * _holders(matching, piece)
        return held


def loosely(view: View, matchings: Sequence[Matching], query: Node) -> Loose | None:
    """What matches ``query`` loosely; None where it has no plain word, so that loose is exact."""
    words, rest = loosened(query)
    if not words:
        return None
    holders = {
        piece: sum(int(np.count_nonzero(_holders(matching, piece))) for matching in matchings)
        for piece in loose_pieces(words)
    }
    return Loose({piece: rarity(many, view.units) for piece, many in holders.items() if many}, rest)


def _holders(matching: Matching, piece: str) -> Array:
    found: Array = matching.docs(Term(piece)) | matching.under(piece)
    return found


def ranked_loosely(
    view: View, found: Sequence[Passing], tally: Tally, loose: Loose, sort: Sort, last: int
) -> Ranked:
    """The first ``last`` of the units ``found``, which match loosely and are counted in ``tally``, in the order
    ``sort``."""
    if sort != "relevance":
        return by_year(view, found, tally, sort, last)
    depth = COUNTINGS // max(1, len(loose.weights))
    firsts = best_first(view, (Ranked(each.numbered, loose.shares(each)) for each in found), max(last, depth))
    head = np.sort(firsts.units[:depth])
    scored = (_scored(view, loose, each, head) for each in found)
    best = best_first(view, scored, len(head))
    rest = firsts.units[depth:]
    return Ranked(np.concatenate((best.units, rest)), np.concatenate((best.scores, np.zeros(len(rest)))))[:last]


def _scored(view: View, loose: Loose, found: Passing, among: Array) -> Ranked:
    """Those of ``among`` that are in the segment."""
    part = found.matching.part
    first, last = np.searchsorted(among, (part.base, part.base + part.segment.size))
    here = Passing(found.matching, among[first:last] - part.base)
    return Ranked(here.numbered, loose.scores(view, here))
