"""Numbers over what a query finds: facets and the occurrences of what is sought.

The score of a phrase is how often it stands in a unit (for each of its terms once), so sums of scores are occurrences.
Of a text that can stand across itself, and of a wildcard, the occurrences are counted here, in the units that hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from indexer.engines.base import FacetCounts, FacetValue, Filter
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.layout import counted
from indexer.engines.opensearch.matching import Matching, passing, terms_of, text_in
from indexer.engines.opensearch.view import BUCKETS, Query, View, complete
from indexer.fields import BY_NAME, FACETS
from indexer.query import Sought, Wildcard
from indexer.text import fold, occurrences

SUM: Json = {"sum": {"script": {"source": "_score"}}}


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one thing sought: its occurrences in what passes all filters, and by field and value in what passes those of
    the other fields."""

    whole: int = 0
    by_field: dict[str, dict[str, int]] = field(default_factory=dict)


def is_summed(sought: Sought) -> bool:
    """Whether the cluster's phrase frequencies are the occurrences: where a text cannot overlap itself."""
    if isinstance(sought, Wildcard):
        return False
    text = fold(sought.text)
    return not any(text.startswith(text[start:]) for start in range(1, len(text)))


def facet_aggregations(filters: tuple[Filter, ...], names: Iterable[str], sums: Json) -> Json:
    """What counts the fields' values, each over what the other fields' filters leave."""
    return {
        f"by_{name}": {
            "filter": passing(chosen for chosen in filters if chosen.field != name),
            "aggs": {"values": {"terms": {"field": counted(BY_NAME[name]), "size": BUCKETS}, "aggs": sums}},
        }
        for name in names
    }


def facet_counts(answer: Json, names: Iterable[str], sums: Sequence[Sums]) -> tuple[FacetCounts, ...]:
    """The facets, from the answer to ``facet_aggregations`` and the occurrences of what is sought."""
    return tuple(FacetCounts(name, tuple(_values(answer, name, sums))) for name in names)


def _values(answer: Json, name: str, sums: Sequence[Sums]) -> Iterable[FacetValue]:
    for bucket in complete(answer["aggregations"][f"by_{name}"]["values"]):
        value = bucket["key"]
        yield FacetValue(value, bucket["doc_count"], sum(each.by_field[name].get(value, 0) for each in sums))


def tallies(
    matching: Matching, found: Query, wanted: Sequence[Sought], filters: tuple[Filter, ...], names: Sequence[str]
) -> list[Sums]:
    """The occurrences of each thing ``wanted`` in what is ``found``."""
    summed = [each for each in wanted if is_summed(each)]
    bodies = [_tally_body(matching.view, found, each, filters, names) for each in summed]
    answers = dict(zip(summed, matching.view.searches(bodies), strict=True))
    return [
        _tally_of(answers[each], each, names) if each in answers
        else _tally_here(matching, found, each, filters, names)
        for each in wanted
    ]  # fmt: skip


def _tally_body(view: View, found: Query, sought: Sought, filters: tuple[Filter, ...], names: Iterable[str]) -> Json:
    """What asks for the occurrences of a text that cannot overlap itself."""
    phrase = text_in("folded", fold(sought.text))
    aggregations: Json = {"whole": {"filter": passing(filters), "aggs": {"sum": SUM}}}
    aggregations |= facet_aggregations(filters, names, {"sum": SUM})
    query = {"bool": {"must": [phrase], "filter": [view.units(found)]}}
    return {"size": 0, "query": query, "aggs": aggregations}


def _tally_of(answer: Json, sought: Sought, names: Iterable[str]) -> Sums:
    terms, told = terms_of(fold(sought.text)), answer["aggregations"]
    by_field = {
        name: {each["key"]: times(each["sum"], terms) for each in complete(told[f"by_{name}"]["values"])}
        for name in names
    }
    return Sums(times(told["whole"]["sum"], terms), by_field)


def times(summed: Json, terms: int) -> int:
    """Occurrences, from a sum of scores of a text of so many terms."""
    occurrences: int = round(summed["value"] / terms)
    return occurrences


def _tally_here(
    matching: Matching, found: Query, sought: Sought, filters: tuple[Filter, ...], names: Sequence[str]
) -> Sums:
    """As ``_tally_of``, counted in the units themselves."""
    by_field: dict[str, Counter[str]] = {name: Counter() for name in names}
    whole = 0
    for source, many in times_here(matching, found, sought):
        passes = {chosen.field: _passes(chosen, source) for chosen in filters}
        whole += many * all(passes.values())
        for name in names:
            if all(passed for other, passed in passes.items() if other != name):
                by_field[name].update(dict.fromkeys(_filed(source, name), many))
    return Sums(whole, {name: dict(sums) for name, sums in by_field.items()})


def times_here(matching: Matching, found: Query, sought: Sought) -> Iterable[tuple[Json, int]]:
    """The units of ``found`` that hold what is ``sought``, and how often."""
    fields = dict.fromkeys(("folded", *FACETS, *(counted(BY_NAME[name]) for name in FACETS)))
    query = matching.view.units(found, matching.holding(sought))
    for hit in matching.view.records(query, tuple(fields)):
        yield hit["_source"], len(occurrences(hit["_source"]["folded"], sought))


def _filed(source: Json, name: str) -> list[str]:
    values = source[counted(BY_NAME[name])]
    return [values] if isinstance(values, str) else values


def _passes(chosen: Filter, source: Json) -> bool:
    values = set(_filed(source, chosen.field))
    return (not chosen.values or bool(values & {*chosen.values})) and not values & {*chosen.excluded}
