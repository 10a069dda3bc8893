"""How many tokens units have in the fields that Whoosh scores."""

from __future__ import annotations

import numpy as np
from whoosh.util.numeric import byte_to_length

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import Segment

_KEPT = np.array([byte_to_length(byte) for byte in range(256)], np.int64)


def field_lengths(segment: Segment) -> dict[str, Array]:
    """Of every unit, by field."""
    return {
        "characters": segment.lengths,
        "grams": np.maximum(segment.lengths - 1, 0),
        "words": segment.column("tokens").astype(np.int64),
    }


def as_kept(lengths: Array) -> Array:
    """The lengths by which Whoosh's own codec scores: it keeps one byte of each, so a long one only nearly."""
    kept: Array = _KEPT[np.minimum(np.searchsorted(_KEPT, lengths), len(_KEPT) - 1)]
    return kept
