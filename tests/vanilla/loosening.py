"""Which units a query finds loosely, how much of it each holds, and which comes first."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.engines.base import Sort
from indexer.engines.loose import is_enough, loose_pieces, loosened, rarity
from indexer.query import Node
from vanilla.matching import Docs, Matching
from vanilla.ranking import Ranked, best_first, by_year, length_norm, saturation
from vanilla.snapshot import Snapshot

HEADING_GAIN = 2.0
"""A piece in the headings above a unit counts as often as it can in its text, nearly: BM25's most is K1 + 1 = 2.2.
Measured, with the square of the share, in bench/RANKING.md."""

COUNTINGS = 200_000
"""Of pieces in units, for one answer, some 0.2 s: units beyond are in order of their share alone."""


@dataclass(frozen=True, slots=True)
class Loose:
    """``shares`` are of the pieces' weight, above 0 and up to 1, for every unit found; ``holders`` says of each
    piece that some unit holds how many do, ``above`` which hold it in a heading above them."""

    docs: Docs
    shares: dict[int, float]
    holders: dict[str, int]
    above: Mapping[str, Docs]


def loosely(snapshot: Snapshot, matching: Matching, query: Node) -> Loose | None:
    """The units that match ``query`` loosely; None where it has no plain word, so that loose is exact."""
    words, rest = loosened(query)
    if not words:
        return None
    pieces = loose_pieces(words)
    above = {piece: snapshot.headings.under(piece) for piece in pieces}
    holders = {piece: above[piece] | _holders(snapshot, piece) for piece in pieces}
    shares = _shares(holders, len(snapshot.units))
    held = {piece: len(docs) for piece, docs in holders.items() if docs}
    return Loose(shares.keys() & matching.docs(rest), shares, held, above)


def _holders(snapshot: Snapshot, piece: str) -> Docs:
    return snapshot.holders("grams" if len(piece) > 1 else "characters", piece) & snapshot.units


def _shares(holders: Mapping[str, Docs], units: int) -> dict[int, float]:
    weights = {piece: rarity(len(docs), units) for piece, docs in holders.items() if docs}
    whole = sum(weights.values())
    held: dict[int, float] = defaultdict(float)
    for piece, weight in weights.items():
        for doc in holders[piece]:
            held[doc] += weight
    return {doc: weight / whole for doc, weight in held.items() if is_enough(weight, whole)}


def ranked_loosely(snapshot: Snapshot, loose: Loose, docs: Docs, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``docs``, which match loosely, in the order ``sort``."""
    if sort != "relevance":
        return by_year(snapshot, docs, sort, last)
    order = best_first(loose.shares, snapshot.newest_first)
    depth = COUNTINGS // max(1, len(loose.holders))
    firsts = heapq.nsmallest(max(last, depth), docs, key=order)
    scores = _scores(snapshot, loose, firsts[:depth])
    head = sorted(scores, key=best_first(scores, snapshot.newest_first))
    return [*((doc, scores[doc]) for doc in head), *((doc, 0.0) for doc in firsts[depth:])][:last]


def _scores(snapshot: Snapshot, loose: Loose, docs: list[int]) -> dict[int, float]:
    """BM25 over the pieces in text and headings, times the square of the share: who holds all comes before who holds
    half of it often."""
    units = len(snapshot.units)
    pieces = [(piece.encode(), rarity(many, units), loose.above[piece]) for piece, many in loose.holders.items()]
    scores: dict[int, float] = {}
    for doc in docs:
        text, length, score = snapshot.folded(doc), length_norm(snapshot, doc), 0.0
        for piece, weight, above in pieces:
            score += weight * (saturation(text.count(piece), length) + HEADING_GAIN * (doc in above))
        scores[doc] = score * loose.shares[doc] ** 2
    return scores
