"""Numbers over what a query finds: facets and the occurrences of what is sought.

The score of a phrase is how often it stands in a unit (for each of its terms once), so sums of scores are occurrences.
Of several texts each is a digit of the score: one search tells the occurrences of all together, and of each.
Of a text that can stand across itself, and of a wildcard, the occurrences are counted here, in the units that hold it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.engines.base import FacetCounts, FacetValue, Filter
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.corpus import most
from indexer.engines.opensearch.digits import NOTHING_TOLD, Together, is_summed, together
from indexer.engines.opensearch.found import Found
from indexer.engines.opensearch.layout import counted
from indexer.engines.opensearch.matching import passing
from indexer.engines.opensearch.ranking import Scoring
from indexer.engines.opensearch.view import BUCKETS, Query, complete
from indexer.fields import BY_NAME, FACETS
from indexer.query import Sought
from indexer.text import occurrences

ByField = Mapping[str, Mapping[str, int]]
"""Occurrences by field and value, in what passes the filters of the other fields."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Occurrences in what passes all filters, and by field and value."""

    whole: int
    by_field: ByField


@dataclass(frozen=True, slots=True)
class Counted:
    """``total`` units; ``apart`` the occurrences of each thing that is wanted."""

    total: int
    apart: tuple[int, ...]
    facets: tuple[FacetCounts, ...]


class Counting:
    """The numbers of a result: the searches that tell them, and what their answers say."""

    def __init__(
        self, found: Found, wanted: Sequence[Sought], filters: tuple[Filter, ...], names: Sequence[str]
    ) -> None:
        self._found, self._wanted, self._filters, self._names = found, wanted, filters, names
        summed = [each for each in wanted if is_summed(each)]
        self._groups = together(summed, most(found.matching, summed))
        self._first = self._groups[0] if self._groups and self._groups[0].is_exact else NOTHING_TOLD

    @property
    def scales(self) -> dict[re.Pattern[str], int]:
        """What the first search scores for each time a text stands in a unit: as its worth is the fraction, equal
        orders need equal whole parts."""
        return self._first.scales

    @property
    def _others(self) -> list[Together]:
        return [group for group in self._groups if group is not self._first]

    def bodies(self, scoring: Scoring | None = None, page: Json | None = None) -> list[Json]:
        """One search for units and occurrences by value, and for a ``page`` of hits as ``scoring`` puts them in order,
        were not so much sought that it takes several."""
        return [self._by_value(self._first, scoring) | (page or {}), *map(self._by_value, self._others)]

    def _by_value(self, texts: Together, scoring: Scoring | None = None) -> Json:
        aggregations = facet_aggregations(self._filters, self._names, texts.sum())
        if texts.texts:
            aggregations["whole"] = {"filter": passing(self._filters), "aggs": texts.sums_by_digit()}
        return {
            "size": 0, "track_total_hits": True, "query": self._scored(texts, scoring),
            "post_filter": passing(self._filters), "aggs": aggregations,
        }  # fmt: skip

    def _scored(self, texts: Together, scoring: Scoring | None) -> Query:
        if scoring is None:
            return self._found.scored(texts.scores())
        return self._found.scored(scoring.scores(texts.scales), scoring.others())

    def told(self, answers: Sequence[Json]) -> Counted:
        """What the answers to ``bodies`` say."""
        groups = [self._first, *self._others]
        by_text = {
            text: many
            for group, answer in zip(groups, answers, strict=True)
            for text, many in group.told(answer.get("aggregations", {}).get("whole", {}))
        }
        here = {each: self._here(each) for each in self._wanted if each not in by_text}
        more = [_sums(answer, self._names) for answer in answers[1:]]
        return Counted(
            answers[0]["hits"]["total"]["value"],
            tuple(here[each].whole if each in here else by_text[each] for each in self._wanted),
            _facet_counts(answers[0], self._names, [*more, *(each.by_field for each in here.values())]),
        )

    def _here(self, sought: Sought) -> Sums:
        """As ``_sums``, counted in the units themselves."""
        by_field: dict[str, Counter[str]] = {name: Counter() for name in self._names}
        whole = 0
        for source, many in times_here(self._found, sought):
            passes = {chosen.field: _passes(chosen, source) for chosen in self._filters}
            whole += many * all(passes.values())
            for name in self._names:
                if all(passed for other, passed in passes.items() if other != name):
                    by_field[name].update(dict.fromkeys(_filed(source, name), many))
        return Sums(whole, by_field)


def facet_aggregations(filters: tuple[Filter, ...], names: Iterable[str], sums: Json) -> Json:
    """What counts the fields' values, each over what the other fields' filters leave."""
    return {
        f"by_{name}": {
            "filter": passing(chosen for chosen in filters if chosen.field != name),
            "aggs": {"values": {"terms": {"field": counted(BY_NAME[name]), "size": BUCKETS}, "aggs": sums}},
        }
        for name in names
    }


def _facet_counts(answer: Json, names: Iterable[str], others: Sequence[ByField]) -> tuple[FacetCounts, ...]:
    """From units and occurrences in ``answer``, and other occurrences."""
    return tuple(FacetCounts.of(name, _values(answer, name, [each[name] for each in others])) for name in names)


def _values(answer: Json, name: str, others: Sequence[Mapping[str, int]]) -> Iterator[FacetValue]:
    for bucket in complete(answer["aggregations"][f"by_{name}"]["values"]):
        value, many = bucket["key"], round(bucket["sum"]["value"]) if "sum" in bucket else 0
        yield FacetValue(value, bucket["doc_count"], many + sum([each.get(value, 0) for each in others]))


def _sums(answer: Json, names: Iterable[str]) -> ByField:
    return {
        name: {
            each["key"]: round(each["sum"]["value"])
            for each in complete(answer["aggregations"][f"by_{name}"]["values"])
        }
        for name in names
    }


def times_here(found: Found, sought: Sought) -> Iterable[tuple[Json, int]]:
    """The units of ``found`` that hold what is ``sought``, and how often."""
    fields = dict.fromkeys(("folded", *FACETS, *(counted(BY_NAME[name]) for name in FACETS)))
    query = found.within(found.matching.holding(sought)).query()
    for hit in found.matching.view.records(query, tuple(fields)):
        yield hit["_source"], len(occurrences(hit["_source"]["folded"], sought))


def _filed(source: Json, name: str) -> list[str]:
    values = source[counted(BY_NAME[name])]
    return [values] if isinstance(values, str) else values


def _passes(chosen: Filter, source: Json) -> bool:
    values = set(_filed(source, chosen.field))
    return (not chosen.values or bool(values & {*chosen.values})) and not values & {*chosen.excluded}
