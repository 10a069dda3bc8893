"""One generation written: nobody sees it before it is committed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from indexer.engines.opensearch import state
from indexer.engines.opensearch.cluster import Cluster, Json, lines, refused
from indexer.engines.opensearch.layout import records
from indexer.engines.opensearch.state import GRACE
from indexer.engines.opensearch.view import View, one_of
from indexer.errors import IndexAway, IndexBusy, no_report
from indexer.model import Document, Report
from indexer.text import Segmenter

MOST_BYTES = 4_000_000
"""Of one bulk request."""
PATIENCE = 8
"""How often what the cluster has no room for is sent again, each time after twice the wait."""
BUSY, CHANGED = 429, 409
Action = tuple[Json, Json]


class Writing:
    """The generation that ``writer`` writes."""

    def __init__(self, cluster: Cluster, writer: str, segmenter: Segmenter) -> None:
        """Raises IndexBusy when the lease is another's."""
        self._cluster, self._writer, self._segmenter = cluster, writer, segmenter
        self._generation = state.change(cluster, lambda now: now.beginning(writer)).begun or 0
        self._seen = state.read(cluster)
        self._before = View(cluster, self._seen)
        self._written: set[str] = set()
        self._clear()

    def _clear(self) -> None:
        """Take away what earlier writers left unfinished, and what died so long ago that nobody reads it."""
        gone = [generation for generation, since in self._seen.state.past if since < time.time() - GRACE]
        unseen = [one_of("born", self._seen.state.void)] if self._seen.state.void else []
        dead = [one_of("died", gone)] if gone else []
        if unseen or dead:
            self._delete({"bool": {"should": [*unseen, *dead], "minimum_should_match": 1}})
        if gone:
            state.change(self._cluster, lambda now: _cleared(now, gone))

    def _delete(self, query: Json) -> None:
        index = self._seen.index
        self._cluster.ask("POST", f"/{index}/_refresh")
        self._cluster.ask("POST", f"/{index}/_delete_by_query", {"query": query}, conflicts="proceed", refresh="true")

    def add(self, documents: Iterable[Document]) -> None:
        """Write reports; they replace those of the same id."""
        self._send(chain.from_iterable(map(self._records, documents)))

    def _records(self, document: Document) -> Iterator[Action]:
        report = document.report.id
        if report in self._written:
            here = [{"term": {"report": report}}, {"term": {"born": self._generation}}]
            yield FLUSH
            self._delete({"bool": {"filter": here}})
        self._written.add(report)
        for name, record in records(document, self._generation, self._segmenter):
            yield {"index": {"_id": name}}, record

    def remove(self, ids: Iterable[str]) -> None:
        """Let reports die, were they there."""
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _MANY):
            self._send(self._deaths(wanted[start : start + _MANY]))

    def _deaths(self, ids: list[str]) -> Iterator[Action]:
        for kind in ("report", "unit"):
            query = {"bool": {"filter": [self._before.live(kind), one_of("report", ids)]}}
            order = ("report", {"ordinal": {"missing": 0, "order": "asc"}})
            for hit in self._before.records(query, ("died",), order, is_numbered=True):
                if hit["_source"].get("died", 0) > self._generation:
                    raise IndexBusy(state.LOST)
                yield self._death(hit)

    def _death(self, seen: Json) -> Action:
        """Of a record as it was seen: another writer's word, come late, changes nothing that was changed since."""
        condition = {"if_seq_no": seen["_seq_no"], "if_primary_term": seen["_primary_term"]}
        return {"update": {"_id": seen["_id"], **condition}}, {"doc": {"died": self._generation}}

    def amend(self, reports: tuple[Report, ...], whole: Callable[[str], Document]) -> None:
        """Know reports otherwise. Raises NotFound."""
        known = self._before.reports(report.id for report in reports)
        for report in {each.id: each for each in reports}.values():
            if report.id not in known:
                raise no_report(report.id)
            document = whole(report.id)
            self.remove([report.id])
            self.add([replace(document, report=report)])

    def replace_those_written(self) -> None:
        """Let the earlier reports of the ids that were written die."""
        self.remove(sorted(self._written))

    def commit(self) -> None:
        """Let readers see it. Raises IndexBusy when the lease has gone to another one: then nothing is seen."""
        answer = self._cluster.ask("POST", f"/{self._seen.index}/_refresh")
        if answer["_shards"]["failed"]:
            raise IndexAway(f"{self._cluster.place.address} 有一部分分片写不进；原来的内容没有变，请稍后再运行一次")
        state.change(self._cluster, lambda now: now.committed(self._writer, self._generation, time.time()))

    def give_up(self) -> None:
        """What was written comes to nothing."""
        state.change(self._cluster, lambda now: now.given_up() if now.begun == self._generation else now)

    def _send(self, actions: Iterable[Action]) -> None:
        batch: list[Action] = []
        size = 0
        for action in actions:
            if action is not FLUSH:
                batch.append(action)
                size += len(lines(action))
            if size > MOST_BYTES or action is FLUSH:
                self._send_all(batch)
                batch, size = [], 0
        self._send_all(batch)

    def _send_all(self, batch: list[Action]) -> None:
        """Send until everything is in; what the cluster has no room for now, again after a while."""
        for attempt in range(PATIENCE):
            batch = self._left(batch)
            if not batch:
                return
            time.sleep(random.uniform(0.5, 1) * 0.1 * 2**attempt)
        raise IndexAway(f"{self._cluster.place.address} 一直忙不过来；原来的内容没有变，请稍后再运行一次")

    def _left(self, batch: list[Action]) -> list[Action]:
        if not batch:
            return []
        answer = self._cluster.ask("POST", f"/{self._seen.index}/_bulk", lines(chain.from_iterable(batch)))
        results = [next(iter(item.values())) for item in answer["items"]]
        for result in results:
            if result["status"] >= 300 and result["status"] not in (BUSY, CHANGED):
                raise refused(result["status"], result.get("error"), self._cluster.place)
        changed = [result["_id"] for result in results if result["status"] == CHANGED]
        busy = [action for action, result in zip(batch, results, strict=True) if result["status"] == BUSY]
        return [*busy, *self._deaths_again(changed)]

    def _deaths_again(self, ids: list[str]) -> Iterator[Action]:
        """Of records that were changed after they were seen, were it not by this very writer. A later one's word stays:
        then this one has lost its turn."""
        if not ids:
            return
        now = self._cluster.ask("POST", f"/{self._seen.index}/_mget", {"ids": ids}, _source_includes="died")
        for seen in now["docs"]:
            died = seen["_source"].get("died", 0)
            if died > self._generation:
                raise IndexBusy(state.LOST)
            if died < self._generation:
                yield self._death(seen)


FLUSH: Action = ({}, {})
_MANY = 500
"""Reports whose records are looked for at once."""


def _cleared(now: state.State, gone: list[int]) -> state.State:
    return replace(now, past=tuple(each for each in now.past if each[0] not in gone))
