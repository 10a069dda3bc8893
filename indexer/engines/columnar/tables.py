"""What a segment holds, before and behind its files: tables of units and reports, and the arrays made of them.

Units are numbered from 0, report by report. Their folded texts lie end to end in ``text``, a sign that no text has
behind each; a character is written as its place in the segment's ``alphabet``. Every character of every unit opens one
pair with the one behind it (the last one with the sign), so the pairs are an index of single characters too. A pair is
the place of its first character times the size of the alphabet and one, plus that of its second. Texts are addressed by
pieces of 256 characters, so that a posting takes three bytes: characters, pieces and the units of postings are numbered
in 16 bits, and only in a segment that has more of any of them in 32.

    text, starts              the folded texts; where each unit's begins
    pieces.unit, pieces.start the unit of each piece; where it begins in ``text``
    pairs, pairs.first        the pairs there are, in order; where each one's postings begin
    pairs.piece, pairs.place  postings: the piece, and how far into it
    words, words.first        the words there are, in order; where each one's postings begin
    words.unit, words.holders postings: the unit, as often as it has the word; how many units have it
    ordinal stretch tokens length, headings: a value of each unit, or its number in a list
    runs                      where each run begins: units side by side in one report and one section
    report, and the name of every facet: a value of each run, or its number in a list
    records                   the units' own
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.engines.columnar.kernels.kinds import NARROW, OFFSET, PAIRS, WIDE
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.packing import narrow, offsets, pack_records, pack_strings
from indexer.fields import FACETS, OF_UNITS

_END = 0
"""Stands behind every unit's text; the characters count from 1."""
_CHARACTERS = 0x110000
RUNS, REPORT = "runs", "report"
IN_PLACES = frozenset(
    ("text", "pairs.piece", "pairs.place", "words.unit", "records", "records.at", "records.length")
)
"""Arrays of which a request reads no more than it must."""
PIECE = 256
"""Characters: how far into a piece something stands fits into a byte."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Words, in whatever order, and their postings: a word's number, a unit that has it. Of one word they are in the
    order of the units."""

    words: Sequence[str]
    word: Array
    unit: Array


@dataclass(frozen=True, slots=True)
class Filed:
    """What units are filed under: values, in whatever order, and every unit's number in them."""

    values: Sequence[str]
    codes: Array


@dataclass(frozen=True, slots=True)
class Tables:
    """``code_points`` are those of the folded texts, end to end; ``lengths`` how many each has. ``numbers`` are the
    columns of whole numbers."""

    code_points: Array
    lengths: Array
    postings: Postings
    numbers: Mapping[str, Array]
    filed: Mapping[str, Filed]
    records: Sequence[bytes]
    reports: Sequence[str]
    report_records: Sequence[bytes]

    def unit_arrays(self) -> dict[str, Array]:
        """Of what never changes."""
        alphabet = _alphabet(self.code_points)
        width = _width(len(alphabet), int(pieces(self.lengths).sum()) - 1)
        return {
            **_text_arrays(self.code_points, self.lengths, alphabet, width), **_word_arrays(self.postings, width),
            **{name: narrow(values) for name, values in self.numbers.items() if name != REPORT},
            "length": narrow(self.lengths),
            **self._run_arrays(),
            **pack_records("records", self.records),
        }  # fmt: skip

    def _run_arrays(self) -> dict[str, Array]:
        report, units = self.numbers[REPORT], self.filed[OF_UNITS].codes
        changes = np.append(
            np.ones(min(1, len(report)), bool), (report[1:] != report[:-1]) | (units[1:] != units[:-1])
        )
        first = np.flatnonzero(changes)
        arrays = {RUNS: narrow(first), REPORT: narrow(report[first])}
        for name, filed in self.filed.items():
            codes = filed.codes[first] if name in FACETS else filed.codes
            arrays |= _filed_arrays(name, Filed(filed.values, codes))
        return arrays

    def report_arrays(self) -> dict[str, Array]:
        """Of the reports' own records."""
        return report_arrays(self.reports, self.report_records)


def report_arrays(reports: Sequence[str], records: Sequence[bytes]) -> dict[str, Array]:
    """Of ids and records."""
    return {**pack_strings("reports", reports), **pack_records("records", records)}


