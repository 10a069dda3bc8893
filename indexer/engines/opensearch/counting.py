"""Numbers over what a query finds: facets and the occurrences of what is sought.

The score of a phrase is how often it stands in a unit (for each of its terms once), so sums of scores are occurrences.
Of several texts the score has digits: one search tells the occurrences of all together, and of each.
Of a text that can stand across itself, and of a wildcard, the occurrences are counted here, in the units that hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.engines.base import FacetCounts, Filter
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.corpus import most
from indexer.engines.opensearch.digits import NOTHING_TOLD, Together, is_summed, together
from indexer.engines.opensearch.facets import TIMES, Table, over, tables, told
from indexer.engines.opensearch.found import Found
from indexer.engines.opensearch.layout import counted
from indexer.engines.opensearch.legend import Counts
from indexer.engines.opensearch.matching import passing
from indexer.engines.opensearch.ranking import Scoring
from indexer.engines.opensearch.view import Query
from indexer.fields import BY_NAME, FACETS
from indexer.query import Sought
from indexer.text import occurrences

PASSING = "passing"
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
        self._tables = tables(names, filters)
        summed = [each for each in wanted if is_summed(each)]
        self._groups = together(summed, most(found.matching, summed))
        self._first = self._groups[0] if self._groups and self._groups[0].is_exact else NOTHING_TOLD

    @property
    def first(self) -> Together:
        """What the search tells that also puts in order: nothing where one text alone leaves no room for worths."""
        return self._first

    @property
    def _others(self) -> list[Together]:
        return [group for group in self._groups if group is not self._first]

    def bodies(self, scoring: Scoring | None = None, page: Json | None = None) -> list[Json]:
        """One search for units and occurrences by value, and for a ``page`` of hits as ``scoring`` puts them in order,
        were not so much sought that it takes several."""
        return [self._counts(self._first, scoring) | (page or {}), *map(self._counts, self._others)]

    def _counts(self, texts: Together, scoring: Scoring | None = None) -> Json:
        times = {TIMES: texts.sum()} if texts.texts else {}
        aggregations = over(PASSING, self._filters, texts.sums_by_digit() | ({} if self._tells_all else times))
        for table in self._tables:
            aggregations |= table.body(times)
        body = {"size": 0, "track_total_hits": True, "query": self._scored(texts, scoring), "aggs": aggregations}
        return body | ({"post_filter": passing(self._filters)} if self._filters else {})

    @property
    def _tells_all(self) -> Table | None:
        """A table that heeds all filters, so that it tells the numbers of the whole too."""
        return next((table for table in self._tables if table.filters == self._filters), None)

    def _scored(self, texts: Together, scoring: Scoring | None) -> Query:
        if scoring is None:
            return texts.numbered(self._found.scored(texts.scores()))
        return scoring.scored(self._found, texts)

    def told(self, answers: Sequence[Json]) -> Counted:
        """What the answers to ``bodies`` say."""
        by_field = list(map(self._by_field, answers))
        groups = zip([self._first, *self._others], answers, strict=True)
        by_text = {text: many for each in groups for text, many in self._apart(*each).items()}
        here = {each: self._here(each) for each in self._wanted if each not in by_text}
        return Counted(
            answers[0]["hits"]["total"]["value"],
            tuple(here[each].whole if each in here else by_text[each] for each in self._wanted),
            tuple(_facet(name, [each[name] for each in by_field], here.values()) for name in self._names),
        )

    def _by_field(self, answer: Json) -> dict[str, Counts]:
        known, aggregations = self._found.matching.view.memory.facets, answer.get("aggregations", {})
        return {name: counts for table in self._tables for name, counts in table.told(aggregations, known).items()}

    def _apart(self, texts: Together, answer: Json) -> dict[Sought, int]:
        if not texts.texts:
            return {}
        aggregations = answer.get("aggregations", {})
        table, sums = self._tells_all, told(aggregations, PASSING)
        return texts.told(table.whole(aggregations) if table else round(sums[TIMES]["value"]), sums)

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


def _facet(name: str, told: Sequence[Counts], here: Iterable[Sums]) -> FacetCounts:
    """Of which each of ``told`` has the occurrences of some texts, as has each of what was counted ``here``."""
    first, *others = told
    times = first.occurrences
    more = [*(dict(zip(each.names, each.occurrences, strict=True)) for each in others)]
    for also in (*more, *(each.by_field[name] for each in here)):
        times = tuple(many + also.get(value, 0) for value, many in zip(first.names, times, strict=True))
    return FacetCounts(name, first.names, first.units, times)


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
