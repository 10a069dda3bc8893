"""Reports gathered for a segment."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import count, groupby
from operator import attrgetter, itemgetter

import msgspec
import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.tables import Filed, Postings, Tables
from indexer.engines.wording import HEADING_END
from indexer.fields import BY_NAME, FIELDS, OF_UNITS, PATH_SEPARATOR, Field
from indexer.model import Document, Report, Unit
from indexer.text import Segmenter, fold
from indexer.text.many import analyse


class Contents:
    """Takes reports; gives the tables of a segment that holds them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._reports: dict[str, Report] = {}
        self._folded: list[str] = []
        self._records: list[bytes] = []
        self._numbers: dict[str, list[int]] = {name: [] for name in ("report", "ordinal", "stretch", "tokens")}
        self._filed: dict[str, list[str]] = {name: [] for name in ("headings", *(field.name for field in FIELDS))}
        self._words: defaultdict[str, int] = defaultdict(count().__next__)
        self._tokens = array("I")

    def __len__(self) -> int:
        """Units so far."""
        return len(self._folded)

    def __bool__(self) -> bool:
        """Whether there is any report, were it one without units."""
        return bool(self._reports)

    @property
    def ids(self) -> list[str]:
        """Of the reports, in the order they came."""
        return list(self._reports)

    def add(self, document: Document) -> None:
        """Take a report."""
        self._reports[document.report.id] = document.report
        texts = analyse([unit.text for unit in document.units], self._segmenter)
        for stretch, (headings, units) in enumerate(groupby(document.units, key=attrgetter("headings"))):
            above = HEADING_END.join(fold(heading.text) for heading in headings)
            before = len(self)
            for unit, (folded, words) in zip(units, texts, strict=False):
                self._add_unit(unit, stretch, folded, words)
            self._filed["headings"].extend([above] * (len(self) - before))
        for field in FIELDS:
            if field.name != OF_UNITS:
                self._filed[field.name].extend([_written(field, document.report)] * len(document.units))

    def _add_unit(self, unit: Unit, stretch: int, folded: str, words: list[str]) -> None:
        if words:
            self._tokens.extend(itemgetter(words[0], *words)(self._words)[1:])
        self._folded.append(folded)
        self._records.append(msgspec.json.encode(unit))
        of_unit = (len(self._reports) - 1, unit.ordinal, stretch, len(words))
        for values, value in zip(self._numbers.values(), of_unit, strict=True):
            values.append(value)
        self._filed[OF_UNITS].append(_written(BY_NAME[OF_UNITS], unit))

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
            self.ids,
            [msgspec.json.encode(report) for report in self._reports.values()],
        )

    def _postings(self, tokens: Array) -> Postings:
        word = np.frombuffer(self._tokens, self._tokens.typecode)
        return Postings(list(self._words), word, np.repeat(np.arange(len(self._folded)), tokens))


def _filed(values: Sequence[str]) -> Filed:
    number = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return Filed(list(number), np.array([number[value] for value in values], np.int64))


def _written(field: Field, of: Report | Unit) -> str:
    value = getattr(of, field.name)
    return PATH_SEPARATOR.join(value) if field.kind == "path" else str(value)
