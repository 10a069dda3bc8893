"""From the query tree to its canonical text, the one that addresses and links carry."""

from __future__ import annotations

from typing import assert_never

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
    Term,
    UnderHeading,
    Wildcard,
)
from search_app.syntax.leaves import HEADING_ALIASES
from search_app.syntax.lexer import WORD_STOP


def unparse(node: Node) -> str:
    """Write ``node`` so that ``parse`` reads it back; of a tree ``parse`` cannot make, nothing is promised."""
    match node:
        case All():
            return ""
        case Term(text) | Wildcard(text):
            return text
        case Phrase(text):
            return _quoted(text)
        case Near(first, second, distance):
            return f"{unparse(first)} NEAR/{distance} {unparse(second)}"
        case SameSentence(parts):
            return f"同句({' '.join(map(unparse, parts))})"
        case SameStretch(parts):
            return f"同节({' '.join(map(unparse, parts))})"
        case UnderHeading(text):
            return f"{HEADING_ALIASES[0]}:{_value(text)}"
        case Exact(field, value):
            return f"{_alias(field)}:{_value(value)}"
        case Range(field, low, high):
            return f"{_alias(field)}:{_edge(low)}..{_edge(high)}"
        case And(parts):
            return " ".join(f"({unparse(part)})" if isinstance(part, Or) else unparse(part) for part in parts)
        case Or(parts):
            return " OR ".join(map(unparse, parts))
        case Not(part):
            return f"-({unparse(part)})" if isinstance(part, And | Or | Near) else f"-{unparse(part)}"
        case never:
            assert_never(never)


def _value(text: str) -> str:
    return _quoted(text) if WORD_STOP.search(text) or text.startswith("//") else text


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _alias(field: str) -> str:
    return BY_NAME[field].aliases[0]


def _edge(year: int | None) -> str:
    return "" if year is None else str(year)
