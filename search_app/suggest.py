"""Suggestions while typing: the corpus's own words and headings, by their characters, their pinyin or its initials."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from indexer.engines import Engine
from indexer.errors import BadParameter
from indexer.text import fold
from search_app.latest import Latest
from search_app.parameters import Parameter, Values, read_parameters
from search_app.syntax import MAX_CHARACTERS, completes, last_word

MOST = 10
"""Suggestions. More than a list one sees at a glance."""

LONGEST = 40
"""Characters of a word to complete, in pinyin; nothing suggested is longer."""

PARAMETERS = (Parameter("q", False, "正在输入的查询；补全的是最后一个词", required=True),)

_PINYIN = re.compile(r"[a-z]+")
_MIXED = re.compile(r"(?P<han>.*[\u3400-\u9fff])(?P<pinyin>[a-z]+)")
_BREAKS = re.compile(r"['’ ]")
_LAST = chr(0x10FFFF)

Kind = Literal["word", "heading"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` in place of the word being typed gives ``query``; a search for ``text`` alone, in the whole index, finds
    ``units``. ``kind`` is heading where it stands in the headings of reports."""

    text: str
    units: int
    kind: Kind
    query: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """For ``q`` as typed. The word from ``start`` to ``end`` (characters, end exclusive) is what suggestions complete;
    ``whole`` tells whether each ``query`` can be searched for as it stands, with no quote or parenthesis open."""

    q: str
    start: int
    end: int
    whole: bool
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    text: str
    units: int
    kind: Kind


class Lexicon:
    """The words and headings of one committed state, to be found by how they begin."""

    def __init__(self, engine: Engine) -> None:
        from indexer.text.pinyin import initials, spellings

        said = engine.vocabulary()
        entries = [Entry(text, units, "word") for text, units in said.words.items()]
        entries += [Entry(text, units, "heading") for text, units in said.headings.items()]
        spelled = [(entry, spellings(entry.text)) for entry in entries]
        self._fragments = {
            word[:end] for word, units in said.words.items() for end in range(2, len(word))
            if said.words.get(word[:end]) == units
        }  # fmt: skip
        self._written = _Sorted((entry.text, entry) for entry in entries)
        self._texts = "\n".join(entry.text for entry in self._written.entries)
        self._starts = tuple(accumulate((len(entry.text) + 1 for entry in self._written.entries), initial=0))
        self._sounds = _Sorted(("".join(ways[0]), entry) for entry, ways in spelled)
        self._other_sounds = _Sorted(("".join(way), entry) for entry, ways in spelled for way in ways[1:])
        self._initials = _Sorted((initials(way), entry) for entry, ways in spelled for way in ways)

    def find(self, typed: str) -> list[Entry]:
        """The best MOST entries for a folded word, by kind of match, then by units. Most of all kinds first: what
        begins with it; then what is so spelled; then what has such initials; last what holds it. A word that stands
        nowhere but at the beginning of a longer one gives way to that, unless it is what was typed."""
        found: dict[str, Entry] = {}
        for matches in self._matches(typed):
            fresh = {each.text: each for each in matches if each.text not in found and self._is_whole(each, typed)}
            best = heapq.nsmallest(MOST - len(found), fresh.values(), key=_most_units_first)
            found |= {entry.text: entry for entry in best}
            if len(found) == MOST:
                break
        return list(found.values())

    def _is_whole(self, entry: Entry, typed: str) -> bool:
        return entry.text == typed or entry.text not in self._fragments

    def sounding(self, pinyin: str) -> list[Entry]:
        """The entries spelled just so, those of most units first."""
        found = {entry.text: entry for sounds in (self._sounds, self._other_sounds) for entry in sounds.equal(pinyin)}
        return sorted(found.values(), key=_most_units_first)

    def _matches(self, typed: str) -> Iterator[Iterable[Entry]]:
        yield self._written.beginning(typed)
        if _PINYIN.fullmatch(typed):
            yield self._sounds.beginning(typed)
            yield self._other_sounds.beginning(typed)
            yield self._initials.beginning(typed)
        elif mixed := _MIXED.fullmatch(typed):
            yield self._mixed(mixed["han"], mixed["pinyin"])
        else:
            yield self._holding(typed)

    def _holding(self, typed: str) -> Iterator[Entry]:
        at = self._texts.find(typed)
        while at >= 0:
            yield self._written.entries[bisect_right(self._starts, at) - 1]
            at = self._texts.find(typed, at + 1)

    def _mixed(self, han: str, pinyin: str) -> Iterator[Entry]:
        """What begins with the characters and goes on with the syllables or initials."""
        from indexer.text.pinyin import initials, spellings

        for entry in self._written.beginning(han):
            rests = [spelling[len(han) :] for spelling in spellings(entry.text)]
            if any("".join(rest).startswith(pinyin) or initials(rest).startswith(pinyin) for rest in rests):
                yield entry


class _Sorted:
    """Entries by a key, in the order of keys."""

    def __init__(self, keyed: Iterable[tuple[str, Entry]]) -> None:
        pairs = sorted(keyed, key=lambda pair: pair[0])
        self._keys = [key for key, _ in pairs]
        self.entries = [entry for _, entry in pairs]

    def beginning(self, start: str) -> list[Entry]:
        return self.entries[bisect_left(self._keys, start) : bisect_left(self._keys, start + _LAST)]

    def equal(self, key: str) -> list[Entry]:
        return self.entries[bisect_left(self._keys, key) : bisect_left(self._keys, key + "\0")]


def _most_units_first(entry: Entry) -> tuple[int, int, str]:
    return -entry.units, len(entry.text), entry.text


lexicons = Latest(Lexicon)


def suggest(engine: Engine, given: Values) -> Suggestions:
    """What may complete the query that the parameters hold. Raises BadParameter for a query longer than one may be."""
    q = next(iter(read_parameters(PARAMETERS, given).get("q", ())), "")
    if len(q) > MAX_CHARACTERS:
        raise BadParameter("q", f"查询有 {len(q)} 个字，最多 {MAX_CHARACTERS} 个，请删去一些")
    start, end = last_word(q) or (len(q), len(q))
    typed = _BREAKS.sub("", fold(q[start:end])).replace("ü", "v")
    found = lexicons.of(engine).find(typed) if 0 < len(typed) <= LONGEST else []
    completed = tuple(Suggestion(each.text, each.units, each.kind, q[:start] + each.text) for each in found)
    return Suggestions(q, start, end, all(completes(each.query) for each in completed), completed)
