"""What is counted over the whole index, so that it does not depend on how units lie in shards: asked for once for each
committed state, and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.memory import Told
from indexer.engines.opensearch.standing import terms_of, text_in
from indexer.engines.opensearch.view import EVERYTHING, Query, View
from indexer.query import Sought, Wildcard
from indexer.text import fold

AVERAGE: Json = {"size": 0, "aggs": {"number": {"avg": {"field": "tokens"}}}}
_COUNT: Json = {"size": 0, "track_total_hits": True}
_MOST: Json = {"number": {"max": {"script": {"lang": "expression", "source": "_score"}}}}


@dataclass(frozen=True, slots=True)
class Corpus:
    """``units``, their words on average, and how many units each thing is in that was asked about."""

    units: int
    average: float
    holders: tuple[int, ...]


def corpus(matching: Matching, wanted: Sequence[Sought], queries: Sequence[Query] = ()) -> Corpus:
    """The holders of what is ``wanted``, and then what ``queries`` find."""
    view = matching.view
    asked = [_count(view, EVERYTHING), AVERAGE | {"query": view.units()}]
    asked += [_held(matching, each) for each in wanted]
    asked += [_count(view, query) for query in queries]
    everything, average, *holders = _told(view, asked)
    return Corpus(everything.units, average.number or 1.0, tuple(each.units for each in holders))


def most(matching: Matching, texts: Sequence[Sought]) -> list[int]:
    """How often each text stands in the unit that holds it most often. Of texts alone the cluster counts it."""
    told = _told(matching.view, [_held(matching, each) for each in texts])
    return [round(each.number / terms_of(fold(text.text))) for text, each in zip(texts, told, strict=True)]


def _count(view: View, query: Query) -> Json:
    return _COUNT | {"query": view.units(query)}


def _held(matching: Matching, sought: Sought) -> Json:
    if isinstance(sought, Wildcard):
        return _count(matching.view, matching.holding(sought))
    query = {"bool": {"must": [text_in("folded", fold(sought.text))], "filter": [matching.view.units()]}}
    return _COUNT | {"query": query, "aggs": _MOST}


def _told(view: View, asked: Sequence[Json]) -> list[Told]:
    """What is not known yet is asked for in one request."""
    names = [msgspec.json.encode(body) for body in asked]
    bodies = dict(zip(names, asked, strict=True))

    def read(missing: list[bytes]) -> dict[bytes, Told]:
        answers = view.searches([bodies[name] for name in missing])
        return dict(zip(missing, map(_read, answers), strict=True))

    known = view.memory.numbers.of(names, read)
    return [known[name] for name in names]


def _read(answer: Json) -> Told:
    number = answer.get("aggregations", {}).get("number", {}).get("value") or 0.0
    return Told(answer["hits"]["total"]["value"], float(number))
