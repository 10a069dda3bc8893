"""Which units a query finds, and how often they hold what it seeks.

The character pairs name the candidates; the folded text decides and counts. So a term's hits are those of a substring
scan, and its occurrences those of ``str.count``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from indexer.engines.base import Filter
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.fields import BY_NAME, PATH_SEPARATOR
from indexer.query import All, And, Exact, Node, Not, Or, Phrase, Range, Term
from indexer.text import fold, pairs

Docs = frozenset[int] | set[int]


class Matching:
    """Answers for one request; what a text occurs in is worked out once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._occurrences: dict[str, dict[int, int]] = {}

    def docs(self, node: Node) -> Docs:
        """The units that ``node`` finds."""
        match node:
            case All():
                return self._snapshot.units
            case Term(text) | Phrase(text):
                return self.occurrences(text).keys() & self._snapshot.units
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
        assert_never(node)

    def passing(self, filters: Iterable[Filter]) -> Docs:
        """The units that pass every filter."""
        docs: Docs = self._snapshot.units
        for chosen in filters:
            docs = docs & self.selected(chosen)
        return docs

    def selected(self, chosen: Filter) -> Docs:
        """The units that pass one filter."""
        filed = self._snapshot.filed[chosen.field]
        below = tuple(value + PATH_SEPARATOR for value in chosen.values)
        return frozenset().union(
            *(docs for value, docs in filed.items() if value in chosen.values or value.startswith(below))
        )

    def occurrences(self, text: str) -> dict[int, int]:
        """From every unit that holds ``text`` to how often, overlaps not counted."""
        folded = fold(text)
        if folded not in self._occurrences:
            self._occurrences[folded] = self._count(folded)
        return self._occurrences[folded]

    def _count(self, folded: str) -> dict[int, int]:
        if not folded:
            return {}
        if len(folded) == 1:
            return {doc: int(weight) for doc, weight in self._snapshot.postings("characters", folded)}
        sought, read = folded.encode(), self._snapshot.folded
        counts = ((doc, read(doc).count(sought)) for doc in self._candidates(folded))
        return {doc: count for doc, count in counts if count}

    def _candidates(self, folded: str) -> set[int]:
        """The units that have all pairs of the text; every second pair covers it."""
        cover = {*list(pairs(folded))[::2], folded[-2:]}
        rarest_first = sorted(cover, key=lambda pair: self._snapshot.document_frequency("grams", pair))
        found = self._snapshot.holders("grams", rarest_first[0])
        for pair in rarest_first[1:]:
            if not found:
                break
            found &= self._snapshot.holders("grams", pair)
        return found

    def _with_values(self, field: str, fits: Callable[[str], bool]) -> Docs:
        filed = self._snapshot.filed[field]
        return frozenset().union(*(docs for value, docs in filed.items() if fits(value)))


def _lies_between(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)


def _lies_in(field: str, filed: str, value: str) -> bool:
    """Whether the filed value is ``value``; of a path, whether ``value``'s parts stand in it one after another."""
    if BY_NAME[field].kind != "path":
        return filed == value
    return f"{PATH_SEPARATOR}{value}{PATH_SEPARATOR}" in f"{PATH_SEPARATOR}{filed}{PATH_SEPARATOR}"
