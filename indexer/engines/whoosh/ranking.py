"""The order of hits: BM25 over words, the sought text itself counting as one of them, and closeness."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from indexer.engines.base import Sort
from indexer.engines.whoosh.matching import Docs, Matching
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.text import fold

K1 = 1.2
B = 0.75
"""BM25's usual constants: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", §3.5; as in Lucene."""

LONGEST_WORD = 8
"""Characters. Longer words of jieba's dictionary are names, which the sought text itself finds."""

CLOSENESS_DEPTH = 200
"""How many of the best units are put in order by closeness too: the largest page."""

Ranked = list[tuple[int, float]]
"""Units with their scores, in order."""


def ranked(snapshot: Snapshot, matching: Matching, docs: Docs, texts: tuple[str, ...], sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``docs`` in the order ``sort``; ``texts`` are what the query seeks."""
    texts = tuple(filter(fold, texts))
    if not docs:
        return []
    if sort == "oldest":
        return [(doc, 0.0) for doc in heapq.nsmallest(last, docs, key=snapshot.oldest_first.__getitem__)]
    if sort == "newest" or not texts:
        return [(doc, 0.0) for doc in heapq.nsmallest(last, docs, key=snapshot.newest_first.__getitem__)]
    scores = _bm25(snapshot, matching, docs, texts)
    order = _best_first(scores, snapshot.newest_first)
    best = heapq.nsmallest(max(last, CLOSENESS_DEPTH), docs, key=order)
    if len(texts) > 1:
        best = _closest_first(snapshot, matching, best, scores, texts)
    return [(doc, scores[doc]) for doc in best[:last]]


def _best_first(scores: dict[int, float], places: dict[int, int]) -> Callable[[int], tuple[float, int]]:
    return lambda doc: (-scores[doc], places[doc])


def _bm25(snapshot: Snapshot, matching: Matching, docs: Docs, texts: Iterable[str]) -> dict[int, float]:
    scores: dict[int, float] = defaultdict(float, dict.fromkeys(docs, 0.0))
    average = sum(snapshot.lengths.values()) / len(snapshot.units)
    for frequencies in _frequencies(snapshot, matching, texts):
        weight = _idf(len(frequencies), len(snapshot.units))
        for doc in frequencies.keys() & docs:
            frequency = frequencies[doc]
            norm = K1 * (1 - B + B * snapshot.lengths[doc] / average)
            scores[doc] += weight * frequency * (K1 + 1) / (frequency + norm)
    return scores


def _frequencies(snapshot: Snapshot, matching: Matching, texts: Iterable[str]) -> Iterator[dict[int, float]]:
    """The postings that score: each sought text's own, and those of the words inside it."""
    for text in texts:
        yield dict(matching.occurrences(text))
    for word in dict.fromkeys(word for text in texts for word in _words_inside(fold(text))):
        frequencies = dict(snapshot.postings("words", word))
        if frequencies:
            yield frequencies


def _words_inside(folded: str) -> Iterator[str]:
    """Every piece that may be a word of the index: which ones are, the index knows. No segmenter is asked, so that
    内卷 is found as a word wherever the text was cut so, however a query alone would be cut."""
    for start in range(len(folded) - 1):
        for end in range(start + 2, min(start + LONGEST_WORD, len(folded)) + 1):
            yield folded[start:end]


def _idf(holders: int, units: int) -> float:
    return math.log(1 + (units - holders + 0.5) / (holders + 0.5))


def _closest_first(
    snapshot: Snapshot, matching: Matching, best: list[int], scores: dict[int, float], texts: tuple[str, ...]
) -> list[int]:
    """Put the first CLOSENESS_DEPTH units in order again, each gaining its texts' idf by the share of the shortest
    passage holding them all that they themselves fill: all of it where they stand side by side."""
    sought = [fold(text).encode() for text in texts]
    gain = sum(_idf(len(matching.occurrences(text)), len(snapshot.units)) for text in texts)
    for doc in best[:CLOSENESS_DEPTH]:
        scores[doc] += gain * closeness(snapshot.folded(doc), sought)
    head = sorted(best[:CLOSENESS_DEPTH], key=_best_first(scores, snapshot.newest_first))
    return [*head, *best[CLOSENESS_DEPTH:]]


def closeness(text: bytes, sought: list[bytes]) -> float:
    """The share, 0 to 1, that ``sought`` fill of the shortest passage of ``text`` with one of each; 0 without one."""
    places = sorted((at, which) for which, piece in enumerate(sought) for at in _places(text, piece))
    latest: dict[int, int] = {}
    shortest = math.inf
    for at, which in places:
        latest[which] = at
        if len(latest) == len(sought):
            end = max(start + len(sought[w]) for w, start in latest.items())
            shortest = min(shortest, end - min(latest.values()))
    return min(1.0, sum(map(len, sought)) / shortest)


def _places(text: bytes, piece: bytes) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + len(piece))
