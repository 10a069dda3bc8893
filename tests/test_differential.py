"""The columnar engine answers as the one over Whoosh's own codec does: hits, counts, order, scores and facets, whatever
was put in, taken away, amended and merged before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge import Scan as Judge
from vanilla.engine import VanillaEngine

from indexer.engines import CountRequest, Engine, Filter, SearchRequest, create_engine
from indexer.engines.columnar import merging
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
    Sought,
    Term,
    UnderHeading,
    Wildcard,
)

TEXTS = st.text("中欧班列开行人民。，A 2", max_size=12)
SECTIONS = st.sampled_from([("未标",), ("回顾",), ("重点任务", "开放"), ("重点任务", "生态")])
HEADINGS = st.lists(st.sampled_from(["一、开行", "二、人民 A", "（一）中欧班列"]), max_size=2)
REGIONS = st.sampled_from([(), ("河南省",), ("河南省", "郑州市"), ("河北省",)])
NAMES = st.sampled_from("甲乙丙丁")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    name = draw(NAMES)
    year, level = draw(st.sampled_from([2019, 2021, 2024])), draw(st.sampled_from(["省", "市"]))
    source = Source(name, name, "txt", "utf-8")
    report = Report(name, None, year, level, draw(REGIONS), "政府工作报告", None, None, source, True, ())
    rows = draw(st.lists(st.tuples(TEXTS, SECTIONS, HEADINGS), max_size=5))
    units = (
        Unit(name, ordinal, "paragraph", tuple(Heading(1, text) for text in headings), section, text)
        for ordinal, (text, section, headings) in enumerate(rows, 1)
    )
    return Document(report, tuple(units))


PIECES = st.text("中欧班列开行人民。A", min_size=1, max_size=3)
SOUGHT: st.SearchStrategy[Sought] = st.one_of(
    st.builds(Term, PIECES),
    st.builds(Phrase, PIECES),
    st.sampled_from([Wildcard("中*班"), Wildcard("开?人"), Term("人人")]),
)
SEVERAL = st.lists(SOUGHT, min_size=2, max_size=3).map(tuple)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    SOUGHT,
    st.builds(Near, SOUGHT, SOUGHT, st.integers(0, 5)),
    st.builds(SameSentence, SEVERAL),
    st.builds(SameStretch, SEVERAL),
    st.builds(UnderHeading, PIECES),
    st.sampled_from([All(), Exact("region", "郑州市"), Exact("section", "开放"), Range("year", 2020, None)]),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=4,
)
FILTERS = st.sampled_from([
    (),
    (Filter("year", ("2021", "2024")),),
    (Filter("level", ("市",)), Filter("section", ("重点任务",))),
    (Filter("region", ("河南省",), ("河南省/郑州市",)), Filter("year", (), ("2019",))),
])  # fmt: skip
REQUESTS = st.builds(
    SearchRequest, QUERIES, FILTERS, st.just(FACETS), st.sampled_from(["relevance", "newest", "oldest"]),
    st.integers(0, 3), st.integers(0, 5), st.sampled_from(["exact", "loose"]),
)  # fmt: skip


@pytest.fixture(autouse=True)
def segments_of_few_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is drawn lies in several segments, and some are merged."""
    monkeypatch.setattr(merging, "FULL", 12)
    monkeypatch.setattr(merging, "MANY", 2)


class Pair:
    """The same changes made to both engines, and to a dict."""

    def __init__(self, folder: Path) -> None:
        (folder / "vanilla").mkdir()
        self.held: dict[str, Document] = {}
        self.oracle = VanillaEngine(folder / "vanilla")
        self.engine: Engine = create_engine(str(folder / "columnar"))

    def update(self, added: list[Document], removed: list[str]) -> None:
        self.engine.update(added, removed)
        self.oracle.update(added, removed)
        for name in removed:
            self.held.pop(name, None)
        self.held |= {each.report.id: each for each in added}

    def amend(self) -> None:
        """Every second report gets another title."""
        amended = [replace(self.held[name].report, title=f"{name}改") for name in sorted(self.held)[::2]]
        self.engine.amend(amended)
        self.oracle.amend(amended)
        self.held |= {report.id: replace(self.held[report.id], report=report) for report in amended}

    def close(self) -> None:
        self.engine.close()


def in_no_order(result: object) -> object:
    """A result without what it took, its facets' values as sets."""
    facets = getattr(result, "facets", ())
    alike = tuple((each.field, frozenset(each.values)) for each in facets)
    return replace(result, took=0, facets=()), alike  # type: ignore[type-var]


def check(pair: Pair, request: SearchRequest) -> None:
    assert in_no_order(pair.engine.search(request)) == in_no_order(pair.oracle.search(request))
    ours, theirs = pair.engine.by_report(request, 2), pair.oracle.by_report(request, 2)
    assert in_no_order(ours.found) == in_no_order(theirs.found)
    assert (ours.reports, ours.groups) == (theirs.reports, theirs.groups)
    page, expected = pair.engine.by_occurrence(request), pair.oracle.by_occurrence(request)
    assert (in_no_order(page.found), page.skipped) == (in_no_order(expected.found), expected.skipped)


@given(
    steps=st.lists(st.tuples(st.lists(documents(), max_size=3), st.lists(NAMES, max_size=2)), min_size=1, max_size=5),
    requests=st.lists(REQUESTS, min_size=1, max_size=3),
    counted=st.builds(
        CountRequest, st.lists(PIECES, min_size=1, max_size=2).map(tuple),
        st.sampled_from([(), ("year",), ("region", "section")]), FILTERS,
    ),
)  # fmt: skip
def test_after_any_changes_all_answers_are_those_of_the_vanilla_engine(
    steps: list[tuple[list[Document], list[str]]], requests: list[SearchRequest], counted: CountRequest
) -> None:
    with TemporaryDirectory() as folder:
        pair = Pair(Path(folder))
        for number, (added, removed) in enumerate(steps):
            pair.update(added, removed)
            if number == 1:
                pair.amend()
        for request in requests:
            check(pair, request)
            if request.mode == "exact":
                judge = Judge(tuple(pair.held.values()))
                found = pair.engine.search(replace(request, offset=0, size=999)).hits
                assert {(hit.report.id, hit.unit.ordinal) for hit in found} == {
                    row.address for row in judge.found(request.query, request.filters)
                }
        assert pair.engine.count(counted) == pair.oracle.count(counted)
        assert {name: pair.engine.document(name) for name in pair.held} == pair.held
        pair.close()
