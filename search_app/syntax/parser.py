"""From text to the query tree, in its canonical form; every mistake is a sentence with a place."""

from __future__ import annotations

from dataclasses import replace

from indexer.errors import QuerySyntaxError, shown
from indexer.query import All, And, Node, Not, Or
from search_app.syntax.canonical import count_parts, simplify
from search_app.syntax.leaves import leaf
from search_app.syntax.lexer import Kind, Sign, Token, tokens
from search_app.syntax.operands import MAX_PARTS, distance_of, near, no_chain, together
from search_app.syntax.writer import unparse

MAX_CHARACTERS = 500
"""A sentence copied from a report fits several times over; a longer text is a paste by mistake."""

MAX_DEPTH = 20
"""Nobody reads deeper nesting; every recursion over a tree, here and in the engines, stays far from Python's limit."""

_OPERATORS = (Kind.AND, Kind.OR, Kind.NOT, Kind.MINUS, Kind.NEAR)


def parse(text: str) -> Node:
    """Read a query. Raises QuerySyntaxError, and nothing else, for a text that cannot be read.

    What can be read can be written: ``unparse`` of the tree is itself a query that gives the same tree.
    """
    _refuse_long(text)
    read = tuple(tokens(text))
    _refuse_many(read)
    tree = simplify(_Reader(read).whole())
    _refuse_long_when_written(text, tree)
    _refuse_many_when_written(text, tree)
    return tree


