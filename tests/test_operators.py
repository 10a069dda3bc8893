"""What stands together: hits, occurrences and facets are those of the judge, on queries drawn from the texts."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from drawn import HALF, Drawer, filterings
from hypothesis import given
from hypothesis import strategies as st
from judge import Row, Scan, addresses, count, occurrences, places, sentences

from indexer.engines import Engine, Filter, SearchRequest
from indexer.fields import FACETS
from indexer.model import Document
from indexer.query import And, Node, Not, Or, Term, Wildcard, sought
from indexer.text import distinct
from indexer.text import occurrences as counted
from search_app.syntax import parse


@dataclass(frozen=True, repr=False)
class Case:
    """An engine, the judge over the same documents, and what to ask them."""

    engine: Engine
    scan: Scan
    queries: st.SearchStrategy[Node]
    filters: st.SearchStrategy[tuple[Filter, ...]]


def queries(documents: tuple[Document, ...]) -> st.SearchStrategy[Node]:
    drawer = Drawer(documents)
    alone: st.SearchStrategy[Node] = drawer.together() | drawer.sought()
    parts = st.lists(alone | alone.map(Not), min_size=2, max_size=3).map(tuple)
    return alone | st.builds(And, parts) | st.builds(Or, parts)


def case_of(engine: Engine, documents: tuple[Document, ...]) -> Case:
    return Case(engine, Scan(documents), queries(documents), filterings(documents))


@pytest.fixture(scope="module")
def case(judged: tuple[Engine, tuple[Document, ...]]) -> Case:
    return case_of(*judged)


def check(case: Case, query: Node, filters: tuple[Filter, ...] = ()) -> list[Row]:
    """Total, hits, occurrences, those of each thing sought, and every facet; what was found."""
    result = case.engine.search(SearchRequest(query, filters, FACETS, "newest", size=len(case.scan.rows)))
    rows = case.scan.found(query, filters)
    assert result.total == len(rows)
    assert [(hit.report.id, hit.unit.ordinal) for hit in result.hits] == addresses(rows)
    assert result.occurrences == count(query, rows)
    assert result.by_sought == tuple(count(each, rows) for each in distinct(sought(query)))
    for counts in result.facets:
        found = {value.value: (value.units, value.occurrences) for value in counts.values}
        assert found == case.scan.facet(query, filters, counts.field)
    return rows


@HALF
@given(data=st.data())
def test_any_query_with_any_filters_finds_and_counts_what_a_scan_does(data: st.DataObject, case: Case) -> None:
    check(case, data.draw(case.queries), data.draw(case.filters))


TYPED = (
    "人人", "一一", "人 人人", '"人人" OR "一一"', "人人 NEAR/40 人", "发", "改革 开放", "改革 创新 -农业",
    "粮食｜棉花", "粮食 NOT 钢铁 NOT 煤炭", "(粮食 OR 棉花) (增产 OR 丰收)", "改革 与 开放 非 农村", '"改革、开放"',
    "“改革和开放”", "PM2.5 OR ｐｍ２．５", "改革 NEAR/1 开放", "人民 NEAR/20 (幸福 OR 福祉)", "人民 NEAR/200 人民",
    "同句(创新 人才 平台)", "同句(人*民 发展)", "同节(公民 义务)", "同节(人人 平等) 适用",
    "同段(创新 人才)", "高?量发展", "建设*枢纽", "人*人", "改?开放 OR 改*放", "年份:1978..1985 经济",
    "年份:..1960 -年份:1954", "改革 年份:2026 OR 年份:1954", "级别:国家 -改革", "地区:广东省 创新", "标题:权利 公民",
    "标题:总则 OR 人人", "-标题:总则 -年份:1960..", "NOT 发展", "章节:未标 人人", "文种:其他 应当",
)  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_finds_and_counts_what_a_scan_does(typed: str, case: Case) -> None:
    check(case, parse(typed), (Filter("level", ("国家", "省"), ()), Filter("region", (), ("河南省",))))
    check(case, parse(typed))


@pytest.mark.slow
@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_is_there_to_be_found(typed: str, corpora_engine: Engine) -> None:
    assert corpora_engine.search(SearchRequest(parse(typed))).total


KINDS = ["piece", "wildcard", "near", "in_sentence", "in_stretch", "heading"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_hits_more_often_than_not(kind: str, engine: Engine, documents: tuple[Document, ...]) -> None:
    """Else the property above would hold of nothing. The engine is asked as it answers to the judge."""
    drawer, chance = Drawer(documents), Random(20210130)

    def some() -> int:
        return chance.randrange(10_000)

    def drawn() -> Node:
        match kind:
            case "wildcard":
                return drawer.wildcard(some(), some(), (chance.randrange(22),))
            case "near":
                return drawer.near(some(), some(), chance.randrange(40), some(), chance.randrange(1, 41))
            case "in_sentence":
                return drawer.in_sentence(some(), some(), (chance.randrange(40),), some())
            case "in_stretch":
                return drawer.in_stretch(some(), chance.randrange(7), some(), some())
            case "heading":
                return drawer.heading(some(), some(), chance.randrange(6))
        return drawer.piece(some(), some(), some())

    found = [engine.search(SearchRequest(drawn())).total for _ in range(100)]
    assert sum(total > 0 for total in found) > 50
    assert len(set(found)) > 3


def test_the_judge_itself_reads_a_text_as_a_person_does() -> None:
    """The reference is code too: here it is held to what can be seen."""
    assert sentences("甲。乙!?丙") == ["甲。", "乙!", "?", "丙"]
    assert occurrences(Term("人人"), "人人人人人") == [(0, 2), (2, 4)]
    assert places(Term("人人"), "人人人") == [(0, 2), (1, 3)]
    assert occurrences(Wildcard("高*展"), "高级高速展,高。展,高展") == [(0, 5), (10, 12)]
    assert occurrences(Wildcard("高??展"), "高速发展高速展") == [(0, 4)]
    assert occurrences(Wildcard("甲*乙"), "甲" + "一" * 20 + "乙甲" + "一" * 21 + "乙") == [(0, 22)]


SIGNS = st.sampled_from(["甲", "乙", "a", "?", "*"])


@given(
    st.text(SIGNS, min_size=1, max_size=6).filter(lambda signs: signs.count("*") <= 3),
    st.text(st.sampled_from("甲乙a。?!;"), max_size=60),
)
def test_a_wildcard_is_read_in_any_text_as_the_judge_reads_it(middle: str, folded: str) -> None:
    """Over few characters, so that a star has many ways to go wrong."""
    wanted = Wildcard(f"甲{middle}乙")
    assert counted(folded, wanted) == occurrences(wanted, folded)
