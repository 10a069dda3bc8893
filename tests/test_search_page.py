"""The page of hits: what is found, counted and put first, and that every face shows the same value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from faces import Page, baogao, plain, written
from flask.testing import FlaskClient

from indexer import pipeline
from indexer.engines import Engine, open_engine
from indexer.errors import BadParameter, QuerySyntaxError
from indexer.text import fold
from search_app import Reports
from search_app.counting import count
from search_app.parameters import SORTS
from search_app.search import SearchPage, search_page
from search_app.state import SearchState


def page(engine: Engine, q: str = "", **given: list[str]) -> SearchPage:
    return search_page(engine, SearchState.read({"q": [q], **given}))


class TestNumbers:
    @pytest.mark.parametrize(
        ("q", "units", "occurrences"),
        [
            ("中欧班列", 8, 9),
            ("中歐班列", 8, 9),
            ("中 欧 班 列", 8, 87),
            ('"中 欧 班 列"', 8, 9),
            ("PM2.5", 6, 6),
            ("中欧班列 PM2.5", 0, 0),
            ("中欧班列 OR PM2.5", 14, 15),
            ("-中欧班列", 251, 0),
            ("高铁外交", 0, 0),
            ("", 259, 0),
        ],
    )
    def test_units_and_occurrences(self, engine: Engine, q: str, units: int, occurrences: int) -> None:
        found = page(engine, q)
        assert (found.total, found.occurrences) == (units, occurrences)

    def test_units_and_occurrences_by_year(self, engine: Engine) -> None:
        choices = page(engine, "中欧班列").facets["year"].choices
        assert {choice.value: (choice.units, choice.occurrences) for choice in choices} == {
            "2021": (2, 3), "2022": (0, 0), "2023": (1, 1), "2024": (2, 2), "2025": (3, 3),
        }  # fmt: skip

    def test_the_occurrences_are_those_in_the_units_that_pass_the_filters(self, engine: Engine) -> None:
        found = page(engine, "中欧班列", year=["2021", "2024"], level=["市"])
        assert (found.total, found.occurrences) == (2, 3)

    def test_every_hit_holds_what_was_sought_marked(self, engine: Engine) -> None:
        for hit in page(engine, "中欧班列").hits:
            assert "中欧班列" in fold(hit.unit.text)
            assert "中欧班列" in [piece.text for piece in hit.snippet.fragments if piece.marked]
            assert all(piece.text in hit.unit.text for piece in hit.snippet.fragments)

    def test_a_hit_knows_its_address_and_the_link_that_opens_its_report_at_it(self, engine: Engine) -> None:
        hit = page(engine, "中欧班列", year=["2023"]).hits[0]
        assert hit.address == "2023-郑州市-政府工作报告摘编#p34"
        asked = SearchState.read({"q": ["中欧班列"], "year": ["2023"]})
        assert hit.url == f"{asked.url(f'/report/{quote(hit.report.id)}')}#p34"
        assert (hit.unit.report_id, hit.unit.ordinal) == (hit.report.id, 34)

    def test_the_path_of_a_heading_is_what_lies_above_it(self, engine: Engine) -> None:
        heading = next(hit for hit in page(engine, "今年重点抓好九方面工作").hits if hit.unit.kind == "heading")
        assert heading.path == heading.unit.headings[:-1]
        paragraph = next(hit for hit in page(engine, "中欧班列").hits if hit.unit.kind == "paragraph")
        assert paragraph.path == paragraph.unit.headings != ()

    def test_the_query_is_given_back_in_canonical_writing(self, engine: Engine) -> None:
        assert page(engine, "  （光伏 ｜风电）  NOT year：2021").query == "(光伏 OR 风电) -年:2021"

    def test_the_query_and_the_filters_are_said_in_words(self, engine: Engine) -> None:
        found = page(engine, "中欧班列 -制造业", year=["2023", "2021"], level=["市"])
        assert found.in_words == "含“中欧班列”，不含“制造业”，年份 2021 或 2023，级别 市"

    def test_a_mistake_in_the_query_is_a_syntax_error(self, engine: Engine) -> None:
        with pytest.raises(QuerySyntaxError):
            page(engine, "(中欧班列")


FILLER = "全市上下凝心聚力、真抓实干，各项工作迈上新台阶。"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An index of one report whose paragraphs are known."""
    folder = tmp_path_factory.mktemp("made-up")
    paragraphs = [
        FILLER * 60 + "开行中欧班列。",
        "中欧班列开行提速，中欧班列扩容增效。",
        "经济转型升级，推动发展数字。",
        "发展数字经济，推动转型升级。",
        "数字赋能，" + FILLER * 10 + "经济向好。",
        "推动" + FILLER * 8,
        "推动" + FILLER,
        *([FILLER] * 20),
        "氢能汽车示范。",
        "汽车氢能示范。",
    ]
    written(folder / "reports", "新密市.txt", "\n".join(paragraphs))
    pipeline.index(pipeline.discover([folder / "reports"]), str(folder / "index"))
    opened = open_engine(str(folder / "index"))
    yield opened
    opened.close()


