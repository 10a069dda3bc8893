"""Numbers over what a query finds: facets and the occurrences of what is sought.

The score of a phrase is how often it stands in a unit (for each of its terms once), so sums of scores are occurrences.
Of several texts each is a digit of the score: one search tells the occurrences of all together, and of each.
Of a text that can stand across itself, and of a wildcard, the occurrences are counted here, in the units that hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.engines.base import FacetCounts, Filter
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.corpus import most
from indexer.engines.opensearch.digits import NOTHING_TOLD, Together, is_summed, together
from indexer.engines.opensearch.found import Found
from indexer.engines.opensearch.layout import counted
from indexer.engines.opensearch.matching import passing
from indexer.engines.opensearch.ranking import Scoring
from indexer.engines.opensearch.view import BUCKETS, Query, complete
from indexer.fields import BY_NAME, FACETS, PATH_SEPARATOR
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
    def first(self) -> Together:
        """What the first search tells: as a unit's worth is the fraction, equal orders need equal whole parts."""
        return self._first

    @property
    def _others(self) -> list[Together]:
        return [group for group in self._groups if group is not self._first]

    def bodies(self, scoring: Scoring | None = None, page: Json | None = None) -> list[Json]:
        """One search for units and occurrences by value, and for a ``page`` of hits as ``scoring`` puts them in order,
        were not so much sought that it takes several."""
        return [self._counts(self._first, scoring) | (page or {}), *map(self._counts, self._others)]

    def _counts(self, texts: Together, scoring: Scoring | None = None) -> Json:
        aggregations = self._of_what_passes(None, texts.sums_by_digit() | ({} if self._tells_all else texts.sum()))
        for name in self._names:
            terms = {"terms": {"field": name, "size": BUCKETS}, "aggs": texts.sum()}
            aggregations |= self._of_what_passes(name, {f"by_{name}": terms})
        body = {"size": 0, "track_total_hits": True, "query": self._scored(texts, scoring), "aggs": aggregations}
        return body | ({"post_filter": passing(self._filters)} if self._filters else {})

    def _of_what_passes(self, name: str | None, aggregations: Json) -> Json:
        """What is counted over what the filters of fields leave, but for those of the field ``name``."""
        others = [chosen for chosen in self._filters if chosen.field != name]
        if not others or not aggregations:
            return aggregations
        return {f"of_{name}": {"filter": passing(others), "aggs": aggregations}}

    @property
    def _tells_all(self) -> str | None:
        """A field of whose values every unit has one, so that they tell the numbers of the whole too."""
        every = (name for name in self._names if BY_NAME[name].kind != "path")
        return None if self._filters else next(every, None)

    def _scored(self, texts: Together, scoring: Scoring | None) -> Query:
        if scoring is None:
            return texts.numbered(self._found.scored(texts.scores()))
        return scoring.scored(self._found, texts)

    def told(self, answers: Sequence[Json]) -> Counted:
        """What the answers to ``bodies`` say."""
        groups = zip([self._first, *self._others], answers, strict=True)
        by_text = {text: many for group, answer in groups for text, many in self._apart(group, answer).items()}
        here = {each: self._here(each) for each in self._wanted if each not in by_text}
        return Counted(
            answers[0]["hits"]["total"]["value"],
            tuple(here[each].whole if each in here else by_text[each] for each in self._wanted),
            tuple(self._facet(name, answers, here.values()) for name in self._names),
        )

    def _facet(self, name: str, answers: Sequence[Json], here: Iterable[Sums]) -> FacetCounts:
        told = [_by_value(answer, name) for answer in answers]
        units, times = told[0].units, told[0].occurrences
        for more in (*(each.occurrences for each in told[1:]), *(each.by_field[name] for each in here)):
            times = {value: many + more.get(value, 0) for value, many in times.items()}
        return FacetCounts(name, tuple(units), tuple(units.values()), tuple(times.values()))

    def _apart(self, texts: Together, answer: Json) -> dict[Sought, int]:
        if not texts.texts:
            return {}
        field, sums = self._tells_all, _told(answer, None)
        whole = sum(_by_value(answer, field).occurrences.values()) if field else round(sums["sum"]["value"])
        return texts.told(whole, sums)

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


def _told(answer: Json, name: str | None) -> Json:
    """What was counted over what passes the filters but for those of the field ``name``."""
    aggregations: Json = answer.get("aggregations", {})
    told: Json = aggregations.get(f"of_{name}", aggregations)
    return told


@dataclass(frozen=True, slots=True)
class _Values:
    """Of a field's values, and of all that paths lie in."""

    units: dict[str, int]
    occurrences: dict[str, int]


def _by_value(answer: Json, name: str) -> _Values:
    units: dict[str, int] = {}
    occurrences: dict[str, int] = {}
    above = _above if BY_NAME[name].kind == "path" else _alone
    for bucket in complete(_told(answer, name)[f"by_{name}"]):
        many, sums = bucket["doc_count"], bucket.get("sum")
        times = int(sums["value"]) if sums else 0
        for value in above(bucket["key"]):
            units[value] = units.get(value, 0) + many
            occurrences[value] = occurrences.get(value, 0) + times
    return _Values(units, occurrences)


@lru_cache(BUCKETS)
def _above(path: str) -> tuple[str, ...]:
    """A path and what it lies in: every unit has one, so that the numbers of both are told by those of paths alone."""
    parts = path.split(PATH_SEPARATOR)
    return tuple(PATH_SEPARATOR.join(parts[:end]) for end in range(1, len(parts) + 1))


def _alone(value: str) -> tuple[str, ...]:
    return (value,)


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
