"""No engine: folding and cutting into words alone, which every engine's indexing contains."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.engines.base import Answer
from bench.feed import Feed
from bench.questions import Question
from indexer import Document
from indexer.text import Segmenter
from indexer.text.many import analyse


def fold_and_cut(documents: Iterable[Document]) -> None:
    """Make the words, as indexing does, and keep none."""
    segmenter = Segmenter()
    for document in documents:
        for _ in analyse([unit.text for unit in document.units], segmenter):
            pass


class Tokenising:
    def build(self, feed: Feed) -> None:
        fold_and_cut(feed.documents())

    def open(self) -> None: ...

    def search(self, question: Question) -> Answer:
        raise NotImplementedError(question)

    def panel(self, words: Iterable[str]) -> None: ...

    def size(self) -> int:
        return 0


def engine(folder: Path) -> Tokenising:
    return Tokenising()