class TestOrder:
    def test_two_occurrences_in_a_short_text_come_before_one_in_a_long_text(self, made_up: Engine) -> None:
        first, second = page(made_up, "中欧班列").hits
        assert first.unit.text.startswith("中欧班列开行提速")
        assert len(second.unit.text) > 1400
        assert first.score > second.score > 0

    def test_one_occurrence_in_a_short_text_comes_before_one_in_a_longer_text(self, made_up: Engine) -> None:
        lengths = [len(hit.unit.text) for hit in page(made_up, "推动").hits]
        assert len(set(lengths)) > 2 and lengths == sorted(lengths)

    def test_terms_side_by_side_come_before_the_same_terms_apart(self, made_up: Engine) -> None:
        texts = [hit.unit.text[:6] for hit in page(made_up, "数字 经济").hits]
        assert texts == ["发展数字经济", "经济转型升级", "数字赋能，全"]

    def test_equal_hits_stand_in_the_order_of_their_addresses(self, made_up: Engine) -> None:
        hits = page(made_up, "真抓实干", size=["200"]).hits
        equal = [hit.unit.ordinal for hit in hits if hit.unit.text == FILLER]
        assert len(equal) == 20
        assert equal == sorted(equal)

    @pytest.mark.parametrize(
        ("sort", "years"), [("newest", [2025, 2024, 2023, 2021]), ("oldest", [2021, 2023, 2024, 2025])]
    )
    def test_by_year_the_years_and_then_the_addresses_decide(self, engine: Engine, sort: str, years: list[int]) -> None:
        hits = page(engine, "创新", sort=[sort], size=["200"]).hits
        assert list(dict.fromkeys(hit.report.year for hit in hits)) == years
        keys = [(years.index(hit.report.year), hit.report.id, hit.unit.ordinal) for hit in hits]
        assert keys == sorted(keys)

    @pytest.mark.parametrize("sort", SORTS)
    def test_asking_again_gives_the_same_order(self, engine: Engine, sort: str) -> None:
        one, other = (page(engine, "发展 创新", sort=[sort], size=["50"]) for _ in range(2))
        assert [hit.address for hit in one.hits] == [hit.address for hit in other.hits]

    def test_a_query_that_seeks_no_text_is_ordered_by_year(self, engine: Engine) -> None:
        assert [hit.report.year for hit in page(engine, "-发展").hits] == [2025] * 20


class TestPages:
    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize("size", ["1", "7", "20", "200"])
    def test_the_pages_together_are_all_hits_each_once(self, engine: Engine, sort: str, size: str) -> None:
        whole = page(engine, "郑州", sort=[sort], size=["200"])
        pages = -(-whole.total // int(size))
        turned = [page(engine, "郑州", sort=[sort], size=[size], page=[str(n + 1)]) for n in range(pages)]
        assert {each.pages for each in turned} == {pages}
        assert [hit.address for each in turned for hit in each.hits] == [hit.address for hit in whole.hits]
        assert all(len(each.hits) == int(size) for each in turned[:-1])

    def test_a_page_knows_its_place(self, engine: Engine) -> None:
        found = page(engine, "", page=["3"], size=["100"], sort=["oldest"])
        assert (found.page, found.pages, found.size, found.sort, len(found.hits)) == (3, 3, 100, "oldest", 59)

    @pytest.mark.parametrize(("q", "number"), [("中欧班列", 2), ("", 14), ("没有的词", 2), ("中欧班列", 10**9)])
    def test_a_page_beyond_the_last_is_refused_and_the_last_is_named(self, engine: Engine, q: str, number: int) -> None:
        with pytest.raises(BadParameter, match=f"没有第 {number} 页，一共 (1|13) 页") as caught:
            page(engine, q, page=[str(number)])
        assert caught.value.name == "page"

    def test_nothing_found_is_a_page_too(self, engine: Engine) -> None:
        found = page(engine, "没有的词")
        assert (found.total, found.occurrences, found.page, found.pages, found.hits) == (0, 0, 1, 1, ())


ASKED: list[dict[str, Any]] = [
    {"q": "中欧班列"},
    {"q": "中欧班列", "year": ["2021", "2023"], "level": ["市"]},
    {"q": "(光伏 OR 风电) -氢能", "sort": "oldest", "size": 3},
    {"q": "PM2.5"},
    {"q": "郑州", "not_year": ["2021"], "not_section": ["重点任务"], "region": ["河南省"], "not_level": ["省"]},
    {"q": "创新", "region": ["河南省/郑州市"], "section": ["重点任务"], "page": 2, "size": 10},
    {"q": "", "type": ["规划评估报告"], "size": 200},
    {"q": "没有的词", "year": ["2021"]},
]


def without_time(value: object) -> dict[str, Any]:
    """The page as plain values, but for the time it took."""
    plain_values = msgspec.to_builtins(value)
    assert plain_values.pop("took_ms") >= 0
    return plain_values  # type: ignore[no-any-return]


class TestFaces:
    @pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked["q"])
    def test_python_shell_api_and_page_show_the_same(
        self, seeds_index: Path, client: FlaskClient, asked: dict[str, Any]
    ) -> None:
        with Reports.open(str(seeds_index)) as reports:
            in_python = without_time(reports.search(**asked))
        options = [
            f"--{name.replace('_', '-')}={value}"
            for name, given in asked.items()
            if name != "q"
            for value in listed(given)
        ]
        in_shell = baogao("search", asked["q"], *options, "--json", "--index", str(seeds_index)).stdout
        over_http = client.get("/api/v1/search", query_string=asked).text
        assert without_time(json.loads(in_shell)) == json.loads(json.dumps(in_python))
        assert without_time(json.loads(over_http)) == json.loads(json.dumps(in_python))
        assert on_page(Page(client.get("/search", query_string=asked).text)) == as_shown(in_python)


