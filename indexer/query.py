"""The query tree: what can be asked of an index, whatever engine answers.

The union is closed. Every compiler of it is a ``match`` that ends in ``assert_never``, so the type checker refuses an
engine that forgets a node. Spans (character offsets into the typed query) are carried for messages and take no part in
equality.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute

Span = tuple[int, int]
NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class All:
    """Every unit of the index."""

    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Term:
    """Units whose folded text contains the folded ``text``."""

    text: str
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """As Term, typed in quotes: it may hold blanks and signs, and no mode may loosen it."""

    text: str
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exact:
    """Units whose ``field`` has ``value``; of a path field, whose path holds the value's parts one after another."""

    field: str
    value: str
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Range:
    """Units whose numeric ``field`` lies between ``low`` and ``high``, both included; None is open."""

    field: str
    low: int | None
    high: int | None
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: Node
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


Node = All | Term | Phrase | Exact | Range | And | Or | Not


def sought_texts(node: Node) -> tuple[str, ...]:
    """The texts a query looks for, in order, each once: those of its terms and phrases that no NOT stands before."""
    match node:
        case Term(text) | Phrase(text):
            return (text,)
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(text for part in parts for text in sought_texts(part)))
        case _:
            return ()
