"""The query language, as a specification: what each text means, what each mistake says, how a tree is written."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from indexer.errors import QuerySyntaxError
from indexer.fields import BY_ALIAS, FIELDS, LEVELS, TYPES
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
    sought,
)
from indexer.text import fold
from search_app.syntax import MAX_CHARACTERS, MAX_DEPTH, MAX_PARTS, SYNTAX, Form, parse, unparse
from search_app.syntax.canonical import simplify
from search_app.syntax.lexer import MAX_NAME

a, b, c, d = Term("甲"), Term("乙"), Term("丙"), Term("丁")


def both(*parts: Node) -> And:
    return And(parts)


def either(*parts: Node) -> Or:
    return Or(parts)


def sentence(*parts: Sought) -> SameSentence:
    return SameSentence(parts)


def stretch(*parts: Sought) -> SameStretch:
    return SameStretch(parts)


def year(low: int | None, high: int | None) -> Range:
    return Range("year", low, high)


MEANINGS: dict[str, list[tuple[str, Node]]] = {
    "nothing typed is everything": [("", All()), (" \t\r\n\u3000\u00a0", All())],
    "a term runs until white space, and is kept as typed": [
        ("中欧班列", Term("中欧班列")),
        ("  中欧班列\u3000", Term("中欧班列")),
        ("ＧＤＰ", Term("ＧＤＰ")),
        ("ＰＭ2.5，《规划》", Term("ＰＭ2.5，《规划》")),
        ("甲\u200b乙", Term("甲\u200b乙")),
        ("a\\b", Term("a\\b")),
        ("[甲]'乙'", Term("[甲]'乙'")),
    ],
    "white space or AND between terms asks for both": [
        ("甲 乙", both(a, b)),
        ("甲\u3000乙\n丙", both(a, b, c)),
        ("甲 AND 乙", both(a, b)),
        ("甲 AND 乙 丙", both(a, b, c)),
        ("甲 ＡＮＤ 乙", both(a, b)),
    ],
    "OR, or a bar, asks for one of them and binds looser": [
        ("甲 OR 乙", either(a, b)),
        ("甲|乙｜丙", either(a, b, c)),
        ("甲 ＯＲ 乙", either(a, b)),
        ("甲 乙 OR 丙 丁", either(both(a, b), both(c, d))),
        ("甲 OR 乙 AND 丙", either(a, both(b, c))),
    ],
    "NOT, or a minus that touches, negates what comes next": [
        ("-甲", Not(a)),
        ("－甲", Not(a)),
        ("−甲", Not(a)),
        ("NOT 甲", Not(a)),
        ("ＮＯＴ\u3000甲", Not(a)),
        ("甲 -乙", both(a, Not(b))),
        ("甲 AND NOT 乙", both(a, Not(b))),
        ("甲 OR -乙", either(a, Not(b))),
        ("NOT 甲 乙", both(Not(a), b)),
        ("-甲 -乙", both(Not(a), Not(b))),
        ('-"甲 乙"', Not(Phrase("甲 乙"))),
        ('"甲"-乙', both(Phrase("甲"), Not(b))),
        ("-(甲 OR 乙)", Not(either(a, b))),
        ("NOT(甲 乙)", Not(both(a, b))),
    ],
    "a minus inside a term belongs to it": [
        ("甲-乙", Term("甲-乙")),
        ("2021-2025", Term("2021-2025")),
        ("COVID-19 甲－", both(Term("COVID-19"), Term("甲－"))),
    ],
    "operator words are capitals and stand alone": [
        ("甲 or 乙", both(a, Term("or"), b)),
        ("甲 And Not", both(a, Term("And"), Term("Not"))),
        ("ORAN NOTE", both(Term("ORAN"), Term("NOTE"))),
        ('"OR"', Phrase("OR")),
        ("(甲)OR(乙)", either(a, b)),
    ],
    "或, 与 and 非 are operators where they stand alone": [
        ("甲 或 乙", either(a, b)),
        ("甲 与 乙 與 丙", both(a, b, c)),
        ("非 甲", Not(a)),
        ("甲 非 乙 或 丙", either(both(a, Not(b)), c)),
        ("甲\u3000与\u3000非(乙)", both(a, Not(b))),
        ("或许 甲与乙 非甲", both(Term("或许"), Term("甲与乙"), Term("非甲"))),
        ("“或” 「与」 『非』", both(Phrase("或"), Phrase("与"), Phrase("非"))),
    ],
    "NEAR/n between two asks for both within n characters, and binds tighter than a blank": [
        ("甲 NEAR/10 乙", Near(a, b, 10)),
        ("甲 NEAR/1 乙", Near(a, b, 1)),
        ("甲 NEAR/200 乙", Near(a, b, 200)),
        ("甲 ＮＥＡＲ／１０ 乙", Near(a, b, 10)),
        ("甲 NEAR/007 乙", Near(a, b, 7)),
        ("甲 NEAR/10 甲", Near(a, a, 10)),
        ('甲 NEAR/10"乙 丙"', Near(a, Phrase("乙 丙"), 10)),
        ("甲?乙 NEAR/10 丙", Near(Wildcard("甲?乙"), c, 10)),
        ("甲 乙 NEAR/10 丙 丁", both(a, Near(b, c, 10), d)),
        ("甲 NEAR/5 乙 乙 NEAR/5 丙", both(Near(a, b, 5), Near(b, c, 5))),
        ("甲 NEAR/5 乙 OR 丙", either(Near(a, b, 5), c)),
        ("-(甲 NEAR/5 乙)", Not(Near(a, b, 5))),
        ("(甲) NEAR/5 ((乙))", Near(a, b, 5)),
        ("(甲 OR 乙) NEAR/5 丙", either(Near(a, c, 5), Near(b, c, 5))),
        ("甲 NEAR/5 (乙｜(丙｜丁))", either(Near(a, b, 5), Near(a, c, 5), Near(a, d, 5))),
        ("(甲|乙) NEAR/5 (丙|丁)", either(Near(a, c, 5), Near(a, d, 5), Near(b, c, 5), Near(b, d, 5))),
        ("(甲|乙) NEAR/5 丙 丁", both(either(Near(a, c, 5), Near(b, c, 5)), d)),
        ("甲 near/10 NEAR10 NEARBY", both(a, Term("near/10"), Term("NEAR10"), Term("NEARBY"))),
        ('甲 "NEAR/10" 乙', both(a, Phrase("NEAR/10"), b)),
    ],
    "同句, 同节 and 同段 take what the parenthesis that touches them holds": [
        ("同句(甲 乙)", sentence(a, b)),
        ("同句（甲\u3000乙）", sentence(a, b)),
        ("同句(甲 AND 乙 与 “丙”)", sentence(a, b, Phrase("丙"))),
        ("同句(甲 乙 甲)", sentence(a, b)),
        ("同句((甲 OR 乙) 丙)", either(sentence(a, c), sentence(b, c))),
        ("同句(甲 乙*丙)", sentence(a, Wildcard("乙*丙"))),
        ("同节(甲 乙)", stretch(a, b)),
        ("同節（甲 (乙|丙)）", either(stretch(a, b), stretch(a, c))),
        ("同段(甲 乙)", both(a, b)),
        ("同段(甲 -乙 同句(丙 丁))", both(a, Not(b), sentence(c, d))),
        ("丙 同段（甲 乙）", both(c, a, b)),
        ("-同句(甲 乙)", Not(sentence(a, b))),
        ("甲 同句(乙 丙) 丁", both(a, sentence(b, c), d)),
        ("同句(甲 乙) OR 同节(丙 丁)", either(sentence(a, b), stretch(c, d))),
        ("同句 甲", both(Term("同句"), a)),
        ("同句 (甲 乙)", both(Term("同句"), a, b)),
        ("同句子 在同句(甲)", both(Term("同句子"), Term("在同句"), a)),
        ('"同句"(甲 乙)', both(Phrase("同句"), a, b)),
    ],
    "? and * inside a word stand for characters; only the ASCII ones, and not in quotes": [
        ("甲?乙", Wildcard("甲?乙")),
        ("甲*乙", Wildcard("甲*乙")),
        ("甲*?乙??丙", Wildcard("甲*?乙??丙")),
        ("[甲]?*'乙'", Wildcard("[甲]?*'乙'")),
        ("http://www.gov.cn/a?b=c", Wildcard("http://www.gov.cn/a?b=c")),
        ("-甲*乙", Not(Wildcard("甲*乙"))),
        ("甲" + "*乙" * 3 + "?丙" * 10, Wildcard("甲" + "*乙" * 3 + "?丙" * 10)),
        ("甲？乙＊丙", Term("甲？乙＊丙")),
        ("甲？", Term("甲？")),
        ('"甲?乙*"', Phrase("甲?乙*")),
        ("标题:甲?乙*", UnderHeading("甲?乙*")),
    ],
    "标题 asks for a text in the headings above": [
        ("标题:营商环境", UnderHeading("营商环境")),
        ("標題：营商环境", UnderHeading("营商环境")),
        ("Heading:甲 ＨＥＡＤＩＮＧ：乙", both(UnderHeading("甲"), UnderHeading("乙"))),
        ("标题:“甲 乙” 丙", both(UnderHeading("甲 乙"), c)),
        ('标题:"(一)"', UnderHeading("(一)")),
        ('标题:"//甲"', UnderHeading("//甲")),
        ("-标题:甲", Not(UnderHeading("甲"))),
        ("标题:2021..2024", UnderHeading("2021..2024")),
    ],
    "parentheses group": [
        ("(甲 OR 乙) 丙", both(either(a, b), c)),
        ("（甲 OR 乙）丙", both(either(a, b), c)),
        ("甲(乙)丙", both(a, b, c)),
        ("(((甲)))", a),
    ],
    "quotes keep a phrase as typed, and end it at their own closing mark": [
        ('"甲 (乙) OR -丙:丁"', Phrase("甲 (乙) OR -丙:丁")),
        ("“甲 乙”", Phrase("甲 乙")),
        ("「甲 乙」", Phrase("甲 乙")),
        ("『甲 乙』", Phrase("甲 乙")),
        ("＂甲 乙＂", Phrase("甲 乙")),
        ('"他说“好”"', Phrase("他说“好”")),
        ('「甲"乙”』丙」', Phrase('甲"乙”』丙')),
        ("“甲“ ”乙“ ”丙”", both(Phrase("甲"), Phrase("乙"), Phrase("丙"))),
        ('" 甲\n乙 "', Phrase(" 甲\n乙 ")),
    ],
    "only the straight form has escapes": [
        (r'"甲\"乙"', Phrase('甲"乙')),
        (r'"甲\\"', Phrase("甲\\")),
        (r'"甲\\\"乙"', Phrase(r"甲\"乙")),
        (r'"甲\乙"', Phrase(r"甲\乙")),
        ("「甲\\」", Phrase("甲\\")),
        ("＂甲\\＂", Phrase("甲\\")),
    ],
    "a quote beside a term starts a new part": [
        ('甲"乙"丙', both(a, Phrase("乙"), c)),
        ("甲“乙”「丙」", both(a, Phrase("乙"), Phrase("丙"))),
    ],
    "a field's name and a colon ask for a value": [
        ("年:2021", Exact("year", "2021")),
        ("年：２０２１", Exact("year", "2021")),
        ("年份:2021年", Exact("year", "2021")),
        ("Year:2021 ＹＥＡＲ:2022", both(Exact("year", "2021"), Exact("year", "2022"))),
        ("级别:市", Exact("level", "市")),
        ("級別:市", Exact("level", "市")),
        ("章节:重点任务/开放", Exact("section", "重点任务/开放")),
        ("章节:开放", Exact("section", "开放")),
        ("地区:河南省／郑州市", Exact("region", "河南省/郑州市")),
        ("REGION:甲:乙", Exact("region", "甲:乙")),
        ('地区:" 河南省 "', Exact("region", "河南省")),
        ("地区：「甲 (乙)」丙", both(Exact("region", "甲 (乙)"), c)),
        ("文种:政府工作报告", Exact("type", "政府工作报告")),
        ("-年:2021", Not(Exact("year", "2021"))),
        ("年:2021|年:2022", either(Exact("year", "2021"), Exact("year", "2022"))),
        ("(年:2021)", Exact("year", "2021")),
        ('地区:河南省"甲"', both(Exact("region", "河南省"), Phrase("甲"))),
        ("地区:甲-乙至丙", Exact("region", "甲-乙至丙")),
    ],
    "a year may be a range, open on one side": [
        *(
            (f"年:2021{sign}2024", year(2021, 2024))
            for sign in ("..", "...", "．．", "。。", "…", "……", "-", "－", "−", "–", "—", "——", "~", "～", "至")
        ),
        ("年：２０２１．．２０２４", year(2021, 2024)),
        ("年:2021年至2024年", year(2021, 2024)),
        ('年:"2021 — 2024"', year(2021, 2024)),
        ("年:..2024", year(None, 2024)),
        ("年:-2024", year(None, 2024)),
        ("年:2021..", year(2021, None)),
        ("年:2021至", year(2021, None)),
        ("年:2021..2021", year(2021, 2021)),
        ("-年:2021..2024", Not(year(2021, 2024))),
    ],
    "a colon without a name before it is part of a term": [
        ("10:30", Term("10:30")),
        ("１０：３０", Term("１０：３０")),
        ("http://www.gov.cn/a=b", Term("http://www.gov.cn/a=b")),
        (":甲", Term(":甲")),
        ("《意见》:甲", Term("《意见》:甲")),
        ("中华人民共和国宪法:甲", Term("中华人民共和国宪法:甲")),
        ('10:"甲"', both(Term("10:"), Phrase("甲"))),
    ],
    "the tree is the simplest that means the same": [
        ("(甲 乙) 丙", both(a, b, c)),
        ("甲 (乙 (丙 丁))", both(a, b, c, d)),
        ("甲 OR (乙 OR 丙)", either(a, b, c)),
        ("甲 乙 甲", both(a, b)),
        ("甲 OR 甲", a),
        ("(甲 OR 甲) (甲)", a),
        ("甲 (乙 OR 乙) -丙", both(a, b, Not(c))),
        ("--甲", a),
        ("NOT -NOT 甲", Not(a)),
        ("甲 --(乙 丙)", both(a, b, c)),
        ("甲 (乙 丙 OR 乙 丙)", both(a, b, c)),
        ('甲 "甲"', both(a, Phrase("甲"))),
    ],
}


@pytest.mark.parametrize(
    ("text", "tree"), [pytest.param(*row, id=f"{rule}: {row[0]}") for rule, rows in MEANINGS.items() for row in rows]
)
def test_means(text: str, tree: Node) -> None:
    assert parse(text) == tree
    assert_canonical(tree)


NUMBERED = "|".join(f"第{n}" for n in range(10, 25))

MISTAKES: dict[str, list[tuple[str, int, int, str]]] = {
    "a quote without its end": [
        ('甲 "乙', 2, 3, '第 3 个字的引号 " 没有收尾，请在短语后面补上 "'),
        ("“甲", 0, 1, "补上 ”"),
        ("「甲『乙』", 0, 1, "补上 」"),
        ('"甲\\"', 0, 1, "没有收尾"),
        ('年:"2021', 2, 3, "没有收尾"),
    ],
    "a quote without its start": [("甲」 乙", 1, 2, "第 2 个字的引号 」 前面没有 「"), ("『甲』』", 3, 4, "没有 『")],
    "a parenthesis without its other half": [
        ("甲 (乙", 2, 3, "第 3 个字的左括号没有配对"),
        ("((甲)", 0, 1, "补上右括号"),
        ("甲 (", 2, 3, "补上右括号"),
        ("（甲", 0, 1, "补上右括号"),
        ("甲)", 1, 2, "第 2 个字的右括号前面没有左括号"),
        (") 甲", 0, 1, "没有左括号"),
        ("(甲)）", 3, 4, "没有左括号"),
    ],
    "parentheses around nothing": [
        ("()", 0, 2, "第 1 个字起的括号里是空的"),
        ("甲 ( )", 2, 5, "是空的"),
        ("-（）", 1, 3, "是空的"),
    ],
    "an operator with nothing after it": [
        ("甲 OR", 2, 4, "第 3 个字的“OR”后面缺少要查的词，请补上；要查“OR”本身，请给它加引号"),
        ("甲 AND", 2, 5, "“AND”后面缺少"),
        ("甲 |", 2, 3, "“|”后面缺少"),
        ("甲 OR | 乙", 2, 4, "“OR”后面缺少"),
        ("甲 AND OR 乙", 2, 5, "“AND”后面缺少"),
        ("(甲 OR) 乙", 3, 5, "“OR”后面缺少"),
        ("甲 NOT", 2, 5, "“NOT”后面缺少"),
        ("NOT OR 甲", 0, 3, "“NOT”后面缺少"),
        ("甲 或", 2, 3, "第 3 个字的“或”后面缺少要查的词，请补上；要查“或”本身，请给它加引号"),
        ("甲 非", 2, 3, "“非”后面缺少"),
        ("甲 NEAR/5", 2, 8, "第 3 个字的“NEAR/5”后面缺少要查的词，请补上；要查“NEAR/5”本身，请给它加引号"),
        ("(甲 NEAR/5) 乙", 3, 9, "“NEAR/5”后面缺少"),
        ("甲 NEAR/5 NEAR/5 乙", 2, 8, "“NEAR/5”后面缺少"),
    ],
    "a minus that touches nothing": [
        ("甲 -", 2, 3, "第 3 个字的“-”后面要紧接着写不想要的词；要查“-”本身"),
        ("甲 - 乙", 2, 3, "“-”后面要紧接着写"),
        ("甲 －", 2, 3, "“－”后面要紧接着写"),
        ("(甲 -)", 3, 4, "“-”后面要紧接着写"),
        ("-|甲", 0, 1, "“-”后面要紧接着写"),
        ("--", 1, 2, "第 2 个字"),
    ],
    "an operator with nothing before it": [
        ("OR 甲", 0, 2, "第 1 个字的“OR”前面缺少要查的词"),
        ("｜甲", 0, 1, "“｜”前面缺少"),
        ("AND 甲", 0, 3, "“AND”前面缺少"),
        ("甲 (OR 乙)", 3, 5, "第 4 个字的“OR”前面缺少"),
        ("与 甲", 0, 1, "“与”前面缺少"),
        ("NEAR/5 甲", 0, 6, "第 1 个字的“NEAR/5”前面缺少要查的词"),
        ("同句(NEAR/5 甲)", 3, 9, "“NEAR/5”前面缺少"),
        ("NEAR/\u202e\u200b 甲", 0, 7, "第 1 个字的“NEAR/”前面缺少"),
    ],
    "a NEAR without a distance that can be": [
        (
            "甲 NEAR 乙",
            2,
            6,
            "第 3 个字的“NEAR”里要写明相距最多几个字，1 到 200，如 NEAR/10；要查“NEAR”本身，请给它加引号",
        ),
        ("甲 NEAR/ 乙", 2, 7, "“NEAR/”里要写明"),
        ("甲 NEAR/0 乙", 2, 8, "1 到 200"),
        ("甲 NEAR/201 乙", 2, 10, "1 到 200"),
        ("甲 NEAR/1000000 乙", 2, 14, "1 到 200"),
        ("甲 NEAR/" + "9" * 400 + " 乙", 2, 407, "“NEAR/" + "9" * 15 + "…”里要写明"),
        ("甲 NEAR/-5 乙", 2, 9, "要写明"),
        ("甲 NEAR/5.5 乙", 2, 10, "要写明"),
        ("甲 NEAR/十 乙", 2, 8, "要写明"),
        ("甲 NEAR/\u0665 乙", 2, 8, "要写明"),
        ("甲 NEAR/5\u200b 乙", 2, 9, "“NEAR/5”里要写明"),
    ],
    "a chain of NEARs": [
        (
            "甲 NEAR/5 乙 NEAR/5 丙",
            11,
            17,
            "第 12 个字起的 NEAR 多了：NEAR 只连两个词，加括号也一样；请改用 同句(甲 乙 丙)，或",
        ),
    ],
    "what cannot stand in a NEAR, 同句 or 同节": [
        (
            "甲 NEAR/5 年:2021",
            9,
            15,
            "第 10 个字起的条件不能放在 NEAR 里：只能写词、引号里的短语、通配词，或括号里用 OR",
        ),
        ("-甲 NEAR/5 乙", 0, 2, "不能放在 NEAR 里"),
        ("甲 NEAR/5 -乙", 9, 11, "请把它写到外面"),
        ("(甲 乙) NEAR/5 丙", 0, 5, "不能放在 NEAR 里"),
        ("(甲 NEAR/5 乙) NEAR/5 丙", 1, 11, "不能放在 NEAR 里"),
        ("(甲 OR 年:2021) NEAR/5 丙", 6, 12, "不能放在 NEAR 里"),
        ("甲 NEAR/5 标题:乙", 9, 13, "不能放在 NEAR 里"),
        ("同句(甲 -乙)", 5, 7, "第 6 个字起的条件不能放在 同句 里"),
        ("同句(甲 年:2021)", 5, 11, "不能放在 同句 里"),
        ("同句(甲 (乙 OR (丙 丁)))", 11, 16, "不能放在 同句 里"),
        ("同句(甲 同句(乙 丙))", 5, 12, "不能放在 同句 里"),
        ("同节（甲 乙 NEAR/5 丙）", 5, 15, "不能放在 同节 里"),
        ("同节(甲 同段(乙 丙) 级别:市)", 5, 12, "不能放在 同节 里"),
    ],
    "fewer than two parts to stand together": [
        ("同句(甲)", 0, 5, "第 1 个字的“同句”里不到两个词；请在括号里写两个以上不同的词，中间空一格；用 OR 连起来的"),
        ("乙 同节（甲）", 2, 7, "第 3 个字的“同节”里不到两个词"),
        ("同段(甲)", 0, 5, "“同段”里不到两个词"),
        ("同句(甲 甲)", 0, 7, "不到两个词"),
        ("同段(甲 甲)", 0, 7, "不到两个词"),
        ("同句(甲 OR 乙)", 0, 10, "如 同句((甲 OR 乙) 丙)"),
        ("同句((甲 OR 乙) (甲 OR 丙))", 0, 21, "不到两个词"),
        ("同句()", 2, 4, "第 3 个字起的括号里是空的"),
        ("同节（ ）", 2, 5, "是空的"),
        ("同句(甲 乙", 2, 3, "第 3 个字的左括号没有配对"),
        ("同句(", 2, 3, "补上右括号"),
    ],
    "a wildcard without characters about it, or with too many signs": [
        (
            "*",
            0,
            1,
            "第 1 个字起的“*”以通配符 ? 或 * 开头或结尾，请在它前后都写上要查的字；要查这些符号本身，请给整个词加引号",
        ),
        ("甲 ?", 2, 3, "第 3 个字起的“?”以通配符"),
        ("???", 0, 3, "以通配符"),
        ("甲*", 0, 2, "以通配符"),
        ("?甲", 0, 2, "以通配符"),
        ("-*甲乙", 1, 4, "以通配符"),
        ("甲?\u200b", 0, 3, "“甲?”以通配符"),
        ("_*甲", 0, 3, "以通配符"),
        ("甲*乙*丙*丁*甲", 0, 9, "里的 * 有 4 个，最多 3 个，请删去几个；要查这些符号本身，请给整个词加引号"),
        ("甲" + "?" * 11 + "乙", 0, 13, "里的 ? 有 11 个，最多 10 个"),
    ],
    "a field that is not": [
        (
            "甲 题目:乙",
            2,
            4,
            "没有“题目”这个字段；可用的有年、级别、章节、地区、文种、标题；要查冒号本身，请给整个词加引号",
        ),
        ("会议指出：要", 0, 4, "没有“会议指出”这个字段"),
        ("题目:", 0, 2, "没有“题目”"),
        ('site:"甲"', 0, 4, "没有“site”"),
        ("-x:y", 1, 2, "没有“x”"),
    ],
    "a value that is missing": [
        ("年:", 0, 2, "“年:”后面缺少要查的年份，请紧接着写上，如 年:2021"),
        ("年: 2021", 0, 2, "“年:”后面缺少"),
        ("甲 地区：", 2, 5, "如 地区:河南省/郑州市"),
        ("(级别:)", 1, 4, "缺少要查的级别"),
        ('地区:" "', 0, 6, "缺少要查的地区"),
        ("年:(2021)", 0, 2, "缺少"),
        ("标题:", 0, 3, "“标题:”后面缺少标题里的字，请紧接着写上，如 标题:营商环境"),
        ("甲 标题：“ ”", 2, 8, "“标题:”后面缺少"),
        ("heading:\u200f", 0, 9, "“heading:”后面缺少"),
    ],
    "a value the field cannot have": [
        ("年:今年", 2, 4, "年份不能是“今年”，请写1949 到 2100 之间的四位数字"),
        ("年:21", 2, 4, "年份不能是“21”"),
        ("年:20年21", 2, 7, "年份不能是"),
        ("年:2021,2022", 2, 11, "年份不能是"),
        ("年:1900..2021", 2, 12, "年份不能是“1900”"),
        ("年:2021..2022..2023", 2, 18, "年份不能是“2022..2023”"),
        ("甲 级别:镇", 5, 6, "级别不能是“镇”，请写国家、省、市、县、乡"),
        ("章节:重点任务/", 3, 8, "章节不能是"),
        ('文种:"公报"', 3, 7, "请写政府工作报告、"),
        ("地区:河南省//郑州市", 3, 11, "请写地名"),
        ("年:" + "9" * 400, 2, 402, "“" + "9" * 20 + "…”"),
    ],
    "a range that cannot be": [
        ("年:2024..2021", 2, 12, "年份范围的起点晚于终点，请改成 年:2021..2024"),
        ("年:..", 2, 4, "年份范围至少要写一头，如 年:2021.."),
        ("年:至", 2, 3, "至少要写一头"),
        ("级别:省..市", 3, 7, "级别不能写范围，请只写一个：国家、省、市、县、乡"),
        ("地区:甲…乙", 3, 6, "地区不能写范围"),
    ],
    "nothing to search for": [
        ("_", 0, 1, "第 1 个字起的“_”里没有可以查找的字，请换一个词"),
        ("甲 {}", 2, 4, "“{}”里没有"),
        ('甲 ""', 2, 4, "没有可以查找的字"),
        ("“\u3000”", 0, 3, "没有可以查找的字"),
        ("-\u200b", 1, 2, "没有可以查找的字"),
        ("\u200e\u200f\u202e", 0, 3, "没有可以查找的字"),
        ("甲 NEAR/5 \u200b", 9, 10, "没有可以查找的字"),
        ("同句(甲 \ufeff)", 5, 6, "没有可以查找的字"),
    ],
    "a character that is none": [
        ("甲\x00", 1, 2, "第 2 个字是看不见的控制字符"),
        ("甲 乙\x0b", 3, 4, "第 4 个字是看不见的控制字符"),
        ('"\x85"', 1, 2, "控制字符"),
        ("甲\ud800", 1, 2, "第 2 个字不是完整的字符"),
        ("年:\udfff", 2, 3, "第 3 个字不是完整的字符"),
    ],
    "a query beyond the limits": [
        ("甲" * 501, 500, 501, "查询有 501 个字，最多 500 个"),
        ("(" * 1000 + "\x00", 500, 1001, "查询有 1001 个字，最多 500 个"),
        ("“" + '"' * 300 + "”", 0, 302, "规范写法后有 602 个字，最多 500 个"),
        ("(" * 21 + "甲" + ")" * 21, 20, 21, "第 21 个字处括号和“非”套得太深，最多 20 层"),
        ("-" * 21 + "甲", 20, 21, "最多 20 层"),
        ("NOT (" * 10 + "NOT 甲" + ")" * 10, 50, 53, "最多 20 层"),
        ("甲 " * 61, 120, 121, "查询里有 61 个词，最多 60 个"),
        ("同句(" * 21 + "甲" + ")" * 21, 62, 63, "第 63 个字处括号和“非”套得太深，最多 20 层"),
        (f"({NUMBERED}) NEAR/5 ({NUMBERED})", 0, 130, "NEAR 里的“或”展开之后有 450 个词，最多 60 个，请删去一些"),
        (f"同句(({NUMBERED}) ({NUMBERED}))", 0, 127, "同句 里的“或”展开之后有 450 个词"),
        (f"同节({' '.join(f'(甲{n}|乙{n})' for n in range(20))})", 0, 183, "同节 里的“或”展开之后有 20971520 个词"),
        (
            f"({'|'.join('一二三四五六七八九十甲乙丙丁戊')}) NEAR/5 (子|丑) 寅",
            0,
            46,
            "查询展开之后有 61 个词，最多 60 个",
        ),
    ],
}


@pytest.mark.parametrize(
    ("text", "start", "end", "fragment"),
    [pytest.param(*row, id=f"{kind}: {row[0][:12]!a}") for kind, rows in MISTAKES.items() for row in rows],
)
def test_mistake(text: str, start: int, end: int, fragment: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    assert fragment in caught.value.message
    assert (caught.value.start, caught.value.end) == (start, end)


def test_the_limits_themselves_are_allowed() -> None:
    parse("甲" * MAX_CHARACTERS)
    parse("(" * MAX_DEPTH + "甲" + ")" * MAX_DEPTH)
    parse("-" * MAX_DEPTH + "甲")
    assert parse("甲 " * MAX_PARTS) == a


CANONICAL: list[tuple[Node, str]] = [
    (All(), ""),
    (a, "甲"),
    (Phrase("甲 乙"), '"甲 乙"'),
    (Phrase("甲"), '"甲"'),
    (Phrase(r'"\乙'), r'"\"\\乙"'),
    (both(a, b), "甲 乙"),
    (either(a, b), "甲 OR 乙"),
    (both(either(a, b), c), "(甲 OR 乙) 丙"),
    (either(both(a, b), c), "甲 乙 OR 丙"),
    (Not(a), "-甲"),
    (Not(both(a, b)), "-(甲 乙)"),
    (Not(either(a, b)), "-(甲 OR 乙)"),
    (both(a, Not(either(b, Not(c)))), "甲 -(乙 OR -丙)"),
    (Exact("year", "2021"), "年:2021"),
    (Exact("level", "市"), "级别:市"),
    (Exact("section", "重点任务/开放"), "章节:重点任务/开放"),
    (Exact("region", "甲 乙"), '地区:"甲 乙"'),
    (Exact("region", '甲(乙)"丙'), '地区:"甲(乙)\\"丙"'),
    (Exact("type", "其他"), "文种:其他"),
    (year(2021, 2024), "年:2021..2024"),
    (year(None, 2024), "年:..2024"),
    (year(2021, None), "年:2021.."),
    (Not(year(2021, 2021)), "-年:2021..2021"),
    (Near(a, b, 10), "甲 NEAR/10 乙"),
    (Near(Phrase("甲 乙"), Wildcard("丙?丁"), 1), '"甲 乙" NEAR/1 丙?丁'),
    (Not(Near(a, b, 10)), "-(甲 NEAR/10 乙)"),
    (both(c, Near(a, b, 10), d), "丙 甲 NEAR/10 乙 丁"),
    (both(either(Near(a, b, 5), c), d), "(甲 NEAR/5 乙 OR 丙) 丁"),
    (sentence(a, Phrase("乙"), c), '同句(甲 "乙" 丙)'),
    (Not(stretch(a, b)), "-同节(甲 乙)"),
    (both(Term("同句"), either(a, b)), "同句 (甲 OR 乙)"),
    (Wildcard("甲*乙?丙"), "甲*乙?丙"),
    (UnderHeading("营商环境"), "标题:营商环境"),
    (UnderHeading("甲 (乙)"), '标题:"甲 (乙)"'),
    (UnderHeading("//甲"), '标题:"//甲"'),
    (UnderHeading("甲?*"), "标题:甲?*"),
    (both(Phrase("或"), Phrase("NEAR/5")), '"或" "NEAR/5"'),
]


@pytest.mark.parametrize(("tree", "text"), CANONICAL, ids=[text for _, text in CANONICAL])
def test_is_written(tree: Node, text: str) -> None:
    assert unparse(tree) == text
    assert parse(text) == tree


def inside(node: Node) -> tuple[Node, ...]:
    """The nodes that ``node`` is made of."""
    match node:
        case And(parts) | Or(parts) | SameSentence(parts) | SameStretch(parts):
            return parts
        case Near(first, second):
            return first, second
        case Not(part):
            return (part,)
    return ()


def spans(node: Node, text: str) -> list[str]:
    """What each node of the tree was read from, outermost first."""
    return [text[slice(*node.span)], *(found for part in inside(node) for found in spans(part, text))]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (" 甲 ", ["甲"]),
        (" \t", [" \t"]),
        ("“甲”", ["“甲”"]),
        (' 地区:"甲 乙" ', ['地区:"甲 乙"']),
        ("甲  年:2021..", ["甲  年:2021..", "甲", "年:2021.."]),
        ("甲 OR 乙 丙", ["甲 OR 乙 丙", "甲", "乙 丙", "乙", "丙"]),
        ("(甲|乙) -(丙)", ["(甲|乙) -(丙)", "(甲|乙)", "甲", "乙", "-(丙)", "丙"]),
        ("NOT ( 甲 乙 )", ["NOT ( 甲 乙 )", "( 甲 乙 )", "甲", "乙"]),
        ("丙 甲 NEAR/5 乙?丁", ["丙 甲 NEAR/5 乙?丁", "丙", "甲 NEAR/5 乙?丁", "甲", "乙?丁"]),
        (" 同句（甲 “乙”） ", ["同句（甲 “乙”）", "甲", "“乙”"]),
        ("同句(甲 (乙|丙))", ["同句(甲 (乙|丙))", "同句(甲 (乙|丙))", "甲", "乙", "同句(甲 (乙|丙))", "甲", "丙"]),
        (' 标题:"甲 乙" ', ['标题:"甲 乙"']),
    ],
)
def test_every_node_knows_where_it_was_typed(text: str, pieces: list[str]) -> None:
    assert spans(parse(text), text) == pieces


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("甲 乙 甲", (a, b)),
        ("甲?乙 OR “丙”", (Wildcard("甲?乙"), Phrase("丙"))),
        ("甲 NEAR/5 乙 甲 NEAR/9 丙", (a, b, c)),
        ("甲 NEAR/5 甲", (a,)),
        ("同句(甲 乙) 同节(乙 丙)", (a, b, c)),
        ("甲 -乙 -(丙 NEAR/5 丁) -同句(乙 丙)", (a,)),
        ("标题:甲 年:2021 级别:市", ()),
        ("", ()),
    ],
)
def test_what_is_sought_is_what_stands_in_the_text_and_is_not_negated(
    text: str, looked_for: tuple[Sought, ...]
) -> None:
    assert sought(parse(text)) == looked_for


def test_every_alias_names_its_field() -> None:
    for alias, field in BY_ALIAS.items():
        assert len(alias) <= MAX_NAME
        for name in (alias, alias.upper(), alias.title()):
            assert parse(f"{name}:{field.example}") == Exact(field.name, field.example)


@pytest.mark.parametrize("row", SYNTAX, ids=[row.form for row in SYNTAX])
def test_every_form_of_the_guide_is_read(row: Form) -> None:
    parse(row.example)


def test_the_guide_covers_operators_and_fields() -> None:
    examples = " ".join(row.example for row in SYNTAX)
    assert all(sign in examples for sign in (" AND ", " OR ", "NOT ", " -", "(", '"', '\\"', "年:2021..2024"))
    assert all(sign in examples for sign in (" NEAR/", "同句(", "同段(", "同节(", "?", "*", " 与 ", "标题:"))
    assert all(f" {field.aliases[0]}:{field.example}" in examples for field in FIELDS)
    assert len({row.form for row in SYNTAX}) == len(SYNTAX)


def assert_canonical(node: Node) -> None:
    """What every tree of ``parse`` is: stated here a second time, apart from the code that makes it so."""
    if isinstance(node, And | Or):
        assert len(node.parts) >= 2
        assert len(set(node.parts)) == len(node.parts)
        assert not any(isinstance(part, All | type(node)) for part in node.parts)
        for part in node.parts:
            assert_canonical(part)
    elif isinstance(node, Not):
        assert not isinstance(node.part, All | Not)
        assert_canonical(node.part)
    elif isinstance(node, Term | Phrase | UnderHeading):
        assert fold(node.text)
    elif isinstance(node, Wildcard):
        first, *_, last = re.split("[?*]", node.text)
        assert fold(first)
        assert fold(last)
        assert node.text.count("*") + node.text.count("?") >= 1
        assert node.text.count("*") <= 3
        assert node.text.count("?") <= 10
    elif isinstance(node, Near | SameSentence | SameStretch):
        assert all(isinstance(part, Term | Phrase | Wildcard) for part in inside(node))
        if isinstance(node, Near):
            assert 1 <= node.distance <= 200
        else:
            assert len(set(node.parts)) == len(node.parts) >= 2
        for part in inside(node):
            assert_canonical(part)


def outcome(text: str) -> Node | tuple[int, int]:
    """The tree, or the place of the mistake. Any other exception fails the test."""
    try:
        return parse(text)
    except QuerySyntaxError as mistake:
        assert mistake.message.isprintable()
        assert 0 <= mistake.start <= mistake.end <= len(text)
        return mistake.start, mistake.end


LEXEMES = [
    *"()（）|｜-－−\"＂“”「」『』\\:：_.… \u3000\n\x00\ud800\u200b#/年甲a1",
    "AND", "OR", "NOT", " OR ", " -", '"甲 乙"', "https://", *"?*或与非😀\u202e", "标题:", "乙丙",
    "NEAR/5", " NEAR/5 ", "NEAR", "NEAR/0", " ＮＥＡＲ／５ ", "同句(", "同节（", "同段(", "(甲|乙)", "甲*乙", "丙?丁",
    "年:", "年:2021", "..2024", "２０２１", "地区：", "级别:市",
]  # fmt: skip

anything = st.text(st.characters(exclude_categories=[]), max_size=40)
queries = st.lists(st.sampled_from(LEXEMES), max_size=24).map("".join)
PARTS = [
    "甲",
    "甲 NEAR/9 (乙|丙)",
    "同句(甲 (乙|丙))",
    "甲*乙",
    "标题:甲",
    "乙|",
    "-(丙|丁)",
    '"\\\\"',
    '「"」',
    "年:-2024",
    "OR 甲乙",
]
many_parts = st.lists(st.sampled_from(PARTS), max_size=64).map(" ".join)


@given(anything | queries | many_parts)
def test_any_text_is_read_or_refused_in_its_place(text: str) -> None:
    outcome(text)


@pytest.mark.parametrize("unit", ["(", ")", "(甲 ", "-", "NOT ", '"', "“", "甲 ", "甲|", "年:21 ", "\\", "\ud800"])
def test_a_text_of_any_length_is_refused_or_read(unit: str) -> None:
    for length in (1, 20, 21, 60, 61, 250, 500, 10_000):
        outcome(unit * length)


def tree_of(text: str) -> Node:
    """The tree of a text that can be read; another is no case of the property under test."""
    try:
        return parse(text)
    except QuerySyntaxError:
        reject()


@given(anything | queries | many_parts)
def test_what_is_read_is_canonical_and_lies_inside_the_text(text: str) -> None:
    tree = tree_of(text)
    assert_canonical(tree)
    assert simplify(tree) == tree
    assert_nested(tree, 0, len(text))


def assert_nested(node: Node, start: int, end: int) -> None:
    inner_start, inner_end = node.span
    assert start <= inner_start <= inner_end <= end
    for part in inside(node):
        assert_nested(part, inner_start, inner_end)
    for before, after in pairwise(inside(node)):
        assert before.span == after.span or before.span[1] <= after.span[0]


@given(anything | queries | many_parts)
def test_the_written_form_is_a_fixed_point(text: str) -> None:
    tree = tree_of(text)
    written = unparse(tree)
    assert parse(written) == tree
    assert unparse(parse(written)) == written


SIGNS = '()（）|｜"＂“”「」『』'
letters = st.characters(exclude_categories=["Cc", "Cs"])
searchable = st.text(letters, min_size=1, max_size=8).filter(fold)
years = st.integers(1949, 2100)


def is_plain(text: str) -> bool:
    """Whether a term of this text can be typed without quotes."""
    plain = unicodedata.normalize("NFKC", text)
    operator = plain in {"AND", "OR", "NOT", "或", "与", "與", "非", "NEAR"} or plain.startswith("NEAR/")
    signs = any(char.isspace() or char in SIGNS for char in text)
    labelled = text[0].isalpha() and any(colon in text for colon in ":：")
    return not (operator or signs or labelled or text[0] in "-－−" or "?" in text or "*" in text)


def is_place(text: str) -> bool:
    return all(text.split("/")) and ".." not in text and text == unicodedata.normalize("NFKC", text).strip()


terms = searchable.filter(is_plain).map(Term)
phrases = st.text(letters | st.sampled_from('"\\“ \n'), max_size=8).filter(fold).map(Phrase)
pieces = (
    st.text(letters, min_size=1, max_size=4)
    .filter(fold)
    .filter(is_plain)
    .filter(lambda text: not set(":：") & set(text))
)
wildcards = st.builds(
    lambda first, more: Wildcard(first + "".join(sign + piece for sign, piece in more)),
    pieces,
    st.lists(st.tuples(st.sampled_from("?*"), pieces), min_size=1, max_size=3),
)
sought_ones = terms | phrases | wildcards | st.sampled_from([a, b, c])
several = st.lists(sought_ones, min_size=2, max_size=3, unique=True).map(tuple)
headed = st.text(letters | st.sampled_from('"\\( :/?'), max_size=8).filter(fold).map(UnderHeading)
together = st.one_of(
    st.builds(Near, sought_ones, sought_ones, st.integers(1, 200)),
    st.builds(SameSentence, several),
    st.builds(SameStretch, several),
)
exacts = st.one_of(
    years.map(lambda number: Exact("year", str(number))),
    st.sampled_from(LEVELS).map(lambda value: Exact("level", value)),
    st.sampled_from(TYPES).map(lambda value: Exact("type", value)),
    st.sampled_from(["重点任务/开放", "未标", "开放"]).map(lambda value: Exact("section", value)),
    st.text(letters | st.sampled_from('"\\( :'), min_size=1, max_size=8)
    .filter(is_place)
    .map(lambda value: Exact("region", value)),
)
ranges = st.one_of(
    st.tuples(years, years).map(lambda pair: year(min(pair), max(pair))),
    years.map(lambda low: year(low, None)),
    years.map(lambda high: year(None, high)),
)
trees = st.recursive(
    sought_ones | together | headed | exacts | ranges,
    lambda parts: (
        parts.map(Not)
        | st.lists(parts, min_size=1, max_size=4).map(lambda some: And(tuple(some)))
        | st.lists(parts, min_size=1, max_size=4).map(lambda some: Or(tuple(some)))
    ),
    max_leaves=8,
).map(simplify)


@given(trees | st.just(All()))
def test_a_canonical_tree_is_read_back_from_what_is_written(tree: Node) -> None:
    assert_canonical(tree)
    assert parse(unparse(tree)) == tree


WIDTHS = [
    (" ", "\u3000"), ("(", "（"), (")", "）"), ("|", "｜"), ("|-甲", "｜－甲"),
    (" 甲", "\u3000甲"), (" 乙", "\u3000乙"), ('"甲 乙"', "＂甲 乙＂"), ('"丙"', "“丙”"),
    (" -", "\u3000－"), (" -乙", "\u3000−乙"), (" -(", "\u3000－（"),
    (" OR", " ＯＲ"), (" AND ", "\u3000ＡＮＤ\u3000"), (" NOT ", "\u3000ＮＯＴ "),
    (" 年:2021", "\u3000年：２０２１"), (" 年:2021..2024", "\u3000年：２０２１．．２０２４"),
    (" -年:2021-2024", "\u3000－年：２０２１－２０２４"), (" 年:2024~2021", "\u3000年：２０２４～２０２１"),
    (" NEAR/9 ", "\u3000ＮＥＡＲ／９\u3000"), (" 同句(", "\u3000同句（"), (" 同节(甲 乙)", "\u3000同节（甲\u3000乙）"),
    (" level:市", "\u3000ＬＥＶＥＬ：市"), (" 地区:A/B", "\u3000地区：Ａ／Ｂ"),
]  # fmt: skip


@given(st.lists(st.sampled_from(WIDTHS), max_size=16))
def test_width_makes_no_difference_to_signs_and_values(pieces: list[tuple[str, str]]) -> None:
    assert outcome("".join(half for half, _ in pieces)) == outcome("".join(full for _, full in pieces))
