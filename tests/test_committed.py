"""What was read of a committed state is remembered, and never taken for another state's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from opensearch import OpenSearch
from test_engine import document

from indexer.engines import Engine, SearchRequest, create_engine, open_engine
from indexer.engines.opensearch.cluster import Cluster
from indexer.engines.opensearch.place import place_of
from indexer.query import And, Near, Node, Term

pytestmark = pytest.mark.opensearch

TEXTS = ("开行中欧班列。", "中欧班列越开越多，人民高兴。", "人民的城市。")


@contextmanager
def requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of what a cluster is asked meanwhile."""
    asked: list[str] = []
    ask = Cluster.ask

    def told(self: Cluster, method: str, path: str, *more: Any, **params: Any) -> Any:
        asked.append(path)
        return ask(self, method, path, *more, **params)

    with monkeypatch.context() as patched:
        patched.setattr(Cluster, "ask", told)
        yield asked


@pytest.mark.parametrize(
    "query", [Term("中欧班列"), And((Term("人民"), Term("班列"))), Near(Term("中欧班列"), Term("人民"), 9)]
)
def test_what_is_asked_again_takes_one_request(
    opensearch_index: str, monkeypatch: pytest.MonkeyPatch, query: Node
) -> None:
    """Beside the one that looks whether the state is still the same."""
    engine = create_engine(opensearch_index)
    engine.update([document("a", *TEXTS)])
    first = engine.search(SearchRequest(query, facets=("year", "region")))
    with requests(monkeypatch) as asked:
        again = engine.search(SearchRequest(query, facets=("year", "region")))
    assert asked == ["/_msearch"]
    assert first.total and replace(again, took=first.took) == first


def found(engine: Engine) -> tuple[int, str | None]:
    (hit,) = engine.search(SearchRequest(Term("城市"))).hits
    return hit.report.year, hit.report.title


def test_an_amended_report_is_known_otherwise_by_who_knew_it_before(opensearch_index: str) -> None:
    writer = create_engine(opensearch_index)
    writer.update([document("a", *TEXTS)])
    reader = open_engine(opensearch_index)
    assert found(reader) == (2021, "政府工作报告")
    writer.amend([replace(document("a", *TEXTS).report, year=2022, title="另一个题目")])
    assert found(reader) == (2022, "另一个题目")


def test_an_index_made_again_under_its_old_name_is_another_one(
    opensearch: OpenSearch, opensearch_index: str
) -> None:
    name = place_of(opensearch_index).name
    create_engine(opensearch_index).update([document("a", *TEXTS)])
    reader = open_engine(opensearch_index)
    assert found(reader)[0] == 2021
    (index,) = opensearch.ask("GET", f"/{name}/_alias")
    opensearch.ask("DELETE", f"/{index}")
    create_engine(opensearch_index).update([document("a", *TEXTS, year=2024)])
    assert list(opensearch.ask("GET", f"/{name}/_alias")) == [index]
    assert found(reader)[0] == 2024
