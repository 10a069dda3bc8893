"""Segments side by side, as the compiled passes see them: units, characters and blocks of all are numbered through."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.engines.columnar.kernels.kinds import BYTE, MASK, NARROW, OFFSET, PAIRS, PLACE, REAL, TIMES, UNIT, WIDE
from indexer.engines.columnar.kernels.library import address, addresses, function
from indexer.engines.columnar.layout import Array


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of a segment, see ``tables``; ``block`` is how many characters of the text are checked at once, and
    ``pieces_checked`` and ``places_checked`` tell of every block of postings, as large as told, whether it was."""

    alphabet: Array
    pairs: Array
    pairs_first: Array
    pairs_piece: Array
    pairs_place: Array
    pieces_unit: Array
    pieces_start: Array
    text: Array
    starts: Array
    words: Array
    words_at: Array
    words_first: Array
    words_holders: Array
    words_unit: Array
    pieces_checked: bytearray
    places_checked: bytearray
    pieces_block: int
    places_block: int
    size: int
    block: int

    @property
    def blocks(self) -> int:
        """Of the text: how many it has."""
        return -(-len(self.text) // self.block)


_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Segment(ctypes.Structure):
    """As in ``kernels.c``."""

    _fields_ = (
        ("alphabet", _POINTER), ("letters", _NUMBER), ("pairs", _POINTER), ("pairs_first", _POINTER),
        ("pairs_size", _NUMBER), ("pairs_piece", _POINTER), ("pairs_place", _POINTER), ("pieces_unit", _POINTER),
        ("pieces_start", _POINTER), ("pieces_size", _NUMBER), ("text", _POINTER), ("text_size", _NUMBER),
        ("starts", _POINTER), ("words", _POINTER), ("words_at", _POINTER), ("words_size", _NUMBER),
        ("words_first", _POINTER), ("words_holders", _POINTER), ("words_unit", _POINTER), ("base", _NUMBER),
        ("size", _NUMBER), ("characters_base", _NUMBER), ("blocks_base", _NUMBER), ("block", _NUMBER),
        ("pieces_checked", _POINTER), ("pieces_block", _NUMBER), ("places_checked", _POINTER),
        ("places_block", _NUMBER), ("wide", _NUMBER),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A text in the characters of every segment, and the postings of the rarest of its pairs there: where they begin,
    where they end, and which pair it is; of a single character, those of all pairs that begin with it. And whether all
    of these were checked before."""

    codes: Array
    rarest: Array
    is_checked: bool

    @property
    def many(self) -> int:
        """How many postings there are."""
        return int((self.rarest[:, 1] - self.rarest[:, 0]).sum())


class Segments:
    """Gives the addresses of the columns away, which must stay where they are."""

    def __init__(self, columns: Sequence[Columns]) -> None:
        self._columns = tuple(columns)
        self._many = len(columns)
        self._size = sum(each.size for each in columns)
        self._largest = max((each.size for each in columns), default=0)
        self.blocks = np.cumsum([0, *(each.blocks for each in columns)])
        self.characters = np.cumsum([0, *(len(each.text) for each in columns)])
        bases = np.cumsum([0, *(each.size for each in columns)])
        rows = zip(columns, bases.tolist(), self.characters.tolist(), self.blocks.tolist(), strict=False)
        self._segments = (_Segment * self._many)(*(_segment(*row) for row in rows))
        self._at = ctypes.addressof(self._segments)

    def look_up(self, text: str) -> LookedUp:
        """Where to look for a text of one character or more."""
        code_points, length = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), UNIT), len(text)
        codes, rarest = np.empty((self._many, length), UNIT), np.empty((self._many, 3), PLACE)
        unchecked = function("look_up")(
            self._at, self._many, address(code_points, UNIT), length, address(codes, UNIT), address(rarest, PLACE)
        )
        return LookedUp(codes, rarest, not unchecked)

    def counts(self, text: LookedUp) -> tuple[Array, Array, Array]:
        """The units that have a text of two characters or more, in order, and how often, as ``str.count`` counts; and
        of every block, whether it was looked at."""
        units, times = np.empty(text.many, UNIT), np.empty(text.many, TIMES)
        touched = np.zeros(self.blocks[-1], bool)
        count = function("counts")(*self._arguments(text, touched), address(units, UNIT), address(times, TIMES))
        return units[:count], times[:count], touched

    def counts_of_one(self, character: LookedUp) -> tuple[Array, Array]:
        """The units that have a character, in order, and how often."""
        units, times = np.empty(self._size + 1, UNIT), np.empty(self._size + 1, TIMES)
        everywhere = np.empty(max((len(each.pieces_unit) for each in self._columns), default=0), NARROW)
        count = function("counts_of_one")(
            self._at, self._many, address(character.rarest, PLACE), address(everywhere, NARROW), address(units, UNIT),
            address(times, TIMES),
        )  # fmt: skip
        return units[:count], times[:count]

    def standings(self, text: LookedUp) -> tuple[Array, Array, Array]:
        """The units in which a text of two characters or more stands, and the places it begins at, in order, also where
        it stands across itself; and of every block, whether it was looked at."""
        units, places = np.empty(text.many, UNIT), np.empty(text.many, PLACE)
        touched = np.zeros(self.blocks[-1], bool)
        count = function("standings")(*self._arguments(text, touched), address(units, UNIT), address(places, PLACE))
        return units[:count], places[:count], touched

    def _arguments(self, text: LookedUp, touched: Array) -> tuple[int, ...]:
        codes, rarest = address(text.codes, UNIT), address(text.rarest, PLACE)
        return self._at, self._many, codes, text.codes.shape[1], rarest, address(touched, MASK)

    def closeness(self, units: Array, texts: Sequence[LookedUp]) -> tuple[Array, Array]:
        """For each of ``units``, see ``scoring.closeness``, of texts that come the shorter before the longer; and of
        every block, whether it was looked at."""
        lengths = np.array([text.codes.shape[1] for text in texts], PLACE)
        latest, shares = np.empty(len(texts), PLACE), np.empty(len(units))
        touched = np.zeros(self.blocks[-1], bool)
        function("closeness")(
            self._at, self._many, address(units, UNIT), len(units), addresses([text.codes for text in texts], UNIT),
            address(lengths, PLACE), len(texts), address(touched, MASK), address(latest, PLACE), address(shares, REAL),
        )  # fmt: skip
        return shares, touched

    def look_up_words(self, words: Sequence[bytes]) -> Array:
        """For every segment and every one of ``words``: where its postings begin, where they end, and how many units
        have it, deleted ones too."""
        found = np.empty((self._many, len(words), 3), PLACE)
        ends = np.cumsum([len(each) for each in words], dtype=PLACE)
        joined = np.frombuffer(b"".join(words), BYTE)
        function("look_up_words")(
            self._at, self._many, address(joined, BYTE), address(ends, PLACE), len(words), address(found, PLACE)
        )
        return found

    def holders_of_words(self, words: Array, live: Array) -> Array:
        """How many units that are ``live`` have each of the words that were looked up."""
        holders = np.zeros(words.shape[1], PLACE)
        function("holders_of_words")(
            self._at, self._many, address(words, PLACE), len(holders), address(live, MASK), address(holders, PLACE)
        )
        return holders

    def add_worth_of_words(
        self, units: Array, norms: Array, words: Array, weights: Array, gain: float, scores: Array
    ) -> None:
        """Add what it is worth to have each of the words that were looked up: see ``kernels.add_worth``."""
        everywhere, times = np.empty(self._largest, TIMES), np.empty(len(units), TIMES)
        function("worth_of_words")(
            self._at, self._many, address(units, UNIT), len(units), address(norms, REAL), address(words, PLACE),
            address(weights, REAL), len(weights), gain, address(everywhere, TIMES), address(times, TIMES),
            address(scores, REAL),
        )  # fmt: skip


def _segment(columns: Columns, base: int, characters: int, blocks: int) -> _Segment:
    width = columns.text.dtype
    kinds: dict[str, np.dtype[Any]] = {
        "alphabet": UNIT, "pairs": PAIRS[width], "pairs_first": OFFSET, "pairs_piece": width, "pairs_place": BYTE,
        "pieces_unit": width, "pieces_start": OFFSET, "text": width, "starts": OFFSET, "words": BYTE,
        "words_at": OFFSET, "words_first": OFFSET, "words_holders": OFFSET, "words_unit": width,
    }  # fmt: skip
    return _Segment(
        **{name: address(getattr(columns, name), kind) for name, kind in kinds.items()},
        letters=len(columns.alphabet), pairs_size=len(columns.pairs), pieces_size=len(columns.pieces_unit),
        text_size=len(columns.text),
        words_size=len(columns.words_at) - 1, base=base, size=columns.size, characters_base=characters,
        blocks_base=blocks, block=columns.block, wide=int(width == WIDE),
        pieces_checked=_start(columns.pieces_checked), pieces_block=columns.pieces_block,
        places_checked=_start(columns.places_checked), places_block=columns.places_block,
    )  # fmt: skip


def _start(marks: bytearray) -> int:
    """Where marks lie that never grow."""
    return ctypes.addressof((ctypes.c_char * len(marks)).from_buffer(marks)) if marks else 0
