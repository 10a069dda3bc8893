"""While an engine is away the server says so at once, whatever else it serves, and finds it again by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Semaphore

import pytest
from faces import Page, one_chinese_sentence
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
from search_app.breaker import Breaker, Guarded, in_time

SENTENCE = "检索集群现在没有回答；请稍后再试"


class Flickering(Guarded):
    """An engine that goes away and comes back as told, and knows how often it was asked."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.trouble: BaogaoError | None = None
        self.asked = 0

    def _flicker(self) -> None:
        self.asked += 1
        if self.trouble:
            raise self.trouble

    def search(self, request: SearchRequest) -> SearchResult:
        self._flicker()
        return self._engine.search(request)

    def info(self) -> IndexInfo:
        self._flicker()
        return self._engine.info()

    @contextmanager
    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> Iterator[Scan]:
        with self._engine.scan(query, filters) as scan:
            self._flicker()
            yield scan


@pytest.fixture
def flickering(engine: Engine) -> Flickering:
    return Flickering(engine)


@pytest.fixture
def client(flickering: Flickering) -> FlaskClient:
    return create_app(flickering).test_client()


class There:
    """The other side, away as long as there is an error; whoever looks for it passes one gate at a time."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.looks = Semaphore(0)
        self.looked = Semaphore(0)

    def asked(self) -> None:
        self.looks.acquire()
        self.looked.release()
        if self.error:
            raise self.error

    def is_looked_for(self) -> None:
        self.looks.release()
        assert self.looked.acquire(timeout=10)


def tried(breaker: Breaker, error: Exception | None = None) -> bool:
    """Whether the breaker let somebody through, who then met with an error, or with none."""
    done = []
    with suppress(BaogaoError), breaker.asking():
        done.append(True)
        if error:
            raise error
    return bool(done)


def soon(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()


AWAY = IndexAway(SENTENCE)


class TestBreaker:
    @pytest.fixture
    def there(self) -> There:
        return There()

    @pytest.fixture
    def breaker(self, there: There) -> Breaker:
        return Breaker(there.asked, pause=0)

    @pytest.mark.parametrize("error", [None, NotFound("没有"), IndexDamaged("坏了"), KeyError("hits")], ids=type)
    def test_what_is_answered_keeps_nobody_away(self, breaker: Breaker, error: Exception | None) -> None:
        with suppress(KeyError):
            tried(breaker, error)
        assert tried(breaker)

    def test_who_finds_it_away_keeps_all_others_from_trying(self, breaker: Breaker) -> None:
        assert [tried(breaker, AWAY), tried(breaker), tried(breaker)] == [True, False, False]
        with pytest.raises(IndexAway, match=SENTENCE), breaker.asking():
            pass

    def test_it_is_looked_for_until_it_is_back(self, breaker: Breaker, there: There) -> None:
        there.error = IndexAway("还没有回来")
        tried(breaker, AWAY)
        for _ in range(3):
            there.is_looked_for()
            assert not tried(breaker)
        there.error = None
        there.is_looked_for()
        assert soon(lambda: tried(breaker))

    @pytest.mark.parametrize("error", [NotFound("没有"), IndexDamaged("坏了"), KeyError("hits")], ids=type)
    def test_another_mistake_is_an_answer(self, breaker: Breaker, there: There, error: Exception) -> None:
        there.error = error
        tried(breaker, AWAY)
        there.is_looked_for()
        assert soon(lambda: tried(breaker))

    def test_a_question_that_takes_too_long_keeps_nobody_else_away(self, breaker: Breaker) -> None:
        with pytest.raises(IndexAway), breaker.asking():
            assert tried(breaker)
            raise AWAY
        assert tried(breaker)

    def test_what_works_on_after_it_was_answered_tells_nothing_when_it_ends(self, breaker: Breaker) -> None:
        working = breaker.working()
        working.__enter__()
        with pytest.raises(IndexAway), breaker.asking():
            working.__exit__(None, None, None)
            raise IndexAway(SENTENCE)
        with pytest.raises(IndexAway), breaker.asking():
            pytest.fail("it is known to be away")

    def test_of_many_who_find_it_away_none_looks_but_one(self, breaker: Breaker, there: There) -> None:
        there.error = AWAY
        with ThreadPoolExecutor(8) as readers:
            list(readers.map(lambda _: tried(breaker, AWAY), range(64)))
        there.is_looked_for()
        assert not there.looked.acquire(timeout=0.05)


class TestInTime:
    def test_what_is_done_in_time_is_given(self) -> None:
        assert in_time(lambda: 3) == 3

    def test_what_is_raised_in_time_is_raised(self) -> None:
        with pytest.raises(KeyError, match="hits"):
            in_time(lambda: {}["hits"])

    def test_what_takes_longer_is_told(self) -> None:
        going_on = Event()
        with pytest.raises(IndexAway) as told:
            in_time(going_on.wait, 0.01)
        going_on.set()
        assert one_chinese_sentence(told.value.message)


class TestGuardedEngine:
    def test_it_answers_as_the_engine_does(self, engine: Engine) -> None:
        guarded = Guarded(engine)
        request = SearchRequest(facets=("year",))
        assert guarded.search(request).facets == engine.search(request).facets
        assert (guarded.info(), guarded.reports(), guarded.pairs()) == (engine.info(), engine.reports(), engine.pairs())
        with guarded.scan() as one, engine.scan() as other:
            assert list(one.findings) == list(other.findings)

    def test_an_engine_known_to_be_away_is_not_asked(self, flickering: Flickering) -> None:
        guarded = Guarded(flickering, pause=1000)
        flickering.trouble = AWAY
        for _ in range(5):
            with pytest.raises(IndexAway, match=SENTENCE):
                guarded.search(SearchRequest())
            with pytest.raises(IndexAway, match=SENTENCE), guarded.scan():
                pass
        assert flickering.asked == 1

    def test_it_is_found_again_by_itself(self, flickering: Flickering) -> None:
        guarded = Guarded(flickering, pause=0.01)
        flickering.trouble = AWAY
        with pytest.raises(IndexAway):
            guarded.info()
        flickering.trouble = None
        assert soon(lambda: not raises(guarded.info))
        assert guarded.info() == flickering.info()

    def test_an_engine_that_says_nothing_is_away(self, flickering: Flickering) -> None:
        going_on = Event()
        flickering.info = going_on.wait  # type: ignore[assignment,method-assign]
        guarded = Guarded(flickering, patience=0.01, pause=1000)
        with pytest.raises(IndexAway):
            guarded.info()
        going_on.set()
        with pytest.raises(IndexAway):
            guarded.search(SearchRequest())

    def test_while_a_reader_takes_an_export_others_are_answered(self, flickering: Flickering) -> None:
        guarded = Guarded(flickering, pause=1000)
        with guarded.scan() as scan:
            flickering.trouble = AWAY
            with pytest.raises(IndexAway):
                guarded.info()
            flickering.trouble = None
            assert len(list(scan.findings)) == scan.total


def raises(work: Callable[[], object]) -> bool:
    try:
        work()
    except IndexAway:
        return True
    return False


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
