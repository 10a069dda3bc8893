"""What every engine promises: one suite that knows no engine, and for each engine a class that gives it an address."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import cycle, permutations
from pathlib import Path

import judge
import pytest
from judge import Scan as Judge
from judge import count as occurrences_of

from indexer.engines import (
    CountRequest,
    CountRow,
    Engine,
    Filter,
    Hit,
    Scan,
    SearchRequest,
    Sort,
    create_engine,
    open_engine,
)
from indexer.errors import NotFound
from indexer.fields import FACETS
from indexer.model import Document, Heading, Report, Source, Unit
from indexer.query import (
    All,
    And,
    Exact,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    SameSentence,
    SameStretch,
    Term,
    UnderHeading,
    Wildcard,
)
from indexer.text import fold


def document(
    report_id: str,
    *texts: str,
    year: int = 2021,
    level: str = "市",
    region: str = "河南省/郑州市",
    type_: str = "政府工作报告",
    sections: tuple[str, ...] = ("未标",),
) -> Document:
    """A report of ``texts``, one a unit; ``sections`` are given to them in turn."""
    source = Source(f"{report_id}.txt", sha256("\n".join(texts).encode()).hexdigest(), "txt", "utf-8")
    report = Report(
        id=report_id, title="政府工作报告", year=year, level=level, region=tuple(region.split("/")), type=type_,
        date=None, organ=None, source=source, complete=True, origins=(("year", "正文"),),
    )  # fmt: skip
    headings = (Heading(1, "一、重点工作"),)
    paths = cycle(tuple(section.split("/")) for section in sections)
    units = tuple(
        Unit(report_id, ordinal, "paragraph", headings, path, text)
        for ordinal, (text, path) in enumerate(zip(texts, paths, strict=False), start=1)
    )
    return Document(report, units)


ZHENGZHOU = document(
    "zz",
    "开行中欧班列（中豫号）2800列，拓展中欧班列线路。",
    "PM_{2.5}浓度下降５％，人民满意。",
    "加入 World  Trade 组织，發展經濟。",
    sections=("重点任务/开放", "重点任务/生态", "回顾/开放"),
)
HENAN = document(
    "hn",
    "中欧班列累计突破1万列。",
    "改革开放深化拓展，人民生活改善。",
    year=2023,
    level="省",
    region="河南省",
    type_="政府工作报告摘编",
    sections=("回顾/开放",),
)
XINGYANG = document(
    "xy",
    "建设中欧大道。",
    "人民满意，人民幸福，人民安康。",
    year=2025,
    level="县",
    region="河南省/郑州市/荥阳市",
    sections=("重点任务", "政府自身建设/政府建设"),
)
NATION = document(
    "gj",
    "人人人出力，一一落实。",
    "开放是强国之路。",
    year=2025,
    level="国家",
    region="全国",
    sections=("未标", "重点任务/开放"),
)
LIBRARY = (ZHENGZHOU, HENAN, XINGYANG, NATION)
EVERYTHING = All()
EVERY_UNIT = {f"{each.report.id}{unit.ordinal}" for each in LIBRARY for unit in each.units}


MATCHES: dict[str, list[tuple[Node, str]]] = {
    "all is every unit": [(All(), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2")],
    "a term is found wherever it stands, also across words": [
        (Term("中欧班列"), "zz1 hn1"),
        (Term("欧班"), "zz1 hn1"),
        (Term("中欧"), "zz1 hn1 xy1"),
        (Term("列累计突"), "hn1"),
        (Term("列。"), "hn1"),
        (Term("，人民"), "zz2 hn2 xy2"),
    ],
    "a term of one character is found too": [
        (Term("欧"), "zz1 hn1 xy1"),
        (Term("人"), "zz2 hn2 xy2 gj1"),
        (Term("，"), "zz1 zz2 zz3 hn2 xy2 gj1"),
        (Term("5"), "zz2"),
    ],
    "a term that occurs nowhere finds nothing": [
        (Term("中欧班車"), ""),
        (Term("班中欧"), ""),
        (Term("中欧班列累计突破1万列。改革"), ""),
        (Term("鼉"), ""),
        (Term("x"), ""),
        (Term("\U0001f600\U0001f600"), ""),
    ],
    "a term that folds to nothing finds nothing": [(Term(""), ""), (Term(" \u3000"), ""), (Term("_"), "")],
    "writings that fold alike find each other": [
        (Term("PM2.5"), "zz2"),
        (Term("ｐｍ 2.5"), "zz2"),
        (Term("PM_{2.5}"), "zz2"),
        (Term("发展经济"), "zz3"),
        (Term("發展經濟"), "zz3"),
        (Term("下降5%"), "zz2"),
        (Term("world trade"), "zz3"),
        (Term("worldtrade"), ""),
    ],
    "a phrase is a term that was quoted": [
        (Phrase("WORLD TRADE 组织"), "zz3"),
        (Phrase("中欧班列（中豫号）"), "zz1"),
        (Phrase("中欧 班列"), "zz1 hn1"),
        (Phrase("班列 中欧"), ""),
    ],
    "a field has its exact value": [
        (Exact("year", "2025"), "xy1 xy2 gj1 gj2"),
        (Exact("level", "省"), "hn1 hn2"),
        (Exact("type", "政府工作报告摘编"), "hn1 hn2"),
        (Exact("year", "2022"), ""),
        (Exact("type", "政府工作报告摘"), ""),
    ],
    "a path holds the parts of the value one after another": [
        (Exact("region", "河南省"), "zz1 zz2 zz3 hn1 hn2 xy1 xy2"),
        (Exact("region", "郑州市"), "zz1 zz2 zz3 xy1 xy2"),
        (Exact("region", "郑州市/荥阳市"), "xy1 xy2"),
        (Exact("region", "河南省/荥阳市"), ""),
        (Exact("region", "河南"), ""),
        (Exact("section", "开放"), "zz1 zz3 hn1 hn2 gj2"),
        (Exact("section", "重点任务"), "zz1 zz2 xy1 gj2"),
    ],
    "a range holds its ends": [
        (Range("year", 2023, 2025), "hn1 hn2 xy1 xy2 gj1 gj2"),
        (Range("year", 2022, 2024), "hn1 hn2"),
        (Range("year", 2023, 2023), "hn1 hn2"),
        (Range("year", None, 2021), "zz1 zz2 zz3"),
        (Range("year", 2024, None), "xy1 xy2 gj1 gj2"),
        (Range("year", None, None), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2"),
        (Range("year", 2025, 2021), ""),
        (Range("year", None, 0), ""),
    ],
    "and, or and not are those of sets": [
        (And((Term("中欧"), Term("班列"))), "zz1 hn1"),
        (And((Term("中欧"), Exact("year", "2025"))), "xy1"),
        (And((Term("中欧"), Not(Term("班列")))), "xy1"),
        (And((Term("中欧"),)), "zz1 hn1 xy1"),
        (And((Term("中欧"), Term("鼉"))), ""),
        (Or((Term("累计"), Term("大道"))), "hn1 xy1"),
        (Or((Term("累计"), Term("鼉"), Term("_"))), "hn1"),
        (Or((Term("鼉"),)), ""),
        (Not(Term("人")), "zz1 zz3 hn1 xy1 gj2"),
        (Not(All()), ""),
        (Not(Not(Term("大道"))), "xy1"),
        (Not(Or((Term("人"), Range("year", 2023, None)))), "zz1 zz3"),
        (Or((And((Term("人民"), Not(Phrase("人民满意")))), Exact("level", "国家"))), "hn2 gj1 gj2"),
    ],
}


LOOSE: dict[str, list[tuple[Node, str]]] = {
    "a word is found by more than half of its pairs, in whatever order": [
        (Term("班列中欧"), "zz1 hn1"),
        (Term("中欧班车"), "zz1 hn1"),
        (Term("人民幸福感"), "xy2"),
        (Term("ＰＭ 2．5 的浓度"), "zz2"),
    ],
    "a word of one pair or one character has nothing to lose": [
        (Term("中欧"), "zz1 hn1 xy1"),
        (Term("欧"), "zz1 hn1 xy1"),
    ],
    "of several words the rarer weigh more": [
        (And((Term("人民"), Term("大道"))), "xy1"),
        (And((Term("累计"), Term("大道"))), "hn1 xy1"),
        (And((Term("累计"), Term("鼉鼉"))), "hn1"),
        (And((Term("人民"), Term("累计"), Term("大道"))), ""),
    ],
    "what is nowhere is not found": [
        (Term("鼉龙"), ""),
        (Term("鼉"), ""),
        (Term("_"), ""),
        (And((Term("鼉"), Term("_"))), ""),
    ],
    "a heading above counts, too": [(Term("重点工作"), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2")],
    "what is quoted, denied, filed, an alternative or an operator stays exact": [
        (Phrase("中欧班车"), ""),
        (Phrase("人民幸福感"), ""),
        (Wildcard("班?中欧"), ""),
        (Or((Term("中欧班车"), Term("大道"))), "xy1"),
        (Not(Term("中欧班车")), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2"),
        (Near(Term("中欧班车"), Term("累计"), 100), ""),
        (And((Term("中欧班车"), Not(Term("大道")))), "zz1 hn1"),
        (And((Term("中欧班车"), Phrase("累计"))), "hn1"),
        (And((Term("中欧班车"), Exact("year", "2023"))), "hn1"),
        (And((Term("中欧班车"), Or((Term("线路"), Term("突破"))))), "zz1 hn1"),
        (And((Term("中欧班车"), SameSentence((Term("开行"), Term("线路"))))), "zz1"),
        (And((Exact("year", "2025"), Phrase("人民"))), "xy2"),
        (All(), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2"),
    ],
}


def headed(report_id: str, *rows: tuple[tuple[str, ...], str]) -> Document:
    """A report of units each with its path of headings, at depths 1, 2, …"""
    plain = document(report_id, *(text for _, text in rows))
    paths = (tuple(Heading(depth, text) for depth, text in enumerate(path, start=1)) for path, _ in rows)
    return replace(plain, units=tuple(replace(u, headings=path) for u, path in zip(plain.units, paths, strict=True)))


ONE, TWO, DEEP = ("一、开放",), ("二、Ｅ环境",), ("二、Ｅ环境", "（一）生 态")
SHELF = (
    headed(
        "a",
        (ONE, "港口三条。开行班列2800列！"),
        (ONE, "班列人人人人港"),
        (TWO, "班列很多；港口很少？"),
        (DEEP, "港口甲乙丙丁班列，三条"),
        (ONE, "港口再说一遍"),
    ),
    headed("b", (ONE, "班列在别的报告里"), ((), "港口没有标题"), ((), "班列也没有")),
)

TOGETHER: dict[str, list[tuple[Node, str]]] = {
    "near is a gap of at most n characters, in either order": [
        (Near(Term("港口"), Term("班列"), 4), "a3 a4"),
        (Near(Term("班列"), Term("港口"), 4), "a3 a4"),
        (Near(Term("港口"), Term("班列"), 3), "a3"),
        (Near(Term("港口"), Term("班列"), 5), "a1 a3 a4"),
        (Near(Phrase("港口"), Wildcard("2?00列"), 7), "a1"),
        (Near(Phrase("港口"), Wildcard("2?00列"), 6), ""),
        (Near(Term("港"), Term("口"), 1), "a1 a3 a4 a5 b2"),
        (Near(Term("港"), Term("港口"), 200), ""),
        (Near(Term("鼉"), Term("港口"), 200), ""),
        (Near(Term("_"), Term("港口"), 200), ""),
    ],
    "near looks at every place of a text, also at those that overlap": [
        (Near(Term("人人"), Term("人人"), 1), "a2"),
        (Near(Term("人人人"), Term("港"), 1), "a2"),
        (Near(Term("人人人"), Term("人"), 1), "a2"),
        (Near(Term("人人人"), Term("人人"), 200), ""),
    ],
    "a sentence ends after 。！？； and nowhere else": [
        (SameSentence((Term("港口"), Term("三条"))), "a1 a4"),
        (SameSentence((Term("港口"), Term("班列"))), "a4"),
        (SameSentence((Term("班列"), Term("很多；"))), "a3"),
        (SameSentence((Term("很少？"), Term("港口"))), "a3"),
        (SameSentence((Term("港口三条。开"), Term("班列"))), ""),
        (SameSentence((Term("港口"), Wildcard("甲*丁"), Term("三条"))), "a4"),
        (SameSentence((Term("港口"), Term("鼉"))), ""),
    ],
    "a stretch is units in a row, of one report, under the same headings": [
        (SameStretch((Term("港口"), Term("班列"))), "a1 a2 a3 a4 b2 b3"),
        (SameStretch((Term("港口"), Term("人人"))), "a1 a2"),
        (SameStretch((Term("班列"), Term("再说"))), ""),
        (SameStretch((Term("很多"), Term("三条"))), ""),
        (SameStretch((Term("鼉"), Term("班列"))), ""),
    ],
    "a heading above, or the heading itself, is compared folded": [
        (UnderHeading("开放"), "a1 a2 a5 b1"),
        (UnderHeading("e环境"), "a3 a4"),
        (UnderHeading("(一)生态"), "a4"),
        (UnderHeading("生態"), "a4"),
        (UnderHeading("环境（一）"), ""),
        (UnderHeading("标题"), ""),
        (UnderHeading("_"), ""),
        (Not(UnderHeading("开放")), "a3 a4 b2 b3"),
    ],
    "a wildcard is one character or up to twenty, in one sentence": [
        (Wildcard("班列?很"), ""),
        (Wildcard("班?很"), "a3"),
        (Wildcard("港*班"), "a4"),
        (Wildcard("三*班"), ""),
        (Wildcard("班*0"), "a1"),
        (Wildcard("班*人港"), "a2"),
        (Wildcard("*"), ""),
        (Wildcard("_?_"), ""),
        (Not(Wildcard("班列*列")), "a2 a3 a4 a5 b1 b2 b3"),
    ],
    "they stand among others as any node does": [
        (And((Near(Term("港口"), Term("班列"), 5), Not(UnderHeading("生态")))), "a1 a3"),
        (Or((SameStretch((Term("港口"), Term("人人"))), Term("别的"))), "a1 a2 b1"),
    ],
}


def place(unit: Unit) -> str:
    return f"{unit.report_id}{unit.ordinal}"


def found(engine: Engine, query: Node = EVERYTHING, *filters: Filter) -> set[str]:
    result = engine.search(SearchRequest(query, filters, size=1000))
    assert result.total == len(result.hits)
    return {place(hit.unit) for hit in result.hits}


def in_order(engine: Engine, query: Node, sort: Sort, offset: int = 0, size: int = 1000) -> list[str]:
    return [place(hit.unit) for hit in engine.search(SearchRequest(query, (), (), sort, offset, size)).hits]


def facet(engine: Engine, name: str, query: Node = EVERYTHING, *filters: Filter) -> dict[str, tuple[int, int]]:
    """From each value of the facet to its units and occurrences."""
    (counts,) = engine.search(SearchRequest(query, filters, (name,))).facets
    assert counts.field == name
    return {value.value: (value.units, value.occurrences) for value in counts.values}


def content(engine: Engine) -> tuple[object, ...]:
    """All that can be learnt of an engine's content."""
    return engine.info(), *(engine.document(report.id) for report in engine.reports())


