"""The Engine over an index of a cluster: one writer at a time by a lease, and readers that see one committed state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TypeVar

from indexer.engines.base import (
    EVERYTHING,
    ByOccurrence,
    ByReport,
    ClusterInfo,
    CountRequest,
    CountTable,
    Filter,
    Finding,
    IndexInfo,
    Scan,
    SearchRequest,
    SearchResult,
    Vocabulary,
)
from indexer.engines.opensearch import lease, making, state
from indexer.engines.opensearch.answering import Answer
from indexer.engines.opensearch.cluster import Cluster
from indexer.engines.opensearch.information import cluster_information, information
from indexer.engines.opensearch.layout import unit_of
from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.memory import Memory
from indexer.engines.opensearch.place import Place
from indexer.engines.opensearch.scanning import in_point_of_time
from indexer.engines.opensearch.state import Committed
from indexer.engines.opensearch.tables import count_table
from indexer.engines.opensearch.view import Latest, Query, Superseded, View
from indexer.engines.opensearch.writing import Writing
from indexer.engines.wording import HEADING_END, pairs_of, vocabulary_of
from indexer.errors import BaogaoError, IndexBusy, IndexMissing, no_report
from indexer.model import Document, Report
from indexer.query import Node
from indexer.synonyms import Synonyms
from indexer.text import Segmenter

T = TypeVar("T")


class OpenSearchEngine:
    """See ``indexer.engines.base.Engine``."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lexicon: tuple[str, tuple[str, ...]] = ("", ())
        self._segmenter: Segmenter | None = None
        self._turn = threading.RLock()
        self._writer: str | None = None
        self._info: tuple[Committed, IndexInfo] | None = None
        self._memory: tuple[Committed, Memory] | None = None
        self._last = self._view()

    @classmethod
    def open(cls, place: Place) -> OpenSearchEngine:
        """Open an index that is there. Raises IndexUnavailable."""
        return cls(Cluster(place))

    @classmethod
    def create(cls, place: Place, lexicon: tuple[str, ...] | None) -> OpenSearchEngine:
        """Open the index, made first where there is none. Raises IndexUnavailable, and BadParameter where there is one
        that is not divided as its address says."""
        cluster = Cluster(place)
        making.make(cluster, lexicon or ())
        making.check_division(cluster)
        if lexicon is not None:
            making.check_lexicon(cluster, lexicon)
        return cls(cluster)

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        with self._generation() as writing:
            writing.remove(remove)
            writing.add(documents)
            writing.replace_those_written()

    def amend(self, reports: Iterable[Report]) -> None:
        with self._generation() as writing:
            writing.amend(tuple(reports), self.document)

    @contextmanager
    def writing(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=lease.WRITER_TIMEOUT):
            raise IndexBusy(state.BUSY)
        try:
            if self._writer is not None:
                yield
                return
            with lease.held(self._cluster) as self._writer:
                try:
                    yield
                finally:
                    self._writer = None
        finally:
            self._turn.release()

    @contextmanager
    def _generation(self) -> Iterator[Writing]:
        """Changes that are seen when all went well; whatever happens, nobody sees others."""
        with self.writing():
            writing = Writing(self._cluster, self._writer or "", self._words())
            try:
                yield writing
                writing.commit()
            except BaseException:
                with suppress(BaogaoError):
                    writing.give_up()
                raise

    def search(self, request: SearchRequest) -> SearchResult:
        return self._of_now(lambda view: Answer(view, request).by_unit())

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        return self._of_now(lambda view: Answer(view, request).by_report(best))

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        return self._of_now(lambda view: Answer(view, request).by_occurrence())

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        view = self._view()
        answer = Answer(view, SearchRequest(query, filters))
        found, total, times = answer.findings()
        with in_point_of_time(view, found) as rows:
            yield Scan(self._info_of(view), total, times, _findings(view, answer, rows))

    def count(self, request: CountRequest) -> CountTable:
        return count_table(Matching(self._view()), request)

    def document(self, report_id: str) -> Document:
        view = self._view()
        known = view.reports([report_id])
        if report_id not in known:
            raise no_report(report_id)
        found = view.records(view.units(_of(report_id)), ("record",))
        return Document(known[report_id], tuple(unit_of(hit["_source"]) for hit in found))

    def reports(self) -> tuple[Report, ...]:
        return tuple(self._view().every_report())

    def vocabulary(self) -> Vocabulary:
        view = self._view()
        rows = [hit["_source"] for hit in view.records(view.units(), ("folded", "above"))]
        paths = dict.fromkeys(HEADING_END.join(row["above"]) for row in rows)
        return vocabulary_of(tuple(row["folded"] for row in rows), paths, self._words())

    def pairs(self) -> frozenset[str]:
        view = self._view()
        return pairs_of(hit["_source"]["folded"] for hit in view.records(view.units(), ("folded",)))

    def info(self) -> IndexInfo:
        return self._info_of(self._view())

    def cluster(self) -> ClusterInfo:
        return cluster_information(self._cluster, state.read(self._cluster))

    def synonyms(self) -> Synonyms:
        return state.read(self._cluster).state.synonyms

    def keep_synonyms(self, groups: Synonyms) -> None:
        state.change(self._cluster, lambda now: replace(now, synonyms=groups))

    def close(self) -> None:
        self._cluster.close()

    def _view(self) -> View:
        """The state of the last commit, or of the index that was put in this one's place."""
        seen = state.read(self._cluster)
        if seen.index != self._lexicon[0]:
            self._lexicon, self._segmenter = (seen.index, making.read_lexicon(self._cluster, seen.index)), None
        self._last = View(self._cluster, seen, self._remembered(seen.committed))
        return self._last

    def _of_now(self, answered: Callable[[View], T]) -> T:
        """What is answered from the state that is committed now. The one that was seen last is asked, and whether it
        still is in the same request. An index that goes meanwhile may have another in its place."""
        last = self._last
        latest = Latest(self._cluster, last.seen, last.memory)
        with suppress(Superseded, IndexMissing):
            answer = answered(latest)
            if latest.is_committed:
                return answer
        return answered(self._view())

    def _remembered(self, committed: Committed) -> Memory:
        """What was read of this state before. A reader of an earlier one keeps that one's."""
        known = self._memory
        if known is None or known[0] != committed:
            self._memory = known = committed, Memory()
        return known[1]

    def _words(self) -> Segmenter:
        self._segmenter = self._segmenter or Segmenter(self._lexicon[1])
        return self._segmenter

    def _info_of(self, view: View) -> IndexInfo:
        known = self._info
        if known is None or known[0] != view.committed:
            self._info = known = view.committed, information(view, self._lexicon[1])
        return known[1]


def _of(report_id: str) -> Query:
    return {"term": {"report": report_id}}


def _findings(view: View, answer: Answer, rows: Iterable[dict[str, str]]) -> Iterator[Finding]:
    for row in rows:
        unit = unit_of(row)
        yield Finding(unit, view.reports([unit.report_id])[unit.report_id], answer.times(row["folded"]))