def listed(given: object) -> list[object]:
    return given if isinstance(given, list) else [given]


def on_page(shown: Page) -> dict[str, Any]:
    """The numbers and texts that a reader sees on the page of hits."""
    numbers = [strong.text for strong in shown.all("strong")]
    return {
        "total": numbers[0] if numbers else "0",
        "occurrences": numbers[1] if len(numbers) > 1 else "0",
        "facets": [
            ("".join(choice.text.split()), choice.classes[1], "selected" in choice.classes)
            for choice in shown.all("li.choice")
        ],
        "hits": [plain(text.text) for text in shown.all("p.text")],
        "marks": [mark.text for mark in shown.all("mark")],
        "titles": [heading.text for heading in shown.all("h2")],
        "links": [link for link in shown.links if link.startswith("/report/")],
    }


def as_shown(found: dict[str, Any]) -> dict[str, Any]:
    """The same of the value."""
    snippets = [hit["snippet"] for hit in found["hits"]]
    return {
        "total": f"{found['total']:,}",
        "occurrences": f"{found['occurrences']:,}",
        "facets": [
            (choice_text(name, choice, found["occurrences"]), f"depth-{choice['depth']}", choice["selected"])
            for name, facet in found["facets"].items()
            for choice in (recent(facet["choices"]) if name == "year" else facet["choices"])
        ],
        "hits": [plain("…" * cut["cut_before"] + with_gaps(cut) + "…" * cut["cut_after"]) for cut in snippets],
        "marks": [piece["text"] for cut in snippets for piece in cut["fragments"] if piece["marked"]],
        "titles": [f"{r['year']}年{r['region'][-1]}{r['type']}" for r in (hit["report"] for hit in found["hits"])],
        "links": [hit["url"] for hit in found["hits"]],
    }


def with_gaps(cut: dict[str, Any]) -> str:
    return "".join("…" * (number in cut["gaps"]) + piece["text"] for number, piece in enumerate(cut["fragments"]))


def choice_text(name: str, choice: dict[str, Any], sought: int) -> str:
    """A choice with its numbers: units, and for years the occurrences where there are any."""
    times = f"{choice['occurrences']:,}处" if sought and name == "year" else ""
    return f"{choice['label']}{choice['units']:,}段{times}{'不再' * choice['excluded']}排除"


def recent(years: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The years that have something or are chosen, newest first."""
    return [each for each in reversed(years) if each["units"] or each["selected"] or each["excluded"]]


@pytest.mark.parametrize(
    ("filters", "whole"),
    [
        ({"region": "郑州市"}, "河南省/郑州市"),
        ({"region": "荥阳市"}, "河南省/郑州市/荥阳市"),
        ({"section": "开放"}, "重点任务/开放"),
    ],
)
def test_a_path_named_from_its_middle_is_told_whole_and_not_answered_with_nothing(
    engine: Engine, filters: dict[str, str], whole: str
) -> None:
    given = {"q": ["中欧班列"], **{name: [value] for name, value in filters.items()}}
    with pytest.raises(BadParameter, match=f"要从头写全，如 {whole}"):
        search_page(engine, SearchState.read(given))
    with pytest.raises(BadParameter, match=f"要从头写全，如 {whole}"):
        count(engine, {"term": ["中欧班列"], **{name: [value] for name, value in filters.items()}})


def test_a_region_without_reports_finds_nothing(engine: Engine) -> None:
    assert search_page(engine, SearchState.read({"region": ["浙江省/杭州市"]})).total == 0
