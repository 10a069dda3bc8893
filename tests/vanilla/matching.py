"""Which units a query finds, and how often they hold what it seeks.

A character or pair is counted by its postings. Of what is longer the pairs name the candidates, and the folded text
decides and counts. So a term's hits are those of a substring scan, its occurrences those of ``str.count``, and a
wildcard's those of its pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import assert_never

from indexer.engines.base import Filter
from indexer.fields import BY_NAME, PATH_SEPARATOR
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
from indexer.text import fold, occurrences, pairs, pattern, pieces, stand_in_one_sentence, stand_near
from vanilla.snapshot import Snapshot

Docs = frozenset[int] | set[int]


class Matching:
    """Answers for one request; where something sought occurs is worked out once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._occurrences: dict[re.Pattern[str], dict[int, int]] = {}

    def docs(self, node: Node) -> Docs:
        """The units that ``node`` finds."""
        match node:
            case All():
                return self._snapshot.units
            case Term() | Phrase() | Wildcard():
                return self.occurrences(node).keys() & self._snapshot.units
            case Near(first, second, distance):
                return self._where((first, second), lambda folded: stand_near(folded, first, second, distance))
            case SameSentence(wanted):
                return self._where(wanted, lambda folded: stand_in_one_sentence(folded, wanted))
            case SameStretch(wanted):
                return self._in_one_stretch(wanted)
            case UnderHeading(text):
                return self._snapshot.headings.under(fold(text))
            case Exact(field, value):
                return self._with_values(field, lambda filed: _lies_in(field, filed, value))
            case Range(field, low, high):
                return self._with_values(field, lambda filed: _lies_between(int(filed), low, high))
            case And(parts):
                return frozenset.intersection(*(frozenset(self.docs(part)) for part in parts))
            case Or(parts):
                return frozenset().union(*(self.docs(part) for part in parts))
            case Not(part):
                return self._snapshot.units - self.docs(part)
            case never:
                assert_never(never)

    def passing(self, filters: Iterable[Filter]) -> Docs:
        """The units that pass every filter."""
        docs: Docs = self._snapshot.units
        for chosen in filters:
            docs = docs & self.selected(chosen)
        return docs

    def selected(self, chosen: Filter) -> Docs:
        """The units that pass one filter."""
        wanted = self._filed_under(chosen.field, chosen.values) if chosen.values else self._snapshot.units
        return wanted - self._filed_under(chosen.field, chosen.excluded) if chosen.excluded else wanted

    def _filed_under(self, field: str, values: tuple[str, ...]) -> Docs:
        """The units that have one of the values, or what lies below it."""
        below = tuple(value + PATH_SEPARATOR for value in values)
        return self._with_values(field, lambda filed: filed in values or filed.startswith(below))

    def occurrences(self, sought: Sought) -> dict[int, int]:
        """From every unit that holds what is ``sought`` to how often, overlaps not counted."""
        key = pattern(sought)
        if key not in self._occurrences:
            self._occurrences[key] = self._count(sought)
        return self._occurrences[key]

    def _count(self, sought: Sought) -> dict[int, int]:
        match sought, pieces(sought):
            case _, ():
                return {}
            case (Term() | Phrase(), (text,)) if token := _token_of(text):
                return self._snapshot.frequencies(*token)
            case (Term() | Phrase(), (text,)):
                piece, read = text.encode(), self._snapshot.folded
                counts = ((doc, read(doc).count(piece)) for doc in self._candidates((text,)))
            case _, texts:
                counts = ((doc, len(occurrences(self._text(doc), sought))) for doc in self._candidates(texts))
        return {doc: count for doc, count in counts if count}

    def _candidates(self, texts: Iterable[str]) -> set[int]:
        """The units that have all pairs of the texts; every second pair covers one. A text of one character is its own
        posting."""
        tokens = dict.fromkeys(token for text in texts for token in _cover(text))
        rarest_first = sorted(tokens, key=lambda token: self._snapshot.document_frequency(*token))
        found = self._snapshot.holders(*rarest_first[0])
        for token in rarest_first[1:]:
            if not found:
                break
            found &= self._snapshot.holders(*token)
        return found

    def _text(self, doc: int) -> str:
        return self._snapshot.folded(doc).decode()

    def _where(self, parts: tuple[Sought, ...], together: Callable[[str], bool]) -> Docs:
        """The units that hold all parts, and in whose folded text they stand ``together``."""
        holders = self.docs(And(parts))
        return {doc for doc in holders if together(self._text(doc))}

    def _in_one_stretch(self, parts: tuple[Sought, ...]) -> Docs:
        stretch_of = self._snapshot.stretch_of
        holders = [self.docs(part) for part in parts]
        complete = set.intersection(*({stretch_of[doc] for doc in docs} for docs in holders))
        return {doc for docs in holders for doc in docs if stretch_of[doc] in complete}

    def _with_values(self, field: str, fits: Callable[[str], bool]) -> Docs:
        filed = self._snapshot.filed[field]
        return frozenset().union(*(docs for value, docs in filed.items() if fits(value)))


def _token_of(text: str) -> tuple[str, str] | None:
    """The token, with its field, that stands in a unit as often as ``text`` does; a pair may overlap itself."""
    if len(text) == 1:
        return "characters", text
    return ("grams", text) if len(text) == 2 and text[0] != text[1] else None


def _cover(text: str) -> set[tuple[str, str]]:
    """The tokens, with their fields, that every unit with ``text`` has."""
    if len(text) == 1:
        return {("characters", text)}
    return {("grams", pair) for pair in (*list(pairs(text))[::2], text[-2:])}


def _lies_between(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)


def _lies_in(field: str, filed: str, value: str) -> bool:
    """Whether the filed value is ``value``; of a path, whether ``value``'s parts stand in it one after another."""
    if BY_NAME[field].kind != "path":
        return filed == value
    return f"{PATH_SEPARATOR}{value}{PATH_SEPARATOR}" in f"{PATH_SEPARATOR}{filed}{PATH_SEPARATOR}"
