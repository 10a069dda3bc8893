"""One generation written: nobody sees it before it is committed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from indexer.engines.opensearch import state
from indexer.engines.opensearch.cluster import Cluster, Json
from indexer.engines.opensearch.layout import records
from indexer.engines.opensearch.sending import FLUSH, Action, Sending, amend, put
from indexer.engines.opensearch.state import GRACE
from indexer.engines.opensearch.view import View, one_of
from indexer.errors import IndexAway, IndexBusy, no_report
from indexer.model import Document, Report
from indexer.text import Segmenter

_MANY = 500
"""Reports whose records are looked for at once."""


class Writing:
    """The generation that ``writer`` writes."""

    def __init__(self, cluster: Cluster, writer: str, segmenter: Segmenter) -> None:
        """Raises IndexBusy when the lease is another's."""
        self._cluster, self._writer, self._segmenter = cluster, writer, segmenter
        self._generation = state.change(cluster, lambda now: now.beginning(writer)).begun or 0
        self._seen = state.read(cluster)
        self._before = View(cluster, self._seen)
        self._sending = Sending(cluster, self._seen.index, self._deaths_again)
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
        self._sending.send(chain.from_iterable(map(self._records, documents)))

    def _records(self, document: Document) -> Iterator[Action]:
        report = document.report.id
        if report in self._written:
            here = [{"term": {"report": report}}, {"term": {"born": self._generation}}]
            yield FLUSH
            self._delete({"bool": {"filter": here}})
        self._written.add(report)
        for name, record in records(document, self._generation, self._segmenter):
            yield put(name, record)

    def remove(self, ids: Iterable[str]) -> None:
        """Let reports die, were they there."""
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _MANY):
            self._sending.send(self._deaths(wanted[start : start + _MANY]))

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
        return amend(seen["_id"], {"died": self._generation}, **condition)

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


def _cleared(now: state.State, gone: list[int]) -> state.State:
    return replace(now, past=tuple(each for each in now.past if each[0] not in gone))
