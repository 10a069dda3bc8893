"""Numbers over the units found: facets, and the table of occurrences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from indexer.engines.base import CountRequest, CountRow, CountTable, FacetCounts, Filter
from indexer.engines.columnar import kernels
from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.kernels.kinds import TIMES
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.view import Column, View
from indexer.fields import BY_NAME
from indexer.query import Sought, Term


@dataclass(frozen=True)
class Tally:
    """The ``runs`` in which a query finds units, in order, how many of them, and how often these hold each thing
    sought."""

    runs: Array
    units: Array
    apart: tuple[Array, ...]

    @cached_property
    def occurrences(self) -> Array:
        """How often the units hold anything sought."""
        return self.apart[0] if len(self.apart) == 1 else sum(self.apart, np.zeros(len(self.units), TIMES))


def tallied(matching: Matching, units: Array, wanted: Sequence[Sought]) -> Tally:
    """Count ``units``, and in them what is ``wanted``."""
    run_of = matching.view.run_of
    if not wanted:
        return Tally(*kernels.tally(units, run_of), ())
    sums = [kernels.tally_times(units, run_of, matching.times(units, each)) for each in wanted]
    runs, many, _ = sums[0]
    return Tally(runs, many, tuple(times for _, _, times in sums))


def facet_counts(
    view: View, filing: Filing, tally: Tally, filters: tuple[Filter, ...], names: Iterable[str]
) -> tuple[FacetCounts, ...]:
    """Count each facet over what the query finds that passes the filters of the other fields."""
    passing = {
        field: _Counted(view, tally, filing.passing(chosen for chosen in filters if chosen.field != field))
        for field in {"", *(chosen.field for chosen in filters)}
    }
    return tuple(passing.get(name, passing[""]).of(name) for name in names)


class _Counted:
    """Counts what passes, field by field."""

    def __init__(self, view: View, tally: Tally, passes: Array) -> None:
        self._view, self._tally, self._passes = view, tally, passes

    def of(self, name: str) -> FacetCounts:
        """What the field is, where anything is found, and how much."""
        column = self._view.columns[name]
        of_units, of_occurrences = (_with_those_above(column, each) for each in self._sums(column))
        there = np.flatnonzero(of_units)
        sides = (tuple(each[there].tolist()) for each in (column.counted, of_units, of_occurrences))
        return FacetCounts(name, *sides)

    def _sums(self, column: Column) -> tuple[Array, Array]:
        many = len(column.values)
        if column.of_reports is None:
            return self._sums_by(column.codes, many)
        units, occurrences = (np.bincount(column.of_reports, each, many).astype(np.int64) for each in self._of_reports)
        return units, occurrences

    @cached_property
    def _of_reports(self) -> tuple[Array, Array]:
        return self._sums_by(self._view.report_of_run, self._view.many_reports)

    def _sums_by(self, codes: Array, many: int) -> tuple[Array, Array]:
        tally = self._tally
        return kernels.sums(tally.runs, tally.units, tally.occurrences, self._passes, codes, many)


def _with_those_above(column: Column, sums: Array) -> Array:
    """The sums of every value that is counted; exact, as they are whole numbers far below 2**53."""
    if len(column.levels) == 1:
        return sums
    above = (np.bincount(level, sums, len(column.counted) + 1) for level in column.levels)
    return sum(above, np.zeros(len(column.counted) + 1)).astype(np.int64)[:-1]


def count_table(matching: Matching, filing: Filing, request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    view, runs = matching.view, np.flatnonzero(filing.passing(request.filters))
    group_of, groups = _grouped(view, runs, request.group_by)
    tallies = [_of_term(matching, Term(text)) for text in request.terms]
    rows = _rows(view, runs, group_of, groups, tallies) if request.group_by else []
    everything = _rows(view, runs, np.zeros(len(runs), np.int64), [()], tallies)
    return CountTable(request, tuple(sorted(rows, key=lambda row: _place(request.group_by, row.group))), everything[0])


def _of_term(matching: Matching, term: Term) -> Tally:
    return tallied(matching, matching.units(term), [term])


def _grouped(view: View, runs: Array, names: tuple[str, ...]) -> tuple[Array, list[tuple[str, ...]]]:
    """The group of each of ``runs``, numbered, and what the groups are."""
    combined = np.zeros(len(runs), np.int64)
    for name in names:
        combined = combined * len(view.columns[name].values) + view.columns[name].codes[runs]
    _, first, group_of = np.unique(combined, return_index=True, return_inverse=True)
    columns = [view.columns[name] for name in names]
    groups = [tuple(column.values[column.codes[run]] for column in columns) for run in runs[first].tolist()]
    return group_of, groups


def _rows(
    view: View, runs: Array, group_of: Array, groups: Sequence[tuple[str, ...]], tallies: Sequence[Tally]
) -> list[CountRow]:
    group_of_run = np.full(len(view.firsts), len(groups))
    group_of_run[runs] = group_of

    def summed(there: Array | slice, numbers: Array) -> list[int]:
        sums: list[int] = np.bincount(group_of_run[there], numbers, len(groups) + 1)[:-1].astype(np.int64).tolist()
        return sums

    of_units, of_characters = (summed(slice(None), each) for each in (view.units_of_runs, view.characters_of_runs))
    reports = np.unique(np.stack((group_of, view.report_of_run[runs])), axis=1)[0]
    of_reports = np.bincount(reports, minlength=len(groups)).tolist()
    occurrences, units = (
        list(zip(*(summed(tally.runs, numbers) for tally, numbers in zip(tallies, each, strict=True)), strict=True))
        or [()] * len(groups)
        for each in ([tally.apart[0] for tally in tallies], [tally.units for tally in tallies])
    )
    return [CountRow(*row) for row in zip(groups, occurrences, units, of_units, of_characters, of_reports, strict=True)]


def _place(names: tuple[str, ...], group: tuple[str, ...]) -> list[tuple[tuple[int, str], ...]]:
    return [BY_NAME[name].order(value) for name, value in zip(names, group, strict=True)]
