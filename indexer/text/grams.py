"""The pieces of folded text from which every exact match is made."""

from __future__ import annotations

from collections.abc import Iterator


def pairs(folded: str) -> Iterator[str]:
    """Yield the overlapping character pairs of folded text, in order: 中欧班 gives 中欧, 欧班."""
    return (folded[i : i + 2] for i in range(len(folded) - 1))


def characters(folded: str) -> Iterator[str]:
    """Yield the characters of folded text, in order: the path of one-character queries."""
    return iter(folded)
