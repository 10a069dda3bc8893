"""One committed state: its segments side by side, and what runs of their units are filed under.

Units are named by their number in the view, or in their segment where one segment is spoken of. Deleted ones keep
theirs and are in no answer. A run is units side by side in one report and one section, so that what a filter lets
through are runs, and facets are counted over runs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest

import msgspec
import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.kernels.kinds import CODE, RUN
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.postings import Postings
from indexer.engines.columnar.segment import NOTHING, Segment
from indexer.engines.columnar.tables import REPORT
from indexer.engines.scoring import K1, B
from indexer.errors import no_report
from indexer.fields import BY_NAME, FIELDS, OF_UNITS, PATH_SEPARATOR
from indexer.model import Document, Report, Unit


@dataclass(frozen=True, slots=True)
class Column:
    """What runs are filed under: ``values`` in order, and every run's number in them; ``of_reports`` is every report's
    where all its runs are filed alike. ``counted`` are the values that are counted, those above paths too, each at its
    one of ``places``; ``levels`` say for each depth at which of them a value is counted there: beyond the last where it
    has no such depth."""

    values: tuple[str, ...]
    codes: Array
    of_reports: Array | None
    counted: Array
    places: dict[str, int]
    levels: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A segment; its units are numbered from ``base`` in the view, its reports from ``reports``, its runs are
    ``runs``."""

    segment: Segment
    base: int
    reports: int
    runs: slice


