"""The judge: plain Python over the documents, which knows no index, and of the product only ``fold`` and the values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import inf, log

from indexer.engines import Engine, Filter, SearchRequest
from indexer.model import Document, Report, Unit
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
from indexer.text import fold

Address = tuple[str, int]
Stretch = tuple[str, int]
"""A report, and the place in it of the first of the units in a row that have the same headings."""


@dataclass(frozen=True)
class Row:
    """A unit as the judge sees it."""

    report: Report
    unit: Unit
    folded: str
    stretch: Stretch

    @property
    def address(self) -> Address:
        return self.report.id, self.unit.ordinal

    def path(self, field: str) -> tuple[str, ...]:
        """The unit's value in a field, as a path: one part where the field is no path."""
        value = self.unit.section if field == "section" else getattr(self.report, field)
        return value if isinstance(value, tuple) else (str(value),)


def rows_of(document: Document) -> Iterator[Row]:
    first, before = 0, None
    for place, unit in enumerate(document.units):
        if unit.headings != before:
            first, before = place, unit.headings
        yield Row(document.report, unit, fold(unit.text), (document.report.id, first))


def sentences(folded: str) -> list[str]:
    """Each with the sign that ends it; folding writes ！？； as !?;."""
    cut = [""]
    for char in folded:
        cut[-1] += char
        if char in "。!?;":
            cut.append("")
    return cut


def shortest_end(signs: tuple[str, ...], folded: str, at: int) -> int | None:
    """Where what ``signs`` (folded texts, ? and *) stand for ends if it begins ``at``: each * as little as can be."""
    if not signs:
        return at
    first, rest = signs[0], signs[1:]
    if first not in ("?", "*"):
        return shortest_end(rest, folded, at + len(first)) if folded.startswith(first, at) else None
    for length in range(0 if first == "*" else 1, 21 if first == "*" else 2):
        passed = folded[at : at + length]
        if len(passed) < length or set(passed) & set("。!?;"):
            return None
        end = shortest_end(rest, folded, at + length)
        if end is not None:
            return end
    return None


@cache
def signs_of(wanted: Sought) -> tuple[str, ...]:
    """The folded texts of a word and the signs between them."""
    if not isinstance(wanted, Wildcard):
        return (fold(wanted.text),)
    signs = [""]
    for char in wanted.text:
        if char in "?*":
            signs += [char, ""]
        else:
            signs[-1] += char
    return tuple(sign if sign in ("?", "*") else fold(sign) for sign in signs)


def occurrences(wanted: Sought, folded: str) -> list[tuple[int, int]]:
    """Those that are counted: from the left, none overlapping."""
    signs = signs_of(wanted)
    found: list[tuple[int, int]] = []
    at = 0
    while signs[0] and (at := folded.find(signs[0], at)) >= 0:
        end = shortest_end(signs, folded, at) if isinstance(wanted, Wildcard) else at + len(signs[0])
        if end is None:
            at += 1
        else:
            found.append((at, end))
            at = end
    return found


def places(wanted: Sought, folded: str) -> list[tuple[int, int]]:
    """Where something stands: of a text every place, also those that overlap; of a wildcard those that are counted."""
    text = "" if isinstance(wanted, Wildcard) else signs_of(wanted)[0]
    if not text or text not in folded:
        return occurrences(wanted, folded)
    return [(at, at + len(text)) for at in range(len(folded)) if folded.startswith(text, at)]


