"""The query in words: what was asked, as a sentence that a reader can check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from indexer.engines import Filter
from indexer.fields import BY_NAME
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


def in_words(node: Node, filters: tuple[Filter, ...] = ()) -> str:
    """Say a canonical tree, and the filters on it, in Chinese: 含“中欧班列”且含“郑州”，不含“国际”，年份 2021 或 2023.

    What is separated by commas must all hold; 且 and 或 inside a clause have parentheses where they meet.
    """
    parts = node.parts if isinstance(node, And) else (node,)
    clauses = [part for part in parts if _stands_alone(part)]
    texts = [part for part in parts if part not in clauses]
    alone = len(parts) == 1 and not filters
    said = [_said(node) if alone else _joined("且", texts)] if texts else []
    said += map(_said, clauses)
    return "，".join([*said, *(said for chosen in filters for said in _selected(chosen))])


def _stands_alone(node: Node) -> bool:
    """Whether a node is a clause of its own, after a comma: a condition on where a text stands, or one negated."""
    if isinstance(node, Or):
        return _common_field(node.parts) is not None
    return isinstance(node, Not | Exact | Range | UnderHeading)


def _said(node: Node) -> str:
    match node:
        case All():
            return "全部段落"
        case Term() | Phrase() | Wildcard():
            return f"含{_named(node)}"
        case Near(first, second, distance):
            return f"{_named(first)}与{_named(second)}相距不超过 {distance} 字"
        case SameSentence(parts):
            return f"同一句里有{_listed(parts)}"
        case SameStretch(parts):
            return f"同一节里有{_listed(parts)}"
        case UnderHeading(text):
            return f"标题含{_quoted(text)}"
        case Exact(field) | Range(field):
            return _filed(field, (_value(node),))
        case And(parts):
            return _joined("且", parts)
        case Or(parts):
            return _alternatives(parts)
        case Not(part):
            return _denied(part)
        case never:
            assert_never(never)


def _joined(word: str, parts: Iterable[Node]) -> str:
    """The parts with ``word`` between them, a blank before it where a number ends."""
    first, *others = map(_enclosed, parts)
    for other in others:
        first += f"{' ' * first[-1].isascii()}{word}{other}"
    return first


def _enclosed(node: Node) -> str:
    return f"（{_said(node)}）" if isinstance(node, And | Or) else _said(node)


def _alternatives(parts: tuple[Node, ...]) -> str:
    field = _common_field(parts)
    if field is not None:
        return _filed(field, (_value(part) for part in parts if isinstance(part, Exact | Range)))
    words = [part for part in parts if isinstance(part, Term | Phrase | Wildcard)]
    if len(words) == len(parts):
        return f"含{'或'.join(map(_named, words))}"
    return _joined("或", parts)


def _denied(node: Node) -> str:
    match node:
        case Term() | Phrase() | Wildcard():
            return f"不含{_named(node)}"
        case UnderHeading(text):
            return f"标题不含{_quoted(text)}"
        case Exact(field):
            return f"{BY_NAME[field].label}不是 {_value(node)}"
        case Range(field):
            return f"{BY_NAME[field].label}不在 {_value(node)}"
        case Or(parts) if all(isinstance(part, Term | Phrase | Wildcard) for part in parts):
            return "也".join(map(_denied, parts))
        case All() | Near() | SameSentence() | SameStretch() | And() | Or() | Not():
            return f"不符合（{_said(node)}）"
        case never:
            assert_never(never)


def _common_field(parts: tuple[Node, ...]) -> str | None:
    """The field that all ``parts`` ask for a value of, if there is one."""
    fields = {part.field if isinstance(part, Exact | Range) else None for part in parts}
    return fields.pop() if len(fields) == 1 else None


def _filed(field: str, values: Iterable[str]) -> str:
    return f"{BY_NAME[field].label} {' 或 '.join(values)}"


def _selected(chosen: Filter) -> Iterable[str]:
    """What a filter takes, and what it leaves out: 年份不是 2021 也不是 2022."""
    if chosen.values:
        yield _filed(chosen.field, chosen.values)
    if chosen.excluded:
        yield f"{BY_NAME[chosen.field].label}不是 {' 也不是 '.join(chosen.excluded)}"


def _value(node: Exact | Range) -> str:
    match node:
        case Exact(_, value):
            return _plain(value)
        case Range(_, None, None):
            return "不限"
        case Range(_, low, None):
            return f"{low} 及以后"
        case Range(_, None, high):
            return f"{high} 及以前"
        case Range(_, low, high):
            return f"{low} 至 {high}"


def _listed(parts: tuple[Sought, ...]) -> str:
    return f"{'、'.join(map(_named, parts[:-1]))}和{_named(parts[-1])}"


def _named(sought: Sought) -> str:
    return f"形如{_quoted(sought.text)}的文字" if isinstance(sought, Wildcard) else _quoted(sought.text)


def _quoted(text: str) -> str:
    return f"“{_plain(text)}”"


def _plain(text: str) -> str:
    """On one line, without what cannot be seen."""
    return "".join(filter(str.isprintable, " ".join(text.split())))
