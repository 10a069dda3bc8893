"""A result by report and as keywords in context: lines, contexts, orders and sums are those of a scan by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unicodedata import east_asian_width

import msgspec
import pytest
from faces import baogao, one_chinese_sentence
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Engine, Filter
from indexer.errors import BadParameter
from indexer.model import Document
from indexer.query import Node
from indexer.text import fold
from search_app import Reports, kwic
from search_app.grouped import BEST_SHOWN, GroupedPage, ReportGroup, grouped_page
from search_app.kwic import Line, kwic_page
from search_app.parameters import View
from search_app.search import search_page
from search_app.state import SearchState
from search_app.syntax import parse

QUERIES = {
    "one term": ["中欧班列"],
    "a common one": ["发展"],
    "one of one character": ["人"],
    "several": ["创新", "人才", "科技创新"],
    "one that folds": ["ｐm2.5"],
}
queries = pytest.mark.parametrize("terms", QUERIES.values(), ids=QUERIES)


def lines(engine: Engine, terms: list[str], sort: str = "newest", context: int = 20, size: int = 200) -> list[Line]:
    """All lines, page after page."""
    state = SearchState(" OR ".join(terms), (), sort, 1, size, "kwic", context)  # type: ignore[arg-type]
    first = kwic_page(engine, state)
    rest = (kwic_page(engine, state.on_page(page)) for page in range(2, first.summary.pages + 1))
    return [*first.lines, *(line for page in rest for line in page.lines)]


def stand(folded: str, term: str) -> Iterator[int]:
    """Where a term stands, none overlapping the one before."""
    at = folded.find(term)
    while at >= 0:
        yield at
        at = folded.find(term, at + len(term))


def found_by_hand(documents: tuple[Document, ...], terms: list[str]) -> list[tuple[str, int, str]]:
    """Every occurrence in units, newest first: the address, where it begins in the folded text, and what."""
    units = sorted(
        ((-each.report.year, each.report.id, unit.ordinal, unit) for each in documents for unit in each.units),
        key=lambda found: found[:3],
    )
    folded_terms = [fold(term) for term in terms]
    return [
        (unit.address, at, term)
        for *_, unit in units
        for at, length, term in sorted(
            (at, len(term), term) for term in folded_terms for at in stand(fold(unit.text), term)
        )
    ]


def text_of(documents: tuple[Document, ...], address: str) -> str:
    return next(unit.text for each in documents for unit in each.units if unit.address == address)


class TestLines:
    @queries
    def test_they_are_every_occurrence_in_order(
        self, engine: Engine, documents: tuple[Document, ...], terms: list[str]
    ) -> None:
        shown = [(line.address, fold(line.keyword)) for line in lines(engine, terms)]
        assert shown == [(address, term) for address, _, term in found_by_hand(documents, terms)]

    @queries
    @pytest.mark.parametrize("context", [5, 20, 60])
    def test_their_contexts_are_cut_from_the_sources_own_text(
        self, engine: Engine, documents: tuple[Document, ...], terms: list[str], context: int
    ) -> None:
        for line, (address, at, _) in zip(
            lines(engine, terms, context=context), found_by_hand(documents, terms), strict=True
        ):
            text = text_of(documents, address)
            assert line.left + line.keyword + line.right in text
            assert fold(text)[:at].endswith(fold(line.left))
            assert len(line.left) == context if line.cut_left else text.startswith(line.left + line.keyword)
            assert len(line.right) == context if line.cut_right else text.endswith(line.keyword + line.right)

    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "left", "right"])
    def test_there_are_as_many_as_occurrences_however_they_are_sorted(self, engine: Engine, sort: str) -> None:
        expected = search_page(engine, SearchState("创新 人才")).occurrences
        state = SearchState("创新 人才", sort=sort, size=7, view="kwic")  # type: ignore[arg-type]
        pages = [kwic_page(engine, state.on_page(n + 1)) for n in range(-(-expected // 7))]
        shown = [(line.address, line.left, line.keyword, line.right) for page in pages for line in page.lines]
        assert len(shown) == expected == pages[0].summary.occurrences
        assert {page.summary.pages for page in pages} == {len(pages)}

    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
    def test_units_stand_in_the_order_of_the_paragraphs_view(self, engine: Engine, sort: str) -> None:
        hits = search_page(engine, SearchState("创新", sort=sort, size=200)).hits  # type: ignore[arg-type]
        shown = dict.fromkeys(line.address for line in lines(engine, ["创新"], sort))
        assert list(shown) == [hit.address for hit in hits]

    def test_units_found_without_what_is_sought_take_no_lines(self, engine: Engine) -> None:
        page = kwic_page(engine, SearchState("中欧班列 OR 年:2021..2025", sort="oldest", size=200, view="kwic"))
        assert (page.summary.total, page.summary.occurrences, len(page.lines)) == (259, 9, 9)

    @pytest.mark.parametrize("q", ["", "没有的词", "年:2021"])
    def test_without_an_occurrence_there_is_no_line(self, engine: Engine, q: str) -> None:
        page = kwic_page(engine, SearchState(q, view="kwic"))
        assert (page.summary.occurrences, page.summary.pages, page.lines) == (0, 1, ())

    def test_kinds_tell_what_was_sought(self, engine: Engine) -> None:
        kinds = {line.keyword: line.kind for line in lines(engine, ["创新", "人才"])}
        assert kinds == {"创新": 0, "人才": 1}


def outward(documents: tuple[Document, ...], line: tuple[str, int, str], side: str) -> list[bytes]:
    """What stands on one side of an occurrence, outward from it, each character as GB 18030 writes it."""
    address, at, term = line
    folded = fold(text_of(documents, address))
    read = folded[:at][::-1] if side == "left" else folded[at + len(term) :]
    return [char.encode("gb18030") for char in read[:60]]


class TestByContext:
    @queries
    @pytest.mark.parametrize("side", ["left", "right"])
    def test_they_stand_as_an_independent_sort_puts_them(
        self, engine: Engine, documents: tuple[Document, ...], terms: list[str], side: str
    ) -> None:
        by_hand = sorted(found_by_hand(documents, terms), key=lambda line: outward(documents, line, side))
        shown = [(line.address, fold(line.keyword)) for line in lines(engine, terms, side)]
        assert shown == [(address, term) for address, _, term in by_hand]

    def test_common_characters_stand_by_their_sound(self, engine: Engine) -> None:
        first = [fold(line.right[:1]) for line in lines(engine, ["发展"], "right")]
        seen = [char for char in dict.fromkeys(first) if char in set("安大改高环经")]
        assert seen == [char for char in "安大改高环经" if char in seen] and len(seen) > 3

    def test_more_than_can_be_sorted_are_shown_by_year_and_it_is_said(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kwic, "MOST_SORTED", 8)
        by_side, by_year = (
            kwic_page(engine, SearchState("中欧班列", sort=sort, view="kwic"))
            for sort in ("left", "newest")  # type: ignore[arg-type]
        )
        assert (by_side.sorted_by, by_year.note) == ("newest", "")
        assert one_chinese_sentence(by_side.note) and "筛选" in by_side.note
        assert [line.address for line in by_side.lines] == [line.address for line in by_year.lines]


def grouped(engine: Engine, q: str, **given: str) -> GroupedPage:
    return grouped_page(engine, SearchState.read_as("reports", {"q": [q], **{k: [v] for k, v in given.items()}}))


class TestByReport:
    @pytest.mark.parametrize("q", ["中欧班列", "创新 人才", "发展", "", "没有的词"])
    @pytest.mark.parametrize("level", [None, "市"])
    def test_their_numbers_are_those_of_a_scan_and_add_up(self, engine: Engine, q: str, level: str | None) -> None:
        page = grouped(engine, q, **({"level": level} if level else {}))
        with engine.scan(*asked(q, level)) as scan:
            units: Counter[str] = Counter()
            occurrences: Counter[str] = Counter()
            for finding in scan.findings:
                units[finding.report.id] += 1
                occurrences[finding.report.id] += finding.occurrences
        assert {group.report.id: (group.units, group.occurrences) for group in page.groups} == {
            each: (units[each], occurrences[each]) for each in units
        }
        assert sum(group.units for group in page.groups) == page.summary.total
        assert sum(group.occurrences for group in page.groups) == page.summary.occurrences
        assert page.reports == len(units)

    def test_the_best_paragraphs_are_the_first_of_the_report_by_relevance(self, engine: Engine) -> None:
        every = search_page(engine, SearchState("创新", size=200)).hits
        for group in grouped(engine, "创新").groups:
            best = [hit.address for hit in every if hit.report == group.report][:BEST_SHOWN]
            assert [hit.address for hit in group.best] == best
            assert group.url == group.best[0].url

    def test_by_relevance_the_report_with_the_best_paragraph_is_first(self, engine: Engine) -> None:
        first = dict.fromkeys(hit.report.id for hit in search_page(engine, SearchState("创新", size=200)).hits)
        assert [group.report.id for group in grouped(engine, "创新").groups] == list(first)

    @pytest.mark.parametrize(("sort", "sign"), [("newest", -1), ("oldest", 1)])
    def test_by_year_the_id_decides_between_equals(self, engine: Engine, sort: str, sign: int) -> None:
        keys = [(sign * group.report.year, group.report.id) for group in grouped(engine, "发展", sort=sort).groups]
        assert keys == sorted(keys) and len(keys) == 5

    def test_pages_are_of_reports(self, engine: Engine) -> None:
        whole = grouped(engine, "发展").groups
        turned = [grouped(engine, "发展", size="2", page=str(page)) for page in (1, 2, 3)]
        assert [numbers_of(group) for page in turned for group in page.groups] == [numbers_of(each) for each in whole]
        with pytest.raises(BadParameter, match="没有第 4 页，一共 3 页"):
            grouped(engine, "发展", size="2", page="4")


def numbers_of(group: ReportGroup) -> tuple[str, int, int]:
    return group.report.id, group.units, group.occurrences


def asked(q: str, level: str | None) -> tuple[Node, tuple[Filter, ...]]:
    return parse(q), ((Filter("level", (level,)),) if level else ())


class TestFaces:
    @pytest.mark.parametrize(
        ("view", "option", "path", "given"),
        [
            ("kwic", "--kwic", "/api/v1/kwic", {"sort": "left", "context": "10", "size": "3"}),
            ("reports", "--by-report", "/api/v1/by-report", {"sort": "oldest", "year": "2021"}),
        ],
    )
    def test_python_shell_and_api_give_the_same(
        self, seeds_index: Path, client: FlaskClient, view: View, option: str, path: str, given: dict[str, str]
    ) -> None:
        with Reports.open(str(seeds_index)) as reports:
            value = reports.kwic("中欧班列", **given) if view == "kwic" else reports.by_report("中欧班列", **given)
        options = [f"--{name}={each}" for name, each in given.items()]
        in_shell = baogao("search", "中欧班列", option, *options, "--json", "--index", str(seeds_index)).stdout
        over_http = client.get(path, query_string={"q": "中欧班列", **given}).text
        assert timeless(in_shell) == timeless(over_http) == timeless(msgspec.json.encode(value).decode())

    def test_in_a_terminal_the_keywords_stand_below_one_another(self, seeds_index: Path) -> None:
        said = baogao("search", "中欧班列", "--kwic", "--context", "9", "--index", str(seeds_index)).stdout
        head, *rows = said.splitlines()
        assert head.startswith("9 处，在 8 段里（第 1/1 页")
        assert len({columns(row[: row.index(" 中欧班列 ")]) for row in rows}) == 1
        assert len({columns(row[: row.rindex("  ")]) for row in rows}) == 1
        assert len(rows) == 9

    def test_a_terminal_lists_reports_with_their_numbers(self, seeds_index: Path) -> None:
        said = baogao("search", "中欧班列", "--by-report", "--index", str(seeds_index)).stdout
        assert said.startswith("4 篇报告里有 8 段，共 9 处（第 1/1 页")
        assert "2021年郑州市政府工作报告  2021-郑州市-政府工作报告  2 段，共 3 处\n  第 6 段  …" in said

    @pytest.mark.parametrize(
        "options", [["--kwic", "--format", "csv"], ["--kwic", "--context", "4"], ["--by-report", "--context", "20"]]
    )
    def test_what_does_not_go_together_is_one_sentence(self, seeds_index: Path, options: list[str]) -> None:
        run = baogao("search", "创新", *options, "--index", str(seeds_index))
        assert run.returncode == 1 and one_chinese_sentence(run.stderr.strip())


def timeless(text: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(text)
    summary = value["summary"]
    assert isinstance(summary, dict) and summary.pop("took_ms") >= 0
    return value


def columns(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


@given(st.text("中欧班列", min_size=1, max_size=3), st.integers(5, 60), st.sampled_from(["relevance", "left", "right"]))
def test_any_text_is_listed_as_often_as_it_stands_there(
    engine: Engine, documents: tuple[Document, ...], text: str, context: int, sort: str
) -> None:
    shown = Counter((line.address, fold(line.keyword)) for line in lines(engine, [text], sort, context))
    assert shown == Counter((address, term) for address, _, term in found_by_hand(documents, [text]))
