"""An index that lies elsewhere may be away: readers are told so in time, and then at once, until it is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from indexer.engines import (
    ByOccurrence,
    ByReport,
    ClusterInfo,
    CountRequest,
    CountTable,
    Engine,
    Filter,
    IndexInfo,
    Scan,
    SearchRequest,
    SearchResult,
    Vocabulary,
)
from indexer.engines.base import EVERYTHING
from indexer.errors import IndexAway
from indexer.model import Document, Report
from indexer.query import Node
from indexer.synonyms import Synonyms

Given = TypeVar("Given")

PATIENCE = 15.0
"""Seconds an answer may take. It takes several requests, each of which the engine may try again, on other nodes."""
PAUSE = 2.0
"""Seconds between two tries whether it is back."""
ANYTHING = SearchRequest(size=0)


class Breaker:
    """Lets callers through until one finds the other side away, and nobody was answered meanwhile; then nobody, until
    ``asked``, called every ``pause`` seconds, no longer raises IndexAway."""

    def __init__(self, asked: Callable[[], object], pause: float = PAUSE) -> None:
        self._asked = asked
        self._pause = pause
        self._lock = threading.Lock()
        self._away: IndexAway | None = None
        self._answers = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around whatever asks the other side. Raises IndexAway at once while that is away."""
        try:
            with self.working():
                yield
        except IndexAway:
            raise
        except BaseException:
            self._answered()
            raise
        self._answered()

    @contextmanager
    def working(self) -> Iterator[None]:
        """As ``asking``, around what works on here long after it was answered: that it ends tells nothing of the other
        side."""
        if away := self._away:
            raise IndexAway(away.message)
        answers = self._answers
        try:
            yield
        except IndexAway as error:
            self._failed(error, answers)
            raise

    def _answered(self) -> None:
        with self._lock:
            self._answers += 1

    def _failed(self, error: IndexAway, answers: int) -> None:
        with self._lock:
            if self._away is None and self._answers == answers:
                self._away = error
                threading.Thread(target=self._look_for_it, daemon=True).start()

    def _look_for_it(self) -> None:
        while self._away:
            time.sleep(self._pause)
            try:
                self._asked()
            except IndexAway as error:
                self._away = error
            except Exception:  # another mistake is an answer, which readers are to see
                self._away = None
            else:
                self._away = None


def in_time(work: Callable[[], Given], seconds: float = PATIENCE) -> Given:
    """What ``work`` gives, or raises. Raises IndexAway where that takes longer; the work then goes on unheeded."""
    given: Future[Given] = Future()
    threading.Thread(target=_do, args=(work, given), daemon=True).start()
    if wait([given], seconds).not_done:
        raise IndexAway(f"索引所在的集群 {seconds:.0f} 秒没有答完；请稍后再试，或加上年份、地区等条件")
    return given.result()


def _do(work: Callable[[], Given], given: Future[Given]) -> None:
    try:
        given.set_result(work())
    except BaseException as error:
        given.set_exception(error)


class Guarded:
    """An engine behind a breaker. All is as that engine does it, but that readers' questions are answered in
    ``patience`` seconds, or not, and while it is known to be away, at once not."""

    def __init__(self, engine: Engine, patience: float = PATIENCE, pause: float = PAUSE) -> None:
        self._engine = engine
        self._patience = patience
        breaker = Breaker(lambda: in_time(lambda: engine.search(ANYTHING), patience), pause)
        self._asking, self._working = breaker.asking, breaker.working

    def _answer(self, work: Callable[[], Given]) -> Given:
        with self._asking():
            return in_time(work, self._patience)

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        with self._asking():
            self._engine.update(documents, remove)

    def amend(self, reports: Iterable[Report]) -> None:
        with self._asking():
            self._engine.amend(reports)

    def writing(self) -> AbstractContextManager[None]:
        return self._engine.writing()

    def search(self, request: SearchRequest) -> SearchResult:
        return self._answer(lambda: self._engine.search(request))

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        return self._answer(lambda: self._engine.by_report(request, best))

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        return self._answer(lambda: self._engine.by_occurrence(request))

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        with ExitStack() as opened:
            yield self._answer(lambda: opened.enter_context(self._engine.scan(query, filters)))

    def count(self, request: CountRequest) -> CountTable:
        return self._answer(lambda: self._engine.count(request))

    def document(self, report_id: str) -> Document:
        return self._answer(lambda: self._engine.document(report_id))

    def reports(self) -> tuple[Report, ...]:
        return self._answer(lambda: self._engine.reports())

    def vocabulary(self) -> Vocabulary:
        with self._working():
            return self._engine.vocabulary()

    def pairs(self) -> frozenset[str]:
        with self._working():
            return self._engine.pairs()

    def info(self) -> IndexInfo:
        return self._answer(lambda: self._engine.info())

    def cluster(self) -> ClusterInfo | None:
        return self._answer(lambda: self._engine.cluster())

    def synonyms(self) -> Synonyms:
        return self._answer(lambda: self._engine.synonyms())

    def keep_synonyms(self, groups: Synonyms) -> None:
        with self._asking():
            self._engine.keep_synonyms(groups)

    def close(self) -> None:
        self._engine.close()
