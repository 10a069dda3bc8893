"""Reports gathered for a segment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.tables import Filed, Postings, Tables
from indexer.fields import FIELDS, PATH_SEPARATOR, Field
from indexer.model import Document, Report, Unit
from indexer.text import Segmenter, fold

HEADING_END = "\n"
"""Between the folded headings above a unit; no folded text has it."""


class Contents:
    """Takes reports; gives the tables of a segment that holds them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._reports: list[Report] = []
        self._folded: list[str] = []
        self._records: list[bytes] = []
        self._numbers: dict[str, list[int]] = {name: [] for name in ("report", "ordinal", "stretch", "tokens")}
        self._filed: dict[str, list[str]] = {name: [] for name in ("headings", *(field.name for field in FIELDS))}
        self._words: dict[str, int] = {}
        self._tokens: list[int] = []

    def __len__(self) -> int:
        """Units so far."""
        return len(self._folded)

    def __bool__(self) -> bool:
        """Whether there is any report, were it one without units."""
        return bool(self._reports)

    def add(self, document: Document) -> None:
        """Take a report."""
        self._reports.append(document.report)
        for stretch, (_, units) in enumerate(groupby(document.units, key=lambda unit: unit.headings)):
            for unit in units:
                self._add_unit(document.report, unit, stretch)

    def _add_unit(self, report: Report, unit: Unit, stretch: int) -> None:
        folded = fold(unit.text)
        words, number = list(self._segmenter.words(folded)), self._words
        self._tokens.extend([number.setdefault(word, len(number)) for word in words])
        self._folded.append(folded)
        self._records.append(msgspec.json.encode(unit))
        of_unit = (len(self._reports) - 1, unit.ordinal, stretch, len(words))
        for values, value in zip(self._numbers.values(), of_unit, strict=True):
            values.append(value)
        self._filed["headings"].append(HEADING_END.join(fold(heading.text) for heading in unit.headings))
        for field in FIELDS:
            self._filed[field.name].append(_filed_under(field, report, unit))

    def tables(self) -> Tables:
        """All that was taken."""
        numbers = {name: np.array(values, np.int64) for name, values in self._numbers.items()}
        return Tables(
            np.frombuffer("".join(self._folded).encode("utf-32-le", "surrogatepass"), np.uint32),
            np.array([len(folded) for folded in self._folded], np.int64),
            self._postings(numbers["tokens"]),
            numbers,
            {name: _filed(values) for name, values in self._filed.items()},
            self._records,
            [report.id for report in self._reports],
            [msgspec.json.encode(report) for report in self._reports],
        )

    def _postings(self, tokens: Array) -> Postings:
        size = max(1, len(self))
        keys = np.array(self._tokens, np.int64) * size + np.repeat(np.arange(len(self)), tokens)
        keys, times = np.unique(keys, return_counts=True)
        return Postings(list(self._words), keys // size, keys % size, times)


def _filed(values: Sequence[str]) -> Filed:
    number = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return Filed(list(number), np.array([number[value] for value in values], np.int64))


def _filed_under(field: Field, report: Report, unit: Unit) -> str:
    value = getattr(unit if field.name == "section" else report, field.name)
    return PATH_SEPARATOR.join(value) if field.kind == "path" else str(value)
