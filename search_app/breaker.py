"""An engine that is away is not waited for again and again, so that the server has threads for all else."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from indexer.engines import (
    ByOccurrence,
    ByReport,
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

PAUSE = 2.0
"""Seconds after a failure in which nobody tries; after them one at a time."""


class Breaker:
    """Lets callers through until one finds the other side away, and nobody was answered meanwhile; then one at a time,
    ``pause`` seconds after the last, until that one is answered. ``now`` is a clock."""

    def __init__(self, pause: float = PAUSE, now: Callable[[], float] = time.monotonic) -> None:
        self._pause = pause
        self._now = now
        self._lock = threading.Lock()
        self._away: IndexAway | None = None
        self._next = 0.0
        self._answers = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around whatever asks the other side. Raises IndexAway at once when it is not to be tried."""
        answers = self._pass()
        try:
            yield
        except IndexAway as error:
            self._failed(error, answers)
            raise
        except BaseException:
            self._answered()
            raise
        self._answered()

    def _pass(self) -> int:
        """How many were answered so far."""
        with self._lock:
            if self._away:
                if self._now() < self._next:
                    raise IndexAway(self._away.message)
                self._next = math.inf
            return self._answers

    def _failed(self, error: IndexAway, answers: int) -> None:
        with self._lock:
            if self._answers == answers:
                self._away, self._next = error, self._now() + self._pause

    def _answered(self) -> None:
        with self._lock:
            self._away = None
            self._answers += 1


class Guarded:
    """An engine behind a breaker. All is as that engine does it, but for IndexAway, which comes at once while it is
    known to be away."""

    def __init__(self, engine: Engine, breaker: Breaker | None = None) -> None:
        self._engine = engine
        self._asking = (breaker or Breaker()).asking

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        with self._asking():
            self._engine.update(documents, remove)

    def amend(self, reports: Iterable[Report]) -> None:
        with self._asking():
            self._engine.amend(reports)

    def writing(self) -> AbstractContextManager[None]:
        return self._engine.writing()

    def search(self, request: SearchRequest) -> SearchResult:
        with self._asking():
            return self._engine.search(request)

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        with self._asking():
            return self._engine.by_report(request, best)

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        with self._asking():
            return self._engine.by_occurrence(request)

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        with ExitStack() as opened:
            with self._asking():
                scan = opened.enter_context(self._engine.scan(query, filters))
            yield scan

    def count(self, request: CountRequest) -> CountTable:
        with self._asking():
            return self._engine.count(request)

    def document(self, report_id: str) -> Document:
        with self._asking():
            return self._engine.document(report_id)

    def reports(self) -> tuple[Report, ...]:
        with self._asking():
            return self._engine.reports()

    def vocabulary(self) -> Vocabulary:
        with self._asking():
            return self._engine.vocabulary()

    def pairs(self) -> frozenset[str]:
        with self._asking():
            return self._engine.pairs()

    def info(self) -> IndexInfo:
        with self._asking():
            return self._engine.info()

    def synonyms(self) -> Synonyms:
        with self._asking():
            return self._engine.synonyms()

    def keep_synonyms(self, groups: Synonyms) -> None:
        with self._asking():
            self._engine.keep_synonyms(groups)

    def close(self) -> None:
        self._engine.close()
