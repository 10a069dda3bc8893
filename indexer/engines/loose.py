"""What matches loosely, the same for every engine: enough of the query's plain words, and all the rest exactly.

The plain words of a query are cut into pieces: the character pairs of each, or a single character where a word is one.
A unit holds a piece that stands in its folded text or in one of the folded headings above it. A piece weighs by its
``rarity``, and nothing where no unit holds it: what is nowhere can tell no unit from another. A unit matches loosely
when the pieces it holds weigh at least ``SHARE`` of them all. Pairs, not words: what matches can be checked by a scan,
and a word that is half right (a name cut otherwise, an inserted 的) still weighs something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from indexer.query import All, And, Node, Term
from indexer.text import fold, pairs

SHARE = 0.5
"""Measured on the known items of bench/RANKING.md: at 0.5 and 0.6 all of 520 are among what matches, at 0.7 three are
not; at 0.3 up to four times as many units match, for nothing."""

MOST_PIECES = 128
"""Each costs its postings. Of a longer query every second piece or fewer are asked for, as far from one another: no
sentence is so long, and of a pasted paragraph every second pair still holds every character."""

ROUNDING = 1e-9
"""Weights are sums of fractions: what is half but for this is half."""


def loosened(query: Node) -> tuple[tuple[Term, ...], Node]:
    """The plain words that may be missing, and what must match exactly all the same.

    Plain are the words that stand alone or side by side. Quoted phrases, wildcards, NOT, OR, what stands together,
    fields and headings are the rest.
    """
    match query:
        case Term():
            return (query,), All()
        case And(parts):
            rest = tuple(part for part in parts if not isinstance(part, Term))
            return tuple(part for part in parts if isinstance(part, Term)), And(rest) if rest else All()
        case _:
            return (), query


def loose_pieces(words: Iterable[Term]) -> tuple[str, ...]:
    """The pieces of plain words, in order, each once; of more than MOST_PIECES so many, evenly spread."""
    folded = [fold(word.text) for word in words]
    every = tuple(dict.fromkeys(piece for text in folded for piece in (pairs(text) if len(text) > 1 else text)))
    asked = min(MOST_PIECES, len(every))
    return tuple(every[place * len(every) // asked] for place in range(asked))


def rarity(holders: int, units: int) -> float:
    """How much it tells that a unit holds what ``holders`` of ``units`` hold: BM25's idf, in Lucene's form, above 0."""
    return math.log(1 + (units - holders + 0.5) / (holders + 0.5))


def is_enough(held: float, whole: float) -> bool:
    """Whether pieces that weigh ``held`` are enough of ``whole``."""
    return held >= SHARE * whole - ROUNDING
