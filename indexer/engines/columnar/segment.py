"""One segment, open for reading: where in its texts something stands, and what its units are filed under."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np

from indexer.engines.columnar.layout import Array, File
from indexer.engines.columnar.packing import Records, unpack_strings

NOTHING = np.empty(0, np.int64)


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

    @cached_property
    def live(self) -> Array:
        """Of each unit, whether its report is still there."""
        return ~self.is_gone[self.column("report")]

    @cached_property
    def text(self) -> Array:
        return self._file["text"]

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
        return unpack_strings(self._reports_file, "reports")

    def column(self, name: str) -> Array:
        """Every unit's value, or its number in ``values``."""
        return self._file[name]

    def values(self, name: str) -> list[str]:
        """The values of a field that units have, in order; ``column`` has their numbers."""
        return unpack_strings(self._file, f"{name}.list")

    @cached_property
    def _alphabet(self) -> Array:
        return self._file["alphabet"]

    @cached_property
    def _pairs(self) -> Array:
        return self._file["pairs"]

    @cached_property
    def _words(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(unpack_strings(self._file, "words"))}

    def coded(self, folded: str) -> Array | None:
        """A text in the characters of this segment; None where it has one that is not in it."""
        code_points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.searchsorted(self._alphabet, code_points)
        known = (
            self._alphabet[np.minimum(places, len(self._alphabet) - 1)] == code_points if len(self._alphabet) else False
        )
        return (places + 1).astype(np.uint64) if np.all(known) else None

    def decoded(self, unit: int) -> str:
        """A unit's folded text."""
        codes = self.text[self.starts[unit] : self.starts[unit + 1] - 1]
        return self._alphabet[codes.astype(np.int64) - 1].tobytes().decode("utf-32-le", "surrogatepass")

    def standings(self, folded: str) -> tuple[Array, Array]:
        """Where a text stands, also where it overlaps itself: the units, and the places it begins at; in order."""
        codes = self.coded(folded)
        if codes is None or not len(codes):
            return NOTHING, NOTHING
        if len(codes) == 1:
            return self._standings_of_one(codes[0])
        spans = [self._span(first << np.uint64(32) | second) for first, second in pairwise(codes)]
        at = min(range(len(spans)), key=lambda i: spans[i][1] - spans[i][0])
        units = self._file.part("pairs.unit", *spans[at])
        places = self.starts[units] + self._file.part("pairs.place", *spans[at]) - at
        for i in (i for i in range(len(codes)) if not at <= i <= at + 1):
            stands = np.take(self.text, places + i, mode="clip") == codes[i]
            units, places = units[stands], places[stands]
        return units, places

    def _span(self, pair: np.uint64) -> tuple[int, int]:
        """The postings of a pair."""
        number = int(np.searchsorted(self._pairs, pair))
        if number == len(self._pairs) or self._pairs[number] != pair:
            return 0, 0
        first, last = self._file.part("pairs.first", number, number + 2).tolist()
        return first, last

    def _standings_of_one(self, code: np.uint64) -> tuple[Array, Array]:
        first, last = np.searchsorted(self._pairs, (code << np.uint64(32), (code + np.uint64(1)) << np.uint64(32)))
        if first == last:
            return NOTHING, NOTHING
        ends = self._file.part("pairs.first", int(first), int(last) + 1)
        units = self._file.part("pairs.unit", int(ends[0]), int(ends[-1]))
        places = np.sort(self.starts[units] + self._file.part("pairs.place", int(ends[0]), int(ends[-1])))
        return np.searchsorted(self.starts, places, "right") - 1, places

    def code_points(self, kept: Array) -> Array:
        """Of the folded texts of some units, end to end."""
        inside = np.repeat(kept, np.diff(self.starts))
        inside[self.starts[1:] - 1] = False
        found: Array = self._alphabet[self.text[inside].astype(np.int64) - 1]
        return found

    def postings(self) -> tuple[list[str], Array, Array, Array]:
        """Every word, and of all postings the word's number, the unit, how often."""
        lengths = self._lengths("words.first")
        word = np.repeat(np.arange(len(lengths)), lengths)
        units, times = self._file["words.unit"], self._file["words.times"]
        return list(self._words), word, units.astype(np.int64), times.astype(np.int64)

    def _lengths(self, name: str) -> Array:
        at = self._file[name].astype(np.int64)
        return at[1:] - at[:-1]

    def frequencies(self, word: str) -> tuple[Array, Array]:
        """The units that have a word, and how often."""
        number = self._words.get(word)
        if number is None:
            return NOTHING, NOTHING
        first, last = self._file.part("words.first", number, number + 2).tolist()
        return self._file.part("words.unit", first, last), self._file.part("words.times", first, last)


def counted(units: Array, places: Array, length: int) -> tuple[Array, Array]:
    """The units in which a text of that length stands, and how often, overlaps not counted: as ``str.count`` does."""
    if len(places) > 1 and np.any(np.diff(places) < length):
        kept = _leftmost(places.tolist(), length)
        units = units[kept]
    begins = np.append(np.ones(min(1, len(units)), bool), units[1:] != units[:-1])
    changes = np.flatnonzero(begins)
    return units[changes], np.diff(np.append(changes, len(units)))


def _leftmost(places: list[int], length: int) -> list[int]:
    kept, end = [], -1
    for i, place in enumerate(places):
        if place >= end:
            kept.append(i)
            end = place + length
    return kept
