"""Numbers over what a query finds: facets and the occurrences of what is sought.

The score of a phrase is how often it stands in a unit (for each of its terms once), so sums of scores are occurrences.
Of several texts each is weighed so that its score is the same multiple of its occurrences: then one sum is that of all.
Of a text that can stand across itself, and of a wildcard, the occurrences are counted here, in the units that hold it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import lcm

from indexer.engines.base import FacetCounts, FacetValue, Filter
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.found import Found, Scores
from indexer.engines.opensearch.layout import counted
from indexer.engines.opensearch.matching import passing
from indexer.engines.opensearch.ranking import LARGEST, WHOLE, Scoring, corpus
from indexer.engines.opensearch.standing import terms_of, text_in
from indexer.engines.opensearch.view import BUCKETS, Query, complete
from indexer.fields import BY_NAME, FACETS
from indexer.query import Sought, Wildcard
from indexer.text import fold, occurrences, pattern

SUM: Json = {"sum": {"sum": {"script": {"lang": "expression", "source": WHOLE}}}}


@dataclass(frozen=True, slots=True)
class Sums:
    """Occurrences in what passes all filters, and by field and value in what passes those of the other fields."""

    whole: int = 0
    by_field: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """``total`` units; ``apart`` the occurrences of each thing that is wanted."""

    total: int
    apart: tuple[int, ...]
    facets: tuple[FacetCounts, ...]


def is_summed(sought: Sought) -> bool:
    """Whether the cluster's phrase frequencies are the occurrences: where a text cannot overlap itself."""
    if isinstance(sought, Wildcard):
        return False
    text = fold(sought.text)
    return not any(text.startswith(text[start:]) for start in range(1, len(text)))


