"""What Whoosh goes through a term's units with."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.formats import Format
from whoosh.matching.mcore import LeafMatcher, ReadTooFar

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.lexicons import Postings

_BLOCK = 128
"""Postings of which Whoosh asks at once whether any can be among the best."""


class PostingsMatcher(LeafMatcher):
    """Stands at one posting after another. ``lengths`` are those of every unit in the field."""

    def __init__(
        self, term: tuple[str, bytes], postings: Postings, lengths: Array, format_: Format, scorer: Any
    ) -> None:
        self._term, self.format, self.scorer = term, format_, scorer
        self._ids: list[int] = postings.units.tolist()
        self._weights: list[float] = postings.times.astype(float).tolist()
        self._value = postings.value
        blocks = np.arange(0, len(self._ids), _BLOCK)
        of_units = lengths[postings.units]
        self._max_weight: list[float] = np.maximum.reduceat(postings.times, blocks).astype(float).tolist()
        self._min_length: list[int] = np.minimum.reduceat(of_units, blocks).tolist()
        self._max_length: list[int] = np.maximum.reduceat(of_units, blocks).tolist()
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._ids)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> PostingsMatcher:
        return copy.copy(self)

    def id(self) -> int:
        return self._ids[self._at]

    def all_ids(self) -> Iterator[int]:
        return iter(self._ids)

    def weight(self) -> float:
        return self._weights[self._at]

    def value(self) -> bytes | None:
        return self._value(self._at)

    def next(self) -> bool:  # type: ignore[override]
        """Go on. Gives whether another block begins. Raises ReadTooFar."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return self._at % _BLOCK == 0 or not self.is_active()

    def skip_to(self, id: int) -> None:
        """Go on to the first unit from ``id``. Raises ReadTooFar."""
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._ids, id, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        """Go on to a block that may hold better than ``minquality``. Gives how many are left out."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:  # type: ignore[no-untyped-call]
            self._at = (self._block + 1) * _BLOCK
            skipped += 1
        return skipped

    @property
    def _block(self) -> int:
        """Behind the last posting, the block it lies in: Whoosh asks for its quality there too."""
        return min(self._at, len(self._ids) - 1) // _BLOCK

    def block_min_length(self) -> int:
        return self._min_length[self._block]

    def block_max_length(self) -> int:
        return self._max_length[self._block]

    def block_max_weight(self) -> float:
        return self._max_weight[self._block]
