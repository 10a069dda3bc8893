"""The Engine over a folder of columnar segments: one writer at a time, and readers that see one committed state."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from whoosh.index import TOC, EmptyIndexError, FileIndex

from indexer.engines.base import (
    EVERYTHING,
    CountRequest,
    CountTable,
    Filter,
    Finding,
    Hit,
    IndexInfo,
    Scan,
    SearchRequest,
    SearchResult,
    Vocabulary,
)
from indexer.engines.columnar.committing import Commit
from indexer.engines.columnar.counting import count_table, facet_counts, times_in_units, total
from indexer.engines.columnar.information import information, newest_first
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.loosening import loosely, ranked_loosely
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.ranking import ranked
from indexer.engines.columnar.view import View
from indexer.engines.whoosh import folder as folders
from indexer.engines.whoosh import locking
from indexer.engines.whoosh.folder import Settings, trouble_named
from indexer.engines.whoosh.wording import pairs_of, vocabulary_of
from indexer.errors import IndexUnavailable, system_reason, system_remedy
from indexer.model import Document, Report
from indexer.query import Node, sought
from indexer.synonyms import Synonyms
from indexer.text import Segmenter, distinct


class ColumnarEngine:
    """See ``indexer.engines.base.Engine``. A view never changes, so that readers wait for nobody."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._turn, self._writing = threading.RLock(), threading.RLock()
        self._is_writing = False
        self._index, self._identity = folders.open_whoosh(folder), folders.identity(folder)
        self._view = self._opened()
        self._segmenter: Segmenter | None = None
        self._info: tuple[View, IndexInfo] | None = None

    @classmethod
    def open(cls, folder: Path) -> ColumnarEngine:
        """Open an index that is there. Raises IndexUnavailable."""
        return cls(folder, folders.read_settings(folder))

    @classmethod
    def create(cls, folder: Path, lexicon: tuple[str, ...] | None) -> ColumnarEngine:
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
            gone = frozenset(remove) | last_of_each.keys()
            if not last_of_each and not gone:
                return
            with self._commit() as commit:
                commit.remove(gone)
                commit.add(last_of_each.values())

    def amend(self, reports: Iterable[Report]) -> None:
        with self.writing(), self._commit() as commit:
            commit.amend(tuple(reports))

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

    @contextmanager
    def _commit(self) -> Iterator[Commit]:
        """Changes that are seen when all went well; whatever happens, nothing is left of others."""
        self._segmenter = self._segmenter or Segmenter(self._settings.lexicon)
        with trouble_named(self._folder):
            commit = Commit(folders.open_whoosh(self._folder), self._folder, self._segmenter)
        try:
            yield commit
            commit.finish()
        except OSError as error:
            commit.give_up()
            reason, remedy = system_reason(error), system_remedy(error)
            raise IndexUnavailable(f"写索引 {self._folder} 时出错（{reason}）；原来的内容没有变，{remedy}") from error
        except BaseException:
            commit.give_up()
            raise

    def search(self, request: SearchRequest) -> SearchResult:
        began = time.perf_counter()
        view = self._seen()
        matching, wanted = Matching(view), distinct(sought(request.query))
        loose = loosely(view, matching, request.query) if request.mode == "loose" else None
        found = matching.docs(request.query) if loose is None else loose.docs
        passing = found & matching.passing(request.filters)
        docs, last = np.flatnonzero(passing), request.offset + request.size
        if loose is None:
            ordered = ranked(view, matching, docs, wanted, request.sort, last)
        else:
            ordered = ranked_loosely(view, matching, loose, docs, request.sort, last)
        occurrences = [matching.occurrences(each) for each in wanted]
        times, apart = times_in_units(view, occurrences), total(occurrences, passing)
        facets = facet_counts(view, matching, found, request.filters, request.facets, times)
        hits = tuple(_hit(view, unit, score, times) for unit, score in ordered[request.offset :])
        return SearchResult(len(docs), sum(apart), hits, facets, time.perf_counter() - began, apart)

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        view = self._seen()
        matching = Matching(view)
        docs = np.flatnonzero(matching.docs(query) & matching.passing(filters))
        order = docs[np.argsort(view.newest_first[docs])].tolist()
        times = times_in_units(view, (matching.occurrences(each) for each in distinct(sought(query))))
        findings = (Finding(view.unit(unit), _report(view, unit), int(times[unit])) for unit in order)
        yield Scan(self._info_of(view), len(order), int(times[docs].sum()), findings)

    def count(self, request: CountRequest) -> CountTable:
        view = self._seen()
        return count_table(view, Matching(view), request)

    def document(self, report_id: str) -> Document:
        return self._seen().document(report_id)

    def reports(self) -> tuple[Report, ...]:
        return newest_first(self._seen())

    def vocabulary(self) -> Vocabulary:
        view = self._seen()
        return vocabulary_of(tuple(view.texts()), view.paths(), Segmenter(self._settings.lexicon))

    def pairs(self) -> frozenset[str]:
        return pairs_of(self._seen().texts())

    def info(self) -> IndexInfo:
        return self._info_of(self._seen())

    def _info_of(self, view: View) -> IndexInfo:
        if self._info is None or self._info[0] is not view:
            self._info = view, information(self._folder, self._settings, view)
        return self._info[1]

    def synonyms(self) -> Synonyms:
        return folders.read_synonyms(self._folder)

    def keep_synonyms(self, groups: Synonyms) -> None:
        folders.write_synonyms(self._folder, groups)

    def close(self) -> None:
        """What is still read goes on to its end."""

    def _seen(self) -> View:
        """The state of the last commit, or of the index that was put in this one's place."""
        with self._turn:
            identity = folders.identity(self._folder)
            if identity != self._identity or self._index.latest_generation() != self._view.generation:
                self._settings = folders.read_settings(self._folder)
                self._index, self._identity = folders.open_whoosh(self._folder), identity
                self._view, self._segmenter = self._opened(), None
            return self._view

    def _opened(self) -> View:
        with trouble_named(self._folder):
            for _ in range(folders.LOOKS):
                with suppress(FileNotFoundError, EmptyIndexError):
                    return _opened(self._index, self._folder)
            return _opened(self._index, self._folder)


def _opened(index: FileIndex, folder: Path) -> View:
    contents = TOC.read(index.storage, index.indexname)
    return View([segment.open(folder) for segment in contents.segments], contents.generation)


def _report(view: View, unit: int) -> Report:
    return view.report(int(view.report_of[unit]))


def _hit(view: View, unit: int, score: float, times: Array) -> Hit:
    return Hit(view.unit(unit), _report(view, unit), score, int(times[unit]))