class View:
    """See above. ``generation`` is the commit's number."""

    def __init__(self, segments: Sequence[Segment], generation: int) -> None:
        self.generation = generation
        self._reports: dict[int, Report] = {}
        self.parts = tuple(_parts(segments))
        self.size = sum(segment.size for segment in segments)
        self.postings = Postings(segments)
        self.many_reports = sum(len(segment.is_gone) for segment in segments)

    @cached_property
    def _bases(self) -> list[int]:
        return [part.base for part in self.parts]

    @cached_property
    def firsts(self) -> Array:
        """The first unit of every run."""
        return _joined([part.base + part.segment.runs for part in self.parts])

    @cached_property
    def report_of_run(self) -> Array:
        """Every run's report, by its number."""
        reports = (part.reports + part.segment.of_runs(REPORT).astype(CODE) for part in self.parts)
        return np.concatenate([np.zeros(0, CODE), *reports])

    @cached_property
    def live_runs(self) -> Array:
        """Of every run, whether its report is still there."""
        return np.concatenate([np.zeros(0, bool), *(part.segment.live_runs for part in self.parts)])

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What runs are filed under, by the names of the fields."""
        return {field.name: self._column(field.name) for field in FIELDS}

    def _column(self, name: str) -> Column:
        """The segments' lists put into one, their runs' numbers changed to match."""
        lists = [part.segment.values(name) for part in self.parts]
        values = tuple(sorted(set().union(*lists)))
        number = {value: i for i, value in enumerate(values)}
        changed = [np.array([number[value] for value in each], CODE) for each in lists]
        of_runs = (part.segment.of_runs(name) for part in self.parts)
        codes = (new[codes] for new, codes in zip(changed, of_runs, strict=True))
        return self._counted(name, values, np.concatenate([np.zeros(0, CODE), *codes]))

    def _counted(self, name: str, values: tuple[str, ...], codes: Array) -> Column:
        above = [_with_ancestors(name, value) for value in values]
        places = {value: place for place, value in enumerate(dict.fromkeys(chain.from_iterable(above)))}
        counted, beyond = np.array(list(places), object), len(places)
        levels = ([places.get(each, beyond) for each in level] for level in zip_longest(*above))
        of_reports = None if name == OF_UNITS else np.zeros(self.many_reports, CODE)
        if of_reports is not None:
            of_reports[self.report_of_run] = codes
        return Column(values, codes, of_reports, counted, places, tuple(map(np.array, levels)))

    @cached_property
    def units(self) -> int:
        """How many units there are."""
        return sum(int(np.count_nonzero(part.segment.live)) for part in self.parts)

    @cached_property
    def characters(self) -> int:
        return sum(int(part.segment.lengths[part.segment.live].sum()) for part in self.parts)

    @cached_property
    def average_length(self) -> float:
        """Of the units' folded texts, in characters; 1 where there is none."""
        return self.characters / self.units if self.characters else 1.0

    @cached_property
    def norms(self) -> Array:
        """How often every unit must hold something to be worth half of what it can be: BM25's measure of length."""
        return K1 * (1 - B + B * _joined([part.segment.lengths for part in self.parts]) / self.average_length)

    @cached_property
    def run_of(self) -> Array:
        """Every unit's run."""
        return np.concatenate([np.zeros(0, RUN), *(RUN.type(p.runs.start) + p.segment.run_of for p in self.parts)])

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing was deleted."""
        return all(part.segment.is_whole for part in self.parts)

    @cached_property
    def live(self) -> Array:
        """Of every unit, whether its report is still there."""
        return np.concatenate([np.zeros(0, bool), *(part.segment.live for part in self.parts)])

    @cached_property
    def stretches(self) -> Array:
        """Every unit's stretch (see ``query.SameStretch``), numbered through."""
        return np.cumsum(np.concatenate([np.zeros(0, bool), *(part.segment.begins_stretch for part in self.parts)]))

    def under(self, folded: str) -> Array:
        """Of every unit, whether a folded text stands in a heading above it."""
        return np.concatenate([np.zeros(0, bool), *(part.segment.under(folded) for part in self.parts)])

    @cached_property
    def units_of_runs(self) -> Array:
        """How many units every run has."""
        return np.diff(np.append(self.firsts, self.size))

    @cached_property
    def characters_of_runs(self) -> Array:
        """How many characters the units of every run have."""
        return _joined(
            [np.add.reduceat(part.segment.lengths, part.segment.runs) for part in self.parts if part.segment.size]
        )

    @cached_property
    def _is_gone(self) -> Array:
        return np.concatenate([np.zeros(0, bool), *(part.segment.is_gone for part in self.parts)])

    @cached_property
    def _report_ids(self) -> list[str]:
        """By the numbers of the reports, of deleted ones too."""
        return [report_id for part in self.parts for report_id in part.segment.reports]

    @cached_property
    def reports(self) -> dict[str, int]:
        """From the ids of the reports there are to their numbers in the view."""
        return {self._report_ids[number]: number for number in np.flatnonzero(~self._is_gone).tolist()}

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
        years, year = np.zeros(len(self._report_ids), np.int64), self.columns["year"]
        years[self.report_of_run] = np.array(year.values, np.int64)[year.codes]
        ids = np.empty(len(years), np.int64)
        ids[sorted(range(len(ids)), key=self._report_ids.__getitem__)] = np.arange(len(ids))
        ranks = np.empty(len(years), np.int64)
        ranks[np.lexsort((ids, direction * years))] = np.arange(len(years))
        return ranks

    @cached_property
    def _ordinals(self) -> Array:
        return _joined([part.segment.column("ordinal") for part in self.parts])

    def report_of(self, units: Array) -> Array:
        """The reports of units, by their numbers in the view."""
        found: Array = self.report_of_run[self.run_of[units]]
        return found

    def places(self, units: Array, sort: Sort) -> Array:
        """A number for each of units, in the order year, report id, ordinal."""
        found: Array = self.ranks(sort)[self.report_of(units)] << 32 | self._ordinals[units]
        return found

    def folded(self, unit: int) -> str:
        part = self._part(unit)
        return part.segment.decoded(unit - part.base)

    def unit(self, unit: int) -> Unit:
        part = self._part(unit)
        return msgspec.json.decode(part.segment.records[unit - part.base], type=Unit)

    def report(self, number: int) -> Report:
        if number not in self._reports:
            self._reports[number] = self._read_report(number)
        return self._reports[number]

    def _read_report(self, number: int) -> Report:
        part = next(part for part in reversed(self.parts) if part.reports <= number)
        return msgspec.json.decode(part.segment.report_records[number - part.reports], type=Report)

    def document(self, report_id: str) -> Document:
        """A whole report. Raises NotFound."""
        if report_id not in self.reports:
            raise no_report(report_id)
        number = self.reports[report_id]
        runs = np.flatnonzero(self.report_of_run == number)
        ends = np.append(self.firsts, self.size)
        units = range(int(ends[runs[0]]), int(ends[runs[-1] + 1])) if len(runs) else ()
        return Document(self.report(number), tuple(map(self.unit, units)))

    def texts(self) -> Iterable[str]:
        """The folded text of every unit."""
        return (
            part.segment.decoded(unit) for part in self.parts for unit in np.flatnonzero(part.segment.live).tolist()
        )

    def paths(self) -> Iterable[str]:
        """The folded headings above units, one path a string, each once."""
        return dict.fromkeys(
            part.segment.headings[code]
            for part in self.parts
            for code in np.unique(part.segment.column("headings")[part.segment.live]).tolist()
        )

    def _part(self, unit: int) -> Part:
        return self.parts[bisect_right(self._bases, unit) - 1]


def _parts(segments: Sequence[Segment]) -> Iterable[Part]:
    base = reports = runs = 0
    for segment in segments:
        yield Part(segment, base, reports, slice(runs, runs + segment.many_runs))
        base, reports, runs = base + segment.size, reports + len(segment.is_gone), runs + segment.many_runs


def _with_ancestors(name: str, value: str) -> list[str]:
    if BY_NAME[name].kind != "path":
        return [value]
    parts = value.split(PATH_SEPARATOR)
    return [PATH_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts))]


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate(arrays).astype(np.int64, copy=False) if arrays else NOTHING
