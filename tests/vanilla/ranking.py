"""The order of hits: BM25 over words, the sought text itself counting as one of them, and closeness."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator

from indexer.engines.base import Sort
from indexer.engines.loose import rarity
from indexer.query import Sought, Span
from indexer.text import occurrences, pieces
from vanilla.matching import Docs, Matching
from vanilla.snapshot import Snapshot

K1 = 1.2
B = 0.75
"""BM25's usual constants: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", §3.5; as in Lucene."""

LONGEST_WORD = 8
"""Characters. Longer words of jieba's dictionary are names, which the sought text itself finds."""

CLOSENESS_DEPTH = 100
"""How many of the best units are put in order by closeness too: five pages."""

Ranked = list[tuple[int, float]]
"""Units with their scores, in order."""


def ranked(
    snapshot: Snapshot, matching: Matching, docs: Docs, wanted: tuple[Sought, ...], sort: Sort, last: int
) -> Ranked:
    """The first ``last`` of ``docs`` in the order ``sort``; ``wanted`` is what the query seeks."""
    wanted = tuple(filter(pieces, wanted))
    if not docs:
        return []
    if sort != "relevance" or not wanted:
        return by_year(snapshot, docs, sort, last)
    scores = _bm25(snapshot, matching, docs, wanted)
    order = best_first(scores, snapshot.newest_first)
    best = heapq.nsmallest(max(last, CLOSENESS_DEPTH), docs, key=order)
    if len(wanted) > 1:
        best = _closest_first(snapshot, matching, best, scores, wanted)
    return [(doc, scores[doc]) for doc in best[:last]]


def by_year(snapshot: Snapshot, docs: Docs, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``docs`` by year: newest first unless the oldest are asked for."""
    places = snapshot.oldest_first if sort == "oldest" else snapshot.newest_first
    return [(doc, 0.0) for doc in heapq.nsmallest(last, docs, key=places.__getitem__)]


def best_first(scores: dict[int, float], places: dict[int, int]) -> Callable[[int], tuple[float, int]]:
    """A key to sort by: highest score first, then by place."""
    return lambda doc: (-scores[doc], places[doc])


def _bm25(snapshot: Snapshot, matching: Matching, docs: Docs, wanted: tuple[Sought, ...]) -> dict[int, float]:
    scores: dict[int, float] = defaultdict(float, dict.fromkeys(docs, 0.0))
    for frequencies in _frequencies(snapshot, matching, wanted):
        weight = rarity(len(frequencies), len(snapshot.units))
        for doc in frequencies.keys() & docs:
            scores[doc] += weight * saturation(frequencies[doc], length_norm(snapshot, doc))
    return scores


def length_norm(snapshot: Snapshot, doc: int) -> float:
    """How much a unit of its length must hold to be half of what it can be."""
    return K1 * (1 - B + B * snapshot.lengths[doc] / snapshot.average_length)


def saturation(frequency: float, norm: float) -> float:
    """What ``frequency`` is worth in a unit of that ``length_norm``, 0 to K1 + 1."""
    return frequency * (K1 + 1) / (frequency + norm)


def _frequencies(snapshot: Snapshot, matching: Matching, wanted: tuple[Sought, ...]) -> Iterator[dict[int, int]]:
    """The postings that score: those of each thing sought, and of the words inside its pieces."""
    for each in wanted:
        yield matching.occurrences(each)
    for word in dict.fromkeys(word for each in wanted for piece in pieces(each) for word in words_inside(piece)):
        frequencies = snapshot.frequencies("words", word)
        if frequencies:
            yield frequencies


def words_inside(folded: str) -> Iterator[str]:
    """Every piece that may be a word of the index: which ones are, the index knows. No segmenter is asked, so that
    内卷 is found as a word wherever the text was cut so, however a query alone would be cut."""
    for start in range(len(folded) - 1):
        for end in range(start + 2, min(start + LONGEST_WORD, len(folded)) + 1):
            yield folded[start:end]


def _closest_first(
    snapshot: Snapshot, matching: Matching, best: list[int], scores: dict[int, float], wanted: tuple[Sought, ...]
) -> list[int]:
    """Put the first CLOSENESS_DEPTH units in order again, each gaining its terms' idf by the share of the shortest
    passage holding them all that they themselves fill: all of it where they stand side by side."""
    gain = sum(rarity(len(matching.occurrences(each)), len(snapshot.units)) for each in wanted)
    for doc in best[:CLOSENESS_DEPTH]:
        scores[doc] += gain * closeness(snapshot.folded(doc).decode(), wanted)
    head = sorted(best[:CLOSENESS_DEPTH], key=best_first(scores, snapshot.newest_first))
    return [*head, *best[CLOSENESS_DEPTH:]]


def closeness(folded: str, wanted: tuple[Sought, ...]) -> float:
    """The share, 0 to 1, that ``wanted`` fill of the passage with one of each that they fill best; 0 without one."""
    spans = sorted((*span, which) for which, each in enumerate(wanted) for span in occurrences(folded, each))
    latest: dict[int, Span] = {}
    best = 0.0
    for start, end, which in spans:
        latest[which] = (start, end)
        if len(latest) == len(wanted):
            filled = sum(last - first for first, last in latest.values())
            passage = max(last for _, last in latest.values()) - min(first for first, _ in latest.values())
            best = max(best, filled / passage)
    return min(1.0, best)
