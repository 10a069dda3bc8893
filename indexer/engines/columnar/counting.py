"""Numbers over the units found: facets, and the table of occurrences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from indexer.engines.base import CountRequest, CountRow, CountTable, FacetCounts, FacetValue, Filter
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Found, Matching
from indexer.engines.columnar.view import View
from indexer.fields import BY_NAME, PATH_SEPARATOR
from indexer.query import Term


def facet_counts(
    view: View, matching: Matching, found: Array, filters: tuple[Filter, ...], names: Iterable[str], times: Array
) -> tuple[FacetCounts, ...]:
    """Count each facet over the units ``found`` by the query that pass the filters of the other fields; ``times`` says
    of every unit how often it holds what is sought."""
    runs = {
        field: _in_runs(view, found & matching.passing(_others(filters, field)), times)
        for field in {chosen.field for chosen in filters}
    }
    unfiltered = _in_runs(view, found & matching.passing(filters), times)
    return tuple(FacetCounts(name, tuple(_values(view, name, *runs.get(name, unfiltered)))) for name in names)


def _others(filters: tuple[Filter, ...], field: str) -> Iterator[Filter]:
    return (chosen for chosen in filters if chosen.field != field)


def _in_runs(view: View, docs: Array, times: Array) -> tuple[Array, Array]:
    """How many units of each run are in ``docs``, and how often these hold what is sought."""
    if not view.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    units = np.add.reduceat(docs, view.runs, dtype=np.int64)
    return units, np.add.reduceat(np.where(docs, times, 0), view.runs, dtype=np.int64)


def _values(view: View, name: str, in_runs: Array, times_in_runs: Array) -> Iterator[FacetValue]:
    column = view.columns[name]
    codes, most = column.codes[view.runs], len(column.values)
    units = np.bincount(codes, in_runs, most).astype(np.int64)
    seen = np.bincount(codes, times_in_runs, most).astype(np.int64)
    total: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for code in np.flatnonzero(units).tolist():
        for value in _with_ancestors(name, column.values[code]):
            total[value][0] += int(units[code])
            total[value][1] += int(seen[code])
    return (FacetValue(value, *numbers) for value, numbers in total.items())


def _with_ancestors(name: str, value: str) -> list[str]:
    if BY_NAME[name].kind != "path":
        return [value]
    parts = value.split(PATH_SEPARATOR)
    return [PATH_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts))]


def times_in_units(view: View, found: Iterable[Found]) -> Array:
    """Of every unit, how often it holds any of what was found."""
    times = np.zeros(view.size, np.int64)
    for units, counts in found:
        times[units] += counts
    return times


def count_table(view: View, matching: Matching, request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    docs = matching.passing(request.filters)
    found = [_kept(matching.occurrences(Term(text)), docs) for text in request.terms]
    codes, groups = _grouped(view, docs, request.group_by)
    rows = _rows(view, docs, codes, groups, found) if request.group_by else []
    everything = _rows(view, docs, np.zeros(view.size, np.int64), [()], found)
    return CountTable(request, tuple(sorted(rows, key=lambda row: _place(request.group_by, row.group))), everything[0])


def _kept(found: Found, docs: Array) -> Found:
    units, counts = found
    return units[docs[units]], counts[docs[units]]


def _grouped(view: View, docs: Array, names: tuple[str, ...]) -> tuple[Array, list[tuple[str, ...]]]:
    """Every unit's group, numbered, and what the groups are; those without units are left out."""
    combined = np.zeros(view.size, np.int64)
    for name in names:
        combined = combined * len(view.columns[name].values) + view.columns[name].codes
    there, first, codes = np.unique(combined, return_index=True, return_inverse=True)
    columns = [view.columns[name] for name in names]
    groups = [tuple(column.values[column.codes[unit]] for column in columns) for unit in first.tolist()]
    return codes, groups[: len(there)]


def _rows(
    view: View, docs: Array, codes: Array, groups: Sequence[tuple[str, ...]], found: Sequence[Found]
) -> list[CountRow]:
    here, size = codes[docs], len(groups)
    of_units = np.bincount(here, minlength=size)
    of_characters = np.bincount(here, view.lengths[docs], size)
    reports = np.unique(np.stack((here, view.report_of[docs])), axis=1)[0]
    of_reports = np.bincount(reports, minlength=size)
    seen = [np.bincount(codes[units], counts, size) for units, counts in found]
    holders = [np.bincount(codes[units], minlength=size) for units, _ in found]
    return [
        CountRow(
            group, tuple(int(each[i]) for each in seen), tuple(int(each[i]) for each in holders), int(of_units[i]),
            int(of_characters[i]), int(of_reports[i]),
        )
        for i, group in enumerate(groups) if of_units[i] or not group
    ]  # fmt: skip


def _place(names: tuple[str, ...], group: tuple[str, ...]) -> list[tuple[tuple[int, str], ...]]:
    return [BY_NAME[name].order(value) for name, value in zip(names, group, strict=True)]


def total(found: Iterable[Found], docs: Array) -> tuple[int, ...]:
    """The occurrences in ``docs`` of each thing found."""
    return tuple(int(counts[docs[units]].sum()) for units, counts in found)
