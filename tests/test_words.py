"""The query in words: what each query says to a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Filter
from indexer.errors import QuerySyntaxError
from search_app.syntax import in_words, parse

SAID: dict[str, list[tuple[str, str]]] = {
    "a word is what a unit holds": [
        ("", "全部段落"),
        ("中欧班列", "含“中欧班列”"),
        ('"甲\n 乙"', "含“甲 乙”"),
        ("甲*乙", "含形如“甲*乙”的文字"),
        ("甲\u200b乙\u202e", "含“甲乙”"),
    ],
    "what must all hold is joined by 且, conditions by a comma": [
        ("甲 乙", "含“甲”且含“乙”"),
        ("甲 -丙 乙", "含“甲”且含“乙”，不含“丙”"),
        ("中欧班列 郑州 -国际 (年:2021 OR 年:2023)", "含“中欧班列”且含“郑州”，不含“国际”，年份 2021 或 2023"),
        ("年:2021 甲", "含“甲”，年份 2021"),
        ("年:2021 -甲", "年份 2021，不含“甲”"),
    ],
    "alternatives are joined by 或, in parentheses beside others": [
        ("甲 OR 乙*丙 OR “丁”", "含“甲”或形如“乙*丙”的文字或“丁”"),
        ("(甲 OR 乙) 丙", "（含“甲”或“乙”）且含“丙”"),
        ("甲 乙 OR 丙", "（含“甲”且含“乙”）或含“丙”"),
        ("甲 OR 年:2021", "含“甲”或年份 2021"),
        ("(甲 OR 年:2021) 级别:市", "（含“甲”或年份 2021），级别 市"),
        ("(甲 -(乙 丙) OR 丁) 戊", "（（含“甲”且不符合（含“乙”且含“丙”））或含“丁”）且含“戊”"),
        ("甲 (年:2021 OR 级别:市)", "含“甲”且（年份 2021 或级别 市）"),
    ],
    "fields are named, also denied": [
        ("年:2021..2024", "年份 2021 至 2024"),
        ("年:2021..", "年份 2021 及以后"),
        ("年:..2024", "年份 2024 及以前"),
        ("年:..2009 OR 年:2021", "年份 2009 及以前 或 2021"),
        ("-年:2021", "年份不是 2021"),
        ("-年:2021..2024", "年份不在 2021 至 2024"),
        ("地区:河南省/郑州市 -级别:市", "地区 河南省/郑州市，级别不是 市"),
        ("标题:营商环境", "标题含“营商环境”"),
        ("-标题:“甲 乙”", "标题不含“甲 乙”"),
        ("标题:甲 OR 标题:乙", "标题含“甲”或标题含“乙”"),
    ],
    "what stands together is said together": [
        ("甲 NEAR/10 乙", "“甲”与“乙”相距不超过 10 字"),
        ("甲?乙 NEAR/1 “丙 丁”", "形如“甲?乙”的文字与“丙 丁”相距不超过 1 字"),
        ("同句(甲 乙)", "同一句里有“甲”和“乙”"),
        ("同句(甲 乙 丙)", "同一句里有“甲”、“乙”和“丙”"),
        ("同节(甲 乙)", "同一节里有“甲”和“乙”"),
        ("同段(甲 乙)", "含“甲”且含“乙”"),
        ("(甲 OR 乙) NEAR/5 丙", "“甲”与“丙”相距不超过 5 字或“乙”与“丙”相距不超过 5 字"),
        ("丁 同句(甲 (乙 OR 丙))", "含“丁”且（同一句里有“甲”和“乙”或同一句里有“甲”和“丙”）"),
    ],
    "what must not hold is denied": [
        ("-甲", "不含“甲”"),
        ("-甲*乙", "不含形如“甲*乙”的文字"),
        ("-(甲 OR 乙)", "不含“甲”也不含“乙”"),
        ("-(甲 乙)", "不符合（含“甲”且含“乙”）"),
        ("-(甲 NEAR/5 乙)", "不符合（“甲”与“乙”相距不超过 5 字）"),
        ("-同句(甲 乙) 丙", "含“丙”，不符合（同一句里有“甲”和“乙”）"),
        ("-(甲 OR 年:2021)", "不符合（含“甲”或年份 2021）"),
    ],
}


@pytest.mark.parametrize(
    ("query", "sentence"), [pytest.param(*row, id=f"{rule}: {row[0]}") for rule, rows in SAID.items() for row in rows]
)
def test_a_query_is_said(query: str, sentence: str) -> None:
    assert in_words(parse(query)) == sentence


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "全部段落，年份 2021 或 2023，级别 市"),
        ("甲 -乙", "含“甲”，不含“乙”，年份 2021 或 2023，级别 市"),
        ("甲 OR 年:2020", "（含“甲”或年份 2020），年份 2021 或 2023，级别 市"),
        ("年:2021", "年份 2021，年份 2021 或 2023，级别 市"),
    ],
)
def test_filters_are_said_after_the_query(query: str, sentence: str) -> None:
    filters = Filter("year", ("2021", "2023")), Filter("level", ("市",))
    assert in_words(parse(query), filters) == sentence


PIECES = [
    "甲", "乙?丙", '"丁 \u202e"', " OR ", " ", "-", "(", ")",
    "年:2021", "年:2021..", "标题:戊", "同句(甲 乙)", " NEAR/5 ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_every_query_is_said_on_one_line_that_can_be_printed_with_every_parenthesis_closed(text: str) -> None:
    try:
        said = in_words(parse(text))
    except QuerySyntaxError:
        return
    assert said and said.isprintable()
    assert said.count("（") == said.count("）")
    assert all(sign not in said for sign in ("，，", "且且", "或或", "（）", "“”"))
