"""The order of hits: BM25 over words, the sought text itself counting as one of them, and closeness."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from indexer.engines.base import Sort
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.matching import Found, Matching
from indexer.engines.columnar.view import View
from indexer.engines.loose import rarity
from indexer.engines.whoosh.ranking import CLOSENESS_DEPTH, K1, B, closeness, words_inside
from indexer.query import Sought
from indexer.text import pieces

Ranked = list[tuple[int, float]]
"""Units with their scores, in order."""


def ranked(view: View, matching: Matching, docs: Array, wanted: tuple[Sought, ...], sort: Sort, last: int) -> Ranked:
    """The first ``last`` of the units ``docs`` in the order ``sort``; ``wanted`` is what the query seeks."""
    wanted = tuple(filter(pieces, wanted))
    if sort != "relevance" or not wanted or not len(docs):
        return by_year(view, docs, sort, last)
    scores = _bm25(view, docs, _frequencies(view, matching, wanted))
    best = best_first(view, docs, scores, max(last, CLOSENESS_DEPTH))
    scored = list(zip(docs[best].tolist(), scores[best].tolist(), strict=True))
    return _closest_first(view, matching, scored, wanted)[:last] if len(wanted) > 1 else scored[:last]


def by_year(view: View, docs: Array, sort: Sort, last: int) -> Ranked:
    """The first ``last`` of ``docs`` by year: newest first unless the oldest are asked for."""
    places = (view.oldest_first if sort == "oldest" else view.newest_first)[docs]
    return [(unit, 0.0) for unit in docs[_smallest(places, last)].tolist()]


def best_first(view: View, docs: Array, scores: Array, last: int) -> Array:
    """Which of ``docs`` are the first ``last``: the highest score first, then by place."""
    places = view.newest_first
    if last < len(docs):
        worst = np.partition(scores, len(docs) - last)[len(docs) - last]
        among = np.flatnonzero(scores >= worst)
    else:
        among = np.arange(len(docs))
    return among[np.lexsort((places[docs[among]], -scores[among]))][:last]


def _smallest(places: Array, last: int) -> Array:
    if last < len(places):
        among = np.argpartition(places, last)[:last]
        return among[np.argsort(places[among])]
    return np.argsort(places)


def _bm25(view: View, docs: Array, frequencies: Iterator[Found]) -> Array:
    scores = np.zeros(len(docs))
    norms = K1 * (1 - B + B * view.lengths[docs] / view.average_length)
    times = np.zeros(view.size)
    for units, counts in frequencies:
        times[units] = counts
        frequency = times[docs]
        scores += rarity(len(units), view.units) * (frequency * (K1 + 1) / (frequency + norms))
        times[units] = 0
    return scores


def _frequencies(view: View, matching: Matching, wanted: tuple[Sought, ...]) -> Iterator[Found]:
    """The postings that score: those of each thing sought, and of the words inside its pieces."""
    for each in wanted:
        yield matching.occurrences(each)
    for word in dict.fromkeys(word for each in wanted for piece in pieces(each) for word in words_inside(piece)):
        units, times = view.frequencies(word)
        kept = view.live[units]
        if kept.any():
            yield units[kept], times[kept]


def _closest_first(view: View, matching: Matching, best: Ranked, wanted: tuple[Sought, ...]) -> Ranked:
    """Put the first CLOSENESS_DEPTH units in order again: see ``closeness``."""
    gain = sum(rarity(len(matching.occurrences(each)[0]), view.units) for each in wanted)
    head = [(unit, score + gain * closeness(view.folded(unit), wanted)) for unit, score in best[:CLOSENESS_DEPTH]]
    head.sort(key=lambda scored: (-scored[1], int(view.newest_first[scored[0]])))
    return [*head, *best[CLOSENESS_DEPTH:]]
