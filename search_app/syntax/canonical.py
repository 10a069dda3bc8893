"""The canonical form of a tree: the simplest that means the same, so that one meaning has one address."""

from __future__ import annotations

from typing import assert_never

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
    Term,
    UnderHeading,
    Wildcard,
)


def simplify(node: Node) -> Node:
    """No list inside its like, no repeated part, no list of one, no double negation."""
    match node:
        case And(parts, span):
            kept = _merged(And, parts)
            return And(kept, span) if len(kept) > 1 else kept[0]
        case Or(parts, span):
            kept = _merged(Or, parts)
            return Or(kept, span) if len(kept) > 1 else kept[0]
        case Not(part, span):
            inner = simplify(part)
            return inner.part if isinstance(inner, Not) else Not(inner, span)
        case All() | Term() | Phrase() | Wildcard() | UnderHeading() | Exact() | Range():
            return node
        case Near() | SameSentence() | SameStretch():
            return node
        case never:
            assert_never(never)


def count_parts(node: Node) -> int:
    """The words, phrases and labelled values that ``node`` is written with."""
    match node:
        case All():
            return 0
        case Term() | Phrase() | Wildcard() | UnderHeading() | Exact() | Range():
            return 1
        case Near():
            return 2
        case SameSentence(parts) | SameStretch(parts):
            return len(parts)
        case And(parts) | Or(parts):
            return sum(map(count_parts, parts))
        case Not(part):
            return count_parts(part)
        case never:
            assert_never(never)


def _merged(kind: type[And | Or], parts: tuple[Node, ...]) -> tuple[Node, ...]:
    simple = [simplify(part) for part in parts]
    flat = [inner for part in simple for inner in (part.parts if isinstance(part, kind) else (part,))]
    return tuple(dict.fromkeys(flat))
