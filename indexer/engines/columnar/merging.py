"""Segments put into one, without what was deleted from them: their tables end to end, nothing cut into words again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import Segment
from indexer.engines.columnar.tables import Filed, Postings, Tables
from indexer.fields import FIELDS

FULL = 65_536
"""Pieces (see ``tables``) that a segment holds at most, but for a report that has more: up to here the number of one
takes two bytes."""
MANY = 8
"""Segments of less than half of that which may lie beside one another."""

Kept = tuple[Segment, Array]
"""A segment, and of each of its units whether it stays."""


def to_merge(sizes: Sequence[int]) -> list[int]:
    """The numbers of the segments to put into one, given the sizes of what is left of them; none where there are few
    small ones.

    The smallest first, so that a unit is written again once for each doubling of its segment: work in proportion to
    what is added, times a logarithm.
    """
    small = sorted((size, number) for number, size in enumerate(sizes) if size < FULL / 2)
    if len(small) <= MANY:
        return []
    chosen: list[int] = []
    total = 0
    for size, number in small:
        if len(chosen) >= 2 and (size > total or total + size > FULL):
            break
        chosen.append(number)
        total += size
    return sorted(chosen)


def merged(parts: Sequence[Kept]) -> Tables:
    """The tables of all units that stay, in the order of the parts."""
    bases = np.cumsum([0, *(int(np.count_nonzero(kept)) for _, kept in parts)])
    moved = [base + np.cumsum(kept) - 1 for base, (_, kept) in zip(bases, parts, strict=False)]
    of_reports = [_reports_of(segment, kept) for segment, kept in parts]
    return Tables(
        np.concatenate([segment.code_points(kept) for segment, kept in parts]),
        np.concatenate([segment.lengths[kept] for segment, kept in parts]),
        _postings(parts, moved),
        {
            "report": _report_numbers(parts, of_reports),
            **{
                name: np.concatenate([segment.column(name)[kept] for segment, kept in parts]).astype(np.int64)
                for name in ("ordinal", "stretch", "tokens")
            },
        },
        {name: _filed(parts, name) for name in ("headings", *(field.name for field in FIELDS))},
        [segment.records[unit] for segment, kept in parts for unit in np.flatnonzero(kept).tolist()],
        [
            segment.reports[number]
            for (segment, _), held in zip(parts, of_reports, strict=True)
            for number in held.tolist()
        ],
        [
            segment.report_records[number]
            for (segment, _), held in zip(parts, of_reports, strict=True)
            for number in held.tolist()
        ],
    )


def _reports_of(segment: Segment, kept: Array) -> Array:
    """The numbers of the reports that stay: those without units stay too."""
    report = segment.column("report").astype(np.int64)
    every = np.bincount(report, minlength=len(segment.reports))
    staying = np.bincount(report[kept], minlength=len(segment.reports))
    return np.flatnonzero((staying > 0) | ((every == 0) & ~segment.is_gone))


def _report_numbers(parts: Sequence[Kept], of_reports: Sequence[Array]) -> Array:
    numbers, base = [], 0
    for (segment, kept), held in zip(parts, of_reports, strict=True):
        numbers.append(base + np.searchsorted(held, segment.column("report")[kept].astype(np.int64)))
        base += len(held)
    return np.concatenate(numbers)


def _postings(parts: Sequence[Kept], moved: Sequence[Array]) -> Postings:
    number: dict[str, int] = {}
    words, units = [], []
    for (segment, kept), place in zip(parts, moved, strict=True):
        names, word, unit = segment.postings()
        stays = kept[unit]
        here = np.array([number.setdefault(name, len(number)) for name in names], np.int64)
        words.append(here[word[stays]])
        units.append(place[unit[stays]])
    return Postings(list(number), np.concatenate(words), np.concatenate(units))


def _filed(parts: Sequence[Kept], name: str) -> Filed:
    number: dict[str, int] = {}
    codes = []
    for segment, kept in parts:
        here = np.array([number.setdefault(value, len(number)) for value in segment.values(name)], np.int64)
        codes.append(here[segment.column(name)[kept]])
    return Filed(list(number), np.concatenate(codes))
