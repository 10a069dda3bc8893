"""Numbers over the units found: facets, and the table of occurrences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from indexer.engines.base import CountRequest, CountRow, CountTable, FacetCounts, FacetValue, Filter
from indexer.fields import BY_NAME, PATH_SEPARATOR
from indexer.query import Term
from vanilla.matching import Docs, Matching
from vanilla.snapshot import Snapshot


def facet_counts(
    snapshot: Snapshot, matching: Matching, found: Docs, filters: tuple[Filter, ...], names: Iterable[str],
    times: Mapping[int, int],
) -> tuple[FacetCounts, ...]:  # fmt: skip
    """Count each facet over the units ``found`` by the query that pass the filters of the other fields;
    ``times`` are the occurrences in each."""
    counted = []
    for name in names:
        docs = found & matching.passing(chosen for chosen in filters if chosen.field != name)
        counted.append(FacetCounts.of(name, _values(snapshot, name, docs, times)))
    return tuple(counted)


def _values(snapshot: Snapshot, name: str, docs: Docs, times: Mapping[int, int]) -> Iterator[FacetValue]:
    units: dict[str, int] = defaultdict(int)
    seen: dict[str, int] = defaultdict(int)
    for value, filed in snapshot.filed[name].items():
        here = filed & docs
        if not here:
            continue
        total = sum(map(times.get, here, repeat(0)))
        for node in _with_ancestors(name, value):
            units[node] += len(here)
            seen[node] += total
    return (FacetValue(value, units[value], seen[value]) for value in units)


def _with_ancestors(name: str, value: str) -> list[str]:
    if BY_NAME[name].kind != "path":
        return [value]
    parts = value.split(PATH_SEPARATOR)
    return [PATH_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts))]


def together(occurrences: Sequence[dict[int, int]]) -> dict[int, int]:
    """From every unit that holds one of several things sought to how often it holds any of them."""
    if len(occurrences) == 1:
        return occurrences[0]
    times: Counter[int] = Counter()
    for counts in occurrences:
        times.update(counts)
    return times


def occurrences_in(docs: Docs, counts: Mapping[int, int]) -> int:
    """How often what was counted stands in ``docs``."""
    return sum(map(counts.__getitem__, counts.keys() & docs))


def count_table(snapshot: Snapshot, matching: Matching, request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    docs = matching.passing(request.filters)
    occurrences = [matching.occurrences(Term(text)) for text in request.terms]
    groups: dict[tuple[str, ...], set[int]] = defaultdict(set)
    values = [snapshot.value_of[name] for name in request.group_by]
    for doc in docs:
        groups[tuple(value[doc] for value in values)].add(doc)
    ordered = sorted(groups, key=lambda group: _place(request.group_by, group)) if request.group_by else []
    rows = tuple(_row(snapshot, group, groups[group], occurrences) for group in ordered)
    return CountTable(request, rows, _row(snapshot, (), docs, occurrences))


def _place(names: tuple[str, ...], group: tuple[str, ...]) -> list[tuple[tuple[int, str], ...]]:
    """Where a group stands in the table."""
    return [BY_NAME[name].order(value) for name, value in zip(names, group, strict=True)]


def _row(snapshot: Snapshot, group: tuple[str, ...], docs: Docs, occurrences: list[dict[int, int]]) -> CountRow:
    holders = [counts.keys() & docs for counts in occurrences]
    return CountRow(
        group=group,
        occurrences=tuple(occurrences_in(here, counts) for here, counts in zip(holders, occurrences, strict=True)),
        units=tuple(map(len, holders)),
        of_units=len(docs),
        of_characters=sum(snapshot.lengths[doc] for doc in docs),
        of_reports=len({snapshot.report_of[doc] for doc in docs}),
    )
