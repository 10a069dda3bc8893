"""The order of hits: see ``engines.scoring``. What a text or word weighs is counted over the whole index first, so that
an order does not depend on how units lie in shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indexer.engines.base import Sort
from indexer.engines.loose import rarity
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.matching import Matching, terms_of, text_in
from indexer.engines.opensearch.view import NOTHING, Query, View
from indexer.engines.scoring import K1, B, words_inside
from indexer.query import Sought
from indexer.text import pieces

WORTH = (
    "double times = _score / params.terms; double length = doc['tokens'].value;"
    "return params.weight * params.gain * times"
    " / (times + params.k1 * (1 - params.b + params.b * length / params.average));"
)

YEAR: dict[Sort, Any] = {"relevance": "desc", "newest": "desc", "oldest": "asc"}


@dataclass(frozen=True, slots=True)
class Corpus:
    """What weights are made of: units, their words on average, and how many units each query finds."""

    units: int
    average: float
    holders: tuple[int, ...]


def corpus(view: View, queries: Sequence[Query]) -> Corpus:
    """Of the whole index."""
    aggregations: Json = {"tokens": {"avg": {"field": "tokens"}}}
    aggregations |= {f"q{number}": {"filter": query} for number, query in enumerate(queries)}
    body = {"size": 0, "track_total_hits": True, "query": view.units(), "aggs": aggregations}
    found = view.search(body)
    told = found["aggregations"]
    holders = tuple(told[f"q{number}"]["doc_count"] for number in range(len(queries)))
    return Corpus(found["hits"]["total"]["value"], told["tokens"]["value"] or 1.0, holders)


def order(sort: Sort) -> list[Any]:
    """How hits are sorted; no two are equal."""
    by_score: list[Any] = [{"_score": "desc"}] if sort == "relevance" else []
    return [*by_score, {"year_number": YEAR[sort]}, {"report": "asc"}, {"ordinal": "asc"}]


@dataclass(frozen=True, slots=True)
class Scoring:
    """``should`` clauses whose scores are summed, and what the things sought weigh together."""

    should: tuple[Query, ...] = ()
    gain: float = 0.0


def scoring(matching: Matching, wanted: Sequence[Sought]) -> Scoring:
    """BM25 over what is ``wanted`` and the words inside."""
    wanted = tuple(filter(pieces, wanted))
    if not wanted:
        return Scoring()
    inside = tuple(dict.fromkeys(word for each in wanted for text in pieces(each) for word in words_inside(text)))
    words = [{"term": {"words": word}} for word in inside]
    texts = [matching.holding(each) for each in wanted]
    known = corpus(matching.view, [*texts, *words])
    weights = [rarity(many, known.units) for many in known.holders]
    scored = [(_scored(each), many) for each, many in zip(wanted, known.holders, strict=False)]
    clauses = [*scored, *((word, many) for word, many in zip(words, known.holders[len(wanted) :], strict=True))]
    terms = [*map(_terms, wanted), *(1 for _ in words)]
    should = tuple(
        worth(query, weight, count, known.average)
        for (query, many), weight, count in zip(clauses, weights, terms, strict=True)
        if many
    )
    return Scoring(should, sum(weights[: len(wanted)]))


def _scored(sought: Sought) -> Query:
    """Of a wildcard, its longest piece."""
    texts = pieces(sought)
    return text_in("folded", max(texts, key=len)) if texts else NOTHING


def _terms(sought: Sought) -> int:
    return terms_of(max(pieces(sought), key=len))


def worth(query: Query, weight: float, terms: int, average: float) -> Query:
    """BM25 of one text: its score is how often it stands in a unit, for each of its ``terms``."""
    params = {"weight": weight, "gain": K1 + 1, "k1": K1, "b": B, "average": average or 1.0, "terms": terms}
    return {"script_score": {"query": query, "script": {"source": WORTH, "params": params}}}


def scored_by(found: Query, should: Sequence[Query]) -> Query:
    """What is ``found``, with the sum of the scores of ``should``."""
    return {"bool": {"filter": [found], "should": list(should), "minimum_should_match": 0}}
