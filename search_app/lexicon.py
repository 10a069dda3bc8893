"""The words and headings of one committed state, to be found by how they begin, sound, or what they hold.

All texts stand in one string and all numbers in arrays, not in an object each.
"""

from __future__ import annotations

import heapq
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from indexer.engines import Engine

MOST = 10
"""Entries found. More than a list one sees at a glance."""

_PINYIN = re.compile(r"[a-z]+")
_MIXED = re.compile(r"(?P<han>.*[\u3400-\u9fff])(?P<pinyin>[a-z]+)")
_LAST = chr(0x10FFFF)

Kind = Literal["word", "heading"]
Spelled = tuple[tuple[str, ...], int]
"""A spelling, and the number of the entry that is spelled so."""


@dataclass(frozen=True, slots=True)
class Entry:
    text: str
    units: int
    kind: Kind


class Lexicon:
    """Entries are numbered by their units, most first; then the shorter first."""

    def __init__(self, engine: Engine) -> None:
        said = engine.vocabulary()
        units = {**said.words, **said.headings}
        texts = sorted(units, key=lambda text: (-units[text], len(text), text))
        self._headings = frozenset(number for number, text in enumerate(texts) if text in said.headings)
        fragments = _beginnings_only(said.words)
        self._fragments = frozenset(number for number, text in enumerate(texts) if text in fragments)
        self._units = array("I", (units[text] for text in texts))
        self._texts = _Strings(texts)
        self._written = _Index(zip(texts, range(len(texts)), strict=True))
        self._likeliest, self._others = map(_Sounds, _spelled(texts))

    def find(self, typed: str) -> list[Entry]:
        """The best MOST entries for a folded word, by kind of match, then by units. Most of all kinds first: what
        begins with it; then what is so spelled as it is likeliest read; then what has such initials; then both for what
        may be read so too; last what holds it. A word that stands nowhere but at the beginning of a longer one gives
        way to that, unless it is what was typed."""
        found: dict[int, None] = {}
        for numbers in self._matches(typed):
            fresh = {number for number in numbers if number not in found and self._is_whole(number, typed)}
            found |= dict.fromkeys(heapq.nsmallest(MOST - len(found), fresh))
            if len(found) == MOST:
                break
        return list(map(self._entry, found))

    def _is_whole(self, number: int, typed: str) -> bool:
        return number not in self._fragments or self._texts[number] == typed

    def sounding(self, pinyin: str) -> list[Entry]:
        """The entries spelled just so, those of most units first."""
        numbers = {*self._likeliest.whole.equal(pinyin), *self._others.whole.equal(pinyin)}
        return list(map(self._entry, sorted(numbers)))

    def _entry(self, number: int) -> Entry:
        return Entry(self._texts[number], self._units[number], "heading" if number in self._headings else "word")

    def _matches(self, typed: str) -> Iterator[Iterable[int]]:
        yield self._written.beginning(typed)
        if _PINYIN.fullmatch(typed):
            for sounds in (self._likeliest, self._others):
                yield sounds.whole.beginning(typed)
                yield sounds.initials.beginning(typed)
        elif mixed := _MIXED.fullmatch(typed):
            yield self._mixed(mixed["han"], mixed["pinyin"])
        else:
            yield self._texts.holding(typed)

    def _mixed(self, han: str, pinyin: str) -> Iterator[int]:
        """What begins with the characters and goes on with the syllables or initials."""
        from indexer.text.pinyin import initials, spellings

        for number in self._written.beginning(han):
            rests = [spelling[len(han) :] for spelling in spellings(self._texts[number])]
            if any("".join(rest).startswith(pinyin) or initials(rest).startswith(pinyin) for rest in rests):
                yield number


def _beginnings_only(words: Mapping[str, int]) -> set[str]:
    """The words that stand in as many units as a longer one that begins with them."""
    beginnings = ((word, word[:end]) for word in words for end in range(2, len(word)))
    return {begin for word, begin in beginnings if words.get(begin) == words[word]}


def _spelled(texts: Iterable[str]) -> tuple[list[Spelled], list[Spelled]]:
    """How every text is likeliest read, and how else."""
    from indexer.text.pinyin import spellings

    likeliest, others = [], []
    for number, text in enumerate(texts):
        first, *rest = spellings(text)
        likeliest.append((first, number))
        others += [(spelling, number) for spelling in rest]
    return likeliest, others


class _Strings:
    """Strings without line breaks, kept in one."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._joined = "\n".join(strings)
        self._starts = array("I", accumulate((len(each) + 1 for each in strings), initial=0))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, place: int) -> str:
        return self._joined[self._starts[place] : self._starts[place + 1] - 1]

    def holding(self, text: str) -> Iterator[int]:
        """The places of strings that hold ``text``, in order."""
        at = self._joined.find(text)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            yield place
            at = self._joined.find(text, self._starts[place + 1])


class _Index:
    """Numbers of entries by a key, in the order of keys."""

    def __init__(self, keyed: Iterable[tuple[str, int]]) -> None:
        ordered = sorted(keyed)
        self._keys = _Strings([key for key, _ in ordered])
        self._numbers = array("I", (number for _, number in ordered))

    def beginning(self, start: str) -> array[int]:
        return self._numbers[bisect_left(self._keys, start) : bisect_left(self._keys, start + _LAST)]

    def equal(self, key: str) -> array[int]:
        return self._numbers[bisect_left(self._keys, key) : bisect_left(self._keys, key + "\0")]


class _Sounds:
    """Numbers of entries by their spellings, and by the initials of these."""

    def __init__(self, spelled: Sequence[Spelled]) -> None:
        from indexer.text.pinyin import initials

        self.whole = _Index(("".join(spelling), number) for spelling, number in spelled)
        self.initials = _Index((initials(spelling), number) for spelling, number in spelled)