def _alphabet(code_points: Array) -> Array:
    present = np.zeros(_CHARACTERS, bool)
    present[code_points] = True
    return np.flatnonzero(present)


def _width(*most: int) -> np.dtype[Any]:
    """What numbers up to each of these are written in."""
    return NARROW if max(most) <= np.iinfo(NARROW).max else WIDE


def _text_arrays(code_points: Array, lengths: Array, alphabet: Array, width: np.dtype[Any]) -> dict[str, Array]:
    code = np.zeros(_CHARACTERS, width)
    code[alphabet] = np.arange(1, len(alphabet) + 1)
    starts = offsets(lengths + 1)
    text = np.full(int(starts[-1]), _END, width)
    at = np.arange(len(code_points)) + np.repeat(np.arange(len(lengths)), lengths)
    text[at] = code[code_points]
    return {
        "alphabet": alphabet.astype(np.uint32), "text": text, "starts": starts.astype(OFFSET),
        **_piece_arrays(lengths, starts, width), **_pair_arrays(text, at, _places(lengths), len(alphabet) + 1),
    }  # fmt: skip


def pieces(lengths: Array) -> Array:
    """How many pieces texts of these lengths take."""
    many: Array = np.maximum(1, -(-lengths // PIECE))
    return many


def _piece_arrays(lengths: Array, starts: Array, width: np.dtype[Any]) -> dict[str, Array]:
    many = pieces(lengths)
    unit = np.repeat(np.arange(len(lengths)), many)
    within = np.arange(len(unit)) - np.repeat(offsets(many)[:-1], many)
    return {"pieces.unit": unit.astype(width), "pieces.start": (starts[unit] + within * PIECE).astype(OFFSET)}


def _places(lengths: Array) -> Array:
    """Of every character of the texts, its piece times PIECE plus how far it is into it."""
    within = np.arange(int(lengths.sum())) - np.repeat(offsets(lengths)[:-1], lengths)
    found: Array = within + np.repeat(offsets(pieces(lengths))[:-1], lengths) * PIECE
    return found


def _pair_arrays(text: Array, at: Array, places: Array, width: int) -> dict[str, Array]:
    """``at`` is where every character stands in ``text``."""
    order = np.argsort(text[at + 1], kind="stable")
    order = order[np.argsort(text[at[order]], kind="stable")]
    pairs = text[at].astype(np.int64)[order] * width + text[at + 1][order]
    first = np.flatnonzero(np.append(np.ones(min(1, len(pairs)), bool), pairs[1:] != pairs[:-1]))
    return {
        "pairs": pairs[first].astype(PAIRS[text.dtype]),
        "pairs.first": np.append(first, len(pairs)).astype(OFFSET),
        "pairs.piece": (places // PIECE).astype(text.dtype)[order],
        "pairs.place": (places % PIECE).astype(np.uint8)[order],
    }


def _word_arrays(postings: Postings, width: np.dtype[Any]) -> dict[str, Array]:
    in_order, place = _in_order(postings.words)
    word = narrow(place[postings.word], len(in_order))
    order = np.argsort(word, kind="stable")
    word, unit = word[order], postings.unit.astype(width)[order]
    is_first = np.append(np.ones(min(1, len(word)), bool), (word[1:] != word[:-1]) | (unit[1:] != unit[:-1]))
    return {
        **pack_strings("words", [postings.words[number] for number in in_order]),
        "words.first": offsets(np.bincount(word, minlength=len(in_order))).astype(OFFSET),
        "words.unit": unit,
        "words.holders": np.bincount(word[is_first], minlength=len(in_order)).astype(OFFSET),
    }


def _filed_arrays(name: str, filed: Filed) -> dict[str, Array]:
    order, place = _in_order(filed.values)
    return {
        name: narrow(place[filed.codes]),
        **pack_strings(f"{name}.list", [filed.values[number] for number in order]),
    }


def _in_order(strings: Sequence[str]) -> tuple[list[int], Array]:
    """The numbers of the strings in order, and the place in that order of each."""
    order = sorted(range(len(strings)), key=strings.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return order, place
