"""Numbers over the units found: facets, and the table of occurrences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import CountRequest, CountRow, CountTable, FacetCounts, FacetValue, Filter
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.view import Column, Found, View
from indexer.fields import BY_NAME, PATH_SEPARATOR
from indexer.query import Term


@dataclass(frozen=True, slots=True)
class Tally:
    """Of every run, how many of its units a query finds, and how often these hold each thing sought."""

    units: Array
    apart: tuple[Array, ...]

    def occurrences(self) -> Array:
        """Of every run, how often its units hold anything sought."""
        return sum(self.apart, np.zeros(len(self.units), np.int64))


def tallied(view: View, units: Array, sought: Sequence[Found]) -> Tally:
    """Count ``units``, which are live, and in them what was ``sought``."""
    return Tally(_by_run(view, units, None), tuple(_inside(view, units, *found) for found in sought))


def _inside(view: View, units: Array, holders: Array, counts: Array) -> Array:
    if holders is not units:
        found = np.zeros(view.size, bool)
        found[units] = True
        inside = found[holders]
        holders, counts = holders[inside], counts[inside]
    return _by_run(view, holders, counts)


def _by_run(view: View, units: Array, weights: Array | None) -> Array:
    """Sums over the units of each run; exact, as the weights are whole numbers far below 2**53."""
    sums = np.bincount(view.run_of[units], weights, len(view.firsts))
    return sums.astype(np.int64, copy=False)


def facet_counts(
    view: View, matching: Matching, tally: Tally, filters: tuple[Filter, ...], names: Iterable[str]
) -> tuple[FacetCounts, ...]:
    """Count each facet over what the query finds that passes the filters of the other fields."""
    occurrences = tally.occurrences()
    passing = {
        field: matching.passing(chosen for chosen in filters if chosen.field != field)
        for field in {"", *(chosen.field for chosen in filters)}
    }
    nonzero = {field: np.flatnonzero((tally.units > 0) & runs) for field, runs in passing.items()}
    return tuple(
        FacetCounts(
            name, tuple(_values(view.columns[name], name, nonzero.get(name, nonzero[""]), tally.units, occurrences))
        )
        for name in names
    )


def _values(column: Column, name: str, runs: Array, units: Array, occurrences: Array) -> Iterator[FacetValue]:
    codes, most = column.codes[runs], len(column.values)
    of_units = np.bincount(codes, units[runs], most).astype(np.int64)
    of_occurrences = np.bincount(codes, occurrences[runs], most).astype(np.int64)
    total: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for code in np.flatnonzero(of_units).tolist():
        for value in _with_ancestors(name, column.values[code]):
            total[value][0] += int(of_units[code])
            total[value][1] += int(of_occurrences[code])
    return (FacetValue(value, *numbers) for value, numbers in total.items())


def _with_ancestors(name: str, value: str) -> list[str]:
    if BY_NAME[name].kind != "path":
        return [value]
    parts = value.split(PATH_SEPARATOR)
    return [PATH_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts))]


def times_of(units: Array, sought: Iterable[Found]) -> Array:
    """How often each of ``units`` holds anything sought."""
    times = np.zeros(len(units), np.int64)
    for holders, counts in sought:
        if len(holders):
            at = np.minimum(np.searchsorted(holders, units), len(holders) - 1)
            times += np.where(holders[at] == units, counts[at], 0)
    return times


def count_table(view: View, matching: Matching, request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    runs = np.flatnonzero(matching.passing(request.filters))
    group_of, groups = _grouped(view, runs, request.group_by)
    tallies = [_of_term(view, matching, text) for text in request.terms]
    rows = _rows(view, runs, group_of, groups, tallies) if request.group_by else []
    everything = _rows(view, runs, np.zeros(len(runs), np.int64), [()], tallies)
    return CountTable(request, tuple(sorted(rows, key=lambda row: _place(request.group_by, row.group))), everything[0])


def _of_term(view: View, matching: Matching, text: str) -> Tally:
    found = matching.occurrences(Term(text))
    return tallied(view, found[0], (found,))


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
