"""What the units of an index say: their words and phrases, the clauses of their headings, the pairs in them."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from operator import add

from indexer.engines.base import Vocabulary
from indexer.text import Segmenter, pairs

HEADING_END = "\n"
"""Between the folded headings above a unit; no folded text has it."""

SHORTEST, LONGEST = 2, 8
"""Characters of a word or phrase; 国家中心城市建设 has eight."""

LEAST_MEETINGS = 3
"""Units in which two words must stand side by side to be a phrase: in fewer they have only met."""

ALONE = 10
"""A word stands by itself in one of so many units that contain it, at least: 工的 is mostly in 职工的, cut amiss."""

LONGEST_CLAUSE = 20
"""Characters of a clause of a heading. Longer ones are sentences."""

_SIGNS = r"\s,、;:.。!?—"
_CLAUSE = re.compile(rf"(?<![^{_SIGNS})])\w+(?![^{_SIGNS}(])|(?<=[“《(])\w+(?=[”》)])")
"""Between signs, or quoted as a whole: what stands behind a quotation is a fragment (的说明)."""
_NUMBERING = re.compile(r"[\d一二三四五六七八九十百]+|第[\d一二三四五六七八九十百]+(?:部分|章|节)")
_KEY = 4
"""Characters by which the texts that may hold something longer are told."""


def vocabulary_of(texts: Sequence[str], paths: Iterable[str], segmenter: Segmenter) -> Vocabulary:
    """What folded ``texts``, and the headings above them (one path a string), say; counted over ``texts``."""
    headings = _headings(paths)
    alone, phrases = _words(texts, segmenter)
    words = {word for word in alone if SHORTEST <= len(word) <= LONGEST}
    units = _holders(texts, words | phrases | headings)
    units = Counter({text: count for text, count in units.items() if text not in words or ALONE * alone[text] >= count})
    return Vocabulary(
        words={text: count for text, count in units.items() if text not in headings},
        headings={text: count for text, count in units.items() if text in headings},
    )


def pairs_of(texts: Iterable[str]) -> frozenset[str]:
    """The character pairs of folded texts."""
    return frozenset().union(*map(pairs, texts))


def _words(texts: Iterable[str], segmenter: Segmenter) -> tuple[Counter[str], set[str]]:
    """The words of folded texts, each with the texts in which it stands by itself, and two of them that often stand
    side by side."""
    words: Counter[str] = Counter()
    numbers: dict[str, int] = {}
    followers: list[array[int]] = []
    for text in texts:
        runs = tuple(segmenter.runs(text))
        words.update(set(chain.from_iterable(runs)))
        for pair in {pair for run in runs for pair in pairwise(run) if _is_phrase(*pair)}:
            first, second = (numbers.setdefault(word, len(numbers)) for word in pair)
            followers.extend(array("I") for _ in range(len(followers), len(numbers)))
            followers[first].append(second)
    named = list(numbers)
    often = ((word, _often(followers[number])) for word, number in numbers.items())
    return words, {word + named[other] for word, others in often for other in others}


def _is_phrase(first: str, second: str) -> bool:
    """Neither a single character: what begins or ends with one (的, 和) is mostly no name."""
    return len(first) >= SHORTEST <= len(second) and len(first) + len(second) <= LONGEST


def _often(followers: array[int]) -> list[int]:
    return [number for number, meetings in Counter(followers).items() if meetings >= LEAST_MEETINGS]


def _headings(paths: Iterable[str]) -> set[str]:
    """The clauses of the innermost headings, without numbering and signs."""
    innermost = (path.rpartition(HEADING_END)[2] for path in paths)
    return {clause for heading in innermost for clause in _CLAUSE.findall(heading) if _is_heading(clause)}


def _is_heading(clause: str) -> bool:
    return SHORTEST < len(clause) <= LONGEST_CLAUSE and not clause.isascii() and not _NUMBERING.fullmatch(clause)


def _holders(texts: Iterable[str], sought: Iterable[str]) -> Counter[str]:
    """How many texts contain each of ``sought``, wherever it stands; those that none contains are left out."""
    of_length: dict[int, set[str]] = defaultdict(set)
    longer: dict[str, list[str]] = defaultdict(list)
    for each in sought:
        of_length[len(each)].add(each)
        if len(each) > _KEY:
            longer[each[:_KEY]].append(each)
    units: Counter[str] = Counter()
    for text in texts:
        pieces = list(text)
        for length in range(SHORTEST, _KEY + 1):
            pieces = list(map(add, pieces, text[length - 1 :]))
            units.update(of_length[length].intersection(pieces))
        units.update([each for key in longer.keys() & pieces for each in longer[key] if each in text])
    return units
