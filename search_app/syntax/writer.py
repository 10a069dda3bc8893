"""From the query tree to its canonical text, the one that addresses and links carry."""

from __future__ import annotations

from typing import assert_never

from indexer.fields import BY_NAME
from indexer.query import All, And, Exact, Node, Not, Or, Phrase, Range, Term
from search_app.syntax.lexer import WORD_STOP


def unparse(node: Node) -> str:
    """Write ``node`` so that ``parse`` reads it back; of a tree ``parse`` cannot make, nothing is promised."""
    match node:
        case All():
            return ""
        case Term(text):
            return text
        case Phrase(text):
            return _quoted(text)
        case Exact(field, value):
            return f"{_alias(field)}:{_quoted(value) if WORD_STOP.search(value) else value}"
        case Range(field, low, high):
            return f"{_alias(field)}:{_edge(low)}..{_edge(high)}"
        case And(parts):
            return " ".join(f"({unparse(part)})" if isinstance(part, Or) else unparse(part) for part in parts)
        case Or(parts):
            return " OR ".join(map(unparse, parts))
        case Not(part):
            return f"-({unparse(part)})" if isinstance(part, And | Or) else f"-{unparse(part)}"
        case never:
            assert_never(never)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _alias(field: str) -> str:
    return BY_NAME[field].aliases[0]


def _edge(year: int | None) -> str:
    return "" if year is None else str(year)
