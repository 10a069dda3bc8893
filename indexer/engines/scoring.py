"""What the order of hits is made of, the same for every engine of one machine: BM25's constants, the words inside what
is sought, and how closely several things sought stand together.

A unit's score is BM25 over what is sought and over the words inside it; where several things are sought, the best
``CLOSENESS_DEPTH`` units each gain the things' rarity times their closeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.query import Span

K1 = 1.2
B = 0.75
"""BM25's usual constants: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", §3.5; as in Lucene."""

LONGEST_WORD = 8
"""Characters. Longer words of jieba's dictionary are names, which the sought text itself finds."""

CLOSENESS_DEPTH = 100
"""How many of the best units are put in order by closeness too: five pages."""

HEADING_GAIN = 2.0
"""Loosely, a piece in the headings above a unit counts as often as it can in its text, nearly: BM25's most is
K1 + 1 = 2.2. Measured, with the square of the share, in bench/RANKING.md."""

COUNTINGS = 200_000
"""Of pieces in units, for one loose answer, some 0.2 s: units beyond are in order of their share alone."""


def words_inside(folded: str) -> Iterator[str]:
    """Every piece that may be a word of the index: which ones are, the index knows. No segmenter is asked, so that
    内卷 is found as a word wherever the text was cut so, however a query alone would be cut."""
    for start in range(len(folded) - 1):
        for end in range(start + 2, min(start + LONGEST_WORD, len(folded)) + 1):
            yield folded[start:end]


def closeness(folded: str, wanted: Sequence[re.Pattern[str]]) -> float:
    """The share, 0 to 1, that what is ``wanted`` fills of the passage with one of each that it fills best; 0 without
    one: all of it where they stand side by side. What is wanted never matches the empty text."""
    spans = sorted((*match.span(), which) for which, each in enumerate(wanted) for match in each.finditer(folded))
    latest: dict[int, Span] = {}
    best = 0.0
    for start, end, which in spans:
        latest[which] = (start, end)
        if len(latest) == len(wanted):
            filled = sum(last - first for first, last in latest.values())
            passage = max(last for _, last in latest.values()) - min(first for first, _ in latest.values())
            best = max(best, filled / passage)
    return min(1.0, best)
