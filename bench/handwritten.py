"""The same questions written by hand for the cluster's own client: one search each, over an index as the product makes
it, of the state that it had when this was opened.

The score of a phrase is how often it stands in a unit, for each of its terms; so boosts make the score of what is
found a multiple of all occurrences in it, its sums are those of the facets, and it gives the order.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import lcm
from pathlib import Path
from typing import Any

import msgspec
from opensearchpy import OpenSearch

from bench.questions import FACETS, SIZE, Question
from indexer import Filter
from indexer.fields import BY_NAME
from indexer.query import And, Near, Node, Not, Or, Term, sought
from indexer.text import fold

Json = dict[str, Any]
Ready = tuple[str, Json]
"""A record with its tokens, under its id."""

_ENCODER = msgspec.json.Encoder()

VALUES = 20_000
"""Of a field, at most."""
ORDER: list[Any] = [{"_score": "desc"}, {"year_number": "desc"}, {"report": "asc"}, {"ordinal": "asc"}]
_OCCURRENCES: Json = {"occurrences": {"sum": {"script": "_score"}}}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a search tells: ``facets`` has units and occurrences of each value."""

    total: int
    first: tuple[str, ...]
    facets: dict[str, dict[str, tuple[int, int]]]


class Handwritten:
    """Over the index ``name``, of which the ``generation`` is committed."""

    def __init__(self, host: str, name: str, generation: int = 1) -> None:
        self.host = host
        self._client = OpenSearch(hosts=[f"http://{host}"], timeout=600, pool_maxsize=4)
        self._name, self._generation = name, generation

    def search(self, question: Question) -> Counted:
        told = self._client.search(index=self._name, body=self.body(question))
        scale = _scale(question.query)
        counts = {name: _values(told["aggregations"][name], scale) for name in FACETS}
        records = [hit["_source"]["record"] for hit in told["hits"]["hits"]]
        first = tuple(f"{record['report_id']}#p{record['ordinal']}" for record in records)
        return Counted(told["hits"]["total"]["value"], first, counts)

    def body(self, question: Question) -> Json:
        body: Json = {
            "size": SIZE, "track_total_hits": True, "_source": ["record"], "sort": ORDER, "track_scores": True,
            "query": {"bool": {"must": [_compiled(question.query, _scale(question.query))], **self._seen()}},
            "aggs": {name: _counting(name, question.filters) for name in FACETS},
        }  # fmt: skip
        if question.filters:
            body["post_filter"] = {"bool": {"filter": list(map(_passing, question.filters))}}
        return body

    def _seen(self) -> Json:
        upto = {"lte": self._generation}
        return {
            "filter": [{"term": {"kind": "unit"}}, {"range": {"born": upto}}],
            "must_not": [{"range": {"died": upto}}],
        }

    def make(self, creation: Json) -> None:
        """An empty index, over an old one."""
        self.remove()
        self._client.indices.create(index=self._name, body=creation)

    def remove(self) -> None:
        self._client.indices.delete(index=self._name, ignore_unavailable=True)

    def remove_led_to(self) -> None:
        """All indexes that the name leads to, or might."""
        self._client.indices.delete(index=f"{self._name}-0*")

    def bulk(self, requests: Iterable[list[Ready]], threads: int) -> None:
        """Encode and send what is ready, so many requests at a time, and let it be seen."""
        with ThreadPoolExecutor(threads) as pool:
            for errors in pool.map(self._send, requests):
                assert not errors
        self._client.indices.refresh(index=self._name)

    def _send(self, request: list[Ready]) -> bool:
        body = _ENCODER.encode_lines([line for id_, record in request for line in ({"index": {"_id": id_}}, record)])
        told: Json = self._client.bulk(index=self._name, body=body, filter_path="errors")
        return bool(told["errors"])

    def without_cache(self) -> None:
        """Let the cluster keep no answers, so that each is worked out."""
        self._client.indices.put_settings(index=self._name, body={"index.requests.cache.enable": False})

    def is_busy(self) -> bool:
        """Whether segments are still being merged."""
        told = self._client.indices.stats(index=self._name, metric="merge")
        return bool(told["_all"]["total"]["merges"]["current"])

    def size(self) -> int:
        """Bytes on disk, without what was merged into other segments: that goes when the last commit is another."""
        self._client.indices.flush(index=self._name)
        told = self._client.indices.stats(index=self._name, metric="store")
        return int(told["_all"]["total"]["store"]["size_in_bytes"])

    def process(self) -> int:
        """The node's, which is on this machine."""
        (node,) = self._client.nodes.info(metric="process")["nodes"].values()
        return int(node["process"]["id"])

    def processor_seconds(self) -> float:
        """What the node has worked so far (from Linux's /proc: it tells itself only once a second)."""
        fields = Path(f"/proc/{self.process()}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _compiled(node: Node, scale: int) -> Json:
    match node:
        case Term(text):
            return _phrase(fold(text), scale)
        case And(parts):
            denied = [part.part for part in parts if isinstance(part, Not)]
            wanted = [part for part in parts if not isinstance(part, Not)]
            return {
                "bool": {
                    "must": [_compiled(each, scale) for each in wanted],
                    "must_not": [_compiled(each, scale) for each in denied],
                }
            }
        case Or(parts):
            return {"bool": {"should": [_compiled(part, scale) for part in parts], "minimum_should_match": 1}}
        case Near(Term() as first, Term() as second, distance):
            texts = [fold(first.text), fold(second.text)]
            near = {"max_gaps": distance, "intervals": [{"match": _in_a_row(text)} for text in texts]}
            must = [_phrase(text, scale) for text in texts]
            return {"bool": {"must": must, "filter": [{"intervals": {"folded.single": {"all_of": near}}}]}}
    raise NotImplementedError(node)


def _phrase(folded: str, scale: int) -> Json:
    """Its score is ``scale`` times how often it stands in a unit."""
    if len(folded) == 1:
        return {"term": {"folded.single": {"value": folded, "boost": scale}}}
    return {"match_phrase": {"folded": {"query": folded, "boost": scale / (len(folded) - 1)}}}


def _in_a_row(folded: str) -> Json:
    return {"query": folded, "max_gaps": 0, "mode": "ordered"}


def _scale(query: Node) -> int:
    """What every number of terms divides."""
    return lcm(*(max(1, len(fold(each.text)) - 1) for each in sought(query)))


def _counting(name: str, filters: tuple[Filter, ...]) -> Json:
    values = {"terms": {"field": _field(name), "size": VALUES}, "aggs": _OCCURRENCES}
    others = [_passing(each) for each in filters if each.field != name]
    return {"filter": {"bool": {"filter": others}}, "aggs": {"values": values}} if others else values


def _passing(chosen: Filter) -> Json:
    field = _field(chosen.field)
    wanted = {"filter": [{"terms": {field: list(chosen.values)}}]} if chosen.values else {}
    denied = {"must_not": [{"terms": {field: list(chosen.excluded)}}]} if chosen.excluded else {}
    return {"bool": {**wanted, **denied}}


def _field(name: str) -> str:
    return f"{name}_above" if BY_NAME[name].kind == "path" else name


def _values(told: Json, scale: int) -> dict[str, tuple[int, int]]:
    return {
        bucket["key"]: (bucket["doc_count"], round(bucket["occurrences"]["value"] / scale))
        for bucket in told.get("values", told)["buckets"]
    }
