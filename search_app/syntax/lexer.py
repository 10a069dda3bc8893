"""From text to tokens: where words, quotes, signs and labelled values begin and end. Knows no field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from indexer.errors import QuerySyntaxError
from indexer.query import Span


class Kind(Enum):
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    MINUS = auto()
    NEAR = auto()
    SENTENCE = auto()
    STRETCH = auto()
    UNIT = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Sign:
    kind: Kind
    written: str
    span: Span


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Quoted:
    """A phrase without its marks; the span covers them."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Labelled:
    """``name:value``, the value bare or quoted; whether there is such a field is not asked here."""

    name: str
    value: str
    span: Span
    value_span: Span


Operand = Word | Quoted | Labelled
Token = Sign | Operand

OPERATORS = {
    "AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT,
    "与": Kind.AND, "與": Kind.AND, "或": Kind.OR, "非": Kind.NOT,
}  # fmt: skip
"""Words that are operators where they stand alone."""

_NEAR = re.compile("NEAR(/.*)?", re.DOTALL)

GROUPS = {"同句": Kind.SENTENCE, "同节": Kind.STRETCH, "同節": Kind.STRETCH, "同段": Kind.UNIT}
"""Words that are operators where an opening parenthesis touches them."""

_SIGNS = {
    "(": Kind.OPEN, "（": Kind.OPEN, ")": Kind.CLOSE, "）": Kind.CLOSE, "|": Kind.OR, "｜": Kind.OR,
    "-": Kind.MINUS, "－": Kind.MINUS, "−": Kind.MINUS,
}  # fmt: skip

_PHRASES = {
    '"': re.compile(r'"((?:\\["\\]|[^"])*+)"'),
    "＂": re.compile("＂([^＂]*)＂"),
    "“": re.compile("“([^“”]*)[“”]"),
    "”": re.compile("”([^“”]*)[“”]"),
    "「": re.compile("「([^」]*)」"),
    "『": re.compile("『([^』]*)』"),
}
"""A whole phrase, by its opening mark."""

_CLOSING = {'"': '"', "＂": "＂", "“": "”", "”": "”", "「": "」", "『": "』"}
_STRAY = {"」": "「", "』": "『"}
_ESCAPE = re.compile(r'\\(["\\])')

_SOLID = re.compile(r"\S")
WORD_STOP = re.compile(r'[\s()（）|｜"＂“”「」『』]')
"""What ends a word, and what a bare value cannot hold."""

_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

MAX_NAME = 8
"""A longer run before a colon is prose, not a field's name; the longest alias has seven characters."""

_LABEL = re.compile(rf"([^:：]{{1,{MAX_NAME}}})[:：](?!//)")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, an END after the last. Raises QuerySyntaxError at what cannot be a token."""
    _refuse_unreadable(text)
    at = 0
    while solid := _SOLID.search(text, at):
        token = _token(text, solid.start())
        yield token
        at = token.span[1]
    yield Sign(Kind.END, "", (len(text), len(text)))


def _refuse_unreadable(text: str) -> None:
    found = _UNREADABLE.search(text)
    if found is None:
        return
    if unicodedata.category(found[0]) == "Cs":
        message = f"第 {found.end()} 个字不是完整的字符，请删去后重新输入"
    else:
        message = f"第 {found.end()} 个字是看不见的控制字符，请把它删去"
    raise QuerySyntaxError(message, *found.span())


def _token(text: str, at: int) -> Token:
    mark = text[at]
    if mark in _SIGNS:
        return Sign(_SIGNS[mark], mark, (at, at + 1))
    if mark in _PHRASES:
        return _quoted(text, at)
    if mark in _STRAY:
        raise QuerySyntaxError(f"第 {at + 1} 个字的引号 {mark} 前面没有 {_STRAY[mark]} ，请补上或删去", at, at + 1)
    return _word(text, at)


def _quoted(text: str, at: int) -> Quoted:
    mark = text[at]
    phrase = _PHRASES[mark].match(text, at)
    if phrase is None:
        message = f"第 {at + 1} 个字的引号 {mark} 没有收尾，请在短语后面补上 {_CLOSING[mark]}"
        raise QuerySyntaxError(message, at, at + 1)
    inside = _ESCAPE.sub(r"\1", phrase[1]) if mark == '"' else phrase[1]
    return Quoted(inside, phrase.span())


def _word(text: str, at: int) -> Token:
    stop = WORD_STOP.search(text, at)
    end = stop.start() if stop else len(text)
    written = text[at:end]
    if kind := _operator(written, text[end : end + 1]):
        return Sign(kind, written, (at, end))
    label = _LABEL.match(written)
    if label is None or not written[0].isalpha():
        return Word(written, (at, end))
    return _labelled(text, label[1], at, at + label.end(), end)


def _operator(written: str, following: str) -> Kind | None:
    """What operator a word is, if any, by what it is and the character that follows it."""
    plain = unicodedata.normalize("NFKC", written)
    if following and _SIGNS.get(following) is Kind.OPEN and plain in GROUPS:
        return GROUPS[plain]
    return Kind.NEAR if _NEAR.fullmatch(plain) else OPERATORS.get(plain)


def _labelled(text: str, name: str, at: int, value_at: int, end: int) -> Labelled:
    if value_at == end and text[end : end + 1] in _PHRASES:
        value = _quoted(text, end)
        return Labelled(name, value.text, (at, value.span[1]), value.span)
    return Labelled(name, text[value_at:end], (at, end), (value_at, end))
