"""bm25s over jieba's words: a ranking and nothing else, so its answers are compared with nobody's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import bm25s
from bm25s.tokenization import Tokenized

from bench.engines.base import Answer, size_of
from bench.feed import Feed
from bench.questions import SIZE, Question
from indexer.query import Term, sought
from indexer.text import Segmenter, fold

K1, B = 1.2, 0.75


class Bm25s:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, feed: Feed) -> None:
        vocabulary: dict[str, int] = {}
        numbers = [
            [vocabulary.setdefault(word, len(vocabulary)) for word in unit.words.split()] for unit in feed.tokens()
        ]
        ranking = bm25s.BM25(method="lucene", k1=K1, b=B)
        ranking.index(Tokenized(numbers, vocabulary), show_progress=False)
        ranking.save(self._folder)

    def open(self) -> None:
        self._segmenter = Segmenter()
        self._ranking = bm25s.BM25.load(self._folder, mmap=True)

    def search(self, question: Question) -> Answer:
        """The best by the words of all that is sought; filters and what a NOT stands before are not heeded."""
        texts = [each.text for each in sought(question.query) if isinstance(each, Term)]
        words = [word for text in texts for word in self._segmenter.words(fold(text))]
        known = [word for word in words if word in self._ranking.vocab_dict]
        if not known:
            return Answer(0, (), None)
        numbers, _ = self._ranking.retrieve([known], k=SIZE, show_progress=False)
        return Answer(len(numbers[0]), tuple(map(str, numbers[0].tolist())), None)

    def panel(self, words: Iterable[str]) -> None:
        """It counts nothing."""

    def size(self) -> int:
        return size_of(self._folder)


def engine(folder: Path) -> Bm25s:
    folder.mkdir(parents=True, exist_ok=True)
    return Bm25s(folder)
