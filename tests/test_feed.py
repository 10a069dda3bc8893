"""The Atom feed: valid as far as RFC 4287 can be looked up in a table, and true to what is found."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as xml
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from faces import Page
from flask.testing import FlaskClient

from indexer.engines import Engine, create_engine
from indexer.model import Document, Report, Source, Unit
from indexer.text import fold
from search_app import create_app
from search_app.feed import MOST_ENTRIES
from search_app.state import SearchState, report_url

NS = {"a": "http://www.w3.org/2005/Atom"}


def feed_at(client: FlaskClient, url: str) -> xml.Element:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return xml.fromstring(answer.data)


def texts(element: xml.Element, path: str) -> list[str]:
    return [found.text or "" for found in element.findall(path, NS)]


def document(report_id: str, *lines: str, year: int = 2021, date: datetime.date | None = None) -> Document:
    source = Source(f"{report_id}.txt", "0" * 64, "txt", "utf-8")
    report = Report(report_id, None, year, "市", ("甲市",), "其他", date, None, source, True, ())
    return Document(
        report, tuple(Unit(report_id, n, "paragraph", (), ("未标",), line) for n, line in enumerate(lines, 1))
    )


@pytest.fixture
def library(fresh_index: str) -> Iterator[tuple[Engine, FlaskClient]]:
    """An empty index to be filled, and the application over it."""
    opened = create_engine(fresh_index)
    yield opened, create_app(opened).test_client()
    opened.close()


class TestStructure:
    @pytest.mark.parametrize("url", ["/feed.atom", "/feed.atom?q=中欧班列&level=市", "/feed.atom?q=没有的词"])
    def test_it_has_what_rfc_4287_asks_for(self, client: FlaskClient, url: str) -> None:
        root = feed_at(client, url)
        assert root.tag == f"{{{NS['a']}}}feed"
        for name in ("id", "title", "updated"):
            assert len(texts(root, f"a:{name}")) == 1
        assert texts(root, "a:author/a:name") == ["报告检索"]
        rels = {link.get("rel"): link for link in root.findall("a:link", NS)}
        assert set(rels) == {"self", "alternate"}
        assert rels["self"].get("type") == "application/atom+xml"
        for entry in root.findall("a:entry", NS):
            for name in ("id", "title", "updated", "summary"):
                assert len(texts(entry, f"a:{name}")) == 1
            (link,) = entry.findall("a:link", NS)
            assert link.get("rel") == "alternate" and link.get("type") == "text/html"
        ids = texts(root, "a:id") + texts(root, "a:entry/a:id")
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"http://localhost/[!-~]+", each) for each in ids)
        for moment in texts(root, ".//a:updated"):
            assert datetime.datetime.fromisoformat(moment).tzinfo is not None

    def test_links_lead_to_the_search_and_to_the_reports(self, client: FlaskClient) -> None:
        root = feed_at(client, "/feed.atom?q=中欧班列&year=2021")
        (alternate,) = [link.get("href") for link in root.findall("a:link", NS) if link.get("rel") == "alternate"]
        assert alternate == "http://localhost" + SearchState.read({"q": ["中欧班列"], "year": ["2021"]}).url()
        (href,) = [link.get("href") or "" for link in root.findall("a:entry/a:link", NS)]
        assert href == "http://localhost" + report_url("2021-郑州市-政府工作报告", "中欧班列", "p6")
        assert client.get(href.partition("#")[0]).status_code == 200

    def test_the_page_of_hits_names_its_feed(self, client: FlaskClient) -> None:
        page = Page(client.get("/search?q=中欧班列&level=市&sort=oldest&size=5").text)
        (named,) = [link for link in page.all("link") if link["rel"] == "alternate"]
        assert named["type"] == "application/atom+xml"
        address = f"/feed.atom?q={quote('中欧班列')}&level={quote('市')}"
        assert named["href"] == address
        assert address in page.links

    @pytest.mark.parametrize("asked", ["page=1", "size=5", "sort=newest", "year=21", "q=(", "x=1", "region=郑州市"])
    def test_a_mistake_is_a_mistake(self, client: FlaskClient, asked: str) -> None:
        assert client.get(f"/feed.atom?{asked}").status_code == 400


class TestEntries:
    @pytest.mark.parametrize("q", ["中欧班列", "创新", "没有的词", "PM2.5"])
    def test_they_are_the_reports_where_the_query_is_found_with_their_numbers(
        self, client: FlaskClient, documents: tuple[Document, ...], q: str
    ) -> None:
        expected = defaultdict(lambda: [0, 0])
        for each in documents:
            for unit in each.units:
                times = fold(unit.text).count(fold(q))
                expected[each.report.name][0] += times > 0
                expected[each.report.name][1] += times
        titles = texts(feed_at(client, f"/feed.atom?q={q}"), "a:entry/a:title")
        assert sorted(titles) == sorted(f"{name}（{n} 段、{m} 处）" for name, (n, m) in expected.items() if n)

    def test_the_newest_come_first_and_the_unknown_day_is_the_years_first(
        self, library: tuple[Engine, FlaskClient]
    ) -> None:
        engine, client = library
        day = datetime.date
        engine.update([
            document("a", "开放。", year=2020, date=day(2020, 1, 5)),
            document("b", "开放。", year=2021),
            document("c", "开放。", year=2021, date=day(2021, 1, 30)),
            document("d", "开放。", year=2021, date=day(2021, 2, 20)),
            document("e", "不相干。", year=2022),
        ])  # fmt: skip
        root = feed_at(client, "/feed.atom?q=开放")
        assert [each.rpartition("/")[2].partition("?")[0] for each in texts(root, "a:entry/a:id")] == list("dcba")
        assert [each[:10] for each in texts(root, "a:entry/a:updated")] == [
            "2021-02-20", "2021-01-30", "2021-01-01", "2020-01-05",
        ]  # fmt: skip
        assert texts(root, "a:updated") == ["2021-02-20T00:00:00+08:00"]

    @pytest.mark.parametrize("reports", [MOST_ENTRIES - 1, MOST_ENTRIES, MOST_ENTRIES + 30])
    def test_there_are_never_too_many_and_those_left_out_are_the_oldest(
        self, library: tuple[Engine, FlaskClient], reports: int
    ) -> None:
        """Days run against ids, so that the newest of a year stand last where reports are listed by id."""
        engine, client = library
        first = datetime.date(2021, 1, 1)
        engine.update(
            [document("new", "开放。", year=2022)]
            + [document(f"r{n:03}", "开放。", date=first + datetime.timedelta(days=n)) for n in range(reports)]
            + [document("old", "开放。", year=2020)]
        )
        found = [each.rpartition("/")[2][:4] for each in texts(feed_at(client, "/feed.atom?q=开放"), "a:entry/a:id")]
        wanted = ["new?", *(f"r{n:03}" for n in reversed(range(reports))), "old?"]
        assert found == wanted[:MOST_ENTRIES]

    def test_an_entry_keeps_its_id_when_what_is_found_in_it_changes(self, library: tuple[Engine, FlaskClient]) -> None:
        engine, client = library
        seen = []
        for lines in (("开放。",), ("开放。", "再开放，更开放。")):
            engine.update([document("a", *lines)])
            root = feed_at(client, "/feed.atom?q=开放")
            seen.append((texts(root, "a:entry/a:id"), texts(root, "a:entry/a:title")))
        assert seen[0][0] == seen[1][0]
        assert [titles for _, titles in seen] == [["2021年甲市其他（1 段、1 处）"], ["2021年甲市其他（2 段、3 处）"]]

    def test_markup_and_what_xml_cannot_hold_do_no_harm(self, library: tuple[Engine, FlaskClient]) -> None:
        engine, client = library
        evil = "</summary><script>1</script>&amp;]]>\x00\x0b\ufffe开放\"'"
        one = document("a", evil)
        engine.update([replace(one, report=replace(one.report, organ="<b>&"))])
        root = feed_at(client, "/feed.atom?q=开放")
        assert texts(root, "a:entry/a:summary") == ["1 段、1 处：</summary><script>1</script>&amp;]]>开放\"'"]
        assert texts(root, "a:entry/a:author/a:name") == ["<b>&"]
        assert feed_at(client, "/feed.atom?q=<script>") is not None

    def test_a_long_paragraph_is_cut_around_what_was_sought(self, library: tuple[Engine, FlaskClient]) -> None:
        engine, client = library
        engine.update([document("a", "前" * 500 + "开放" + "后" * 500)])
        (summary,) = texts(feed_at(client, "/feed.atom?q=开放"), "a:entry/a:summary")
        assert summary.startswith("1 段、1 处：…前") and summary.endswith("后…") and "开放" in summary
        assert len(summary) < 300
