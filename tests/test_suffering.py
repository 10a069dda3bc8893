"""The account of readers and a writer is one that an engine which lies, loses or swears does not pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import faults
import pytest
from faults import Account, History, suffering

from indexer.engines import Engine, SearchRequest, SearchResult, create_engine, open_engine
from indexer.errors import IndexUnavailable
from indexer.model import Document
from search_app.breaker import Guarded

LATER = 5


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> History:
    return faults.history(tmp_path_factory.mktemp("told") / "index", LATER)


@pytest.fixture
def address(tmp_path: Path) -> str:
    engine = create_engine(str(tmp_path / "index"))
    engine.update(*faults.update(0))
    engine.close()
    return str(tmp_path / "index")


class Late(Guarded):
    """Answers from the state it first saw."""

    _kept: dict[SearchRequest, SearchResult]

    def search(self, request: SearchRequest) -> SearchResult:
        self._kept = getattr(self, "_kept", {})
        return self._kept.setdefault(request, self._engine.search(request))


class Curt(Guarded):
    """Says what is amiss in words that are none."""

    def search(self, request: SearchRequest) -> SearchResult:
        raise IndexUnavailable("TransportError(503)")


class Crashing(Guarded):
    def search(self, request: SearchRequest) -> SearchResult:
        raise KeyError("hits")


class Forgetful(Guarded):
    """Forgets the last report of what it is told to write."""

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        self._engine.update(tuple(documents)[:-1], remove)


def suffered(
    address: str, told: History, reading: Callable[[Engine], Engine], writing: Callable[[Engine], Engine]
) -> Account:
    story = told.again()
    engines = [open_engine(address) for _ in range(3)]
    with suffering([reading(each) for each in engines[1:]], writing(engines[0]), story) as account:
        end = time.monotonic() + 20
        while (story.reached < story.last or account.answers + len(account.wrong) < 50) and time.monotonic() < end:
            time.sleep(0.05)
    account.lost = story.lost(engines[1])
    for engine in engines:
        engine.close()
    return account


def same(engine: Engine) -> Engine:
    return engine


def test_an_engine_that_does_as_it_should_passes(address: str, told: History) -> None:
    account = suffered(address, told, same, same)
    assert (account.wrong, account.errors, account.lost, account.written) == ([], {}, 0, LATER)
    assert account.answers >= 50


@pytest.mark.parametrize("reading", [Late, Curt, Crashing])
def test_wrong_answers_are_counted(address: str, told: History, reading: Callable[[Engine], Engine]) -> None:
    assert suffered(address, told, reading, same).wrong


def test_lost_units_are_counted(address: str, told: History) -> None:
    assert suffered(address, told, same, Forgetful).lost
