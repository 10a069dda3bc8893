"""Numbers over the units found: facets, and the table of occurrences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import CountRequest, CountRow, CountTable, FacetCounts, FacetValue, Filter
from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.segment import NOTHING
from indexer.engines.columnar.view import Column, View
from indexer.fields import BY_NAME
from indexer.query import Sought, Term


@dataclass(frozen=True, slots=True)
class Tally:
    """The ``runs`` in which a query finds units, in order, how many of them, and how often these hold each thing
    sought; ``firsts`` are the places of those that begin a report."""

    runs: Array
    units: Array
    apart: tuple[Array, ...]
    firsts: Array

    @property
    def occurrences(self) -> Array:
        """How often the units hold anything sought."""
        return sum(self.apart, np.zeros(len(self.runs), np.int64))

    def passing(self, runs: Array) -> Tally:
        """The same, but nothing is in runs that do not pass; given for every run of the view."""
        kept = runs[self.runs]
        if kept.all():
            return self
        return Tally(self.runs, self.units * kept, tuple(each * kept for each in self.apart), self.firsts)


def tallied(view: View, found: Sequence[tuple[Matching, Array]], wanted: Sequence[Sought]) -> Tally:
    """Count the units ``found`` in each segment, and in them what is ``wanted``."""
    parts = [_tallied(matching, units, wanted) for matching, units in found if len(units)]
    if not parts:
        return Tally(NOTHING, NOTHING, (NOTHING,) * len(wanted), NOTHING)
    runs, units, *apart = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Tally(runs, units, tuple(apart), _changes(view.report_of_run[runs]))


def _tallied(matching: Matching, units: Array, wanted: Sequence[Sought]) -> tuple[Array, ...]:
    runs = matching.part.segment.run_of[units]
    firsts = _changes(runs)
    apart = (np.add.reduceat(matching.times(units, each), firsts, dtype=np.int64) for each in wanted)
    return matching.part.runs.start + runs[firsts], np.diff(np.append(firsts, len(units))), *apart


def facet_counts(
    view: View, filing: Filing, tally: Tally, filters: tuple[Filter, ...], names: Iterable[str]
) -> tuple[FacetCounts, ...]:
    """Count each facet over what the query finds that passes the filters of the other fields."""
    passing = {
        field: tally.passing(filing.passing(chosen for chosen in filters if chosen.field != field))
        for field in {"", *(chosen.field for chosen in filters)}
    }
    return tuple(FacetCounts(name, _values(view.columns[name], passing.get(name, passing[""]))) for name in names)


def _changes(numbers: Array) -> Array:
    """Where numbers differ from the ones before."""
    return np.flatnonzero(np.append(np.ones(min(1, len(numbers)), bool), numbers[1:] != numbers[:-1]))


def _values(column: Column, found: Tally) -> tuple[FacetValue, ...]:
    if not len(found.runs):
        return ()
    of_units, of_occurrences = _by_value(column, found, found.units), _by_value(column, found, found.occurrences)
    there = np.flatnonzero(of_units > 0)
    values = [column.counted[code] for code in there.tolist()]
    return tuple(map(FacetValue, values, of_units[there].tolist(), of_occurrences[there].tolist()))


def _by_value(column: Column, found: Tally, numbers: Array) -> Array:
    """Sums over the runs of each value that is counted; exact, as they are whole numbers far below 2**53."""
    runs = found.runs
    if column.is_of_reports:
        runs, numbers = runs[found.firsts], np.add.reduceat(numbers, found.firsts)
    sums = np.bincount(column.codes[runs], numbers, len(column.values))
    above = (np.bincount(level, sums, len(column.counted) + 1) for level in column.levels)
    return sum(above, np.zeros(len(column.counted) + 1)).astype(np.int64)[:-1]


def count_table(view: View, filing: Filing, matchings: Sequence[Matching], request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    runs = np.flatnonzero(filing.passing(request.filters))
    group_of, groups = _grouped(view, runs, request.group_by)
    tallies = [_of_term(view, matchings, Term(text)) for text in request.terms]
    rows = _rows(view, runs, group_of, groups, tallies) if request.group_by else []
    everything = _rows(view, runs, np.zeros(len(runs), np.int64), [()], tallies)
    return CountTable(request, tuple(sorted(rows, key=lambda row: _place(request.group_by, row.group))), everything[0])


def _of_term(view: View, matchings: Sequence[Matching], term: Term) -> Tally:
    return tallied(view, [(matching, matching.units(term)) for matching in matchings], [term])


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
