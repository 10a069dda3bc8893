"""The Engine over a folder of columnar segments: one writer at a time, and readers that see one committed state."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from weakref import WeakKeyDictionary, WeakValueDictionary

from whoosh.index import TOC, EmptyIndexError

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
from indexer.engines.columnar import folder as folders
from indexer.engines.columnar import locking
from indexer.engines.columnar.answering import Answer
from indexer.engines.columnar.codec import ColumnarSegment
from indexer.engines.columnar.committing import Commit
from indexer.engines.columnar.counting import count_table
from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.folder import Settings, trouble_named
from indexer.engines.columnar.information import information, newest_first
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.segment import Segment
from indexer.engines.columnar.view import View
from indexer.engines.wording import pairs_of, vocabulary_of
from indexer.errors import IndexBusy, IndexUnavailable, system_reason, system_remedy
from indexer.model import Document, Report
from indexer.query import Node
from indexer.synonyms import Synonyms
from indexer.text import Segmenter


class ColumnarEngine:
    """See ``indexer.engines.base.Engine``. A view never changes, so that readers wait for nobody."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._turn, self._writing = threading.RLock(), threading.RLock()
        self._is_writing = False
        self._open_segments: WeakValueDictionary[object, Segment] = WeakValueDictionary()
        self._index, self._identity = folders.open_whoosh(folder), folders.identity(folder)
        self._view = self._opened()
        self._segmenter: Segmenter | None = None
        self._infos: WeakKeyDictionary[View, IndexInfo] = WeakKeyDictionary()

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
        with self.writing(), self._commit() as commit:
            commit.remove(remove)
            commit.add(documents)

    def amend(self, reports: Iterable[Report]) -> None:
        with self.writing(), self._commit() as commit:
            commit.amend(tuple(reports))

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._turn_to_write():
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
    def _turn_to_write(self) -> Iterator[None]:
        """The threads of this process take turns."""
        if not self._writing.acquire(timeout=locking.WRITER_TIMEOUT):
            raise IndexBusy(locking.BUSY)
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _commit(self) -> Iterator[Commit]:
        """Changes that are seen when all went well; whatever happens, nothing is left of others."""
        segmenter = self._segmenter = self._segmenter or Segmenter(self._settings.lexicon)
        with trouble_named(self._folder):
            commit = Commit(folders.open_whoosh(self._folder), self._folder, segmenter, self._segment)
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
        return self._answer(request).by_unit()

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        return self._answer(request).by_report(best)

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        return self._answer(request).by_occurrence()

    def _answer(self, request: SearchRequest) -> Answer:
        return Answer(self._seen(), request)

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        view = self._seen()
        answer = Answer(view, SearchRequest(query, filters))
        units = answer.by_year()
        times = answer.times(units)
        with closing(_findings(view, units, times)) as findings:
            yield Scan(self._info_of(view), len(units), int(times.sum()), findings)

    def count(self, request: CountRequest) -> CountTable:
        view = self._seen()
        filing = Filing(view)
        return count_table(view, filing, [Matching(part, filing) for part in view.parts], request)

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
        if view not in self._infos:
            self._infos[view] = information(self._folder, self._settings, view)
        return self._infos[view]

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
                    return self._last_commit()
            return self._last_commit()

    def _last_commit(self) -> View:
        contents = TOC.read(self._index.storage, self._index.indexname)
        return View([self._segment(segment) for segment in contents.segments], contents.generation)

    def _segment(self, segment: ColumnarSegment) -> Segment:
        """A segment open for reading; as long as some view has it, it is opened once."""
        key = self._identity, segment.stem, segment.edition, segment.gone
        opened = self._open_segments.get(key)
        if opened is None:
            opened = self._open_segments[key] = segment.open(self._folder)
        return opened


def _findings(view: View, units: Array, times: Array) -> Generator[Finding, None, None]:
    for unit, report, count in zip(units.tolist(), view.report_of(units).tolist(), times.tolist(), strict=True):
        yield Finding(view.unit(unit), view.report(report), count)
