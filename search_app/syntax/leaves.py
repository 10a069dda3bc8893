"""From one operand token to its node: what a word, a phrase or a labelled value asks for."""

from __future__ import annotations

import re
import unicodedata
from typing import assert_never

from indexer.errors import QuerySyntaxError, shown
from indexer.fields import BY_ALIAS, FIELDS, Field
from indexer.query import Exact, Phrase, Range, Span, Term, UnderHeading, Wildcard
from indexer.text import fold
from search_app.syntax.lexer import Labelled, Operand, Quoted, Word

_RANGE = re.compile(r"[.。]{2,}|[-−–—]{1,2}|[~〜]|至")
"""Between two years, after NFKC (which writes “…” as three dots)."""

_PLAIN_RANGE = ".."

_SIGNS = re.compile(r"[?*]")

HEADING_ALIASES = ("标题", "heading")
"""The field that is no facet: any text may stand in a heading."""

MAX_STARS, MAX_QUESTION_MARKS = 3, 10
"""Of one wildcard. Three stars already span two clauses, and each multiplies the ways in which a text can be tried."""

_YEAR_WORD = re.compile(r"(?<=\d{4})年(?!\d)")


Leaf = Term | Phrase | Wildcard | UnderHeading | Exact | Range


def leaf(token: Operand) -> Leaf:
    """The node ``token`` stands for. Raises QuerySyntaxError where it asks for nothing that can be found."""
    match token:
        case Word(text, span) if _SIGNS.search(text):
            return _wildcard(text, span)
        case Word(text, span):
            return Term(_sought(text, span), span)
        case Quoted(text, span):
            return Phrase(_sought(text, span), span)
        case Labelled():
            return _filed(token)
        case never:
            assert_never(never)


def _sought(text: str, span: Span) -> str:
    if fold(text):
        return text
    seen = shown(text).strip()
    what = f"的“{seen}”里" if seen else "是空的或只有看不见的字符，"
    raise QuerySyntaxError(f"第 {span[0] + 1} 个字起{what}没有可以查找的字，请换一个词", *span)


def _wildcard(text: str, span: Span) -> Wildcard:
    first, *_, last = _SIGNS.split(text)
    place = f"第 {span[0] + 1} 个字起的“{shown(text)}”"
    quote = "；要查这些符号本身，请给整个词加引号"
    if not (fold(first) and fold(last)):
        raise QuerySyntaxError(f"{place}以通配符 ? 或 * 开头或结尾，请在它前后都写上要查的字{quote}", *span)
    for sign, most in (("*", MAX_STARS), ("?", MAX_QUESTION_MARKS)):
        if text.count(sign) > most:
            raise QuerySyntaxError(
                f"{place}里的 {sign} 有 {text.count(sign)} 个，最多 {most} 个，请删去几个{quote}", *span
            )
    return Wildcard(text, span)


def _filed(token: Labelled) -> UnderHeading | Exact | Range:
    if fold(token.name) in HEADING_ALIASES:
        return _heading(token)
    field = _field(token)
    value = unicodedata.normalize("NFKC", token.value).strip()
    if not value:
        example = f"{field.aliases[0]}:{field.example}"
        message = f"“{shown(token.name)}:”后面缺少要查的{field.label}，请紧接着写上，如 {example}"
        raise QuerySyntaxError(message, *token.span)
    if field.kind == "year":
        return _years(field, value, token)
    if _PLAIN_RANGE in value:
        message = f"{field.label}不能写范围，请只写一个：{field.expectation()}"
        raise QuerySyntaxError(message, *token.value_span)
    return Exact(field.name, _accepted(field, value, token.value_span), token.span)


def _heading(token: Labelled) -> UnderHeading:
    if fold(token.value):
        return UnderHeading(token.value, token.span)
    message = f"“{shown(token.name)}:”后面缺少标题里的字，请紧接着写上，如 {HEADING_ALIASES[0]}:营商环境"
    raise QuerySyntaxError(message, *token.span)


def _field(token: Labelled) -> Field:
    field = BY_ALIAS.get(fold(token.name))
    if field is not None:
        return field
    names = "、".join([*(field.aliases[0] for field in FIELDS), HEADING_ALIASES[0]])
    message = f"没有“{shown(token.name)}”这个字段；可用的有{names}；要查冒号本身，请给整个词加引号"
    start, _ = token.span
    raise QuerySyntaxError(message, start, start + len(token.name))


def _years(field: Field, value: str, token: Labelled) -> Exact | Range:
    edges = [edge.strip() for edge in _RANGE.split(_YEAR_WORD.sub("", value), maxsplit=1)]
    low, *rest = [int(_accepted(field, edge, token.value_span)) if edge else None for edge in edges]
    if not rest:
        return Exact(field.name, str(low), token.span)
    return _range(field, low, rest[0], token)


def _range(field: Field, low: int | None, high: int | None, token: Labelled) -> Range:
    alias = field.aliases[0]
    if low is None and high is None:
        example = f"{alias}:{field.example}{_PLAIN_RANGE}"
        raise QuerySyntaxError(f"{field.label}范围至少要写一头，如 {example}", *token.value_span)
    if low is not None and high is not None and low > high:
        mended = f"{alias}:{high}{_PLAIN_RANGE}{low}"
        raise QuerySyntaxError(f"{field.label}范围的起点晚于终点，请改成 {mended}", *token.value_span)
    return Range(field.name, low, high, token.span)


def _accepted(field: Field, value: str, span: Span) -> str:
    if field.accepts(value):
        return value
    raise QuerySyntaxError(f"{field.label}不能是“{shown(value)}”，请写{field.expectation()}", *span)
