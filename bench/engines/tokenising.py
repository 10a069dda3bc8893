"""No engine: folding and cutting into words alone, which every engine's indexing contains."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.engines.base import Answer
from bench.feed import Feed
from bench.questions import Question
from indexer.text import Segmenter, fold


class Tokenising:
    def build(self, feed: Feed) -> None:
        """Make the words and keep none."""
        segmenter = Segmenter()
        for document in feed.documents():
            for unit in document.units:
                for _ in segmenter.words(fold(unit.text)):
                    pass

    def open(self) -> None: ...

    def search(self, question: Question) -> Answer:
        raise NotImplementedError(question)

    def panel(self, words: Iterable[str]) -> None: ...

    def size(self) -> int:
        return 0


def engine(folder: Path) -> Tokenising:
    return Tokenising()
