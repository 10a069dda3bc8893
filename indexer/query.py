"""The query tree: what can be asked of an index, whatever engine answers.

The union is closed. Every compiler of it is a ``match`` that ends in ``assert_never``, so the type checker refuses an
engine that forgets a node. Spans (character offsets into the typed query) are carried for messages and take no part in
equality.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import assert_never

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
class Wildcard:
    """As Term, but ``?`` stands for one character and ``*`` for none or a few, within one sentence."""

    text: str
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


Sought = Term | Phrase | Wildcard
"""What is looked for in the text itself: it is counted and marked."""


@dataclass(frozen=True, slots=True)
class Near:
    """Units where ``first`` and ``second``, in either order and not overlapping, have at most ``distance`` characters
    of folded text between them."""

    first: Sought
    second: Sought
    distance: int
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SameSentence:
    """Units with a sentence that holds all ``parts``, each of them whole."""

    parts: tuple[Sought, ...]
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SameStretch:
    """Units that hold one of ``parts`` and lie in a stretch that holds all of them.

    A stretch is a longest run of units of one report whose ``headings`` are equal.
    """

    parts: tuple[Sought, ...]
    span: Span = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UnderHeading:
    """Units with the folded ``text`` in one of their ``headings``, folded."""

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


Together = Near | SameSentence | SameStretch
"""Nodes that ask how what is sought stands together."""

Node = All | Sought | Together | UnderHeading | Exact | Range | And | Or | Not


def sought(node: Node) -> tuple[Sought, ...]:
    """What a query looks for, in order, each once: what is counted and marked in its units.

    These are its words, phrases and wildcards, also those inside Near, SameSentence and SameStretch, but none that a
    NOT stands before.
    """
    match node:
        case Term() | Phrase() | Wildcard():
            return (node,)
        case Near(first, second):
            return tuple(dict.fromkeys((first, second)))
        case SameSentence(parts) | SameStretch(parts):
            return tuple(dict.fromkeys(parts))
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(each for part in parts for each in sought(part)))
        case All() | UnderHeading() | Exact() | Range() | Not():
            return ()
        case never:
            assert_never(never)
