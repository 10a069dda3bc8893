"""While an engine is away the server says so at once, whatever else it serves, and finds it again by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from faces import Page
from flask.testing import FlaskClient

from indexer.engines import Engine, IndexInfo, Scan, SearchRequest, SearchResult
from indexer.engines.base import EVERYTHING, Filter
from indexer.errors import (
    BaogaoError,
    IndexAway,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    NotFound,
    QuerySyntaxError,
    ServerBusy,
)
from indexer.query import Node
from search_app import create_app
from search_app.breaker import Breaker, Guarded

SENTENCE = "检索集群现在没有回答；请稍后再试"


@dataclass
class Clock:
    """A clock that moves when told."""

    time: float = 0.0

    def now(self) -> float:
        return self.time


class Flickering(Guarded):
    """An engine that goes away and comes back as told, and knows how often it was asked."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.trouble: BaogaoError | None = None
        self.asked = 0

    def _answer(self) -> None:
        self.asked += 1
        if self.trouble:
            raise self.trouble

    def search(self, request: SearchRequest) -> SearchResult:
        self._answer()
        return self._engine.search(request)

    def info(self) -> IndexInfo:
        self._answer()
        return self._engine.info()

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        with self._engine.scan(query, filters) as scan:
            self._answer()
            yield scan


@pytest.fixture
def flickering(engine: Engine) -> Flickering:
    return Flickering(engine)


@pytest.fixture
def client(flickering: Flickering) -> FlaskClient:
    return create_app(flickering).test_client()


def fails(error: BaogaoError) -> Callable[[], None]:
    def failing() -> None:
        raise error

    return failing


def tried(breaker: Breaker, work: Callable[[], None]) -> bool:
    """Whether the breaker let the work be tried."""
    done = []
    try:
        with breaker.asking():
            done.append(True)
            work()
    except BaogaoError:
        pass
    return bool(done)


AWAY, THERE = fails(IndexAway(SENTENCE)), bool


class TestBreaker:
    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            ([(0, THERE), (0, THERE), (0, THERE)], [True, True, True]),
            ([(0, AWAY), (1, THERE), (9, THERE)], [True, False, False]),
            ([(0, AWAY), (10, THERE), (10, THERE)], [True, True, True]),
            ([(0, AWAY), (10, AWAY), (11, THERE), (20, THERE), (20, THERE)], [True, True, False, True, True]),
            ([(0, AWAY), (10, fails(NotFound("没有"))), (10, THERE)], [True, True, True]),
            ([(0, fails(IndexDamaged("坏了"))), (0, THERE)], [True, True]),
        ],
        ids=["there", "refused at once", "back", "one tries again", "another mistake is an answer", "not away"],
    )
    def test_it_lets_one_try_in_each_pause_until_that_one_is_answered(
        self, steps: list[tuple[float, Callable[[], None]]], expected: list[bool]
    ) -> None:
        clock = Clock()
        breaker = Breaker(pause=10, now=clock.now)
        found = []
        for clock.time, work in steps:
            found.append(tried(breaker, work))
        assert found == expected

    def test_while_one_tries_the_others_do_not_wait_for_it(self) -> None:
        clock = Clock()
        breaker = Breaker(pause=10, now=clock.now)
        tried(breaker, AWAY)
        clock.time = 10
        with breaker.asking(), pytest.raises(IndexAway, match=SENTENCE), breaker.asking():
            pass
        assert tried(breaker, THERE)

    def test_a_question_that_takes_too_long_keeps_nobody_else_away(self) -> None:
        breaker = Breaker(pause=10, now=Clock().now)
        with pytest.raises(IndexAway), breaker.asking():
            assert tried(breaker, THERE)
            raise IndexAway(SENTENCE)
        assert tried(breaker, THERE)

    def test_who_crashes_while_trying_lets_others_try(self) -> None:
        clock = Clock()
        breaker = Breaker(pause=10, now=clock.now)
        tried(breaker, AWAY)
        clock.time = 10
        with pytest.raises(KeyError), breaker.asking():
            raise KeyError("hits")
        assert tried(breaker, THERE)

    def test_of_many_at_once_one_tries(self) -> None:
        clock = Clock()
        breaker = Breaker(pause=10, now=clock.now)
        tried(breaker, AWAY)
        clock.time = 10
        with ThreadPoolExecutor(8) as readers:
            found = list(readers.map(lambda _: tried(breaker, AWAY), range(64)))
        assert sum(found) == 1


class TestGuardedEngine:
    def test_it_answers_as_the_engine_does(self, engine: Engine) -> None:
        guarded = Guarded(engine)
        request = SearchRequest(facets=("year",))
        assert guarded.search(request).facets == engine.search(request).facets
        assert (guarded.info(), guarded.reports(), guarded.pairs()) == (engine.info(), engine.reports(), engine.pairs())
        with guarded.scan() as one, engine.scan() as other:
            assert list(one.findings) == list(other.findings)

    def test_an_engine_known_to_be_away_is_not_asked(self, flickering: Flickering) -> None:
        guarded = Guarded(flickering)
        flickering.trouble = IndexAway(SENTENCE)
        for _ in range(5):
            with pytest.raises(IndexAway, match=SENTENCE):
                guarded.search(SearchRequest())
            with pytest.raises(IndexAway, match=SENTENCE), guarded.scan():
                pass
        assert flickering.asked == 1

    def test_it_is_found_again_after_a_pause(self, flickering: Flickering) -> None:
        clock = Clock()
        guarded = Guarded(flickering, Breaker(pause=10, now=clock.now))
        flickering.trouble = IndexAway(SENTENCE)
        with pytest.raises(IndexAway):
            guarded.info()
        flickering.trouble = None
        clock.time = 10
        assert guarded.info() == guarded.info()

    def test_while_a_reader_takes_an_export_others_are_answered(self, flickering: Flickering) -> None:
        guarded = Guarded(flickering)
        with guarded.scan() as scan:
            flickering.trouble = IndexAway(SENTENCE)
            with pytest.raises(IndexAway):
                guarded.info()
            flickering.trouble = None
            assert len(list(scan.findings)) == scan.total


class TestAnswers:
    @pytest.mark.parametrize("path", ["/", "/search?q=创新", "/healthz", "/export.csv", "/feed.atom?q=创新"])
    def test_a_page_says_in_a_sentence_that_the_index_is_away_and_when_to_ask_again(
        self, client: FlaskClient, flickering: Flickering, path: str
    ) -> None:
        flickering.trouble = IndexAway(SENTENCE)
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert Page(answer.text).one("p.message").text == SENTENCE
        flickering.trouble = None
        assert client.get(path).status_code == 200

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (IndexAway("不在"), "5"),
            (ServerBusy("太忙"), "5"),
            (IndexBusy("在写"), "5"),
            (IndexMissing("没有"), "60"),
            (NotFound("没有"), None),
            (QuerySyntaxError("不对", 0, 1), None),
        ],
        ids=lambda each: getattr(each, "code", each),
    )
    def test_an_answer_says_when_to_ask_again_where_waiting_helps(
        self, client: FlaskClient, flickering: Flickering, error: BaogaoError, expected: str | None
    ) -> None:
        flickering.trouble = error
        answer = client.get("/api/v1/search?q=创新")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (error.status, expected)
        assert answer.json is not None and answer.json["error"]["code"] == error.code

    def test_what_needs_no_index_is_served_meanwhile(self, client: FlaskClient, flickering: Flickering) -> None:
        flickering.trouble = IndexAway(SENTENCE)
        for path in ("/help", "/static/style.css"):
            with client.get(path) as answer:
                assert answer.status_code == 200
