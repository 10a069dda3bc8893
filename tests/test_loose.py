"""The reader's way to mode 宽松, and what is offered where nothing is found."""

from __future__ import annotations

from itertools import islice
from operator import sub
from urllib.parse import parse_qs, urlsplit

import pytest
from faces import Page, baogao, one_chinese_sentence
from flask.testing import FlaskClient

from indexer.engines import Engine, loose_pieces
from indexer.engines.loose import MOST_PIECES
from indexer.errors import BadParameter
from indexer.query import Term
from indexer.text import fold
from search_app import Reports
from search_app.asked import read
from search_app.search import search_page
from search_app.state import SearchState

NOWHERE = "中欧班列高铁外交"


def test_the_mode_is_chosen_on_the_page_and_stays_in_its_links(client: FlaskClient) -> None:
    exact = Page(client.get("/search?q=中欧班列 郑州").text)
    loose_url = SearchState(q="中欧班列 郑州", mode="loose").url()
    assert loose_url in exact.links
    loose = Page(client.get(loose_url).text)
    assert SearchState(q="中欧班列 郑州").url() in loose.links
    facet_links = [link["href"] for item in loose.all("li.choice") for link in loose.all("a") if link["href"]]
    assert all("mode=loose" in link for link in facet_links if link.startswith("/search?") and "year=" in link)
    assert "宽松检索" in loose.one("p.in-words").text
    assert not any(link.startswith("/export") for link in loose.links)


def test_loose_finds_more_and_every_face_finds_the_same(engine: Engine, client: FlaskClient) -> None:
    asked = {"q": NOWHERE, "mode": "loose"}
    found = client.get("/api/v1/search", query_string=asked).json
    assert found["total"] > client.get("/api/v1/search", query_string={"q": NOWHERE}).json["total"]
    assert found["mode"] == "loose"
    assert Reports(engine).search(NOWHERE, mode="loose").total == found["total"]
    address = engine.info().address
    said = baogao("search", NOWHERE, "--mode", "loose", "--index", address).stdout
    assert said.startswith("宽松检索") and f"\n{found['total']:,} 段" in said


@pytest.mark.parametrize("path", ["/export.csv", "/export.jsonl", "/api/v1/export.csv", "/feed.atom"])
def test_what_is_taken_away_is_exact_and_says_so(client: FlaskClient, engine: Engine, path: str) -> None:
    assert client.get(path, query_string={"q": "郑州", "mode": "loose"}).status_code == 400
    with pytest.raises(BadParameter) as caught:
        read(engine, {"q": ["郑州"], "mode": ["loose"]})
    assert caught.value.name == "mode" and one_chinese_sentence(caught.value.message)
    assert read(engine, {"q": ["郑州"], "mode": ["exact"]}).q == "郑州"


@pytest.mark.parametrize(
    ("q", "filters", "alone"),
    [
        ("中欧班列 PM2.5", {}, {"中欧班列": 8, "PM2.5": 6}),
        ("中欧班列 没有的词", {"level": ["市"]}, {"中欧班列": 6, "没有的词": 0}),
        (NOWHERE, {}, {}),
        ("中欧班列 -郑州 -中欧", {}, {}),
    ],
)
def test_where_nothing_is_found_the_page_says_what_would_be(
    engine: Engine, q: str, filters: dict[str, list[str]], alone: dict[str, int]
) -> None:
    page = search_page(engine, SearchState.read({"q": [q], **filters}))
    assert page.total == 0 and page.instead is not None
    told = {offer.query: offer.units for offer in page.instead.words}
    expected = {word: search_page(engine, SearchState.read({"q": [word], **filters})).total for word in alone}
    assert told == expected
    assert not filters or (page.instead.without_filters is not None)
    offers = (*page.instead.words, page.instead.loose, *filter(None, [page.instead.without_filters]))
    for offer in offers:
        again = Reports(engine).search(**as_given(offer.url))
        assert again.total == offer.units


def as_given(url: str) -> dict[str, list[str] | str]:
    given: dict[str, list[str] | str] = dict(parse_qs(urlsplit(url).query))
    return {**given, "q": given["q"][0]}


def test_the_loose_offer_leads_where_it_says(client: FlaskClient) -> None:
    nothing = Page(client.get("/search", query_string={"q": NOWHERE}).text)
    (link,) = [each for each in nothing.links if "mode=loose" in each]
    assert "用宽松方式找" in nothing.one("div.nothing").text
    assert Page(client.get(link).text).all("p.text")


def test_nothing_is_offered_where_something_is_found_or_loose_finds_nothing(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?q=郑州").json["instead"] is None
    loose = client.get("/search?q=鼉鼉鼉&mode=loose")
    assert client.get("/api/v1/search?q=鼉鼉鼉&mode=loose").json["instead"] is None
    assert "放宽了也没有" in loose.text


@pytest.mark.parametrize("length", [1, 2, 5, MOST_PIECES + 1, MOST_PIECES + 2, 2 * MOST_PIECES, 500])
def test_a_long_query_is_asked_for_in_so_many_pieces_from_one_end_to_the_other(length: int) -> None:
    text = "".join(islice((char for char in map(chr, range(0x4E00, 0x9FFF)) if fold(char) == char), length))
    pieces = loose_pieces((Term(text),))
    places = [text.index(piece) for piece in pieces]
    assert len(pieces) == min(max(1, length - 1), MOST_PIECES)
    assert places == sorted(places) and places[0] == 0
    assert max(map(sub, [*places[1:], length - 2], places), default=0) <= -(-length // MOST_PIECES)
