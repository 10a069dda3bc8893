"""Folding: what counts as the same writing, with a map back to the source's own characters.

Width (Unicode compatibility), case, traditional to simplified per character (OpenCC's table), and white space. Every
step but the last looks at one character alone, and white space only at its two neighbours; so the fold of any piece of
a text occurs in the fold of the text, and a piece copied from a page always finds its paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import opencc

FOLDING_VERSION = 1
"""Raise it when folding changes: indexes written before are then refused."""

_IGNORED = frozenset("_{}^")
"""What recognition leaves of a subscript: PM_{2.5} is PM2.5."""

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_VARIATION = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_LETTER = r"[^\W\d_\u2e80-\u2fdf\u3001-\u33ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""A letter of a script that puts blanks between words: not Han, kana or bopomofo."""

_BLANKS = re.compile(" +")
_IDLE_BLANK = re.compile(rf" (?!(?<={_LETTER} )(?={_LETTER})|(?<=\d )(?=\d))")
"""A blank that parts neither two letters nor two digits. Written to open with the blank, which ``re`` finds fast."""


class _FoldTable(dict[int, str]):
    """A ``str.translate`` table that works out each character when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()
        """The characters met so far that do not fold to exactly one."""
        self._converter: opencc.OpenCC | None = None

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded

    def _fold(self, char: str) -> str:
        if char.isspace():
            return " "
        if unicodedata.category(char) in _UNSEEN or _VARIATION.match(char):
            return ""
        wide = unicodedata.normalize("NFKD", char)
        kept = (c for c in wide if c not in _IGNORED)
        return "".join(" " if c.isspace() else self._simplify(c) for c in kept).casefold()

    def _simplify(self, char: str) -> str:
        if char < "\u3400":
            return char
        if self._converter is None:
            self._converter = opencc.OpenCC("t2s")
        while (simpler := self._converter.convert(char)) != char:
            char = simpler
        return char


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Fold ``text``: two writings that should count as the same give the same result.

    White space stays, as one blank, only between two letters of a script that uses it or between two digits.
    """
    return without_idle_blanks(fold_characters(text))


def fold_characters(text: str) -> str:
    """Each character replaced by what it folds to, whatever stands beside it: none, one or several, which stay when
    folded again."""
    return text.translate(_TABLE)


def without_idle_blanks(text: str) -> str:
    """Folded characters as a folded text: of white space, what parts two letters or two digits."""
    return _IDLE_BLANK.sub("", _BLANKS.sub(" ", text).strip(" ")) if " " in text else text


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and where it came from: ``text[i]`` stands for ``source[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The source's span (end exclusive) of a non-empty folded span."""
        return self.starts[start], self.ends[end - 1]


def fold_with_offsets(source: str) -> Folded:
    """Fold as ``fold`` does, keeping for every folded character the place in ``source`` it stands for."""
    folded = fold(source)
    if len(folded) == len(source) and _TABLE.uneven.isdisjoint(source):
        return Folded(folded, range(len(source)), range(1, len(source) + 1))
    places = _places(source)
    return Folded(folded, places, tuple(at + 1 for at in places))


def _places(source: str) -> tuple[int, ...]:
    """For every character that folding keeps or makes, where in ``source`` it comes from."""
    raw = [(char, at) for at, written in enumerate(source) for char in _TABLE[ord(written)]]
    single = [here for before, here in zip([(" ", 0), *raw], raw, strict=False) if (before[0], here[0]) != (" ", " ")]
    spaced = "".join(char for char, _ in single)
    return tuple(at for i, (char, at) in enumerate(single) if char != " " or not _IDLE_BLANK.match(spaced, i))