class EngineContract:
    """The promises. A subclass gives the fixtures ``address`` and, for all its tests, ``lasting_address``: where an
    index may be made."""

    @pytest.fixture
    def fresh(self, address: str) -> Iterator[Engine]:
        engine = create_engine(address)
        yield engine
        engine.close()

    @pytest.fixture
    def shelves(self, fresh: Engine) -> Engine:
        """An engine of the test's own that holds LIBRARY."""
        fresh.update(LIBRARY)
        return fresh

    @pytest.fixture(scope="class")
    @classmethod
    def held_library(cls, lasting_address: str) -> Iterator[Engine]:
        engine = create_engine(lasting_address)
        engine.update(LIBRARY)
        yield engine
        engine.close()

    @pytest.fixture
    def library(self, held_library: Engine) -> Iterator[Engine]:
        """An engine that holds LIBRARY, which nobody changes."""
        before = held_library.info()
        yield held_library
        assert held_library.info() == before

    # -- what a query finds --------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("query", "expected"),
        [pytest.param(*row, id=f"{why}: {row[0]}") for why, rows in MATCHES.items() for row in rows],
    )
    def test_a_query_finds_the_units_it_describes_and_no_other(
        self, library: Engine, query: Node, expected: str
    ) -> None:
        assert found(library, query) == set(expected.split())

    @pytest.mark.parametrize(
        ("query", "expected"),
        [pytest.param(*row, id=f"{why}: {row[0]}") for why, rows in TOGETHER.items() for row in rows],
    )
    def test_a_query_finds_what_stands_together_and_under_a_heading(
        self, fresh: Engine, query: Node, expected: str
    ) -> None:
        fresh.update(SHELF)
        assert found(fresh, query) == set(expected.split())

    @pytest.mark.parametrize(
        ("query", "expected"),
        [pytest.param(*row, id=f"{why}: {row[0]}") for why, rows in LOOSE.items() for row in rows],
    )
    def test_a_query_finds_loosely(self, library: Engine, query: Node, expected: str) -> None:
        hits = library.search(SearchRequest(query, size=1000, mode="loose")).hits
        assert {f"{hit.report.id}{hit.unit.ordinal}" for hit in hits} == set(expected.split())
        assert {row.report.id + str(row.unit.ordinal) for row in Judge(LIBRARY).finds_loosely(query)} == set(
            expected.split()
        )

    @pytest.mark.parametrize("query", [Term("中欧班车"), And((Term("人民"), Term("累计"))), Term("重点工作")], ids=str)
    def test_loose_totals_facets_and_occurrences_are_those_of_what_matches_loosely(
        self, library: Engine, query: Node
    ) -> None:
        rows = Judge(LIBRARY).finds_loosely(query)
        chosen = Filter("year", ("2021", "2025"))
        result = library.search(SearchRequest(query, (chosen,), ("year", "level"), mode="loose"))
        passing = [row for row in rows if row.report.year in (2021, 2025)]
        assert (result.total, result.occurrences) == (len(passing), occurrences_of(query, passing))
        years, levels = result.facets
        assert sum(value.units for value in years.values) == len(rows)
        assert sum(value.units for value in levels.values) == result.total
        assert sum(value.occurrences for value in levels.values) == result.occurrences

    def test_who_holds_more_of_a_loose_query_comes_first_and_a_heading_helps(self, fresh: Engine) -> None:
        plain = headed(
            "a",
            (("一、别的",), "新能源汽车"),
            (("一、别的",), "新能源车辆和汽车"),
            (("二、新能源汽车产业",), "继续努力做好各项工作"),
            (("二、新能源汽车产业",), "新能源汽车"),
        )
        fresh.update([plain])
        hits = fresh.search(SearchRequest(Term("新能源汽车"), mode="loose")).hits
        assert [hit.unit.ordinal for hit in hits] == [4, 3, 1]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)

    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
    def test_loose_pages_show_every_hit_once(self, library: Engine, sort: Sort) -> None:
        def ask(offset: int, size: int) -> list[tuple[str, int]]:
            request = SearchRequest(Term("人民中欧"), (), (), sort, offset, size, "loose")
            return [(hit.report.id, hit.unit.ordinal) for hit in library.search(request).hits]

        whole = ask(0, 50)
        assert len(whole) > 2
        assert [each for offset in range(len(whole)) for each in ask(offset, 1)] == whole

    def test_a_wildcards_star_reaches_twenty_characters(self, fresh: Engine) -> None:
        fresh.update([document("far", "甲" + "一" * 20 + "乙", "甲" + "一" * 21 + "乙", "甲乙")])
        assert found(fresh, Wildcard("甲*乙")) == {"far1", "far3"}
        assert found(fresh, Wildcard("甲**乙")) == {"far1", "far2", "far3"}

    def test_stretches_and_headings_are_those_of_the_last_update(self, fresh: Engine) -> None:
        query = SameStretch((Term("港口"), Term("人人")))
        fresh.update(SHELF)
        assert found(fresh, query) == {"a1", "a2"}
        fresh.update([headed("a", (ONE, "港口"), (TWO, "人人"))])
        assert found(fresh, query) == set()
        assert found(fresh, UnderHeading("开放")) == {"a1", "b1"}

    def test_a_hit_is_the_unit_and_the_report_as_they_were_given(self, library: Engine) -> None:
        hits = library.search(SearchRequest(size=1000)).hits
        assert {hit.unit for hit in hits} == {unit for each in LIBRARY for unit in each.units}
        assert {(hit.unit.report_id, hit.report) for hit in hits} == {(each.report.id, each.report) for each in LIBRARY}

    def test_an_empty_index_finds_nothing_and_counts_nothing(self, fresh: Engine) -> None:
        for query in (All(), Term("中欧"), Term("中"), Not(Term("中")), Exact("year", "2021"), Range("year", 1, None)):
            result = fresh.search(SearchRequest(query, (Filter("year", ("2021",)),), FACETS))
            assert (result.total, result.occurrences, result.hits) == (0, 0, ())
            assert all(counts.values == () for counts in result.facets)
        assert fresh.count(CountRequest(("中欧",), ("year",))).rows == ()
        assert fresh.reports() == ()
        assert (fresh.info().reports, fresh.info().units, fresh.info().years) == (0, 0, ())

    def test_texts_that_the_encoding_of_an_engine_may_stumble_over_are_found(self, fresh: Engine) -> None:
        texts = ("𠮷野家", "emoji😀😀结尾", "a" * 5000 + "终", "数 " * 3000, "line\nbreak\ttab", "'\"\\*?[](){}")
        fresh.update([document("odd", *texts)])
        for ordinal, text in enumerate(texts, start=1):
            assert f"odd{ordinal}" in found(fresh, Term(text))
            assert f"odd{ordinal}" in found(fresh, Term(text[-3:]))

    # -- filters -------------------------------------------------------------------------------------------------------

    def test_values_of_one_filter_are_any_of_them(self, library: Engine) -> None:
        assert found(library, All(), Filter("year", ("2021", "2023"))) == {"zz1", "zz2", "zz3", "hn1", "hn2"}
        assert found(library, All(), Filter("level", ("省", "乡"))) == {"hn1", "hn2"}

    def test_filters_of_several_fields_must_all_pass(self, library: Engine) -> None:
        filters = Filter("year", ("2021", "2025")), Filter("level", ("市", "国家")), Filter("section", ("重点任务",))
        assert found(library, All(), *filters) == {"zz1", "zz2", "gj2"}
        assert found(library, Term("中欧"), *filters) == {"zz1"}

    def test_a_filter_on_a_path_covers_what_lies_below_and_nothing_beside(self, library: Engine) -> None:
        assert found(library, All(), Filter("region", ("河南省",))) == EVERY_UNIT - {"gj1", "gj2"}
        assert found(library, All(), Filter("region", ("河南省/郑州市",))) == {"zz1", "zz2", "zz3", "xy1", "xy2"}
        assert found(library, All(), Filter("region", ("河南省/郑州市/荥阳市", "全国"))) == {"xy1", "xy2", "gj1", "gj2"}
        assert found(library, All(), Filter("region", ("郑州市", "河南", "河南省/郑"))) == set()
        assert found(library, All(), Filter("section", ("重点任务/开放", "未标"))) == {"zz1", "gj1", "gj2"}

    def test_a_filter_on_a_value_that_no_unit_has_passes_nothing(self, library: Engine) -> None:
        assert found(library, All(), Filter("year", ("1999",))) == set()

    @pytest.mark.parametrize(
        ("chosen", "expected"),
        [
            (Filter("year", (), ("2025",)), "zz1 zz2 zz3 hn1 hn2"),
            (Filter("year", (), ("2025", "2023")), "zz1 zz2 zz3"),
            (Filter("year", ("2021", "2023"), ("2023",)), "zz1 zz2 zz3"),
            (Filter("level", (), ("市", "县", "国家")), "hn1 hn2"),
            (Filter("region", (), ("河南省",)), "gj1 gj2"),
            (Filter("region", (), ("河南省/郑州市",)), "hn1 hn2 gj1 gj2"),
            (Filter("region", (), ("河南",)), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2"),
            (Filter("region", ("河南省",), ("河南省/郑州市/荥阳市",)), "zz1 zz2 zz3 hn1 hn2"),
            (Filter("region", ("河南省/郑州市",), ("河南省",)), ""),
            (Filter("section", ("重点任务",), ("重点任务/开放",)), "zz2 xy1"),
            (Filter("year", (), ()), "zz1 zz2 zz3 hn1 hn2 xy1 xy2 gj1 gj2"),
        ],
        ids=str,
    )
    def test_what_is_excluded_is_left_out_with_all_below_it(
        self, library: Engine, chosen: Filter, expected: str
    ) -> None:
        assert found(library, All(), chosen) == set(expected.split())
        assert facet(library, "level", All(), chosen) == judge.Scan(LIBRARY).facet(All(), (chosen,), "level")
        with library.scan(All(), (chosen,)) as scan:
            assert {place(finding.unit) for finding in scan.findings} == set(expected.split())
        assert library.count(CountRequest(("人",), (), (chosen,))).total.of_units == len(expected.split())

    # -- facets --------------------------------------------------------------------------------------------------------

    def test_facets_count_units_and_occurrences_of_what_was_found(self, library: Engine) -> None:
        assert facet(library, "year", Term("中欧")) == {"2021": (1, 2), "2023": (1, 1), "2025": (1, 1)}
        assert facet(library, "level") == {"市": (3, 0), "省": (2, 0), "县": (2, 0), "国家": (2, 0)}
        assert facet(library, "type", Term("人民")) == {"政府工作报告": (2, 4), "政府工作报告摘编": (1, 1)}

    def test_the_facet_of_a_path_counts_every_ancestor(self, library: Engine) -> None:
        assert facet(library, "region", Term("人民")) == {
            "河南省": (3, 5), "河南省/郑州市": (2, 4), "河南省/郑州市/荥阳市": (1, 3),
        }  # fmt: skip
        assert facet(library, "section", Term("开放")) == {
            "回顾": (1, 1), "回顾/开放": (1, 1), "重点任务": (1, 1), "重点任务/开放": (1, 1),
        }  # fmt: skip

    def test_a_facet_ignores_its_own_selection_and_heeds_the_others(self, library: Engine) -> None:
        years, levels = Filter("year", ("2021",)), Filter("level", ("市", "县"))
        assert set(facet(library, "year", All(), years)) == {"2021", "2023", "2025"}
        assert facet(library, "year", All(), years, levels) == {"2021": (3, 0), "2025": (2, 0)}
        assert facet(library, "level", Term("中欧"), years, levels) == {"市": (1, 2)}
        assert facet(library, "region", All(), Filter("region", ("全国",)))["河南省"] == (7, 0)

    def test_a_facet_ignores_its_own_exclusion_and_heeds_the_others(self, library: Engine) -> None:
        assert facet(library, "year", All(), Filter("year", (), ("2021",))) == facet(library, "year")
        assert facet(library, "year", All(), Filter("level", (), ("市",))) == {"2023": (2, 0), "2025": (4, 0)}

    def test_facets_come_in_the_order_they_were_asked_for(self, library: Engine) -> None:
        for names in permutations(FACETS, 3):
            result = library.search(SearchRequest(facets=names))
            assert tuple(counts.field for counts in result.facets) == names
        assert library.search(SearchRequest()).facets == ()

    # -- order and pages -----------------------------------------------------------------------------------------------

    def test_newest_is_by_year_downwards_then_report_then_ordinal(self, library: Engine) -> None:
        assert in_order(library, All(), "newest") == ["gj1", "gj2", "xy1", "xy2", "hn1", "hn2", "zz1", "zz2", "zz3"]

    def test_oldest_is_by_year_upwards_then_report_then_ordinal(self, library: Engine) -> None:
        assert in_order(library, All(), "oldest") == ["zz1", "zz2", "zz3", "hn1", "hn2", "gj1", "gj2", "xy1", "xy2"]

    def test_relevance_without_a_sought_text_is_newest_first(self, library: Engine) -> None:
        newest = in_order(library, All(), "newest")
        assert in_order(library, All(), "relevance") == newest
        assert in_order(library, Not(Term("鼉")), "relevance") == newest

    def test_what_is_equally_relevant_is_in_order_of_year_report_and_ordinal(self, fresh: Engine) -> None:
        alike = "发展开放型经济，中欧班列开行。"
        fresh.update([
            document("b", alike, alike, year=2021),
            document("a", alike, year=2021),
            document("c", alike, year=2024),
            document("z", alike, "另一段文字，不相干。", year=2023),
        ])  # fmt: skip
        for query in (Term("中欧班列"), And((Term("发展"), Term("班列"))), Or((Term("开放"), Term("鼉")))):
            assert in_order(fresh, query, "relevance") == ["c1", "z1", "a1", "b1", "b2"]

    def test_more_of_the_sought_text_in_as_short_a_unit_comes_first(self, fresh: Engine) -> None:
        fresh.update([document("a", "中欧班列开行，交通便利。", "中欧班列中欧班列开行。", "此外还有别的事情。")])
        assert in_order(fresh, Term("中欧班列"), "relevance") == ["a2", "a1"]

    def test_scores_never_rise_down_the_page(self, library: Engine) -> None:
        hits = library.search(SearchRequest(Or((Term("人民"), Term("中欧"), Term("开放"))), size=1000)).hits
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] > 0

    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
    @pytest.mark.parametrize("query", [All(), Term("人民"), Or((Term("人民"), Term("中欧")))], ids=str)
    @pytest.mark.parametrize("size", [1, 2, 4, 9, 50])
    def test_pages_show_every_hit_once_in_the_order_of_the_whole(
        self, library: Engine, sort: Sort, query: Node, size: int
    ) -> None:
        whole = in_order(library, query, sort)
        pages = [in_order(library, query, sort, offset, size) for offset in range(0, len(whole), size)]
        assert [unit for page in pages for unit in page] == whole
        assert all(len(page) == size for page in pages[:-1])

    def test_a_page_beyond_the_last_and_a_page_of_nothing_are_empty_but_know_the_total(self, library: Engine) -> None:
        for offset, size in ((1000, 20), (9, 20), (0, 0), (3, 0)):
            result = library.search(SearchRequest(offset=offset, size=size))
            assert (result.total, result.hits) == (9, ())

    def test_pages_of_more_hits_than_a_page_ever_holds_stay_in_one_order(self, fresh: Engine) -> None:
        fresh.update([document("many", *(f"发展第{n}项，{'开放' * (n % 7)}发展。" for n in range(450)))])
        query = And((Term("发展"), Term("项")))
        whole = in_order(fresh, query, "relevance")
        pages = [in_order(fresh, query, "relevance", offset, 20) for offset in range(0, 450, 20)]
        assert len(set(whole)) == 450
        assert [unit for page in pages for unit in page] == whole

    # -- by report and by occurrence -----------------------------------------------------------------------------------

    @pytest.mark.parametrize("query", [All(), Term("中欧"), Or((Term("人"), Term("人民"))), Not(Term("人"))], ids=str)
    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
    def test_by_report_every_report_tells_what_a_search_finds_in_it(
        self, library: Engine, query: Node, sort: Sort
    ) -> None:
        filters = (Filter("year", ("2021", "2025")),)
        units = library.search(SearchRequest(query, filters, ("level",), size=1000))
        whole = library.by_report(SearchRequest(query, filters, ("level",), sort, size=1000), 2)
        assert replace(whole.found, took=0) == replace(units, hits=(), took=0)
        expected: dict[str, list[Hit]] = {}
        for hit in units.hits:
            expected.setdefault(hit.report.id, []).append(hit)
        assert {each.report.id: (each.units, each.occurrences, list(each.best)) for each in whole.groups} == {
            name: (len(hits), sum(hit.occurrences for hit in hits), hits[:2]) for name, hits in expected.items()
        }
        sign = {"newest": -1, "oldest": 1, "relevance": 0}[sort]
        reports = [each.report for each in whole.groups]
        by_year = sorted(reports, key=lambda report: (sign * report.year, report.id))
        assert [report.id for report in reports] == ([report.id for report in by_year] if sign else list(expected))
        pages = [
            library.by_report(SearchRequest(query, filters, (), sort, at, 1), 2) for at in range(whole.reports + 1)
        ]
        assert [each for page in pages for each in page.groups] == list(whole.groups)

    @pytest.mark.parametrize("query", [All(), Term("中欧"), Or((Term("人"), Term("人民"))), Not(Term("人"))], ids=str)
    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
    def test_by_occurrence_a_page_has_the_units_that_hold_its_occurrences(
        self, library: Engine, query: Node, sort: Sort
    ) -> None:
        hits = library.search(SearchRequest(query, sort=sort, size=1000)).hits
        places = [hit.unit.address for hit in hits for _ in range(hit.occurrences)]
        for offset in range(len(places) + 2):
            page = library.by_occurrence(SearchRequest(query, (), (), sort, offset, 3))
            held = [hit.unit.address for hit in page.found.hits for _ in range(hit.occurrences)]
            assert held[offset - page.skipped :][:3] == places[offset : offset + 3]
            assert set(held) == {*places[offset : offset + 3]}
            assert page.found.occurrences == len(places)

    # -- scans ---------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("query", "expected"),
        [pytest.param(*row, id=f"{why}: {row[0]}") for why, rows in MATCHES.items() for row in rows],
    )
    def test_a_scan_gives_what_the_query_finds_each_once_newest_first(
        self, library: Engine, query: Node, expected: str
    ) -> None:
        with library.scan(query) as scan:
            places = [place(finding.unit) for finding in scan.findings]
        assert sorted(places) == sorted(expected.split())
        assert places == in_order(library, query, "newest")

    @pytest.mark.parametrize("query", [All(), Term("中欧"), Or((Term("人"), Term("人民"))), Not(Term("人"))], ids=str)
    @pytest.mark.parametrize("filters", [(), (Filter("year", ("2021", "2025")),), (Filter("region", ("河南省",)),)])
    def test_a_scan_counts_what_the_search_counts(
        self, library: Engine, query: Node, filters: tuple[Filter, ...]
    ) -> None:
        found = library.search(SearchRequest(query, filters, sort="newest", size=1000))
        with library.scan(query, filters) as scan:
            findings = list(scan.findings)
        assert (scan.total, scan.occurrences) == (found.total, found.occurrences)
        assert [(each.unit, each.report) for each in findings] == [(hit.unit, hit.report) for hit in found.hits]
        assert sum(each.occurrences for each in findings) == scan.occurrences

    def test_a_finding_tells_how_often_its_unit_holds_the_sought_texts(self, library: Engine) -> None:
        for texts in (("中欧",), ("人", "人民"), ("人人", "PM2.5", "pm2.5")):
            with library.scan(Or(tuple(map(Term, texts)))) as scan:
                for finding in scan.findings:
                    folded = fold(finding.unit.text)
                    assert finding.occurrences == sum(folded.count(text) for text in {*map(fold, texts)}) > 0

    def test_a_scan_of_nothing_is_a_scan(self, fresh: Engine) -> None:
        with fresh.scan(Term("中欧")) as scan:
            assert (scan.total, scan.occurrences, list(scan.findings)) == (0, 0, [])

    def test_a_scan_is_of_the_state_it_began_in_whatever_is_committed_meanwhile(
        self, shelves: Engine, address: str
    ) -> None:
        before = content(shelves)
        with shelves.scan() as scan:
            first = next(scan.findings)
            shelves.update([document("nw", "新的。", year=2026)], ["zz", "hn"])
            other = open_engine(address)
            other.update([document("zz", "换了一段。"), document("ny", "又一段。")], ["gj", "xy"])
            other.close()
            assert found(shelves) == {"nw1", "zz1", "ny1"}
            taken = [first, *scan.findings]
        assert [place(each.unit) for each in taken] == ["gj1", "gj2", "xy1", "xy2", "hn1", "hn2", "zz1", "zz2", "zz3"]
        assert {each.unit for each in taken} == {unit for each in LIBRARY for unit in each.units}
        assert scan.info == before[0] != shelves.info()

    def test_a_scan_that_goes_on_when_the_engine_is_closed_comes_to_its_end(self, shelves: Engine) -> None:
        with shelves.scan() as scan:
            next(scan.findings)
            shelves.close()
            shelves.close()
            assert len(list(scan.findings)) == 8

    def test_two_scans_and_searches_at_once_do_not_disturb_one_another(self, library: Engine) -> None:
        newest = in_order(library, All(), "newest")
        with library.scan() as one, library.scan(Term("人")) as other:
            taken = [(next(one.findings), next(other.findings)) for _ in range(4)]
            assert found(library, Term("中欧")) == {"zz1", "hn1", "xy1"}
            rest = list(one.findings)
        assert [place(each.unit) for each in [*(a for a, _ in taken), *rest]] == newest
        assert [place(each.unit) for _, each in taken] == in_order(library, Term("人"), "newest")

    def test_who_takes_a_scan_slowly_keeps_nobody_waiting(self, shelves: Engine) -> None:
        """Another thread searches, counts, updates and scans while this one stands in the midst of a scan."""
        answers: list[int] = []

        def others_work() -> None:
            answers.append(shelves.search(SearchRequest()).total)
            answers.append(shelves.count(CountRequest(("中欧",))).total.of_units)
            shelves.update([document("nw", "新的。")])
            answers.append(shelves.info().units)
            with shelves.scan() as inner:
                answers.append(len(list(inner.findings)))

        with shelves.scan() as scan:
            next(scan.findings)
            other = threading.Thread(target=others_work, daemon=True)
            other.start()
            other.join(timeout=20)
            assert answers == [9, 9, 10, 10]
            assert len(list(scan.findings)) == 8

    def test_scans_in_threads_are_each_of_one_state_while_a_writer_commits(self, shelves: Engine) -> None:
        """Both states hold the year's mark in every unit; no scan may show the marks of two."""
        states = {mark: document("turn", *[f"轮换{mark}"] * n, year=2001) for mark, n in (("甲", 2), ("乙", 3))}
        shelves.update([states["甲"]])
        seen, failures, done = set(), [], threading.Event()

        def read() -> None:
            while not done.is_set():
                try:
                    with shelves.scan(Term("轮换")) as scan:
                        seen.add(("".join(each.unit.text[-1] for each in scan.findings), summed(scan)))
                except Exception as failure:
                    failures.append(failure)
                    return

        def summed(scan: Scan) -> tuple[int, int, int]:
            return scan.total, scan.occurrences, scan.info.units

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for mark in "乙甲" * 4:
                shelves.update([states[mark]])
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert failures == []
        assert seen == {("甲甲", (2, 2, 11)), ("乙乙乙", (3, 3, 12))}

    # -- occurrences ---------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "text",
        ["中欧", "中欧班列", "人民", "人", "人人", "人人人", "一", "一一", "，", "列。", "5", "2.5", "鼉", "", "_"],
    )
    def test_occurrences_are_those_of_str_count_over_the_folded_units(self, library: Engine, text: str) -> None:
        texts = [fold(unit.text) for each in LIBRARY for unit in each.units]
        expected = sum(unit.count(fold(text)) for unit in texts) if fold(text) else 0
        assert library.search(SearchRequest(Term(text))).occurrences == expected
        assert library.count(CountRequest((text,))).total.occurrences == (expected,)

    def test_occurrences_do_not_overlap(self, fresh: Engine) -> None:
        fresh.update([document("a", "人人人人人", "一一一", "哈哈哈哈")])
        counts = {text: fresh.count(CountRequest((text,))).total.occurrences[0] for text in ("人人", "一一", "哈哈哈")}
        assert counts == {"人人": 2, "一一": 1, "哈哈哈": 1}

    def test_a_text_in_one_unit_more_than_a_byte_can_count_is_counted(self, fresh: Engine) -> None:
        fresh.update([document("a", "人" * 70_001, "人民" * 300)])
        assert fresh.count(CountRequest(("人", "人民", "人人"))).total.occurrences == (70_301, 300, 35_000)

    def test_occurrences_are_told_apart_by_hit_and_by_what_is_sought_alike(self, library: Engine) -> None:
        result = library.search(SearchRequest(Or((Term("中欧"), Term("人民"), Term("world"), Phrase("WORLD")))))
        assert result.by_sought == (4, 5, 1)
        assert {hit.unit.address: hit.occurrences for hit in result.hits} == {
            "zz#p1": 2, "zz#p2": 1, "zz#p3": 1, "hn#p1": 1, "hn#p2": 1, "xy#p1": 1, "xy#p2": 3,
        }  # fmt: skip

    def test_occurrences_are_summed_over_all_sought_texts_but_not_the_negated(self, library: Engine) -> None:
        assert library.search(SearchRequest(Or((Term("中欧"), Term("人民"))))).occurrences == 4 + 5
        assert library.search(SearchRequest(And((Term("中欧"), Not(Term("班列")))))).occurrences == 1
        assert library.search(SearchRequest(Not(Term("中欧")))).occurrences == 0

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (Wildcard("人?"), 2),
            (Wildcard("人?人"), 1),
            (Wildcard("班*列"), 6),
            (Near(Term("港口"), Term("班列"), 5), 3 + 3),
            (SameSentence((Term("港口"), Term("三条"))), 2 + 2),
            (SameStretch((Term("港口"), Term("人人"))), 1 + 2),
            (UnderHeading("开放"), 0),
            (And((UnderHeading("开放"), Term("港口"))), 2),
        ],
    )
    def test_occurrences_of_what_stands_together_are_those_of_its_parts_in_the_units_found(
        self, fresh: Engine, query: Node, expected: int
    ) -> None:
        fresh.update(SHELF)
        assert fresh.search(SearchRequest(query)).occurrences == expected

    def test_occurrences_are_counted_in_what_passes_the_filters(self, library: Engine) -> None:
        assert library.search(SearchRequest(Term("中欧"), (Filter("year", ("2021",)),))).occurrences == 2

    # -- updates -------------------------------------------------------------------------------------------------------

    def test_an_update_adds_to_what_is_there(self, fresh: Engine) -> None:
        fresh.update([ZHENGZHOU])
        assert fresh.info().units == 3
        fresh.update([HENAN, XINGYANG])
        assert (fresh.info().reports, fresh.info().units) == (3, 7)
        assert found(fresh, Term("中欧")) == {"zz1", "hn1", "xy1"}

    def test_an_update_replaces_the_whole_report_of_the_same_id(self, shelves: Engine) -> None:
        shelves.update([document("zz", "只有一段，说中欧。", year=2022)])
        assert found(shelves, All(), Filter("year", ("2021",))) == set()
        assert found(shelves, Term("中欧")) == {"zz1", "hn1", "xy1"}
        assert found(shelves, Term("班列")) == {"hn1"}
        assert shelves.info().reports == 4
        assert shelves.count(CountRequest(("中",))).total.occurrences == (3,)

    def test_an_update_removes_reports_and_one_that_is_not_there_is_no_matter(self, shelves: Engine) -> None:
        shelves.update([], ["zz", "nobody"])
        assert [report.id for report in shelves.reports()] == ["gj", "xy", "hn"]
        assert found(shelves) == EVERY_UNIT - {"zz1", "zz2", "zz3"}
        assert facet(shelves, "year") == {"2023": (2, 0), "2025": (4, 0)}

    def test_an_id_removed_and_given_in_one_update_is_the_new_report(self, shelves: Engine) -> None:
        shelves.update([document("hn", "新的。"), document("nw", "中欧。")], ["zz", "hn"])
        assert found(shelves) == {"hn1", "nw1", "xy1", "xy2", "gj1", "gj2"}

    def test_of_two_reports_with_one_id_in_one_update_the_last_stays(self, fresh: Engine) -> None:
        fresh.update([document("a", "先来的，两段。", "第二段。"), document("a", "后来的。")])
        assert fresh.document("a").units[0].text == "后来的。"
        assert found(fresh) == {"a1"}
        assert fresh.info().reports == 1

    def test_a_report_is_known_otherwise_while_its_units_stay(self, shelves: Engine) -> None:
        before = found(shelves, Term("中欧")), facet(shelves, "year"), shelves.document("zz").units
        amended = replace(ZHENGZHOU.report, title="另一个标题", organ="郑州市人民政府")
        shelves.amend([amended])
        assert shelves.document("zz").report == amended
        assert amended in shelves.reports()
        assert (found(shelves, Term("中欧")), facet(shelves, "year"), shelves.document("zz").units) == before
        assert shelves.info().units == len(EVERY_UNIT)
        shelves.amend([ZHENGZHOU.report])
        shelves.update([], ["zz"])
        assert found(shelves) == EVERY_UNIT - {"zz1", "zz2", "zz3"}

    def test_where_one_report_is_not_there_none_is_known_otherwise(self, shelves: Engine) -> None:
        amended = replace(ZHENGZHOU.report, title="另一个标题")
        with pytest.raises(NotFound):
            shelves.amend([amended, replace(amended, id="nobody")])
        assert shelves.document("zz").report == ZHENGZHOU.report

    def test_an_id_is_no_pattern_and_no_prefix_of_another(self, fresh: Engine) -> None:
        ids = ("2021-郑州市-报告", "2021-郑州市-报告摘编", "2021-郑州市-报告-abc", "a b*", "A b*")
        fresh.update([document(each, f"这是{each}。") for each in ids])
        fresh.update([], ids[:1])
        fresh.update([document("a b*", "换了。")])
        assert {report.id for report in fresh.reports()} == set(ids[1:])
        assert fresh.document("A b*").units[0].text == "这是A b*。"

    def test_reports_and_units_that_came_in_many_updates_are_found_as_if_in_one(self, fresh: Engine) -> None:
        for each in (*LIBRARY, *reversed(LIBRARY)):
            fresh.update([each])
        for query, expected in (row for rows in MATCHES.values() for row in rows):
            assert found(fresh, query) == set(expected.split())
        assert facet(fresh, "year", Term("中欧")) == {"2021": (1, 2), "2023": (1, 1), "2025": (1, 1)}

    @pytest.mark.parametrize(
        "failure", [ValueError("bad"), OSError(28, "full"), KeyboardInterrupt(), SystemExit(1)], ids=repr
    )
    def test_an_update_that_fails_midway_changes_nothing_and_the_next_one_works(
        self, shelves: Engine, failure: BaseException
    ) -> None:
        before = content(shelves)

        def fails_midway() -> Iterator[Document]:
            yield document("zz", "替换。")
            yield document("new", "新的。")
            raise failure

        with pytest.raises(BaseException) as raised:
            shelves.update(fails_midway(), ["hn"])
        assert failure in (raised.value, raised.value.__cause__)
        assert content(shelves) == before
        shelves.update([document("new", "新的。")], ["hn"])
        assert {report.id for report in shelves.reports()} == {"zz", "xy", "gj", "new"}

    def test_an_update_of_nothing_changes_nothing(self, shelves: Engine) -> None:
        before = content(shelves)
        shelves.update([])
        assert content(shelves) == before

    def test_closing_an_engine_twice_is_no_matter(self, shelves: Engine) -> None:
        shelves.close()
        shelves.close()

    def test_what_was_committed_is_there_when_the_index_is_opened_again(self, shelves: Engine, address: str) -> None:
        before = content(shelves)
        shelves.close()
        for opened in (open_engine(address), create_engine(address), create_engine(address, ())):
            assert content(opened) == before
            opened.close()

    def test_a_program_that_always_seeds_its_random_numbers_alike_can_update_again_and_again(
        self, fresh: Engine
    ) -> None:
        for report_id in ("aa", "bb", "cc"):
            random.seed(42)
            fresh.update([document(report_id, f"新的一段，{report_id}。")])
        assert found(fresh, Term("一段")) == {"aa1", "bb1", "cc1"}

    def test_an_engine_sees_what_another_one_has_committed_since(self, shelves: Engine, address: str) -> None:
        other = open_engine(address)
        assert found(other, Term("新开")) == set()
        shelves.update([document("new", "新开一条线路。")], ["zz"])
        assert found(other, Term("新开")) == {"new1"}
        assert content(other) == content(shelves)
        other.update([], ["new"])
        assert found(shelves, Term("新开")) == set()
        other.close()

    # -- reports -------------------------------------------------------------------------------------------------------

    def test_reports_are_listed_newest_first_then_by_id(self, library: Engine) -> None:
        assert library.reports() == (NATION.report, XINGYANG.report, HENAN.report, ZHENGZHOU.report)

    def test_a_document_comes_back_whole_and_in_order(self, library: Engine) -> None:
        for each in LIBRARY:
            assert library.document(each.report.id) == each

    def test_a_report_without_units_is_a_report(self, fresh: Engine) -> None:
        empty = document("none")
        fresh.update([empty])
        assert fresh.document("none") == empty
        assert (fresh.info().reports, fresh.info().units) == (1, 0)

    @pytest.mark.parametrize("report_id", ["none", "", "zz1", "ZZ", "z*", "zz ", "zz\x00", "\ud800"])
    def test_a_report_that_is_not_there_is_not_found(self, library: Engine, report_id: str) -> None:
        with pytest.raises(NotFound, match=r"没有编号为“.*”的报告"):
            library.document(report_id)

    # -- info ----------------------------------------------------------------------------------------------------------

    def test_info_tells_what_is_in_the_index(self, library: Engine, lasting_address: str) -> None:
        info = library.info()
        texts = [fold(unit.text) for each in LIBRARY for unit in each.units]
        assert info.address == lasting_address
        assert (info.reports, info.units, info.characters) == (4, 9, sum(map(len, texts)))
        assert info.years == (2021, 2023, 2025)

    def test_the_fingerprint_is_that_of_the_content_in_whatever_order_it_came(self, fresh: Engine) -> None:
        fingerprints = set()
        for order in ((0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)):
            fresh.update([], [each.report.id for each in LIBRARY])
            for number in order:
                fresh.update([LIBRARY[number]])
            fingerprints.add(fresh.info().fingerprint)
        assert len(fingerprints) == 1

    def test_the_fingerprint_does_not_depend_on_where_the_files_lay(self, shelves: Engine) -> None:
        before = shelves.info().fingerprint
        moved = replace(ZHENGZHOU.report, source=replace(ZHENGZHOU.report.source, path="elsewhere.txt"))
        shelves.update([replace(ZHENGZHOU, report=moved)])
        assert shelves.info().fingerprint == before

    @pytest.mark.parametrize(
        "change",
        [
            {"year": 2022},
            {"region": ("河南省", "洛阳市")},
            {"level": "省"},
            {"title": None},
            {"source": Source("zz.txt", "f" * 64, "txt", "utf-8")},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_the_fingerprint_changes_with_what_is_known_of_a_report(
        self, shelves: Engine, change: dict[str, object]
    ) -> None:
        before = shelves.info().fingerprint
        shelves.update([replace(ZHENGZHOU, report=replace(ZHENGZHOU.report, **change))])
        assert shelves.info().fingerprint != before

    def test_the_fingerprint_changes_when_a_report_comes_or_goes(self, shelves: Engine) -> None:
        seen = [shelves.info().fingerprint]
        for documents, remove in (([document("new", "新的。")], []), ([], ["new", "zz"])):
            shelves.update(documents, remove)
            seen.append(shelves.info().fingerprint)
        assert len(set(seen)) == 3

    # -- the count table -----------------------------------------------------------------------------------------------

    def test_a_count_without_groups_is_one_total(self, library: Engine) -> None:
        table = library.count(CountRequest(("中欧", "人民", "鼉")))
        assert table.request == CountRequest(("中欧", "人民", "鼉"))
        assert table.rows == ()
        characters = library.info().characters
        assert table.total == CountRow((), (4, 5, 0), (3, 3, 0), of_units=9, of_characters=characters, of_reports=4)

    def test_a_count_by_year_has_a_row_for_each_year_that_has_reports(self, library: Engine) -> None:
        table = library.count(CountRequest(("中欧", "人"), ("year",)))
        rows = [(row.group, row.occurrences, row.units, row.of_units, row.of_reports) for row in table.rows]
        assert rows == [
            (("2021",), (2, 1), (1, 1), 3, 1),
            (("2023",), (1, 1), (1, 1), 2, 1),
            (("2025",), (1, 6), (1, 2), 4, 2),
        ]
        assert sum(row.of_characters for row in table.rows) == table.total.of_characters

    def test_a_count_by_region_groups_by_the_whole_path_of_the_place(self, library: Engine) -> None:
        rows = library.count(CountRequest(("人民",), ("region",))).rows
        assert {row.group: row.occurrences for row in rows} == {
            ("全国",): (0,), ("河南省",): (1,), ("河南省/郑州市",): (1,), ("河南省/郑州市/荥阳市",): (3,),
        }  # fmt: skip

    def test_a_count_by_two_fields_has_a_row_for_each_pair_that_is_there(self, library: Engine) -> None:
        table = library.count(CountRequest(("开放",), ("year", "level")))
        assert [(row.group, row.occurrences) for row in table.rows] == [
            (("2021", "市"), (0,)), (("2023", "省"), (1,)), (("2025", "国家"), (1,)), (("2025", "县"), (0,)),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "groups"),
        [
            ("level", ["国家", "省", "市", "县"]),
            ("type", ["政府工作报告", "政府工作报告摘编"]),
            ("section", ["回顾/开放", "重点任务", "重点任务/开放", "重点任务/生态", "政府自身建设/政府建设", "未标"]),
        ],
    )
    def test_the_rows_of_a_count_stand_in_the_fields_own_order(
        self, library: Engine, name: str, groups: list[str]
    ) -> None:
        rows = library.count(CountRequest(("人",), (name,))).rows
        assert [row.group[0] for row in rows] == groups

    def test_a_count_heeds_its_filters_and_says_over_what_it_counted(self, library: Engine) -> None:
        table = library.count(CountRequest(("中欧",), ("year",), (Filter("region", ("河南省/郑州市",)),)))
        assert [row.group for row in table.rows] == [("2021",), ("2025",)]
        assert (table.total.occurrences, table.total.of_units, table.total.of_reports) == ((3,), 5, 2)

    def test_a_count_over_nothing_has_no_rows_and_a_total_of_nothing(self, library: Engine) -> None:
        table = library.count(CountRequest(("中欧",), ("year",), (Filter("year", ("1999",)),)))
        assert table.rows == ()
        assert table.total == CountRow((), (0,), (0,), 0, 0, 0)

    def test_a_table_and_the_facet_of_a_search_count_alike(self, library: Engine) -> None:
        for name in ("year", "level", "type"):
            rows = library.count(CountRequest(("人民",), (name,))).rows
            counted = {row.group[0]: (row.units[0], row.occurrences[0]) for row in rows if row.units[0]}
            assert counted == facet(library, name, Term("人民"))

    # -- many at once --------------------------------------------------------------------------------------------------

    def test_readers_in_threads_see_the_old_or_the_new_state_while_a_writer_commits(
        self, shelves: Engine, address: str
    ) -> None:
        """Both states hold the term six times: in two long units, or in three short ones of another year."""
        old = document("turn", "轮换" * 3 + "旧。", "轮换" * 3 + "旧。", year=2001)
        new = document("turn", "轮换轮换新。", "轮换轮换新。", "轮换轮换新。", year=2002)
        shelves.update([old])
        states = {("2001", 2, 6, "旧"), ("2002", 3, 6, "新")}
        seen, failures, done = set(), [], threading.Event()

        def read(engine: Engine) -> None:
            while not done.is_set():
                try:
                    result = engine.search(SearchRequest(Term("轮换"), facets=("year",)))
                    (value,) = result.facets[0].values
                    assert {hit.report.year for hit in result.hits} == {int(value.value)}
                    (mark,) = {hit.unit.text[-2] for hit in result.hits}
                    seen.add((value.value, result.total, result.occurrences, mark))
                except Exception as failure:
                    failures.append(failure)
                    return

        def open_and_close() -> None:
            while not done.is_set():
                try:
                    open_engine(address).close()
                except Exception as failure:
                    failures.append(failure)
                    return

        other = open_engine(address)
        threads = [threading.Thread(target=read, args=(engine,)) for engine in (shelves, shelves, other)]
        threads.append(threading.Thread(target=open_and_close))
        for thread in threads:
            thread.start()
        try:
            for _ in range(6):
                shelves.update([new])
                shelves.update([old])
        finally:
            done.set()
            for thread in threads:
                thread.join()
            other.close()
        assert failures == []
        assert seen == states

    def test_writers_in_threads_take_turns_and_lose_nothing(self, fresh: Engine, address: str) -> None:
        def write(name: str) -> None:
            engine = open_engine(address)
            for n in range(3):
                engine.update([document(f"{name}{n}", f"{name}的第{n}份报告。")])
            engine.close()

        threads = [threading.Thread(target=write, args=(name,)) for name in "甲乙丙"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {report.id for report in fresh.reports()} == {f"{name}{n}" for name in "甲乙丙" for n in range(3)}


class TestWhoosh(EngineContract):
    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return str(tmp_path / "index")

    @pytest.fixture(scope="class")
    @classmethod
    def lasting_address(cls, tmp_path_factory: pytest.TempPathFactory) -> str:
        return str(tmp_path_factory.mktemp("lasting") / "index")

    def test_a_scan_ended_or_left_lets_go_of_the_files_of_a_state_that_is_past(self, shelves: Engine) -> None:
        maps = Path("/proc/self/maps")
        if not maps.is_file():
            pytest.skip("only Linux tells which files a process has mapped")

        def mapped(address: str = shelves.info().address) -> list[str]:
            lines = maps.read_text(encoding="utf-8").splitlines()
            return [line.partition(address)[2] for line in lines if address in line]

        for end in ("left", "ended"):
            with shelves.scan() as scan:
                next(scan.findings)
                shelves.update([document("nw", f"新的，{end}。"), *LIBRARY])
                found(shelves)
                held = mapped()
                assert len(held) > len(set(held)) or any("(deleted)" in file for file in held)
                if end == "ended":
                    assert len(list(scan.findings)) == scan.total - 1
            held = mapped()
            assert len(held) == len(set(held)) and not any("(deleted)" in file for file in held)
