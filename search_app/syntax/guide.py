"""SYNTAX: what can be typed, as the rows of the help page and of the README's table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.fields import FIELDS, Field


@dataclass(frozen=True, slots=True)
class Form:
    """One thing that can be typed: how it is written, what it means, and a whole query that uses it."""

    form: str
    meaning: str
    example: str


_OPERATORS = (
    Form("甲 乙", "两个词都要有；中间空一格，全角空格也行", "乡村振兴 产业"),
    Form("甲 AND 乙", "两个词都要有；AND、OR、NOT 都要大写", "乡村振兴 AND 产业"),
    Form("甲 OR 乙", "至少有一个；也可写作 甲｜乙；空格比 OR 结合得紧", "光伏 OR 风电"),
    Form("-甲", "不能有这个词；“-”紧贴着词，词中间的“-”不算", "就业 -高校毕业生"),
    Form("NOT 甲", "不能有这个词", "就业 NOT 高校毕业生"),
    Form("(甲 OR 乙) 丙", "括号里的先算；全角括号也行", "(光伏 OR 风电) 补贴"),
    Form(
        '"甲 乙"', "原样出现的一段，可含空格和符号；也可写作 “甲 乙”、「甲 乙」或『甲 乙』", '"重点工作之二: 持续完善"'
    ),
    Form('"甲\\"乙"', '直引号里的直引号写作 \\"，反斜线写作 \\\\', '"所谓\\"新基建\\""'),
)


def _field_forms(field: Field) -> Iterator[Form]:
    alias, *others = field.aliases
    meaning = f"{field.why}；“{alias}”也可写作 {'、'.join(others)}，冒号全角半角都行"
    yield Form(f"{alias}:…", meaning, f"{alias}:{field.example}")
    if field.kind == "year":
        example = f"{alias}:{field.example}..{int(field.example) + 3}"
        yield Form(f"{alias}:起..止", f"{field.label}在两者之间，含两头；只写一头就是不限另一头", example)


SYNTAX = (*_OPERATORS, *(form for field in FIELDS for form in _field_forms(field)))
