"""Plain BM25 in memory, over whatever tokens: what a ranking of ours must be better than."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

K1, B = 1.2, 0.75

Tokens = Callable[[str], Iterable[str]]
"""From folded text to its tokens."""


class PlainRanking:
    """BM25 over ``texts`` (folded), by their place among them."""

    def __init__(self, texts: Sequence[str], tokens: Tokens) -> None:
        self._tokens = tokens
        counted = [Counter(tokens(text)) for text in texts]
        lengths = [count.total() for count in counted]
        average = sum(lengths) / len(texts)
        self._norms = [K1 * (1 - B + B * length / average) for length in lengths]
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, count in enumerate(counted):
            for token, frequency in count.items():
                self._postings[token].append((place, frequency))

    def ranked(self, query: str, size: int) -> list[int]:
        """The places of the best ``size`` texts for a folded query."""
        scores: dict[int, float] = defaultdict(float)
        for token in dict.fromkeys(self._tokens(query)):
            holders = self._postings.get(token, [])
            idf = math.log(1 + (len(self._norms) - len(holders) + 0.5) / (len(holders) + 0.5))
            for place, frequency in holders:
                scores[place] += idf * frequency * (K1 + 1) / (frequency + self._norms[place])
        return sorted(scores, key=lambda place: (-scores[place], place))[:size]
