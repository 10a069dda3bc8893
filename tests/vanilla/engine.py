"""The Engine over a folder: one writer at a time, and readers that see one committed state."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from whoosh.index import LockError

from indexer.engines.base import (
    EVERYTHING,
    ByOccurrence,
    ByReport,
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
from indexer.engines.whoosh import folder as folders
from indexer.engines.whoosh import locking
from indexer.engines.whoosh.answering import Answer
from indexer.engines.whoosh.counting import count_table, occurrences_in, together
from indexer.engines.whoosh.folder import Settings, trouble_named
from indexer.engines.whoosh.information import information, newest_first
from indexer.engines.whoosh.matching import Matching
from indexer.engines.whoosh.schema import report_document, unit_documents
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.wording import pairs_of, vocabulary_of
from indexer.engines.whoosh.writer import UnitWriter
from indexer.errors import IndexBusy, IndexUnavailable, system_reason, system_remedy
from indexer.model import Document, Report
from indexer.query import Node, sought
from indexer.synonyms import Synonyms
from indexer.text import Segmenter, distinct


class WhooshEngine:
    """See ``indexer.engines.base.Engine``. Several threads take turns: Whoosh's readers share file positions."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._whoosh = folders.open_whoosh(folder)
        self._identity = folders.identity(folder)
        with trouble_named(folder):
            self._snapshot = Snapshot(self._whoosh)
            self._snapshot.load()
        self._turn = threading.RLock()
        self._is_writing = self._closed = False
        self._ids: frozenset[str] = frozenset()
        self._commit: tuple[object, ...] = ()
        self._segmenter: Segmenter | None = None
        self._info: IndexInfo | None = None

    @classmethod
    def open(cls, folder: Path) -> WhooshEngine:
        """Open an index that is there. Raises IndexUnavailable."""
        return cls(folder, folders.read_settings(folder))

    @classmethod
    def create(cls, folder: Path, lexicon: tuple[str, ...] | None) -> WhooshEngine:
        """Open the index, made first where there is none. Raises IndexUnavailable."""
        if not folders.exists(folder):
            folders.make_place(folder)
            with locking.held(folder):
                if not folders.exists(folder):
                    folders.make(folder, folders.settings_for(lexicon or ()))
        settings = folders.read_settings(folder)
        if lexicon is not None:
            folders.check_lexicon(folder, settings, lexicon)
        return cls(folder, settings)

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        with self.writing():
            last_of_each = {document.report.id: document for document in documents}
            held, gone = self._held(), set(remove)
            with self._writer() as writer:
                for report_id in sorted(held & (gone | last_of_each.keys())):
                    writer.delete_by_term("report", report_id)
                for document in last_of_each.values():
                    self._add(writer, document)
            self._remember((held - gone) | last_of_each.keys())

    def amend(self, reports: Iterable[Report]) -> None:
        with self.writing():
            last_of_each = {report.id: report for report in reports}
            held = self._held()
            with self._passing_through() as snapshot:
                records = [snapshot.record_of(report_id) for report_id in last_of_each]
            with self._writer() as writer:
                for record in records:
                    writer.delete_document(record)
                for report in last_of_each.values():
                    writer.add_document(**report_document(report))
            self._remember(held)

    def _held(self) -> frozenset[str]:
        """The ids in the last commit, which is not read back where this engine made it: to delete what is not there,
        Whoosh would open the whole index."""
        if self._commit != self._last_commit():
            with self._passing_through() as snapshot:
                self._remember(snapshot.records)
        return self._ids

    def _remember(self, ids: Iterable[str]) -> None:
        self._ids, self._commit = frozenset(ids), self._last_commit()

    def _last_commit(self) -> tuple[object, ...]:
        return *folders.identity(self._folder), self._whoosh.latest_generation()

    @contextmanager
    def writing(self) -> Iterator[None]:
        if self._is_writing:
            yield
            return
        with locking.held(self._folder):
            self._is_writing = True
            try:
                yield
            finally:
                self._is_writing = False

    def _add(self, writer: UnitWriter, document: Document) -> None:
        segmenter = self._segmenter = self._segmenter or Segmenter(self._settings.lexicon)
        writer.add_document(**report_document(document.report))
        for unit in unit_documents(document, segmenter):
            writer.add_document(**unit)

    @contextmanager
    def _writer(self) -> Iterator[UnitWriter]:
        """A Whoosh writer that commits when all went well; whatever happens, it gives its lock back."""
        try:
            with trouble_named(self._folder):
                writer = UnitWriter(self._whoosh, locking.WRITER_TIMEOUT)
        except LockError as error:
            raise IndexBusy(locking.BUSY) from error
        try:
            yield writer
            writer.commit()
        except OSError as error:
            writer.give_up()
            reason, remedy = system_reason(error), system_remedy(error)
            raise IndexUnavailable(f"写索引 {self._folder} 时出错（{reason}）；原来的内容没有变，{remedy}") from error
        except BaseException:
            writer.give_up()
            raise

    def search(self, request: SearchRequest) -> SearchResult:
        with self._reading() as snapshot:
            return Answer(snapshot, request).by_unit()

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        with self._reading() as snapshot:
            return Answer(snapshot, request).by_report(best)

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        with self._reading() as snapshot:
            return Answer(snapshot, request).by_occurrence()

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        with self._reading() as snapshot:
            info, matching = self._info_of(snapshot), Matching(snapshot)
            docs = matching.docs(query) & matching.passing(filters)
            times = together([matching.occurrences(each) for each in distinct(sought(query))])
            order = sorted(docs, key=snapshot.newest_first.__getitem__)
            snapshot.hold()
        try:
            yield Scan(info, len(order), occurrences_in(docs, times), self._findings(snapshot, order, times))
        finally:
            with self._turn:
                snapshot.let_go()

    def _findings(self, snapshot: Snapshot, order: list[int], times: Mapping[int, int]) -> Iterator[Finding]:
        """One unit a turn."""
        for doc in order:
            with self._turn:
                report, unit = snapshot.report(snapshot.report_of[doc]), snapshot.unit(doc)
            yield Finding(unit, report, times.get(doc, 0))

    def count(self, request: CountRequest) -> CountTable:
        with self._reading() as snapshot:
            return count_table(snapshot, Matching(snapshot), request)

    def document(self, report_id: str) -> Document:
        with self._passing_through() as snapshot:
            return snapshot.document(report_id)

    def reports(self) -> tuple[Report, ...]:
        with self._passing_through() as snapshot:
            return newest_first(snapshot)

    def vocabulary(self) -> Vocabulary:
        with self._reading() as snapshot:
            texts, headings, lexicon = snapshot.texts(), tuple(snapshot.headings.paths), self._settings.lexicon
        return vocabulary_of(texts, headings, Segmenter(lexicon))

    def pairs(self) -> frozenset[str]:
        with self._reading() as snapshot:
            texts = snapshot.texts()
        return pairs_of(texts)

    def info(self) -> IndexInfo:
        with self._passing_through() as snapshot:
            return self._info_of(snapshot)

    def _info_of(self, snapshot: Snapshot) -> IndexInfo:
        if self._info is None:
            self._info = information(self._folder, self._settings, snapshot)
        return self._info

    def synonyms(self) -> Synonyms:
        return folders.read_synonyms(self._folder)

    def keep_synonyms(self, groups: Synonyms) -> None:
        folders.write_synonyms(self._folder, groups)

    def close(self) -> None:
        """A scan that is still taken goes on to its end."""
        with self._turn:
            if not self._closed:
                self._closed = True
                self._snapshot.let_go()
                self._whoosh.close()

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        with self._turn:
            self._see_last_commit()
            with trouble_named(self._folder):
                self._snapshot.load()
            yield self._snapshot

    @contextmanager
    def _passing_through(self) -> Iterator[Snapshot]:
        """For what takes little of a snapshot, which a run asks of each of its commits."""
        with self._turn:
            self._see_last_commit()
            with trouble_named(self._folder):
                yield self._snapshot

    def _see_last_commit(self) -> None:
        """Move to what was committed since, or to the index that was put in this one's place."""
        identity = folders.identity(self._folder)
        if identity == self._identity and self._whoosh.latest_generation() == self._snapshot.generation:
            return
        settings = folders.read_settings(self._folder)
        whoosh = folders.open_whoosh(self._folder)
        with trouble_named(self._folder):
            before, self._snapshot = self._snapshot, Snapshot(whoosh)
        self._settings, self._identity, self._whoosh = settings, identity, whoosh
        self._segmenter = self._info = None
        before.let_go()
