"""What a segment holds, before and behind its files: tables of units and reports, and the arrays made of them.

Units are numbered from 0, report by report. Their folded texts lie end to end in ``text``, a sign that no text has
behind each; a character is written as its place in the segment's ``alphabet``. Every character of every unit opens one
pair with the one behind it (the last one with the sign), so the pairs are an index of single characters too.

    text, starts              the folded texts; where each unit's begins
    pairs, pairs.first        the pairs there are, in order; where each one's postings begin
    pairs.unit, pairs.place   postings: the unit, and how far into it
    words, words.first        the words there are, in order; where each one's postings begin
    words.unit, words.times   postings: the unit, and how often
    report ordinal stretch tokens length, headings, and the name of every facet: a value, or its number in a list
    records                   the units' own
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.packing import narrow, offsets, pack_records, pack_strings

_END = 0
"""Stands behind every unit's text; the characters count from 1."""
_CHARACTERS = 0x110000


@dataclass(frozen=True, slots=True)
class Postings:
    """Words, in whatever order, and their postings: a word's number, a unit that has it, how often."""

    words: Sequence[str]
    word: Array
    unit: Array
    times: Array


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
        return {
            **_text_arrays(self.code_points, self.lengths), **_word_arrays(self.postings, len(self.lengths)),
            **{name: narrow(values) for name, values in self.numbers.items()},
            "length": narrow(self.lengths),
            **{name: part for each in self.filed for name, part in _filed_arrays(each, self.filed[each]).items()},
            **pack_records("records", self.records),
        }  # fmt: skip

    def report_arrays(self) -> dict[str, Array]:
        """Of the reports' own records."""
        return report_arrays(self.reports, self.report_records)


def report_arrays(reports: Sequence[str], records: Sequence[bytes]) -> dict[str, Array]:
    """Of ids and records."""
    return {**pack_strings("reports", reports), **pack_records("records", records)}


def _text_arrays(code_points: Array, lengths: Array) -> dict[str, Array]:
    present = np.zeros(_CHARACTERS, bool)
    present[code_points] = True
    alphabet = np.flatnonzero(present)
    code = np.zeros(_CHARACTERS, np.min_scalar_type(len(alphabet)))
    code[alphabet] = np.arange(1, len(alphabet) + 1)
    starts = offsets(lengths + 1)
    text = np.full(int(starts[-1]), _END, code.dtype)
    unit = np.repeat(np.arange(len(lengths)), lengths)
    text[np.arange(len(code_points)) + unit] = code[code_points]
    return {
        "alphabet": alphabet.astype(np.uint32), "text": text, "starts": narrow(starts),
        **_pair_arrays(text, unit, starts),
    }  # fmt: skip


def _pair_arrays(text: Array, unit: Array, starts: Array) -> dict[str, Array]:
    at = np.arange(len(unit)) + unit
    order = np.argsort(text[at + 1], kind="stable")
    order = order[np.argsort(text[at[order]], kind="stable")]
    at, unit = at[order], unit[order]
    pairs = text[at].astype(np.uint64) << np.uint64(32) | text[at + 1]
    first = np.flatnonzero(np.append(np.ones(min(1, len(pairs)), bool), pairs[1:] != pairs[:-1]))
    return {
        "pairs": pairs[first],
        "pairs.first": narrow(np.append(first, len(pairs))),
        "pairs.unit": narrow(unit, len(starts)),
        "pairs.place": narrow(at - starts[unit]),
    }


def _word_arrays(postings: Postings, units: int) -> dict[str, Array]:
    order, place = _in_order(postings.words)
    keys = place[postings.word] * max(units, 1) + postings.unit
    by_key = np.argsort(keys, kind="stable")
    keys = keys[by_key]
    found = np.bincount(keys // max(units, 1), minlength=len(order))
    return {
        **pack_strings("words", [postings.words[number] for number in order]),
        "words.first": narrow(offsets(found)),
        "words.unit": narrow(keys % max(units, 1), units),
        "words.times": narrow(postings.times[by_key]),
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
