"""What a query finds loosely, and in which order: see ``engines.loose``.

The cluster adds weights in single precision. Units whose sum comes that near to the half are looked at here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.engines.loose import SHARE, is_enough, loose_pieces, loosened, rarity
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.corpus import corpus
from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.ranking import Worth
from indexer.engines.opensearch.standing import text_in
from indexer.engines.opensearch.view import NOTHING, Query, all_of, any_of, none_of, one_of
from indexer.engines.scoring import HEADING_GAIN
from indexer.query import Node

DOUBT = 1e-4
"""The share of the whole weight by which a sum in single precision is trusted."""


@dataclass(frozen=True, slots=True)
class Loose:
    """What each piece weighs that some unit holds, how long units are on average, and what matches exactly."""

    weights: dict[str, float]
    average: float
    rest: Node

    @property
    def whole(self) -> float:
        return sum(self.weights.values())

    def found(self, matching: Matching) -> Query:
        """What finds the units that match."""
        if not self.weights:
            return NOTHING
        surely, perhaps = (self._at_least(SHARE + side * DOUBT) for side in (1, -1))
        rest = matching.query(self.rest)
        doubtful = matching.view.units(rest, perhaps, none_of(surely))
        hits = matching.view.records(doubtful, ("folded", "above"))
        known = [hit["_id"] for hit in hits if is_enough(self._held(hit["_source"]), self.whole)]
        return all_of(rest, any_of(surely, one_of("_id", known)) if known else surely)

    def _at_least(self, share: float) -> Query:
        pieces = [
            {"constant_score": {"filter": holding(piece), "boost": weight}} for piece, weight in self.weights.items()
        ]
        return {
            "script_score": {
                "query": any_of(*pieces), "script": {"source": "_score"}, "min_score": share * self.whole,
            }
        }  # fmt: skip

    def _held(self, source: Json) -> float:
        texts = [source["folded"], *source["above"]]
        return sum(weight for piece, weight in self.weights.items() if any(piece in text for text in texts))

    def scored(self, found: Query) -> Query:
        """What is ``found``, with BM25 over the pieces in text and headings, times the square of the share held."""
        in_text = [
            Worth(text_in("folded", piece), 1, weight).scored(self.average) for piece, weight in self.weights.items()
        ]
        above = [
            {"constant_score": {"filter": text_in("above", piece), "boost": HEADING_GAIN * weight}}
            for piece, weight in self.weights.items()
        ]
        query = {"bool": {"filter": [found], "should": [*in_text, *above]}}
        shares = [
            {"filter": holding(piece), "weight": weight / (self.whole or 1.0)} for piece, weight in self.weights.items()
        ]
        return _times(_times(query, shares), shares)


def _times(query: Query, functions: Sequence[Json]) -> Query:
    return {
        "function_score": {
            "query": query, "functions": list(functions), "score_mode": "sum", "boost_mode": "multiply",
        }
    }  # fmt: skip


def holding(piece: str) -> Query:
    """What finds the units with a piece in their text or in a heading above."""
    return any_of(text_in("folded", piece), text_in("above", piece))


def loosely(matching: Matching, query: Node) -> Loose | None:
    """What matches ``query`` loosely; None where it has no plain word, so that loose is exact."""
    words, rest = loosened(query)
    if not words:
        return None
    pieces = loose_pieces(words)
    known = corpus(matching, (), [holding(piece) for piece in pieces])
    held = zip(pieces, known.holders, strict=True)
    weights = {piece: rarity(many, known.units) for piece, many in held if many}
    return Loose(weights, known.average, rest)
