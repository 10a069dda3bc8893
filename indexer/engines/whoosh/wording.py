"""What the units of a snapshot say: their words and phrases, the clauses of their headings, the pairs in them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from indexer.engines.base import Vocabulary
from indexer.engines.whoosh.schema import HEADING_END
from indexer.text import Segmenter, pairs

SHORTEST, LONGEST = 2, 8
"""Characters of a word or phrase; 国家中心城市建设 has eight."""

LEAST_MEETINGS = 3
"""Units in which two words must stand side by side to be a phrase: in fewer they have only met."""

LONGEST_CLAUSE = 20
"""Characters of a clause of a heading. Longer ones are sentences."""

_CLAUSE = re.compile(r"\w+")
_NUMBERING = re.compile(r"[\d一二三四五六七八九十百]+|第[\d一二三四五六七八九十百]+(?:部分|章|节)")
_KEY = 3
"""Characters by which the texts that may hold something are told."""


def vocabulary_of(texts: Sequence[str], paths: Iterable[str], segmenter: Segmenter) -> Vocabulary:
    """What folded ``texts``, and the headings above them (one path a string), say; counted over ``texts``."""
    headings = _headings(paths)
    units = _holders(texts, _words(texts, segmenter) | headings)
    return Vocabulary(
        words={text: count for text, count in units.items() if text not in headings},
        headings={text: count for text, count in units.items() if text in headings},
    )


def pairs_of(texts: Iterable[str]) -> frozenset[str]:
    """The character pairs of folded texts."""
    return frozenset().union(*map(pairs, texts))


def _words(texts: Iterable[str], segmenter: Segmenter) -> set[str]:
    """The words of folded texts, and two of them that often stand side by side."""
    words: set[str] = set()
    meetings: Counter[str] = Counter()
    for text in texts:
        runs = tuple(segmenter.runs(text))
        words.update(word for run in runs for word in run if SHORTEST <= len(word) <= LONGEST)
        meetings.update({phrase for run in runs for phrase in _phrases(run)})
    return words.union(phrase for phrase, units in meetings.items() if units >= LEAST_MEETINGS)


def _phrases(run: Sequence[str]) -> Iterator[str]:
    """Two words together, neither a single character: what begins or ends with one (的, 和) is mostly no name."""
    for first, second in pairwise(run):
        if min(len(first), len(second)) >= SHORTEST and len(first) + len(second) <= LONGEST:
            yield first + second


def _headings(paths: Iterable[str]) -> set[str]:
    """The clauses of the innermost headings, without numbering and signs."""
    innermost = (path.rpartition(HEADING_END)[2] for path in paths)
    return {clause for heading in innermost for clause in _CLAUSE.findall(heading) if _is_heading(clause)}


def _is_heading(clause: str) -> bool:
    return SHORTEST < len(clause) <= LONGEST_CLAUSE and not clause.isascii() and not _NUMBERING.fullmatch(clause)


def _holders(texts: Iterable[str], sought: Iterable[str]) -> Counter[str]:
    """How many texts contain each of ``sought``, wherever it stands; those that none contains are left out."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for each in sought:
        by_key[each[:_KEY]].append(each)
    units: Counter[str] = Counter()
    for text in texts:
        keys = {text[at : at + width] for width in range(SHORTEST, _KEY + 1) for at in range(len(text) - width + 1)}
        units.update(each for key in keys & by_key.keys() for each in by_key[key] if each in text)
    return units
