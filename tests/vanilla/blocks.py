"""Reading the postings of a term by the block: one by one, as Whoosh's matchers give them, takes four times as long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching.wrappers import FilterMatcher

Block = tuple[Sequence[int], Sequence[float]]


def blocks(matcher: Any) -> Iterator[Block]:
    """What is left of a matcher's postings: documents that are not deleted, each with its weight at the same place."""
    match matcher:
        case FilterMatcher():
            yield from (_without(matcher._ids, block) for block in blocks(matcher.child))
        case W3LeafMatcher():
            while matcher.is_active():
                yield _block(matcher)
                matcher._next_block()
        case _:
            while matcher.is_active():
                yield (matcher.id(),), (matcher.weight(),)
                matcher.next()


def _block(matcher: Any) -> Block:
    """The block at which a leaf's matcher stands."""
    matcher._read_ids()
    return matcher._ids, _weights(matcher._data[1], len(matcher._ids))


def _weights(stored: Sequence[float] | float | None, postings: int) -> Sequence[float]:
    """Of a block's postings; where they are all the same, only that is stored, and nothing where they are 1."""
    if stored is None or isinstance(stored, float):
        return [1.0 if stored is None else stored] * postings
    return stored


def _without(deleted: frozenset[int], block: Block) -> Block:
    kept = [place for place, doc in enumerate(block[0]) if doc not in deleted]
    return [block[0][place] for place in kept], [block[1][place] for place in kept]
