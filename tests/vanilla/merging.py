"""Which segments a commit merges: so few stay that a search is quick, so little is merged that a commit is."""

from __future__ import annotations

from typing import Any

from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

FULL = 5_000
"""Documents. A segment with so many stays as it is; whatever an index holds, a commit's work and memory are bounded."""
MOST_SMALL = 8
"""Segments below that size that may stand beside one another."""


def merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """A merge policy for Whoosh: adds to what ``writer`` writes the segments to merge, and returns those that stay. Its
    own policy merges everything every twenty commits, however large."""
    alive = sorted((segment for segment in segments if segment.doc_count()), key=lambda segment: segment.doc_count())
    small = [segment for segment in alive if segment.doc_count() < FULL]
    if len(small) <= MOST_SMALL:
        return alive
    merged = _smallest(small)
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in alive if segment not in merged]


def _smallest(small: list[Any]) -> list[Any]:
    """The smallest two, and more as long as they make no more than two full ones together."""
    merged: list[Any] = []
    for segment in small:
        if len(merged) >= 2 and sum(each.doc_count() for each in merged) + segment.doc_count() > 2 * FULL:
            break
        merged.append(segment)
    return merged