def _refuse_long(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        message = f"查询有 {len(text)} 个字，最多 {MAX_CHARACTERS} 个，请删去一些"
        raise QuerySyntaxError(message, MAX_CHARACTERS, len(text))


def _refuse_long_when_written(text: str, tree: Node) -> None:
    length = len(unparse(tree))
    if length > MAX_CHARACTERS:
        message = f"查询展开成规范写法后有 {length} 个字，最多 {MAX_CHARACTERS} 个，请删去一些"
        raise QuerySyntaxError(message, 0, len(text))


def _refuse_many(read: tuple[Token, ...]) -> None:
    parts = [token for token in read if not isinstance(token, Sign)]
    if len(parts) > MAX_PARTS:
        message = f"查询里有 {len(parts)} 个词，最多 {MAX_PARTS} 个，请删去一些"
        raise QuerySyntaxError(message, *parts[MAX_PARTS].span)


def _refuse_many_when_written(text: str, tree: Node) -> None:
    parts = count_parts(tree)
    if parts > MAX_PARTS:
        message = f"查询展开之后有 {parts} 个词，最多 {MAX_PARTS} 个，请删去一些"
        raise QuerySyntaxError(message, 0, len(text))


class _Reader:
    """Recursive descent over the tokens, one method a rule of the grammar.

    whole  = [either]
    either = both {OR both}
    both   = near {[AND] near}
    near   = unit [NEAR unit]
    unit   = (NOT | "-") unit | [同句 | 同节 | 同段] "(" either ")" | operand
    """

    def __init__(self, read: tuple[Token, ...]) -> None:
        self._tokens = read
        self._at = 0

    def whole(self) -> Node:
        if self._is(Kind.END):
            return All((0, self._here.span[1]))
        node = self._either(0)
        if not self._is(Kind.END):
            raise _stray_close(self._here)
        return node

    def _either(self, depth: int) -> Node:
        start = self._here.span[0]
        parts = [self._both(depth)]
        while self._accept(Kind.OR):
            parts.append(self._both(depth))
        return Or(tuple(parts), (start, self._end)) if len(parts) > 1 else parts[0]

    def _both(self, depth: int) -> Node:
        start = self._here.span[0]
        parts = [self._near(depth)]
        while self._accept(Kind.AND) or not self._is(Kind.OR, Kind.CLOSE, Kind.END):
            parts.append(self._near(depth))
        return And(tuple(parts), (start, self._end)) if len(parts) > 1 else parts[0]

    def _near(self, depth: int) -> Node:
        first = self._unit(depth)
        sign = self._here
        if not (isinstance(sign, Sign) and self._accept(Kind.NEAR)):
            return first
        distance = distance_of(sign)
        second = self._unit(depth)
        if self._is(Kind.NEAR):
            raise no_chain(self._here)
        return near(first, second, distance, (first.span[0], self._end))

    def _unit(self, depth: int) -> Node:
        token = self._here
        if not isinstance(token, Sign):
            self._at += 1
            return leaf(token)
        if self._accept(Kind.NOT, Kind.MINUS):
            return self._negated(token, _deeper(depth, token))
        if self._accept(Kind.OPEN):
            return self._group(token, _deeper(depth, token))
        if self._accept(Kind.SENTENCE, Kind.STRETCH, Kind.UNIT):
            return self._together(token, depth)
        raise self._missing(token)

    def _negated(self, sign: Sign, depth: int) -> Node:
        if sign.kind is Kind.MINUS and self._here.span[0] > sign.span[1]:
            raise _nothing_after(sign)
        part = self._unit(depth)
        return Not(part, (sign.span[0], self._end))

    def _group(self, opening: Sign, depth: int) -> Node:
        start, end = opening.span
        if self._is(Kind.CLOSE):
            message = f"第 {end} 个字起的括号里是空的，请写上要查的词，或删去括号"
            raise QuerySyntaxError(message, start, self._here.span[1])
        node = None if self._is(Kind.END) else self._either(depth)
        if node is None or not self._accept(Kind.CLOSE):
            raise QuerySyntaxError(f"第 {end} 个字的左括号没有配对，请在后面补上右括号", start, end)
        return replace(node, span=(start, self._end)) if isinstance(node, And | Or) else node

    def _together(self, word: Sign, depth: int) -> Node:
        opening = self._here
        assert isinstance(opening, Sign)
        self._at += 1
        inside = self._group(opening, _deeper(depth, opening))
        return together(word, inside, (word.span[0], self._end))

    def _missing(self, found: Sign) -> QuerySyntaxError:
        """The mistake made where an operand should stand and ``found`` does."""
        before = self._tokens[self._at - 1] if self._at else None
        if isinstance(before, Sign) and before.kind in _OPERATORS:
            return _nothing_after(before)
        if found.kind is Kind.CLOSE:
            return _stray_close(found)
        message = f"第 {found.span[0] + 1} 个字的“{shown(found.written)}”前面缺少要查的词，请补上{_or_quote(found)}"
        return QuerySyntaxError(message, *found.span)

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    @property
    def _end(self) -> int:
        """Where the last token read ends."""
        return self._tokens[self._at - 1].span[1]

    def _is(self, *kinds: Kind) -> bool:
        return isinstance(self._here, Sign) and self._here.kind in kinds

    def _accept(self, *kinds: Kind) -> bool:
        """Step over the next token if it is one of ``kinds``."""
        accepted = self._is(*kinds)
        self._at += accepted
        return accepted


def _deeper(depth: int, sign: Sign) -> int:
    if depth < MAX_DEPTH:
        return depth + 1
    message = f"第 {sign.span[0] + 1} 个字处括号和“非”套得太深，最多 {MAX_DEPTH} 层，请去掉几层"
    raise QuerySyntaxError(message, *sign.span)


def _nothing_after(sign: Sign) -> QuerySyntaxError:
    wanted = "后面要紧接着写不想要的词" if sign.kind is Kind.MINUS else "后面缺少要查的词，请补上"
    return QuerySyntaxError(f"第 {sign.span[0] + 1} 个字的“{shown(sign.written)}”{wanted}{_or_quote(sign)}", *sign.span)


def _or_quote(sign: Sign) -> str:
    return f"；要查“{shown(sign.written)}”本身，请给它加引号"


def _stray_close(token: Token) -> QuerySyntaxError:
    message = f"第 {token.span[0] + 1} 个字的右括号前面没有左括号，请补上或删去"
    return QuerySyntaxError(message, *token.span)
