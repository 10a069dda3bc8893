"""How Chinese sounds: syllables without tones, of texts and of single characters. The only import of pypinyin.

Importing this takes a quarter of a second and 55 MB, for pypinyin's tables of 42,000 characters and 47,000 phrases: it
is imported where something is spelled and not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

MOST_READINGS = 3
"""Of one character, the commonest first: what comes after them stands in dictionaries only."""

MOST_SPELLINGS = 4
"""Of one text: two characters of two readings each."""
_LONE_READINGS = 2

_LONGEST_PHRASE = 4
"""Characters. Longer phrases of the table are proverbs, whose characters are read as everywhere."""

_NEAR_BEGINNINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_NEAR_ENDINGS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
"""What many speakers do not tell apart, and what input methods therefore let pass as the same (模糊音)."""


def spellings(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways ``text`` may be read, the likeliest first, at most MOST_SPELLINGS; each has one syllable a character, in
    small letters without tone, ü written v: 重庆 is chong, qing.

    A phrase of the table is read as it stands there; any other character in its two commonest ways; what is not Chinese
    is itself.
    """
    ways = islice(product(*_pieces(text)), MOST_SPELLINGS)
    return tuple(tuple(syllable for piece in way for syllable in piece) for way in ways)


def initials(spelling: tuple[str, ...]) -> str:
    """The first letter of each syllable: 中欧班列 is zobl."""
    return "".join(syllable[0] for syllable in spelling)


@lru_cache(maxsize=8192)
def readings(char: str) -> tuple[str, ...]:
    """The syllables one character may be, the commonest first, at most MOST_READINGS; itself if it is not Chinese."""
    told = pinyin_dict.get(ord(char), "")
    return tuple(dict.fromkeys(map(_plain, told.split(",") if told else ())))[:MOST_READINGS] or (char,)


@lru_cache(maxsize=2048)
def blurred(syllable: str) -> str:
    """The syllable as it is said where zh and z, ch and c, sh and s, n and l, ing and in, eng and en, ang and an are
    one: two syllables that sound alike there give the same."""
    for written, said in _NEAR_BEGINNINGS:
        if syllable.startswith(written):
            syllable = said + syllable[len(written) :]
            break
    for written, said in _NEAR_ENDINGS:
        if syllable.endswith(written):
            return syllable.removesuffix(written) + said
    return syllable


def _pieces(text: str) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The phrases and lone characters that ``text`` is made of, each as the ways to read it."""
    at = 0
    while at < len(text):
        phrase = _phrase(text, at)
        lone = tuple((reading,) for reading in readings(phrase)[:_LONE_READINGS]) if len(phrase) == 1 else ()
        yield lone or (_phrase_syllables(phrase),)
        at += len(phrase)


def _phrase(text: str, at: int) -> str:
    """The longest phrase of the table that begins at ``at``; else the character."""
    for end in range(min(len(text), at + _LONGEST_PHRASE), at + 1, -1):
        if text[at:end] in phrases_dict:
            return text[at:end]
    return text[at]


@lru_cache(maxsize=65536)
def _phrase_syllables(phrase: str) -> tuple[str, ...]:
    return tuple(_plain(reading[0]) for reading in phrases_dict[phrase])


@lru_cache(maxsize=4096)
def _plain(syllable: str) -> str:
    return to_normal(syllable) or syllable
