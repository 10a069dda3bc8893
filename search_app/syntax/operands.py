"""What NEAR, 同句, 同节 and 同段 make of what they are given; an OR among it becomes an OR of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import product
from math import prod

from indexer.errors import QuerySyntaxError, shown
from indexer.query import And, Near, Node, Or, Phrase, SameSentence, SameStretch, Sought, Span, Term, Wildcard
from search_app.syntax.canonical import simplify
from search_app.syntax.lexer import Kind, Sign, Token

MAX_PARTS = 60
"""More than a topic with all its synonyms needs; each part costs an engine a look-up."""

FURTHEST = 200
"""Characters between the two of a NEAR: several sentences. What is asked of a longer reach is asked of the unit."""

_SEVERAL = "请在括号里写两个以上不同的词，中间空一格；用 OR 连起来的几个词再加一层括号，如 {}((甲 OR 乙) 丙)"


def near(first: Node, second: Node, distance: int, span: Span) -> Node:
    """The tree of ``first NEAR/distance second``. Raises QuerySyntaxError for operands that cannot stand there."""
    choices = _choices("NEAR", (first, second), span)
    return _any_of((Near(one, other, distance, span) for one, other in choices), span)


def together(word: Sign, inside: Node, span: Span) -> Node:
    """The tree of 同句(…), 同节(…) or 同段(…). Raises QuerySyntaxError as ``near``, also for fewer than two parts."""
    parts = inside.parts if isinstance(inside, And) else (inside,)
    if word.kind is Kind.UNIT:
        _refuse_few(word, parts, span)
        return And(parts, span)
    kind = SameSentence if word.kind is Kind.SENTENCE else SameStretch
    choices = [tuple(dict.fromkeys(choice)) for choice in _choices(word.written, parts, span)]
    for choice in choices:
        _refuse_few(word, choice, span)
    return _any_of((kind(choice, span) for choice in choices), span)


def distance_of(sign: Sign) -> int:
    """The characters that a NEAR sign allows. Raises QuerySyntaxError."""
    digits = unicodedata.normalize("NFKC", sign.written).removeprefix("NEAR").removeprefix("/")
    if digits.isascii() and digits.isdigit() and 1 <= int(digits) <= FURTHEST:
        return int(digits)
    written = shown(sign.written)
    wanted = f"里要写明相距最多几个字，1 到 {FURTHEST}，如 NEAR/10；要查“{written}”本身，请给它加引号"
    raise QuerySyntaxError(f"第 {sign.span[0] + 1} 个字的“{written}”{wanted}", *sign.span)


def no_chain(sign: Token) -> QuerySyntaxError:
    """The mistake of a third operand."""
    instead = "请改用 同句(甲 乙 丙)，或写成 甲 NEAR/5 乙 乙 NEAR/5 丙"
    message = f"第 {sign.span[0] + 1} 个字起的 NEAR 多了：NEAR 只连两个词，加括号也一样；{instead}"
    return QuerySyntaxError(message, *sign.span)


def _refuse_few(word: Sign, parts: tuple[Node, ...], span: Span) -> None:
    if len(set(parts)) < 2:
        message = f"第 {span[0] + 1} 个字的“{word.written}”里不到两个词；{_SEVERAL.format(word.written)}"
        raise QuerySyntaxError(message, *span)


def _choices(operator: str, parts: tuple[Node, ...], span: Span) -> Iterable[tuple[Sought, ...]]:
    """Every way to take one of each part's alternatives."""
    alternatives = [_alternatives(operator, part) for part in parts]
    expanded = len(parts) * prod(map(len, alternatives))
    if expanded > MAX_PARTS:
        message = f"{operator} 里的“或”展开之后有 {expanded} 个词，最多 {MAX_PARTS} 个，请删去一些"
        raise QuerySyntaxError(message, *span)
    return product(*alternatives)


def _alternatives(operator: str, part: Node) -> tuple[Sought, ...]:
    simple = simplify(part)
    given = simple.parts if isinstance(simple, Or) else (simple,)
    sought = tuple(each for each in given if isinstance(each, Term | Phrase | Wildcard))
    if len(sought) == len(given):
        return sought
    wrong = next(each for each in given if each not in sought)
    wanted = "只能写词、引号里的短语、通配词，或括号里用 OR 连起来的这些"
    message = f"第 {wrong.span[0] + 1} 个字起的条件不能放在 {operator} 里：{wanted}；请把它写到外面"
    raise QuerySyntaxError(message, *wrong.span)


def _any_of(nodes: Iterable[Node], span: Span) -> Node:
    parts = tuple(nodes)
    return Or(parts, span) if len(parts) > 1 else parts[0]
