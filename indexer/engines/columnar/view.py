"""One committed state: its segments' units numbered through, and what they are filed under in arrays over all of them.

Units are named by their number in the view. Deleted ones keep theirs and are in no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import NOTHING, Segment, counted
from indexer.errors import NotFound, shown
from indexer.fields import FIELDS
from indexer.model import Document, Report, Unit


@dataclass(frozen=True, slots=True)
class Column:
    """What units are filed under: ``values`` in order, and every unit's number in them."""

    values: tuple[str, ...]
    codes: Array


@dataclass(frozen=True, slots=True)
class Part:
    """A segment; its units are numbered from ``base`` in the view, its reports from ``reports``, its characters from
    ``characters``."""

    segment: Segment
    base: int
    reports: int
    characters: int


class View:
    """See above. ``generation`` is the commit's number."""

    def __init__(self, segments: Sequence[Segment], generation: int) -> None:
        self.generation = generation
        parts, base, reports, characters = [], 0, 0, 0
        for segment in segments:
            parts.append(Part(segment, base, reports, characters))
            base, reports = base + segment.size, reports + len(segment.reports)
            characters += segment.characters
        self.parts = tuple(parts)
        self.size = base
        self.live = np.concatenate([np.zeros(0, bool), *(segment.live for segment in segments)])
        self.columns = {field.name: self._column(field.name) for field in FIELDS}

    def _column(self, name: str) -> Column:
        """The segments' lists put into one, their units' numbers changed to match."""
        lists = [part.segment.values(name) for part in self.parts]
        values = tuple(sorted(set().union(*lists)))
        number = {value: i for i, value in enumerate(values)}
        changed = [np.array([number[value] for value in each], np.int32) for each in lists]
        codes = [new[part.segment.column(name)] for new, part in zip(changed, self.parts, strict=True)]
        return Column(values, _joined(codes, np.int32))

    @cached_property
    def headings(self) -> Column:
        """The folded headings above units, a path a value."""
        return self._column("headings")

    @cached_property
    def report_of(self) -> Array:
        """Every unit's report, by its number in the view."""
        return _joined([part.reports + part.segment.column("report") for part in self.parts], np.int32)

    @cached_property
    def ordinals(self) -> Array:
        return _joined([part.segment.column("ordinal") for part in self.parts], np.int64)

    @cached_property
    def lengths(self) -> Array:
        """Characters of every unit's folded text."""
        return _joined([part.segment.column("length") for part in self.parts], np.int64)

    @cached_property
    def units(self) -> int:
        """How many units there are."""
        return int(np.count_nonzero(self.live))

    @cached_property
    def characters(self) -> int:
        return int(self.lengths[self.live].sum())

    @cached_property
    def average_length(self) -> float:
        """Of the units' folded texts, in characters; 1 where there is none."""
        return self.characters / self.units if self.units else 1.0

    @cached_property
    def runs(self) -> Array:
        """Where runs of units begin that are filed alike in everything and lie in one report."""
        changes = np.zeros(self.size, bool)
        changes[:1] = True
        for values in (self.report_of, *(column.codes for column in self.columns.values())):
            changes[1:] |= values[1:] != values[:-1]
        return np.flatnonzero(changes)

    @cached_property
    def stretches(self) -> Array:
        """Every unit's stretch (see ``query.SameStretch``), numbered through."""
        stretch = _joined([part.segment.column("stretch") for part in self.parts], np.int64)
        changes = np.ones(self.size, bool)
        changes[1:] = (stretch[1:] != stretch[:-1]) | (self.report_of[1:] != self.report_of[:-1])
        return np.cumsum(changes) - 1

    @cached_property
    def _report_ids(self) -> list[str]:
        return [report_id for part in self.parts for report_id in part.segment.reports]

    @cached_property
    def reports(self) -> dict[str, int]:
        """From the ids of the reports there are to their numbers in the view."""
        gone = [is_gone for part in self.parts for is_gone in part.segment.is_gone.tolist()]
        return {self._report_ids[number]: number for number, is_gone in enumerate(gone) if not is_gone}

    @cached_property
    def newest_first(self) -> Array:
        """Every unit's place in the order year (newest first), report id, ordinal."""
        return self._places(-1)

    @cached_property
    def oldest_first(self) -> Array:
        """Every unit's place in the order year (oldest first), report id, ordinal."""
        return self._places(1)

    def _places(self, direction: int) -> Array:
        year = self.columns["year"]
        years = np.array([int(value) for value in year.values], np.int64)[year.codes]
        ranks = np.empty(len(self._report_ids), np.int64)
        ranks[np.argsort(np.array(self._report_ids, object), kind="stable")] = np.arange(len(ranks))
        order = np.lexsort((self.ordinals, ranks[self.report_of], direction * years))
        places = np.empty(self.size, np.int64)
        places[order] = np.arange(self.size)
        return places

    def standings(self, folded: str) -> tuple[Array, Array]:
        """Where a text stands, also where it overlaps itself: units, and places in the texts put end to end."""
        found = [part.segment.standings(folded) for part in self.parts]
        units = [part.base + each.astype(np.int64) for part, (each, _) in zip(self.parts, found, strict=True)]
        places = [part.characters + each for part, (_, each) in zip(self.parts, found, strict=True)]
        return _joined(units, np.int64), _joined(places, np.int64)

    def counts(self, folded: str) -> tuple[Array, Array]:
        """The units in which a text stands, deleted ones among them, and how often, overlaps not counted."""
        return counted(*self.standings(folded), len(folded))

    def frequencies(self, word: str) -> tuple[Array, Array]:
        """The units that have a word, deleted ones among them, and how often."""
        found = [part.segment.frequencies(word) for part in self.parts]
        units = [part.base + each.astype(np.int64) for part, (each, _) in zip(self.parts, found, strict=True)]
        return _joined(units, np.int64), _joined([times for _, times in found], np.int64)

    def folded(self, unit: int) -> str:
        part = self._part(unit)
        return part.segment.decoded(unit - part.base)

    def unit(self, unit: int) -> Unit:
        part = self._part(unit)
        return msgspec.json.decode(part.segment.records[unit - part.base], type=Unit)

    def report(self, number: int) -> Report:
        part = next(part for part in reversed(self.parts) if part.reports <= number)
        return msgspec.json.decode(part.segment.report_records[number - part.reports], type=Report)

    def document(self, report_id: str) -> Document:
        """A whole report. Raises NotFound."""
        if report_id not in self.reports:
            raise NotFound(f"没有编号为“{shown(report_id)}”的报告；它可能已被移除，请回到检索页重新查找")
        number = self.reports[report_id]
        units = np.flatnonzero((self.report_of == number) & self.live).tolist()
        return Document(self.report(number), tuple(map(self.unit, units)))

    def texts(self) -> Iterable[str]:
        """The folded text of every unit."""
        return (self.folded(unit) for unit in np.flatnonzero(self.live).tolist())

    def paths(self) -> Iterable[str]:
        """The folded headings above units, one path a string."""
        return (self.headings.values[code] for code in np.unique(self.headings.codes[self.live]).tolist())

    def _part(self, unit: int) -> Part:
        return next(part for part in reversed(self.parts) if part.base <= unit)


def _joined(arrays: Sequence[Array], dtype: type[np.signedinteger]) -> Array:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else NOTHING.astype(dtype)
