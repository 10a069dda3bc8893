"""Postings on their way to the disk: what a unit's terms are, gathered by term until the segment is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count, groupby
from operator import itemgetter

from whoosh.formats import Positions
from whoosh.system import pack_uint
from whoosh.writing import PostingPool

Posting = tuple[str, int, bytes]
"""A term in one document: the term, how often it occurs, and what Whoosh stores with it."""

TermPostings = tuple[str, bytes, list[object]]
"""Field, term in UTF-8, and its postings in order: document, weight, value, document, weight, value, …"""

MOST_HELD = 3_000_000
"""Postings held in memory, some 100 bytes each with their terms; beyond, they are put aside in a sorted file."""

_POSITIONS = Positions()


def with_places(tokens: Sequence[str]) -> Iterator[Posting]:
    """The postings of a field that knows where its tokens stand: what Whoosh's own ``Positions`` makes of them."""
    last = dict(zip(tokens, count(), strict=False))
    times = Counter(tokens)
    again: dict[str, list[int]] = {token: [] for token, number in times.items() if number > 1}
    for place, token in enumerate(tokens if again else ()):
        if token in again:
            again[token].append(place)
    for token, number in times.items():
        yield token, number, _once_at(last[token]) if number == 1 else _POSITIONS.encode(again[token])


def with_counts(tokens: Sequence[str]) -> Iterator[Posting]:
    """The postings of a field that counts its tokens: what Whoosh's own ``Frequency`` makes of them."""
    return ((token, number, _times(number)) for token, number in Counter(tokens).items())


@lru_cache(maxsize=4096)
def _once_at(place: int) -> bytes:
    """Seven terms of eight occur once in a unit; those at the same place share their value."""
    value: bytes = _POSITIONS.encode([place])
    return value


@lru_cache(maxsize=256)
def _times(number: int) -> bytes:
    value: bytes = pack_uint(number)
    return value


class TermPool(PostingPool):
    """Whoosh's pool sorts every posting; this one sorts only terms, because documents come in order."""

    def __init__(self, tempstore: object, segment: object) -> None:
        super().__init__(tempstore, segment)
        self._terms: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        self._held = 0

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """One posting as Whoosh hands it on: field, term, document, weight, value."""
        field, term, *posting = item
        self._terms[field][term.decode()] += posting
        self._hold(1)

    def add_unit(self, field: str, doc: int, postings: Iterable[Posting]) -> None:
        """A document's postings in one field."""
        terms = self._terms[field]
        given = list(postings)
        for term, number, value in given:
            terms[term] += (doc, number, value)
        self._hold(len(given))

    def _hold(self, more: int) -> None:
        self._held += more
        if self._held > MOST_HELD:
            self.save()

    def save(self) -> None:
        """Put what is held aside in a sorted file."""
        self._gather()
        super().save()

    def _gather(self) -> None:
        for field, terms in self._terms.items():
            self.current += ((field, term.encode(), postings) for term, postings in terms.items())
        self._terms.clear()
        self._held = 0

    def iter_postings(self) -> Iterator[TermPostings]:
        """All terms in order, each once."""
        self._gather()
        for (field, term), parts in groupby(self.items(), key=itemgetter(0, 1)):
            (first, *others) = (postings for _, _, postings in parts)
            for postings in others:
                first += postings
            yield field, term, first
