"""SYNTAX: what can be typed, as the rows of the help page and of the README's table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.fields import FIELDS, Field
from indexer.text import STAR_REACH
from search_app.syntax.leaves import HEADING_ALIASES, MAX_QUESTION_MARKS, MAX_STARS
from search_app.syntax.operands import FURTHEST


@dataclass(frozen=True, slots=True)
class Form:
    """One thing that can be typed: how it is written, what it means, and a whole query that uses it."""

    form: str
    meaning: str
    example: str


_OPERATORS = (
    Form("甲 乙", "两个词都要有；中间空一格，全角空格也行", "乡村振兴 产业"),
    Form("甲 AND 乙", "两个词都要有；AND、OR、NOT 都要大写，也可写作单独的 与、或、非", "创新 AND 人才 与 平台"),
    Form("甲 OR 乙", "至少有一个；也可写作 甲｜乙；空格比 OR 结合得紧", "光伏 OR 风电"),
    Form("-甲", "不能有这个词；“-”紧贴着词，词中间的“-”不算", "就业 -高校毕业生"),
    Form("NOT 甲", "不能有这个词", "就业 NOT 高校毕业生"),
    Form(
        "甲 NEAR/10 乙",
        f"同一段里两个词相隔不超过 10 个字，不分先后，含标点；可写 1 到 {FURTHEST}；比空格结合得紧，一次只连两个词",
        "中欧班列 NEAR/20 (郑州 OR 中豫号)",
    ),
    Form("同句(甲 乙)", "几个词在同一段的同一句里；句子到 。！？； 为止；左括号要紧挨着“同句”", "同句(创新 人才 平台)"),
    Form("同段(甲 乙)", "几个词在同一段里，和空格一样", "同段(创新 人才)"),
    Form(
        "同节(甲 乙)",
        "同一个标题下、中间没有别的标题的几段里，几个词都出现；列出其中至少有一个词的段",
        "同节(中欧班列 航空港)",
    ),
    Form("甲?乙", "? 正好是一个字，不跨句；前后都要有字；加引号就是问号本身", "高?量发展"),
    Form(
        "甲*乙",
        f"* 是 0 到 {STAR_REACH} 个字，不跨句；一个词里最多 {MAX_STARS} 个 *、{MAX_QUESTION_MARKS} 个 ?",
        "建设*枢纽",
    ),
    Form("(甲 OR 乙) 丙", "括号里的先算；全角括号也行", "(光伏 OR 风电) 补贴"),
    Form(
        '"甲 乙"', "原样出现的一段，可含空格和符号；也可写作 “甲 乙”、「甲 乙」或『甲 乙』", '"重点工作之二: 持续完善"'
    ),
    Form('"甲\\"乙"', '直引号里的直引号写作 \\"，反斜线写作 \\\\', '"所谓\\"新基建\\""'),
)

_HEADING = Form(
    f"{HEADING_ALIASES[0]}:…",
    "段落上面（或段落自己）的标题里有这些字；只用来筛选，不标出也不计处数；也可写作 " + "、".join(HEADING_ALIASES[1:]),
    f"改革 {HEADING_ALIASES[0]}:开放",
)


def _field_forms(field: Field) -> Iterator[Form]:
    alias, *others = field.aliases
    meaning = f"{field.why}；“{alias}”也可写作 {'、'.join(others)}，冒号全角半角都行"
    yield Form(f"{alias}:…", meaning, f"{alias}:{field.example}")
    if field.kind == "year":
        example = f"{alias}:{field.example}..{int(field.example) + 3}"
        yield Form(f"{alias}:起..止", f"{field.label}在两者之间，含两头；只写一头就是不限另一头", example)


SYNTAX = (*_OPERATORS, *(form for field in FIELDS for form in _field_forms(field)), _HEADING)
