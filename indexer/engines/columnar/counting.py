"""Numbers over the units found: facets, and the table of occurrences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import CountRequest, CountRow, CountTable, FacetCounts, FacetValue, Filter
from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.segment import Segment
from indexer.engines.columnar.view import Column, View
from indexer.fields import BY_NAME
from indexer.query import Sought, Term


@dataclass(frozen=True, slots=True)
class Tally:
    """Of every run, how many of its units a query finds, and how often these hold each thing sought."""

    units: Array
    apart: tuple[Array, ...]

    def occurrences(self) -> Array:
        """Of every run, how often its units hold anything sought."""
        return sum(self.apart, np.zeros(len(self.units), np.int64))


def tallied(found: Sequence[tuple[Matching, Array]], wanted: Sequence[Sought]) -> Tally:
    """Count the units ``found`` in each segment, and in them what is ``wanted``."""
    units = [in_runs(matching.part.segment, units) for matching, units in found]
    apart = [[_times_in_runs(matching, units, each) for matching, units in found] for each in wanted]
    return Tally(_joined(units), tuple(map(_joined, apart)))


def in_runs(segment: Segment, units: Array) -> Array:
    """Of every run of a segment, how many of ``units`` are in it."""
    return np.bincount(segment.run_of[units], minlength=len(segment.runs[0]))


def _times_in_runs(matching: Matching, units: Array, wanted: Sought) -> Array:
    segment, times = matching.part.segment, matching.times(units, wanted)
    return np.bincount(segment.run_of[units], times, len(segment.runs[0])).astype(np.int64)


def _joined(arrays: Iterable[Array]) -> Array:
    return np.concatenate([np.zeros(0, np.int64), *arrays])


def facet_counts(
    view: View, filing: Filing, tally: Tally, filters: tuple[Filter, ...], names: Iterable[str]
) -> tuple[FacetCounts, ...]:
    """Count each facet over what the query finds that passes the filters of the other fields."""
    occurrences = tally.occurrences()
    passing = {
        field: filing.passing(chosen for chosen in filters if chosen.field != field)
        for field in {"", *(chosen.field for chosen in filters)}
    }
    numbers = {field: (tally.units * runs, occurrences * runs) for field, runs in passing.items()}
    return tuple(FacetCounts(name, _values(view.columns[name], *numbers.get(name, numbers[""]))) for name in names)


def _values(column: Column, units: Array, occurrences: Array) -> tuple[FacetValue, ...]:
    of_units, of_occurrences = _by_value(column, units), _by_value(column, occurrences)
    there = np.flatnonzero(of_units)
    values = [column.counted[code] for code in there.tolist()]
    return tuple(map(FacetValue, values, of_units[there].tolist(), of_occurrences[there].tolist()))


def _by_value(column: Column, numbers: Array) -> Array:
    """Sums over the runs of each value that is counted; exact, as they are whole numbers far below 2**53."""
    if not len(numbers):
        return np.zeros(len(column.counted), np.int64)
    alike = np.add.reduceat(numbers, column.firsts)
    sums = np.bincount(column.codes[column.firsts], alike, len(column.values))
    above = (np.bincount(level, sums, len(column.counted) + 1) for level in column.levels)
    return sum(above, np.zeros(len(column.counted) + 1)).astype(np.int64)[:-1]


def count_table(view: View, filing: Filing, matchings: Sequence[Matching], request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    runs = np.flatnonzero(filing.passing(request.filters))
    group_of, groups = _grouped(view, runs, request.group_by)
    tallies = [_of_term(matchings, Term(text)) for text in request.terms]
    rows = _rows(view, runs, group_of, groups, tallies) if request.group_by else []
    everything = _rows(view, runs, np.zeros(len(runs), np.int64), [()], tallies)
    return CountTable(request, tuple(sorted(rows, key=lambda row: _place(request.group_by, row.group))), everything[0])


def _of_term(matchings: Sequence[Matching], term: Term) -> Tally:
    return tallied([(matching, matching.units(term)) for matching in matchings], [term])


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
    def summed(of_runs: Array) -> list[int]:
        sums: list[int] = np.bincount(group_of, of_runs[runs], len(groups)).astype(np.int64).tolist()
        return sums

    of_units, of_characters = summed(view.units_of_runs), summed(view.characters_of_runs)
    reports = np.unique(np.stack((group_of, view.report_of_run[runs])), axis=1)[0]
    of_reports = np.bincount(reports, minlength=len(groups)).tolist()
    occurrences = list(zip(*(summed(tally.apart[0]) for tally in tallies), strict=True)) or [()] * len(groups)
    units = list(zip(*(summed(tally.units) for tally in tallies), strict=True)) or [()] * len(groups)
    return [CountRow(*row) for row in zip(groups, occurrences, units, of_units, of_characters, of_reports, strict=True)]


def _place(names: tuple[str, ...], group: tuple[str, ...]) -> list[tuple[tuple[int, str], ...]]:
    return [BY_NAME[name].order(value) for name, value in zip(names, group, strict=True)]
