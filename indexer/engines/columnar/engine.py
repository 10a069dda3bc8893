"""The Engine over a folder of columnar segments: one writer at a time, and readers that see one committed state."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

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
from indexer.engines.columnar import locking, toc
from indexer.engines.columnar.answering import Answer
from indexer.engines.columnar.codec import ColumnarSegment
from indexer.engines.columnar.counting import count_table
from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.folder import Settings, trouble_named
from indexer.engines.columnar.information import information, newest_first
from indexer.engines.columnar.layout import Array, Missing
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.segment import Segment
from indexer.engines.columnar.view import View
from indexer.engines.wording import pairs_of, vocabulary_of
from indexer.errors import IndexBusy, IndexUnavailable, system_reason, system_remedy
from indexer.model import Document, Report
from indexer.query import Node
from indexer.synonyms import Synonyms
from indexer.text import Segmenter

if TYPE_CHECKING:  # who only searches needs nothing that writes
    from indexer.engines.columnar.committing import Commit

LOOKS = 9
"""How often to look for a table of contents that commits keep replacing."""


class ColumnarEngine:
    """See ``indexer.engines.base.Engine``. A view never changes, so that readers wait for nobody."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._turn, self._writing = threading.RLock(), threading.RLock()
        self._is_writing = False
        self._open_segments: WeakValueDictionary[object, Segment] = WeakValueDictionary()
        self._identity = folders.identity(folder)
        with trouble_named(folder):
            self._view: View | None = self._opened()
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
        from indexer.engines.columnar.committing import Commit

        segmenter = self._segmenter = self._segmenter or Segmenter(self._settings.lexicon)
        with trouble_named(self._folder):
            commit = Commit(self._folder, segmenter, self._segment)
            try:
                yield commit
                commit.finish()
            except OSError as error:
                commit.give_up()
                reason, remedy = system_reason(error), system_remedy(error)
                raise IndexUnavailable(
                    f"写索引 {self._folder} 时出错（{reason}）；原来的内容没有变，{remedy}"
                ) from error
            except BaseException:
                commit.give_up()
                raise

    def search(self, request: SearchRequest) -> SearchResult:
        with self._reading() as view:
            return Answer(view, request).by_unit()

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        with self._reading() as view:
            return Answer(view, request).by_report(best)

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        with self._reading() as view:
            return Answer(view, request).by_occurrence()

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        with self._reading() as view:
            answer, info = Answer(view, SearchRequest(query, filters)), self._info_of(view)
            units = answer.by_year()
            times = answer.times(units)
        with closing(self._findings(view, units, times)) as findings:
            yield Scan(info, len(units), int(times.sum()), findings)

    def _findings(self, view: View, units: Array, times: Array) -> Generator[Finding, None, None]:
        rows = zip(units.tolist(), view.report_of(units).tolist(), times.tolist(), strict=True)
        with trouble_named(self._folder):
            for unit, report, count in rows:
                yield Finding(view.unit(unit), view.report(report), count)

    def count(self, request: CountRequest) -> CountTable:
        with self._reading() as view:
            filing = Filing(view)
            return count_table(Matching(view, filing), filing, request)

    def document(self, report_id: str) -> Document:
        with self._reading() as view:
            return view.document(report_id)

    def reports(self) -> tuple[Report, ...]:
        with self._reading() as view:
            return newest_first(view)

    def vocabulary(self) -> Vocabulary:
        with self._reading() as view:
            return vocabulary_of(tuple(view.texts()), view.paths(), Segmenter(self._settings.lexicon))

    def pairs(self) -> frozenset[str]:
        with self._reading() as view:
            return pairs_of(view.texts())

    def info(self) -> IndexInfo:
        with self._reading() as view:
            return self._info_of(view)

    def _info_of(self, view: View) -> IndexInfo:
        if view not in self._infos:
            self._infos[view] = information(self._folder, self._settings, view)
        return self._infos[view]

    def cluster(self) -> None:
        """One machine holds it."""
        return

    def synonyms(self) -> Synonyms:
        return folders.read_synonyms(self._folder)

    def keep_synonyms(self, groups: Synonyms) -> None:
        folders.write_synonyms(self._folder, groups)

    def close(self) -> None:
        """Let the files go; what is still read goes on to its end."""
        with self._turn:
            self._view = None

    @contextmanager
    def _reading(self) -> Iterator[View]:
        """The state of the last commit, or of the index that was put in this one's place. What is amiss with it is
        named, as long as it is read."""
        with trouble_named(self._folder):
            view = self._seen()
            for part in view.parts:
                part.segment.check_length()
            yield view

    def _seen(self) -> View:
        with self._turn:
            identity = folders.identity(self._folder)
            view = self._view
            if view is None or identity != self._identity or toc.latest(self._folder) != view.generation:
                settings, view = folders.read_settings(self._folder), self._opened()
                self._settings, self._identity, self._segmenter = settings, identity, None
                self._view = view
            return view

    def _opened(self) -> View:
        for _ in range(LOOKS):
            with suppress(Missing):
                return self._last_commit()
        return self._last_commit()

    def _last_commit(self) -> View:
        contents = toc.read(self._folder)
        return View([self._segment(segment) for segment in contents.segments], contents.generation)

    def _segment(self, segment: ColumnarSegment) -> Segment:
        """A segment open for reading; as long as some view has it, it is opened once."""
        key = folders.identity(self._folder), segment.stem, segment.edition, segment.gone
        opened = self._open_segments.get(key)
        if opened is None:
            opened = self._open_segments[key] = segment.open(self._folder)
        return opened
