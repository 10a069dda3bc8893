"""What a segment holds, made of whole reports at once.

Units are numbered from 0, report by report. Their folded texts lie end to end in ``text``, a sign that no text has
behind each; a character is written as its place in the segment's ``alphabet``. Every character of every unit opens one
pair with the one behind it (the last one with the sign), so the pairs are an index of single characters too.

    text, starts            the folded texts; where each unit's begins
    pairs, pairs.at         the pairs there are, in order; where each one's postings begin
    pairs.unit, pairs.place postings: the unit, and how far into it
    words …, words.first    the words there are, in order; where each one's postings begin
    words.unit, words.times postings: the unit, and how often
    tokens                  how many words a unit has
    report ordinal stretch length headings, and the name of every facet: a value, or its number in a list, a unit
    reports …, records …    the reports' ids, their own records, where each one's units begin; the units' records
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.packing import narrow, offsets, pack_records, pack_strings
from indexer.fields import FIELDS, PATH_SEPARATOR, Field
from indexer.model import Document, Report, Unit
from indexer.text import Segmenter, fold

HEADING_END = "\n"
"""Between the folded headings above a unit; no folded text has it."""
_END = 0
"""Stands behind every unit's text; the characters count from 1."""
_CHARACTERS = 0x110000


class Contents:
    """Takes reports; gives the arrays of a segment that holds them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._reports: list[Report] = []
        self._sizes: list[int] = []
        self._folded: list[str] = []
        self._records: list[bytes] = []
        self._units: dict[str, list[int]] = {name: [] for name in ("ordinal", "stretch", "tokens")}
        self._filed: dict[str, list[str]] = {name: [] for name in ("headings", *(field.name for field in FIELDS))}
        self._words: dict[str, int] = {}
        self._tokens: list[int] = []

    def __len__(self) -> int:
        """Units so far."""
        return len(self._folded)

    def add(self, document: Document) -> None:
        """Take a report."""
        self._reports.append(document.report)
        self._sizes.append(len(document.units))
        for stretch, (_, units) in enumerate(groupby(document.units, key=lambda unit: unit.headings)):
            for unit in units:
                self._add_unit(document.report, unit, stretch)

    def _add_unit(self, report: Report, unit: Unit, stretch: int) -> None:
        folded = fold(unit.text)
        words, number = list(self._segmenter.words(folded)), self._words
        self._tokens.extend([number.setdefault(word, len(number)) for word in words])
        self._folded.append(folded)
        self._records.append(msgspec.json.encode(unit))
        for name, value in (("ordinal", unit.ordinal), ("stretch", stretch), ("tokens", len(words))):
            self._units[name].append(value)
        self._filed["headings"].append(HEADING_END.join(fold(heading.text) for heading in unit.headings))
        for field in FIELDS:
            self._filed[field.name].append(_filed_under(field, report, unit))

    def arrays(self) -> dict[str, Array]:
        """Everything, by name."""
        report = np.repeat(np.arange(len(self._sizes)), self._sizes)
        return {
            **self._texts(), **self._word_postings(), "report": narrow(report),
            **{name: narrow(values) for name, values in self._units.items()},
            "length": narrow([len(folded) for folded in self._folded]),
            **{name: part for each in self._filed for name, part in _numbered(each, self._filed[each]).items()},
            **pack_strings("reports", [report.id for report in self._reports]),
            "reports.unit": narrow(offsets(self._sizes)),
            **pack_records("report-records", [msgspec.json.encode(report) for report in self._reports]),
            **pack_records("records", self._records),
        }  # fmt: skip

    def _texts(self) -> dict[str, Array]:
        lengths = np.array([len(folded) for folded in self._folded], np.int64)
        return text_arrays(_code_points(self._folded), lengths)

    def _word_postings(self) -> dict[str, Array]:
        order = np.array(sorted(range(len(self._words)), key=list(self._words).__getitem__), np.int64)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        unit = np.repeat(np.arange(len(self)), np.array(self._units["tokens"], np.int64))
        names = list(self._words)
        return {
            **pack_strings("words", [names[number] for number in order]),
            **word_arrays(place[np.array(self._tokens, np.int64)], unit, len(order), len(self)),
        }


def text_arrays(code_points: Array, lengths: Array) -> dict[str, Array]:
    """The arrays of the folded texts: their characters, end to end, and how many each unit has."""
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
        **_pair_postings(text, unit, narrow(starts)),
    }  # fmt: skip


def _pair_postings(text: Array, unit: Array, starts: Array) -> dict[str, Array]:
    at = np.arange(len(unit)) + unit
    order = np.argsort(text[at + 1], kind="stable")
    order = order[np.argsort(text[at[order]], kind="stable")]
    at, unit = at[order], unit[order]
    pairs = text[at].astype(np.uint64) << np.uint64(32) | text[at + 1]
    first = np.flatnonzero(np.diff(pairs, prepend=np.uint64(2**64 - 1)))
    return {
        "pairs": pairs[first],
        "pairs.at": narrow(np.append(first, len(pairs))),
        "pairs.unit": narrow(unit, len(starts) - 1),
        "pairs.place": narrow(at - starts[unit]),
    }


def word_arrays(words: Array, units: Array, most: int, size: int) -> dict[str, Array]:
    """Postings of words (numbered below ``most``) that stand in units (below ``size``): each unit once, how often."""
    keys, times = np.unique(words * max(size, 1) + units, return_counts=True)
    found = np.bincount(keys // max(size, 1), minlength=most)
    return {
        "words.first": narrow(offsets(found)),
        "words.unit": narrow(keys % max(size, 1), size),
        "words.times": narrow(times),
    }


def _numbered(name: str, values: Sequence[str]) -> dict[str, Array]:
    """A value a unit as its number in the list of all, which are in order."""
    number = {value: place for place, value in enumerate(sorted(set(values)))}
    return {name: narrow([number[value] for value in values]), **pack_strings(f"{name}.list", list(number))}


def _code_points(texts: Sequence[str]) -> Array:
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)


def _filed_under(field: Field, report: Report, unit: Unit) -> str:
    value = getattr(unit if field.name == "section" else report, field.name)
    return PATH_SEPARATOR.join(value) if field.kind == "path" else str(value)
