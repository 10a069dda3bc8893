"""Did you mean: what is proposed for a query that finds nothing, why, and that each proposal keeps its number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faces import Page, baogao, plain
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines import Engine
from indexer.model import Document
from indexer.text import fold
from search_app.mending import MOST
from search_app.search import SearchPage, search_page
from search_app.state import SearchState


def page(engine: Engine, q: str, **given: list[str]) -> SearchPage:
    return search_page(engine, SearchState.read({"q": [q], **given}))


class TestProposals:
    @pytest.mark.parametrize(
        ("q", "meant", "why"),
        [
            ("新制生产力", "新质生产力", "读音相同"),
            ("中欧搬列", "中欧班列", "读音相同"),
            ("种偶班列", "中欧班列", "读音相同"),
            ("营商环镜", "营商环境", "读音相同"),
            ("高质量发站", "高质量发展", "读音相同"),
            ("营伤环进", "营商环境", "读音相近"),
            ("中欧列班", "中欧班列", "次序颠倒"),
            ("营商境", "营商环境", "少一个字"),
            ("中欧班车", "中欧班列", "差一个字"),
            ("中的欧班列", "中欧班列", "差一个字"),
            ("zhongoubanlie", "中欧班列", "拼音"),
            ("郑州 中欧搬列", "郑州 中欧班列", "读音相同"),
            ("中欧搬列 -PM2.5", "中欧班列 -PM2.5", "读音相同"),
            ('"中欧搬列"', '"中欧班列"', "读音相同"),
            ("中欧搬列 高质量发站", "中欧班列 高质量发展", "读音相同"),
            ("中欧搬列 OR 新制生产力", "中欧班列 OR 新质生产力", "读音相同"),
            ("年:2021 中欧搬列", "年:2021 中欧班列", "读音相同"),
            ("中歐搬列", "中欧班列", "读音相同"),
            ("中欧班列 or 火星人", "中欧班列 OR 火星人", "写成运算符"),
            ("中欧班列 near/200 郑州", "中欧班列 NEAR/200 郑州", "写成运算符"),
            ("中欧班列 Near 200 郑州", "中欧班列 NEAR/200 郑州", "写成运算符"),
            ("同段 (中欧班列 郑州)", "同段(中欧班列 郑州)", "写成运算符"),
            ("中欧班列，郑州", "中欧班列 郑州", "标点换成空格"),
            ("中欧班列、郑州；", "中欧班列 郑州", "标点换成空格"),
            ("中欧班列！", "中欧班列", "标点换成空格"),
            ("郑州，火星人 or 中欧班列", "郑州 火星人 OR 中欧班列", "标点换成空格"),
        ],
    )
    def test_a_mistake_is_mended_with_what_the_reports_say(self, engine: Engine, q: str, meant: str, why: str) -> None:
        proposals = {each.query: each.why for each in page(engine, q).mendings}
        assert (meant, why) in proposals.items()

    @pytest.mark.parametrize("q", ["中欧班列", "", "高铁外交火星人", "中欧班列 PM2.5", "-发", "火", "x" * 200])
    def test_nothing_is_proposed_where_something_is_found_or_nothing_is_near(self, engine: Engine, q: str) -> None:
        assert page(engine, q).mendings == ()

    def test_a_proposal_keeps_the_filters_and_finds_something_with_them(self, engine: Engine) -> None:
        (mending,) = page(engine, "中欧搬列", year=["2021"]).mendings
        assert mending.url == SearchState.read({"q": ["中欧班列"], "year": ["2021"]}).url()
        assert mending.units == page(engine, "中欧班列", year=["2021"]).total == 2
        assert page(engine, "新制生产力", year=["2021"]).mendings == ()

    @settings(max_examples=60)
    @given(data=st.data())
    def test_every_proposal_finds_the_units_it_tells(
        self, engine: Engine, documents: tuple[Document, ...], data: st.DataObject
    ) -> None:
        """Any piece of the reports, one character of it replaced by another one of the reports."""
        text = fold(data.draw(st.sampled_from([unit.text for each in documents for unit in each.units])))
        start = data.draw(st.integers(0, max(0, len(text) - 2)))
        piece = list("".join(filter(str.isalnum, text[start : start + data.draw(st.integers(2, 7))])) or "高质")
        piece[data.draw(st.integers(0, len(piece) - 1))] = data.draw(st.sampled_from("搬制镜站高中天地人的"))
        found = page(engine, f'"{"".join(piece)}"')
        assert len(found.mendings) <= (0 if found.total else MOST)
        for each in found.mendings:
            assert each.units == page(engine, each.query).total > 0

    def test_the_same_query_has_the_same_proposals(self, engine: Engine) -> None:
        assert page(engine, "营商境").mendings == page(engine, "营商境").mendings


class TestFaces:
    def test_the_page_offers_links_and_applies_none(self, client: FlaskClient) -> None:
        shown = Page(client.get("/search?q=中欧搬列").text)
        (line,) = shown.all("p.mendings")
        assert plain(line.text) == "您要找的是不是：中欧班列（8 段，读音相同）"
        assert "没有找到" in shown.one("h1.summary").text
        (link,) = [link for link in shown.links if link == SearchState(q="中欧班列").url()]
        assert Page(client.get(link).text).one("h1.summary").text.split()[0] == "8"

    def test_json_and_shell_offer_the_same(self, client: FlaskClient, seeds_index: Path) -> None:
        (served,) = client.get("/api/v1/search?q=中欧搬列").json["mendings"]
        assert (served["query"], served["units"], served["why"]) == ("中欧班列", 8, "读音相同")
        ran = baogao("search", "中欧搬列", "--json", "--index", str(seeds_index))
        assert json.loads(ran.stdout)["mendings"] == [served]
        said = baogao("search", "中欧搬列", "--index", str(seeds_index)).stdout.splitlines()
        assert "您要找的是不是：中欧班列（8 段，读音相同）" in said
