"""The table of occurrences: terms counted in every group that fields make of the units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from indexer.engines.base import CountRequest, CountRow, CountTable
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.counting import times_here
from indexer.engines.opensearch.digits import is_summed
from indexer.engines.opensearch.found import Found
from indexer.engines.opensearch.matching import Matching, passing
from indexer.engines.opensearch.standing import terms_of, text_in
from indexer.fields import BY_NAME
from indexer.query import Term
from indexer.text import fold

Group = tuple[str, ...]
_SUM: Json = {"sum": {"sum": {"script": {"lang": "expression", "source": "_score"}}}}


@dataclass(slots=True)
class _Row:
    units: int = 0
    characters: int = 0
    reports: int = 0
    occurrences: list[int] = field(default_factory=list)
    holders: list[int] = field(default_factory=list)


def count_table(matching: Matching, request: CountRequest) -> CountTable:
    """Count the request's terms in every group."""
    rows = _grouped(matching, request, request.group_by) if request.group_by else []
    (total,) = _grouped(matching, request, ()) or [_row((), _blank(len(request.terms)))]
    return CountTable(request, tuple(sorted(rows, key=lambda row: _place(request.group_by, row.group))), total)


def _blank(many: int) -> _Row:
    return _Row(occurrences=[0] * many, holders=[0] * many)


def _grouped(matching: Matching, request: CountRequest, names: Sequence[str]) -> list[CountRow]:
    rows: defaultdict[Group, _Row] = defaultdict(lambda: _blank(len(request.terms)))
    chosen = matching.view.units(passing(request.filters))
    for bucket in matching.view.groups(chosen, (*names, "report"), {"sum": {"sum": {"field": "characters"}}}):
        row = rows[_group(bucket["key"], names)]
        row.units += bucket["doc_count"]
        row.characters += round(bucket["sum"]["value"])
        row.reports += 1
    for number, text in enumerate(request.terms):
        for group, units, many in _counts(matching, Term(text), request, names):
            rows[group].holders[number] += units
            rows[group].occurrences[number] += many
    return [_row(group, row) for group, row in rows.items()]


def _counts(
    matching: Matching, term: Term, request: CountRequest, names: Sequence[str]
) -> Iterable[tuple[Group, int, int]]:
    chosen, folded = passing(request.filters), fold(term.text)
    if not is_summed(term):
        for source, many in times_here(Found(matching, rest=chosen), term):
            yield _group(source, names), 1, many
        return
    query = {"bool": {"must": [text_in("folded", folded)], "filter": [matching.view.units(chosen)]}}
    for bucket in matching.view.groups(query, tuple(names) or ("kind",), _SUM):
        many = round(bucket["sum"]["value"] / terms_of(folded))
        yield _group(bucket["key"], names), bucket["doc_count"], many


def _group(values: Json, names: Sequence[str]) -> Group:
    return tuple(values[name] for name in names)


def _row(group: Group, row: _Row) -> CountRow:
    return CountRow(group, tuple(row.occurrences), tuple(row.holders), row.units, row.characters, row.reports)


def _place(names: Sequence[str], group: Group) -> list[tuple[tuple[int, str], ...]]:
    return [BY_NAME[name].order(value) for name, value in zip(names, group, strict=True)]
