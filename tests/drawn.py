"""Queries drawn from the texts themselves, so that there are hits."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from judge import Scan

from indexer.engines import Filter
from indexer.fields import FACETS
from indexer.model import Document
from indexer.query import Near, Phrase, SameSentence, SameStretch, Sought, Term, Together, UnderHeading, Wildcard
from indexer.text import fold

HALF = settings(max_examples=settings.default.max_examples // 2)
"""For what is held to a scan of all real texts, for one engine after another."""


def substrings(documents: tuple[Document, ...], longest: int = 12, shortest: int = 1) -> st.SearchStrategy[str]:
    """Pieces of the texts that are not nothing when folded."""
    texts = [unit.text for each in documents for unit in each.units if len(unit.text) >= shortest]

    def piece(which: int, at: int, length: int) -> str:
        text = texts[which]
        start = at % (len(text) - shortest + 1)
        return text[start : start + length]

    which = st.integers(0, len(texts) - 1)
    pieces = st.builds(piece, which, st.integers(0, 10_000), st.integers(shortest, longest))
    return pieces.filter(lambda text: len(fold(text)) >= shortest)


def filterings(documents: tuple[Document, ...]) -> st.SearchStrategy[tuple[Filter, ...]]:
    rows = Scan(documents).rows
    each = []
    for name in FACETS:
        paths = sorted({row.path(name)[:depth] for row in rows for depth in (1, 2, 3)})
        values = st.sampled_from(["/".join(path) for path in paths] + ["没有"])
        some = st.lists(values, max_size=3, unique=True).map(tuple)
        each.append(st.builds(Filter, st.just(name), some, some))
    return st.lists(st.one_of(each), max_size=3, unique_by=lambda chosen: chosen.field).map(tuple)


class Drawer:
    """Makes queries of pieces of the texts; every number given is brought into range, so any numbers will do."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        folded = [fold(unit.text) for each in documents for unit in each.units]
        self._texts = [text for text in folded if len(text) >= 8]
        self._headings = sorted(
            {heading.text for each in documents for unit in each.units for heading in unit.headings}
        )

    def text(self, number: int) -> str:
        """The folded text of a unit."""
        return self._texts[number % len(self._texts)]

    def piece(self, number: int, at: int, length: int) -> Sought:
        """A piece of a text, of one to three characters."""
        folded = self.text(number)
        start = at % (len(folded) - 3)
        text = folded[start : start + 1 + length % 3]
        return Phrase(text) if length % 2 else Term(text)

    def wildcard(self, number: int, at: int, gaps: tuple[int, ...]) -> Wildcard:
        """A piece of a text of which some characters are a sign: for each gap some are left out, or a ? stands."""
        folded = self.text(number)
        end = at % (len(folded) - 3)
        text = folded[end]
        for gap in gaps:
            signs, passed = ("*", gap) if gap % 2 else ("?" * (1 + gap // 8), 1 + gap // 8)
            end += 1 + passed
            if end >= len(folded):
                break
            text += signs + folded[end]
        return Wildcard(text.replace(" ", "国"))

    def near(self, number: int, at: int, apart: int, length: int, distance: int) -> Near:
        first, second = self.piece(number, at, length), self.piece(number, at + apart, length // 3)
        return Near(first, second, distance)

    def in_sentence(self, number: int, at: int, apart: tuple[int, ...], length: int) -> SameSentence:
        return SameSentence(tuple(self.piece(number, at + further, length) for further in (0, *apart)))

    def in_stretch(self, number: int, further: int, at: int, length: int) -> SameStretch:
        first, second = self.piece(number, at, length), self.piece(number + further, at, length)
        return SameStretch((first, second))

    def heading(self, number: int, at: int, length: int) -> UnderHeading:
        text = self._headings[number % len(self._headings)] if self._headings else "开放"
        start = at % len(text)
        return UnderHeading(text[start : start + 1 + length])

    def sought(self) -> st.SearchStrategy[Sought]:
        some, gaps = st.integers(0, 10_000), st.lists(st.integers(0, 21), min_size=1, max_size=3).map(tuple)
        pieces = st.builds(self.piece, some, some, some)
        return pieces | st.builds(self.wildcard, some, some, gaps)

    def together(self) -> st.SearchStrategy[Together | UnderHeading]:
        some, short = st.integers(0, 10_000), st.integers(0, 40)
        return st.one_of(
            st.builds(self.near, some, some, short, some, st.integers(1, 40)),
            st.builds(Near, self.sought(), self.sought(), st.integers(1, 200)),
            st.builds(self.in_sentence, some, some, st.lists(short, min_size=1, max_size=2).map(tuple), some),
            st.builds(lambda parts: SameSentence(tuple(parts)), st.lists(self.sought(), min_size=2, max_size=3)),
            st.builds(self.in_stretch, some, st.integers(0, 6), some, some),
            st.builds(lambda parts: SameStretch(tuple(parts)), st.lists(self.sought(), min_size=2, max_size=3)),
            st.builds(self.heading, some, some, st.integers(0, 5)),
        )
