"""A field's terms in order, in UTF-8, and their postings, cut out of a segment's arrays when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from whoosh.formats import Positions
from whoosh.system import pack_uint

from indexer.engines.columnar.layout import Array, File
from indexer.engines.columnar.packing import Strings
from indexer.engines.columnar.segment import Segment
from indexer.fields import FACETS

_POSITIONS = Positions()


@dataclass(frozen=True, slots=True)
class Postings:
    """The units a term stands in, how often in each, and what Whoosh's formats keep of one of them."""

    units: Array
    times: Array
    value: Callable[[int], bytes | None]


class Lexicon(Protocol):
    """Terms in order; ``postings`` are those of a term by its number."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int) -> bytes: ...

    def postings(self, number: int) -> Postings: ...


def lexicons(file: File, segment: Segment) -> dict[str, Lexicon]:
    """Of every field in which any unit has a term, in the order of their names. ``file`` holds the segment's units."""
    every: dict[str, Lexicon] = {
        "words": Words(file),
        "grams": Grams(file),
        "characters": Characters(file),
        "report": _by_report(segment.column("report"), segment.reports),
        **{name: Filed(Strings(file, f"{name}.list"), segment.column(name)) for name in FACETS},
    }
    return {name: every[name] for name in sorted(every) if len(every[name])}


class Words:
    """The segmenter's words."""

    def __init__(self, file: File) -> None:
        self._file, self._words = file, Strings(file, "words")

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, number: int) -> bytes:
        return self._words[number]

    def postings(self, number: int) -> Postings:
        first, last = self._file.part("words.first", number, number + 2).tolist()
        return _counted(self._file.part("words.unit", first, last))


class Characters:
    """The characters: each opens pairs, as often as it stands there."""

    def __init__(self, file: File) -> None:
        self._file, self._pairs, self._alphabet = file, file["pairs"], file["alphabet"]

    def __len__(self) -> int:
        return len(self._alphabet)

    def __getitem__(self, number: int) -> bytes:
        return _encoded(self._alphabet[number : number + 1])

    def postings(self, number: int) -> Postings:
        width = len(self._alphabet) + 1
        first, last = (int(np.searchsorted(self._pairs, code * width)) for code in (number + 1, number + 2))
        ends = self._file.part("pairs.first", first, last + 1)
        units = np.take(self._file["pieces.unit"], self._file.part("pairs.piece", int(ends[0]), int(ends[-1])))
        return _counted(np.sort(units))


class Grams:
    """The pairs of characters, with their places; a unit's last character opens none."""

    def __init__(self, file: File) -> None:
        self._file, self._pairs, self._alphabet = file, file["pairs"], file["alphabet"]

    @cached_property
    def _numbers(self) -> Array:
        return np.flatnonzero(self._pairs % (len(self._alphabet) + 1))

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, number: int) -> bytes:
        pair = int(self._pairs[self._numbers[number]])
        return _encoded(self._alphabet[np.array(divmod(pair, len(self._alphabet) + 1)) - 1])

    def postings(self, number: int) -> Postings:
        pair = int(self._numbers[number])
        span = self._file.part("pairs.first", pair, pair + 2).tolist()
        pieces = self._file.part("pairs.piece", *span)
        every = np.take(self._file["pieces.unit"], pieces)
        begin = np.take(self._file["pieces.start"], pieces).astype(np.int64) - np.take(self._file["starts"], every)
        places = begin + self._file.part("pairs.place", *span)
        units, first, times = np.unique(every, return_index=True, return_counts=True)

        def positions(posting: int) -> bytes:
            start = int(first[posting])
            encoded: bytes = _POSITIONS.encode(places[start : start + int(times[posting])].tolist())
            return encoded

        return Postings(units, times, positions)


class Filed:
    """What units are filed under: ``values`` in order, and every unit's number in them."""

    def __init__(self, values: Sequence[bytes] | Strings, codes: Array) -> None:
        self._values, self._codes = values, codes

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, number: int) -> bytes:
        return self._values[number]

    def postings(self, number: int) -> Postings:
        units = np.flatnonzero(self._codes == number)
        return Postings(units, np.ones(len(units), np.int64), _nothing)


def _by_report(report: Array, reports: Sequence[str]) -> Filed:
    """The reports that have units, by their ids."""
    present, code = np.unique(report, return_inverse=True)
    ids = [reports[number].encode() for number in present.tolist()]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Filed([ids[number] for number in order], place[code])


def _counted(every: Array) -> Postings:
    """Of units in order, each as often as it has the term."""
    units, times = np.unique(every, return_counts=True)

    def frequency(posting: int) -> bytes:
        packed: bytes = pack_uint(int(times[posting]))
        return packed

    return Postings(units, times, frequency)


def _nothing(posting: int) -> None:
    return None


def _encoded(code_points: Array) -> bytes:
    return code_points.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
