"""One segment, open for reading: where in its texts something stands, and what its units are filed under."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from indexer.engines.columnar.layout import Array, File
from indexer.engines.columnar.packing import Records, Strings
from indexer.engines.columnar.tables import REPORT, RUNS
from indexer.fields import FACETS

NOTHING = np.empty(0, np.int64)
_FEWER = 64
"""So many times fewer things are looked up or put in order one by one, rather than all units counted."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a segment: its postings, from ``first`` up to ``last``, and how many units have it."""

    first: int
    last: int
    holders: int


class Segment:
    """Units are named by their number in it; a place is a number of a character in ``text``."""

    def __init__(self, units: File, reports: File, gone: frozenset[int] = frozenset()) -> None:
        """``gone`` are the numbers of the reports that were deleted since it was written."""
        self._file, self._reports_file = units, reports
        self.size = units.count("ordinal")
        self.characters = units.count("text")
        self.records = Records(units, "records")
        self.report_records = Records(reports, "records")
        self.is_gone = np.zeros(reports.count("records.length"), bool)
        self.is_gone[list(gone)] = True

    def check_length(self) -> None:
        """Raises Damaged where one of its files has been cut short since it was opened."""
        self._file.check_length()
        self._reports_file.check_length()

    @cached_property
    def runs(self) -> Array:
        """Where runs begin: units side by side in one report and one section."""
        return self._file[RUNS].astype(np.int64)

    def of_runs(self, name: str) -> Array:
        """Every run's report, by its number, or what it is filed under, by its number in ``values``."""
        return self._file[name]

    @cached_property
    def run_of(self) -> Array:
        """Every unit's run."""
        return np.repeat(np.arange(len(self.runs)), np.diff(np.append(self.runs, self.size)))

    @cached_property
    def live_runs(self) -> Array:
        """Of every run, whether its report is still there."""
        return ~self.is_gone[self.of_runs(REPORT)]

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing was deleted."""
        return not self.is_gone.any()

    @cached_property
    def live(self) -> Array:
        """Of every unit, whether its report is still there."""
        return np.ones(self.size, bool) if self.is_whole else self.live_runs[self.run_of]

    @cached_property
    def stretches(self) -> Array:
        """Every unit's stretch (see ``query.SameStretch``), numbered through."""
        stretch, report = self.column("stretch"), self.column("report")
        changes = np.ones(self.size, bool)
        changes[1:] = (stretch[1:] != stretch[:-1]) | (report[1:] != report[:-1])
        return np.cumsum(changes) - 1

    @cached_property
    def headings(self) -> list[str]:
        """The folded headings above units, a path a string; ``column`` has their numbers."""
        return self.values("headings")

    @cached_property
    def starts(self) -> Array:
        """Where each unit's text begins, and behind the last one."""
        return self._file["starts"].astype(np.int64)

    @cached_property
    def lengths(self) -> Array:
        return self._file["length"].astype(np.int64)

    @cached_property
    def reports(self) -> list[str]:
        """The reports' ids."""
        return Strings(self._reports_file, "reports").every()

    def column(self, name: str) -> Array:
        """Every unit's value, or its number in ``values``."""
        return self._file[name][self.run_of] if name == REPORT or name in FACETS else self._file[name]

    def values(self, name: str) -> list[str]:
        """The values of a field that units have, in order; ``column`` has their numbers."""
        return Strings(self._file, f"{name}.list").every()

    @cached_property
    def _alphabet(self) -> Array:
        return self._file["alphabet"]

    @cached_property
    def _code_points(self) -> Array:
        """By the code that a character has in ``text``."""
        return np.append(np.zeros(1, np.uint32), self._alphabet)

    @cached_property
    def _width(self) -> int:
        """A pair is the code of its first character times this, plus that of its second."""
        return len(self._alphabet) + 1

    @cached_property
    def _pairs(self) -> Array:
        return self._file["pairs"]

    @cached_property
    def _words(self) -> Strings:
        return Strings(self._file, "words")

    def coded(self, folded: str) -> Array | None:
        """A text in the characters of this segment; None where it has one that is not in it."""
        code_points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.searchsorted(self._alphabet, code_points)
        known = (
            self._alphabet[np.minimum(places, len(self._alphabet) - 1)] == code_points if len(self._alphabet) else False
        )
        return places + 1 if np.all(known) else None

    def decoded(self, unit: int) -> str:
        """A unit's folded text."""
        codes = self._file.part("text", int(self.starts[unit]), int(self.starts[unit + 1]) - 1)
        return self._code_points[codes].tobytes().decode("utf-32-le", "surrogatepass")

    def standings(self, folded: str) -> tuple[Array, Array]:
        """Where a text stands, also where it overlaps itself: the units, and the places it begins at; in order."""
        codes = self.coded(folded)
        if codes is None or not len(codes):
            return NOTHING, NOTHING
        if len(codes) == 1:
            return self._standings_of_one(folded)
        spans = [self._span(first, second) for first, second in pairwise(codes.tolist())]
        at = min(range(len(spans)), key=lambda i: spans[i][1] - spans[i][0])
        numbers = self._file.part("pairs.piece", *spans[at])
        places = np.take(self._piece_starts, numbers) + self._file.part("pairs.place", *spans[at]) - at
        for i in (i for i in range(len(codes)) if not at <= i <= at + 1):
            stands = self._file.some("text", places + i) == codes[i]
            numbers, places = numbers[stands], places[stands]
        return np.take(self._file["pieces.unit"], numbers).astype(np.intp), places

    def counts(self, folded: str) -> tuple[Array, Array]:
        """The units in which a text stands, in order, and how often, overlaps not counted: as ``str.count`` does."""
        if len(folded) == 1:
            return self._counts_of_one(folded)
        if len(folded) == 2 and folded[0] != folded[1]:
            codes = self.coded(folded)
            span = (0, 0) if codes is None else self._span(*codes.tolist())
            return _times(self._units(*span))
        units, places = self.standings(folded)
        if _may_overlap(folded) and len(places) > 1 and np.any(np.diff(places) < len(folded)):
            units = units[_leftmost(places.tolist(), len(folded))]
        return _times(units)

    def _counts_of_one(self, character: str) -> tuple[Array, Array]:
        units = self._units(*self._span_of_one(character))
        if len(units) * _FEWER < self.size:
            return _times(np.sort(units))
        times = np.bincount(units)
        found = np.flatnonzero(times > 0)
        return found, times[found]

    def _span(self, first: int, second: int) -> tuple[int, int]:
        """The postings of a pair."""
        pair = self._pairs.dtype.type(first * self._width + second)
        number = int(np.searchsorted(self._pairs, pair))
        if number == len(self._pairs) or self._pairs[number] != pair:
            return 0, 0
        begin, end = self._file.part("pairs.first", number, number + 2).tolist()
        return begin, end

    def _units(self, first: int, last: int) -> Array:
        """The units of postings of pairs."""
        return np.take(self._file["pieces.unit"], self._file.part("pairs.piece", first, last))

    def _places(self, first: int, last: int) -> Array:
        """Where postings of pairs stand in ``text``."""
        begin = np.take(self._piece_starts, self._file.part("pairs.piece", first, last))
        return begin + self._file.part("pairs.place", first, last)

    @cached_property
    def _piece_starts(self) -> Array:
        return self._file["pieces.start"].astype(np.int64)

    def _span_of_one(self, character: str) -> tuple[int, int]:
        """The postings of all pairs that begin with a character."""
        codes = self.coded(character)
        if codes is None:
            return 0, 0
        pairs = (self._pairs.dtype.type(code * self._width) for code in (int(codes[0]), int(codes[0]) + 1))
        ends = (int(np.searchsorted(self._pairs, pair)) for pair in pairs)
        begin, end = (int(self._file.part("pairs.first", number, number + 1)[0]) for number in ends)
        return begin, end

    def _standings_of_one(self, character: str) -> tuple[Array, Array]:
        places = np.sort(self._places(*self._span_of_one(character)))
        return np.searchsorted(self.starts, places, "right") - 1, places

    def code_points(self, kept: Array) -> Array:
        """Of the folded texts of some units, end to end."""
        inside = np.repeat(kept, np.diff(self.starts))
        inside[self.starts[1:] - 1] = False
        found: Array = self._code_points[self._file["text"][inside]]
        return found

    def postings(self) -> tuple[list[str], Array, Array]:
        """Every word, and of all postings the word's number and the unit."""
        first = self._file["words.first"].astype(np.int64)
        many = first[1:] - first[:-1]
        return self._words.every(), np.repeat(np.arange(len(many)), many), self._file["words.unit"].astype(np.int64)

    def word(self, word: str) -> Word:
        """What is known of a word."""
        number = self._words.number(word)
        if number is None:
            return Word(0, 0, 0)
        first, last = self._file.part("words.first", number, number + 2).tolist()
        return Word(first, last, int(self._file.part("words.holders", number, number + 1)[0]))

    def frequencies(self, word: Word, units: Array) -> Array:
        """How often each of ``units``, which are in order, has a word."""
        holders = self._file.part("words.unit", word.first, word.last)
        if len(units) * _FEWER < self.size + len(holders):
            wanted = units.astype(holders.dtype)
            return np.searchsorted(holders, wanted, "right") - np.searchsorted(holders, wanted)
        return np.bincount(holders, minlength=self.size)[units]


def _times(units: Array) -> tuple[Array, Array]:
    """Each of units in order once, and how often it is there."""
    changes = np.flatnonzero(units[1:] != units[:-1]) + 1
    first = np.concatenate((np.zeros(min(1, len(units)), np.int64), changes))
    return units[first].astype(np.intp), np.diff(np.append(first, len(units)))


def _may_overlap(folded: str) -> bool:
    """Whether a text can stand across itself: whether it ends as it begins."""
    return any(folded.startswith(folded[at:]) for at in range(1, len(folded)))


def _leftmost(places: list[int], length: int) -> list[int]:
    kept, end = [], -1
    for i, place in enumerate(places):
        if place >= end:
            kept.append(i)
            end = place + length
    return kept
