"""One committed state of an index, as a reader sees it: what is asked is asked of this state only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from indexer.engines.opensearch.cluster import Cluster, Json
from indexer.engines.opensearch.layout import report_of
from indexer.engines.opensearch.memory import Memory
from indexer.engines.opensearch.state import Seen, request, still_committed
from indexer.errors import IndexUnavailable
from indexer.model import Report

Query = dict[str, Any]

EVERYTHING: Query = {"match_all": {}}
NOTHING: Query = {"match_none": {}}
PAGE = 5_000
"""Records of one request where many are read."""
IN_ORDER = ("report", "ordinal")
BUCKETS = 40_000
"""Values counted by one aggregation, at most: there are some 3,000 counties, and some 40,000 townships. A cluster that
is set up as it comes tells 65,535 for one search."""


def all_of(*queries: Query) -> Query:
    """Units that every query finds."""
    wanted = [query for query in queries if query != EVERYTHING]
    return {"bool": {"filter": wanted}} if wanted else EVERYTHING


def any_of(*queries: Query) -> Query:
    """Units that some query finds."""
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def none_of(*queries: Query) -> Query:
    """Units that no query finds."""
    return {"bool": {"must_not": list(queries)}}


def one_of(field: str, values: Iterable[Any]) -> Query:
    return {"terms": {field: [value for value in values if not isinstance(value, str) or is_text(value)]}}


def is_text(value: str) -> bool:
    """Whether a cluster can hold it: half a surrogate pair is in no text."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


class View:
    """What ``seen`` says is committed, and what is remembered of it."""

    def __init__(self, cluster: Cluster, seen: Seen, memory: Memory | None = None) -> None:
        self.cluster, self.index, self.state, self.committed = cluster, seen.index, seen.state, seen.committed
        self.seen, self.memory = seen, memory or Memory()

    def live(self, kind: str) -> Query:
        """The records of a kind that are part of the state."""
        upto = {"lte": self.state.generation}
        void = self.state.void
        dead: Query = {"range": {"died": upto}}
        if void:
            dead = {"bool": {"filter": [dead], "must_not": [one_of("died", void)]}}
        unborn = [one_of("born", void)] if void else []
        here = [{"term": {"kind": kind}}, {"range": {"born": upto}}]
        return {"bool": {"filter": here, "must_not": [dead, *unborn]}}

    def units(self, *queries: Query) -> Query:
        """The units that every query finds."""
        return all_of(self.live("unit"), *queries)

    def searches(self, bodies: Sequence[Json]) -> list[Json]:
        """Whole answers, in order; one request."""
        return [self.cluster.whole(answer) for answer in self.cluster.searches(self._of_index(bodies))]

    def _of_index(self, bodies: Sequence[Json]) -> list[tuple[Json, Json]]:
        return [({"index": self.index}, body) for body in bodies]

    def search(self, body: Json) -> Json:
        return self.searches([body])[0]

    def records(
        self, query: Query, fields: Sequence[str], order: Sequence[Any] = IN_ORDER, *, is_numbered: bool = False
    ) -> Iterator[Json]:
        """Everything that ``query`` finds, in order, with ``fields`` of it, and the number of its last change where it
        ``is_numbered``; ``order`` must tell all from one another."""
        body: Json = {
            "query": query, "sort": list(order), "_source": list(fields) or False, "size": PAGE,
            "track_total_hits": False, "seq_no_primary_term": is_numbered,
        }  # fmt: skip
        while True:
            hits = self.search(body)["hits"]["hits"]
            yield from hits
            if len(hits) < PAGE:
                return
            body["search_after"] = hits[-1]["sort"]

    def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        """Reports by their ids, those that are there."""
        return self.memory.reports.of(ids, self._read_reports)

    def _read_reports(self, ids: list[str]) -> dict[str, Report]:
        query = all_of(self.live("report"), one_of("report", ids))
        found = self.records(query, ("report", "record"), ("report",))
        return {hit["_source"]["report"]: report_of(hit["_source"]) for hit in found}

    def every_report(self) -> list[Report]:
        """All reports, newest first, those of one year by their ids."""
        found = self.records(self.live("report"), ("record",), ("report",))
        return sorted((report_of(hit["_source"]) for hit in found), key=lambda each: (-each.year, each.id))

    def groups(self, query: Query, fields: Sequence[str], sums: Json) -> Iterator[Json]:
        """Of every group that ``fields`` make of what ``query`` finds, the units and ``sums``; complete."""
        sources = [{name: {"terms": {"field": name}}} for name in fields]
        composite: Json = {"size": PAGE, "sources": sources}
        while True:
            body = {"size": 0, "query": query, "aggs": {"groups": {"composite": composite, "aggs": sums}}}
            found = self.search(body)["aggregations"]["groups"]
            yield from found["buckets"]
            if "after_key" not in found or len(found["buckets"]) < PAGE:
                return
            composite["after"] = found["after_key"]


class Superseded(Exception):
    """Another state is committed than the one asked."""


class Latest(View):
    """The state that was seen last, when it may be another that is committed. The first request tells, and what it says
    of a state that is not is of no account, be it an error: then Superseded is raised."""

    is_committed = False

    def searches(self, bodies: Sequence[Json]) -> list[Json]:
        if self.is_committed or not bodies:
            return super().searches(bodies)
        first, *answers = self.cluster.searches([request(self.cluster, self.seen), *self._of_index(bodies)])
        if not still_committed(self.cluster, first):
            raise Superseded
        self.is_committed = True
        return [self.cluster.whole(answer) for answer in answers]


def complete(found: Json) -> list[Json]:
    """The buckets of a field's values. Raises IndexUnavailable when some were left out."""
    if found["sum_other_doc_count"] or found["doc_count_error_upper_bound"]:
        raise IndexUnavailable("这个字段的值太多，没法在集群上一一数清；请加上年份、地区等条件再查")
    buckets: list[Json] = found["buckets"]
    return buckets