@dataclass(frozen=True, slots=True)
class Together:
    """Texts whose occurrences one search adds up: each scores ``scale`` for each time it stands in a unit."""

    texts: tuple[Sought, ...]
    scale: int

    @property
    def scales(self) -> dict[re.Pattern[str], int]:
        return dict.fromkeys(map(pattern, self.texts), self.scale)

    def scores(self) -> Scores:
        folded = {pattern(each): fold(each.text) for each in self.texts}
        return {key: text_in("folded", text, self.scale // terms_of(text)) for key, text in folded.items()}

    def fits(self, longest: int) -> bool:
        """Whether in a unit of so many characters the score's whole part is exact."""
        return sum(self.scale * longest // max(1, len(fold(each.text))) for each in self.texts) < LARGEST

    def with_one_more(self, sought: Sought) -> Together:
        return Together((*self.texts, sought), lcm(self.scale, terms_of(fold(sought.text))))


def together(wanted: Iterable[Sought], longest: int) -> list[Together]:
    """As few as add up all that is wanted."""
    found: list[Together] = []
    for sought in wanted:
        more = found[-1].with_one_more(sought) if found else None
        if more and more.fits(longest):
            found[-1] = more
        else:
            found.append(Together((sought,), terms_of(fold(sought.text))))
    return found


class Counting:
    """The numbers of a result: the searches that tell them, and what their answers say."""

    def __init__(
        self, found: Found, wanted: Sequence[Sought], filters: tuple[Filter, ...], names: Sequence[str]
    ) -> None:
        self._found, self._wanted, self._filters, self._names = found, wanted, filters, names
        summed = [each for each in wanted if is_summed(each)]
        longest = corpus(found.matching.view, ()).longest if summed else 0
        self._rest = together(summed, longest)
        self._first = self._rest.pop(0) if summed and self._rest[0].fits(longest) else None
        self._apart = [each for one in summed[:-1] for each in together([one], longest)]

    @property
    def scales(self) -> dict[re.Pattern[str], int]:
        """What the first search scores for each time a text stands in a unit: as its worth is the fraction, equal
        orders need equal whole parts."""
        return self._first.scales if self._first else {}

    def bodies(self, scoring: Scoring | None = None, page: Json | None = None) -> list[Json]:
        """One search for units and occurrences by value, and for a ``page`` of hits as ``scoring`` puts them in order,
        were not so much sought that it takes several; and where several texts are, one for each but the last."""
        first = self._by_value(self._first, scoring) | (page or {})
        return [first, *map(self._by_value, self._rest), *map(self._whole, self._apart)]

    def _by_value(self, texts: Together | None, scoring: Scoring | None = None) -> Json:
        sums = SUM if texts else {}
        aggregations = facet_aggregations(self._filters, self._names, sums)
        if texts:
            aggregations["whole"] = {"filter": passing(self._filters), "aggs": SUM}
        return {
            "size": 0, "track_total_hits": True, "query": self._scored(texts, scoring),
            "post_filter": passing(self._filters), "aggs": aggregations,
        }  # fmt: skip

    def _scored(self, texts: Together | None, scoring: Scoring | None) -> Query:
        if scoring is None:
            return self._found.scored(texts.scores() if texts else {})
        return self._found.scored(scoring.scores(texts.scales if texts else {}), scoring.others())

    def _whole(self, texts: Together) -> Json:
        found = self._found.within(passing(self._filters)).that_hold(texts.texts[0])
        return {"size": 0, "track_total_hits": False, "query": found.scored(texts.scores()), "aggs": SUM}

    def told(self, answers: Sequence[Json]) -> Counted:
        """What the answers to ``bodies`` say."""
        first, by_value, apart = answers[0], answers[1 : 1 + len(self._rest)], answers[1 + len(self._rest) :]
        more = [_sums(answer, each.scale, self._names) for answer, each in zip(by_value, self._rest, strict=True)]
        here = {each: self._here(each) for each in self._wanted if not is_summed(each)}
        scale = self._first.scale if self._first else 0
        whole = times(first["aggregations"]["whole"]["sum"], scale) if scale else 0
        of_summed = self._each_whole(apart, whole + sum(each.whole for each in more))
        return Counted(
            first["hits"]["total"]["value"],
            tuple(here[each].whole if each in here else next(of_summed) for each in self._wanted),
            _facet_counts(first, self._names, scale, [*more, *here.values()]),
        )

    def _each_whole(self, answers: Sequence[Json], whole: int) -> Iterator[int]:
        """The occurrences of each text, of all together ``whole``."""
        for answer, text in zip(answers, self._apart, strict=True):
            one = times(answer["aggregations"]["sum"], text.scale)
            whole -= one
            yield one
        yield whole

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


def _facet_counts(answer: Json, names: Iterable[str], scale: int, others: Sequence[Sums]) -> tuple[FacetCounts, ...]:
    """From units and occurrences in ``answer`` (none where ``scale`` is 0), and other occurrences."""
    return tuple(
        FacetCounts.of(name, _values(answer, name, scale, [each.by_field[name] for each in others]))
        for name in names
    )


def _values(answer: Json, name: str, scale: int, others: Sequence[Mapping[str, int]]) -> Iterator[FacetValue]:
    for bucket in complete(answer["aggregations"][f"by_{name}"]["values"]):
        value, many = bucket["key"], round(bucket["sum"]["value"] / scale) if scale else 0
        yield FacetValue(value, bucket["doc_count"], many + sum([each.get(value, 0) for each in others]))


def _sums(answer: Json, scale: int, names: Iterable[str]) -> Sums:
    by_field = {
        name: {
            each["key"]: times(each["sum"], scale)
            for each in complete(answer["aggregations"][f"by_{name}"]["values"])
        }
        for name in names
    }
    return Sums(times(answer["aggregations"]["whole"]["sum"], scale), by_field)


def times(summed: Json, scale: int) -> int:
    """Occurrences, from a sum of scores of which each is so many times as much."""
    occurrences: int = round(summed["value"] / scale)
    return occurrences


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
