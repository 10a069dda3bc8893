"""One stream of texts for every engine, and the time that making it takes apart from what the engine does with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from bench.spending import Spent, here
from indexer import Document, Report, Unit
from indexer.fields import PATH_SEPARATOR
from indexer.text import Segmenter, characters, pairs
from indexer.text.many import analyse

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
    """The documents, once. ``reading`` and ``tokenising`` are what making documents, and tokens, took."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.reading, self.tokenising = Spent(), Spent()
        self.units = self.reports = self.text_bytes = 0

    def documents(self) -> Iterator[Document]:
        for document, spent in _timed(self._documents):
            self.reading += spent
            self.reports += 1
            self.units += len(document.units)
            self.text_bytes += sum(len(unit.text.encode()) for unit in document.units)
            yield document

    def tokens(self) -> Iterator[Tokens]:
        """The units in tokens, by the code the product itself folds and cuts with."""
        segmenter = Segmenter()
        for document in self.documents():
            began = here()
            texts = analyse([unit.text for unit in document.units], segmenter)
            made = [_tokens(document.report, unit, *text) for unit, text in zip(document.units, texts, strict=True)]
            self.tokenising += here() - began
            yield from made


def joined(tokens: Iterable[str]) -> str:
    """Tokens in one text, parted by blanks."""
    return " ".join(token.replace(" ", BLANK) for token in tokens)


def _timed(items: Iterable[Item]) -> Iterator[tuple[Item, Spent]]:
    """Each item with what making it took."""
    began = here()
    for item in items:
        yield item, here() - began
        began = here()


def _tokens(report: Report, unit: Unit, folded: str, words: list[str]) -> Tokens:
    filed = {
        "year": str(report.year),
        "level": report.level,
        "section": PATH_SEPARATOR.join(unit.section),
        "region": PATH_SEPARATOR.join(report.region),
    }
    return Tokens(unit.address, unit.text, filed, joined(pairs(folded)), joined(characters(folded)), joined(words))