class Scan:
    """Answers by looking at every unit, one after another."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.rows = [row for each in documents for row in rows_of(each)]
        self._complete: dict[SameStretch, set[Stretch]] = {}
        self._matching: dict[Node, list[Row]] = {}
        self._times: dict[Node, dict[Address, int]] = {}

    def finds(self, query: Node, row: Row) -> bool:
        match query:
            case All():
                return True
            case Term() | Phrase() | Wildcard():
                return bool(occurrences(query, row.folded))
            case Near(first, second, distance):
                one, other = places(first, row.folded), places(second, row.folded)
                gaps = [later[0] - sooner[1] for a in one for b in other for sooner, later in ((a, b), (b, a))]
                return any(0 <= gap <= distance for gap in gaps)
            case SameSentence(parts):
                if not all(occurrences(part, row.folded) for part in parts):
                    return False
                return any(all(occurrences(part, each) for part in parts) for each in sentences(row.folded))
            case SameStretch(parts):
                complete = row.stretch in self.complete(query)
                return complete and any(self.finds(part, row) for part in parts)
            case UnderHeading(text):
                return fold(text) != "" and any(fold(text) in fold(each.text) for each in row.unit.headings)
            case Exact(field, value):
                parts, path = tuple(value.split("/")), row.path(field)
                return any(path[at : at + len(parts)] == parts for at in range(len(path)))
            case Range(field, low, high):
                (number,) = map(int, row.path(field))
                return (low is None or number >= low) and (high is None or number <= high)
            case And(parts):
                return all(self.finds(part, row) for part in parts)
            case Or(parts):
                return any(self.finds(part, row) for part in parts)
            case Not(part):
                return not self.finds(part, row)
        raise AssertionError(query)

    def complete(self, query: SameStretch) -> set[Stretch]:
        """The stretches that hold all parts."""
        if query not in self._complete:
            held = [{row.stretch for row in self.rows if self.finds(part, row)} for part in query.parts]
            self._complete[query] = set.intersection(*held)
        return self._complete[query]

    def finds_loosely(self, query: Node) -> list[Row]:
        """Those that hold half of the plain words' pieces, by weight, in text or headings, and the rest exactly."""
        parts = query.parts if isinstance(query, And) else (query,)
        plain = [fold(part.text) for part in parts if isinstance(part, Term)]
        rest = [part for part in parts if not isinstance(part, Term)]
        pieces = {text[at : at + 2] for text in plain for at in range(max(1, len(text) - 1))} - {""}
        texts = {row.address: [row.folded, *(fold(each.text) for each in row.unit.headings)] for row in self.rows}
        held = {p: {where for where, lines in texts.items() if any(p in line for line in lines)} for p in pieces}
        many = len(self.rows)
        weight = {p: log(1 + (many - len(held[p]) + 0.5) / (len(held[p]) + 0.5)) for p in pieces if held[p]}
        return [
            row
            for row in self.rows
            if all(self.finds(part, row) for part in rest)
            and (not plain or sum(w for p, w in weight.items() if row.address in held[p]) + 1e-9 > self._half(weight))
        ]

    def _half(self, weight: dict[str, float]) -> float:
        return sum(weight.values()) / 2 if weight else inf

    def passes(self, filters: Iterable[Filter], row: Row) -> bool:
        for chosen in filters:
            path = row.path(chosen.field)
            above = {"/".join(path[: depth + 1]) for depth in range(len(path))}
            if (chosen.values and not above & {*chosen.values}) or above & {*chosen.excluded}:
                return False
        return True

    def found(self, query: Node, filters: Iterable[Filter] = ()) -> list[Row]:
        if query not in self._matching:
            self._matching[query] = [row for row in self.rows if self.finds(query, row)]
        chosen = tuple(filters)
        return [row for row in self._matching[query] if self.passes(chosen, row)]

    def facet(self, query: Node, filters: tuple[Filter, ...], name: str) -> dict[str, tuple[int, int]]:
        """From each value to its units and occurrences, over what the query and the other filters leave."""
        units: Counter[str] = Counter()
        occurrences: Counter[str] = Counter()
        times = self._times.setdefault(query, {})
        for row in self.found(query, (chosen for chosen in filters if chosen.field != name)):
            if row.address not in times:
                times[row.address] = count(query, [row])
            path, here = row.path(name), times[row.address]
            for depth in range(1, len(path) + 1):
                units["/".join(path[:depth])] += 1
                occurrences["/".join(path[:depth])] += here
        return {value: (units[value], occurrences[value]) for value in units}


def looked_for(query: Node) -> Iterator[Sought]:
    match query:
        case Term() | Phrase() | Wildcard():
            yield query
        case Near(first, second):
            yield from (first, second)
        case SameSentence(parts) | SameStretch(parts):
            yield from parts
        case And(parts) | Or(parts):
            for part in parts:
                yield from looked_for(part)


def count(query: Node, rows: Iterable[Row]) -> int:
    """The occurrences of what the query looks for, what is written alike once."""
    wanted = {signs_of(each): each for each in looked_for(query)}
    return sum(len(occurrences(each, row.folded)) for row in rows for each in wanted.values())


def hits(engine: Engine, query: Node, *filters: Filter, size: int = 2000) -> list[Address]:
    """All hits, page by page."""
    found: list[Address] = []
    while True:
        page = engine.search(SearchRequest(query, filters, (), "newest", len(found), size))
        found += [(hit.report.id, hit.unit.ordinal) for hit in page.hits]
        if not page.hits or len(found) >= page.total:
            assert len(found) == page.total
            return found


def addresses(rows: Iterable[Row]) -> list[Address]:
    """In the order of hits: newest first, then by report and ordinal."""
    newest_first = sorted(rows, key=lambda row: (-row.report.year, *row.address))
    return [row.address for row in newest_first]
