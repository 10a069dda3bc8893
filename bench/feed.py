"""One stream of texts for every engine, and the time that making it takes apart from what the engine does with it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from indexer import Document, Report, Unit
from indexer.fields import PATH_SEPARATOR
from indexer.text import Segmenter, characters, fold, pairs

BLANK = "\x1f"
"""What stands for the blank inside a token: no folded text has it."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A unit in tokens with blanks between them; ``filed`` under year, level, section and region."""

    address: str
    text: str
    filed: dict[str, str]
    pairs: str
    characters: str
    words: str


class Feed:
    """The documents, once. ``reading`` and ``tokenising`` are the seconds that making documents, and tokens, took."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.reading = self.tokenising = 0.0
        self.units = self.reports = self.text_bytes = 0

    def documents(self) -> Iterator[Document]:
        before = 0.0
        for document, spent in _timed(self._documents):
            self.reading += spent - before
            before = spent
            self.reports += 1
            self.units += len(document.units)
            self.text_bytes += sum(len(unit.text.encode()) for unit in document.units)
            yield document

    def tokens(self) -> Iterator[Tokens]:
        """The units in tokens, by the code the product itself folds and cuts with."""
        segmenter = Segmenter()
        for document in self.documents():
            began = time.perf_counter()
            made = [_tokens(document.report, unit, segmenter) for unit in document.units]
            self.tokenising += time.perf_counter() - began
            yield from made


def joined(tokens: Iterable[str]) -> str:
    """Tokens in one text, parted by blanks."""
    return " ".join(token.replace(" ", BLANK) for token in tokens)


def _timed(items: Iterable[Item]) -> Iterator[tuple[Item, float]]:
    """Each item with the seconds that making it and all before it took."""
    spent, began = 0.0, time.perf_counter()
    for item in items:
        spent += time.perf_counter() - began
        yield item, spent
        began = time.perf_counter()


def _tokens(report: Report, unit: Unit, segmenter: Segmenter) -> Tokens:
    folded = fold(unit.text)
    filed = {
        "year": str(report.year),
        "level": report.level,
        "section": PATH_SEPARATOR.join(unit.section),
        "region": PATH_SEPARATOR.join(report.region),
    }
    words = joined(segmenter.words(folded))
    return Tokens(unit.address, unit.text, filed, joined(pairs(folded)), joined(characters(folded)), words)
