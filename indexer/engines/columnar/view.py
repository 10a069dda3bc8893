"""One committed state: its segments' units numbered through, and what runs of them are filed under.

Units are named by their number in the view. Deleted ones keep theirs and are in no answer. A run is units side by side
in one report and one section, so that what a filter lets through are runs, and facets are counted over runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import NOTHING, Segment
from indexer.errors import NotFound, shown
from indexer.fields import FIELDS
from indexer.model import Document, Report, Unit

Found = tuple[Array, Array]
"""Units in order, and how often each holds what was sought."""


@dataclass(frozen=True, slots=True)
class Column:
    """What things are filed under: ``values`` in order, and every thing's number in them."""

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
    """See above. ``generation`` is the commit's number. ``columns`` are over runs."""

    def __init__(self, segments: Sequence[Segment], generation: int) -> None:
        self.generation = generation
        parts, base, reports, characters = [], 0, 0, 0
        for segment in segments:
            parts.append(Part(segment, base, reports, characters))
            base, reports = base + segment.size, reports + len(segment.is_gone)
            characters += segment.characters
        self.parts = tuple(parts)
        self.size = base
        self.is_gone = np.concatenate([np.zeros(0, bool), *(segment.is_gone for segment in segments)])
        self.firsts = _joined([part.base + part.segment.runs[0] for part in parts])
        self.report_of_run = _joined([part.reports + part.segment.runs[1].astype(np.int64) for part in parts])
        self.columns = {field.name: self._column(field.name) for field in FIELDS}

    def _column(self, name: str) -> Column:
        """The segments' lists put into one, their runs' numbers changed to match."""
        codes = [part.segment.column(name)[part.segment.runs[0]] for part in self.parts]
        return _together([part.segment.values(name) for part in self.parts], codes)

    @cached_property
    def headings(self) -> Column:
        """The folded headings above units, a path a value."""
        codes = [part.segment.column("headings") for part in self.parts]
        return _together([part.segment.values("headings") for part in self.parts], codes)

    @cached_property
    def units_of_runs(self) -> Array:
        """How many units every run has."""
        return np.diff(np.append(self.firsts, self.size))

    @cached_property
    def characters_of_runs(self) -> Array:
        """How many characters the units of every run have."""
        return np.add.reduceat(self.lengths, self.firsts, dtype=np.int64) if self.size else NOTHING

    @cached_property
    def run_of(self) -> Array:
        """Every unit's run."""
        return np.repeat(np.arange(len(self.firsts), dtype=np.int32), self.units_of_runs)

    @cached_property
    def live_runs(self) -> Array:
        """Of every run, whether its report is still there."""
        return ~self.is_gone[self.report_of_run]

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing was deleted."""
        return not self.is_gone.any()

    @cached_property
    def live(self) -> Array:
        """Of every unit, whether its report is still there."""
        return np.ones(self.size, bool) if self.is_whole else self.live_runs[self.run_of]

    def alive(self, found: Found) -> Found:
        """What was found, without deleted units."""
        if self.is_whole:
            return found
        kept = self.live[found[0]]
        return found[0][kept], found[1][kept]

    def report_of(self, units: Array) -> Array:
        """The reports of units, by their numbers in the view."""
        found: Array = self.report_of_run[self.run_of[units]]
        return found

    @cached_property
    def ordinals(self) -> Array:
        return _joined([part.segment.column("ordinal") for part in self.parts], np.int32)

    @cached_property
    def lengths(self) -> Array:
        """Characters of every unit's folded text."""
        return _joined([part.segment.column("length") for part in self.parts], np.int32)

    @cached_property
    def units(self) -> int:
        """How many units there are."""
        return int(np.count_nonzero(self.live))

    @cached_property
    def characters(self) -> int:
        return int(self.lengths[self.live].sum(dtype=np.int64))

    @cached_property
    def average_length(self) -> float:
        """Of the units' folded texts, in characters; 1 where there is none."""
        return self.characters / self.units if self.units else 1.0

    @cached_property
    def stretches(self) -> Array:
        """Every unit's stretch (see ``query.SameStretch``), numbered through."""
        stretch = _joined([part.segment.column("stretch") for part in self.parts], np.int32)
        changes = np.ones(self.size, bool)
        changes[1:] = stretch[1:] != stretch[:-1]
        changes[self.firsts[1:]] |= np.diff(self.report_of_run) != 0
        return np.cumsum(changes) - 1

    @cached_property
    def report_ids(self) -> list[str]:
        """By the numbers of the reports, of deleted ones too."""
        return [report_id for part in self.parts for report_id in part.segment.reports]

    @cached_property
    def reports(self) -> dict[str, int]:
        """From the ids of the reports there are to their numbers in the view."""
        return {self.report_ids[number]: number for number in np.flatnonzero(~self.is_gone).tolist()}

    def ranks(self, sort: Sort) -> Array:
        """Every report's place in the order year, id; the newest come first unless the oldest are asked for."""
        return self._oldest_first if sort == "oldest" else self._newest_first

    @cached_property
    def _newest_first(self) -> Array:
        return self._in_order(-1)

    @cached_property
    def _oldest_first(self) -> Array:
        return self._in_order(1)

    def _in_order(self, direction: int) -> Array:
        years, year = np.zeros(len(self.report_ids), np.int64), self.columns["year"]
        years[self.report_of_run] = np.array(year.values, np.int64)[year.codes]
        ids = np.empty(len(years), np.int64)
        ids[sorted(range(len(ids)), key=self.report_ids.__getitem__)] = np.arange(len(ids))
        ranks = np.empty(len(years), np.int64)
        ranks[np.lexsort((ids, direction * years))] = np.arange(len(years))
        return ranks

    def places(self, units: Array, sort: Sort) -> Array:
        """A number for each of units, in the order year, report id, ordinal."""
        found: Array = self.ranks(sort)[self.report_of(units)] << 32 | self.ordinals[units]
        return found

    def standings(self, folded: str) -> Found:
        """Where a text stands, also where it overlaps itself: units, and places in the texts put end to end."""
        found = [part.segment.standings(folded) for part in self.parts]
        places = [part.characters + each for part, (_, each) in zip(self.parts, found, strict=True)]
        return self._numbered([units for units, _ in found]), _joined(places)

    def counts(self, folded: str) -> Found:
        """The units in which a text stands, deleted ones among them, and how often, overlaps not counted."""
        found = [part.segment.counts(folded) for part in self.parts]
        return self._numbered([units for units, _ in found]), _joined([counts for _, counts in found])

    def frequencies(self, word: str) -> Found:
        """The units that have a word, deleted ones among them, and how often."""
        found = [part.segment.frequencies(word) for part in self.parts]
        return self._numbered([units for units, _ in found]), _joined([counts for _, counts in found], np.int32)

    def _numbered(self, units: Sequence[Array]) -> Array:
        """Units by their numbers in their segments."""
        return _joined(
            [each.astype(np.int32) + np.int32(part.base) for part, each in zip(self.parts, units, strict=True)],
            np.int32,
        )

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
        runs = np.flatnonzero(self.report_of_run == number)
        ends = np.append(self.firsts, self.size)
        units = range(int(ends[runs[0]]), int(ends[runs[-1] + 1])) if len(runs) else ()
        return Document(self.report(number), tuple(map(self.unit, units)))

    def texts(self) -> Iterable[str]:
        """The folded text of every unit."""
        return (self.folded(unit) for unit in np.flatnonzero(self.live).tolist())

    def paths(self) -> Iterable[str]:
        """The folded headings above units, one path a string."""
        return (self.headings.values[code] for code in np.unique(self.headings.codes[self.live]).tolist())

    def _part(self, unit: int) -> Part:
        return next(part for part in reversed(self.parts) if part.base <= unit)


def _together(lists: Sequence[Sequence[str]], codes: Sequence[Array]) -> Column:
    """Columns of several segments as one."""
    values = tuple(sorted(set().union(*lists)))
    number = {value: i for i, value in enumerate(values)}
    changed = [np.array([number[value] for value in each], np.int32) for each in lists]
    return Column(values, _joined([new[each] for new, each in zip(changed, codes, strict=True)], np.int32))


def _joined(arrays: Sequence[Array], dtype: type[np.signedinteger] = np.int64) -> Array:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else NOTHING.astype(dtype)
