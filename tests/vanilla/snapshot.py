"""One committed state of the index, held open: its facets, order and lengths in memory, its text on disk."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from whoosh.columns import ColumnReader
from whoosh.index import FileIndex
from whoosh.reading import IndexReader, ReaderClosed, TermNotFound

from indexer.errors import NotFound, shown
from indexer.fields import FIELDS
from indexer.model import Document, Report, Unit
from vanilla.blocks import blocks
from vanilla.headings import Headings
from vanilla.schema import REPORT_RECORD

Record = TypeVar("Record", Report, Unit)
Value = TypeVar("Value", str, bytes)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A segment; its documents are numbered from ``base`` in the snapshot."""

    reader: IndexReader
    base: int
    folded: ColumnReader
    ordinals: ColumnReader


class Snapshot:
    """Documents are named by their number in the snapshot. ``units`` are those that are units, not report records;
    ``lengths`` are the characters of their folded texts. Each table is read when first asked for."""

    def __init__(self, opened: FileIndex) -> None:
        self.generation: int = opened.latest_generation()
        self._holders = 1
        self._reader = opened.reader()
        self._leaves = tuple(
            Leaf(leaf, base, leaf.column_reader("folded"), leaf.column_reader("ordinal"))
            for leaf, base in self._reader.leaf_readers()
            if leaf.doc_count()
        )
        self._reports: dict[str, Report] = {}

    def load(self) -> None:
        """Read what every search takes, which is in memory from then on."""
        for table in (self.records, self.units, self.report_of, self.lengths, self.filed):
            len(table)

    @cached_property
    def _ordinals(self) -> dict[int, int]:
        """Of every document, reports' own records among them."""
        return {doc: value for leaf in self._leaves for doc, value in _column(leaf, "ordinal")}

    @cached_property
    def units(self) -> frozenset[int]:
        return frozenset(doc for doc, ordinal in self._ordinals.items() if ordinal != REPORT_RECORD)

    @cached_property
    def records(self) -> dict[str, int]:
        """From a report's id to its own record."""
        owners = (each for leaf in self._leaves for each in _column(leaf, "report"))
        return {report_id: doc for doc, report_id in owners if doc not in self.units}

    @cached_property
    def report_of(self) -> dict[int, str]:
        return self._of_units("report")

    @cached_property
    def lengths(self) -> dict[int, int]:
        return self._of_units("length")

    @cached_property
    def value_of(self) -> dict[str, dict[int, str]]:
        """From a field's name to every unit's value."""
        return {field.name: self._of_units(field.name) for field in FIELDS}

    @cached_property
    def filed(self) -> dict[str, dict[str, frozenset[int]]]:
        """From a field's name to its values, each with the units that have it."""
        return {name: _grouped(values) for name, values in self.value_of.items()}

    def folded(self, doc: int) -> bytes:
        """The folded text of a unit, in UTF-8."""
        leaf = self._leaf(doc)
        text: bytes = leaf.folded[doc - leaf.base]
        return text

    def texts(self) -> tuple[str, ...]:
        """The folded text of every unit."""
        return tuple(self.folded(doc).decode() for doc in self.units)

    @cached_property
    def headings(self) -> Headings:
        """The folded headings above units. Read when first asked for."""
        return Headings({path.decode(): docs for path, docs in _grouped(self._of_units("headings")).items()})

    @cached_property
    def stretch_of(self) -> dict[int, tuple[str, int]]:
        """Every unit's stretch (see ``query.SameStretch``). Read when first asked for."""
        return {doc: (self.report_of[doc], number) for doc, number in self._of_units("stretch").items()}

    def _of_units(self, name: str) -> dict[int, Any]:
        """Every unit's value in a column; equal ones are one."""
        units, kept = self.units, dict[Any, Any]()
        values = (each for leaf in self._leaves for each in _column(leaf, name))
        return {doc: kept.setdefault(value, value) for doc, value in values if doc in units}

    def _leaf(self, doc: int) -> Leaf:
        return self._leaves[bisect_right(self._leaves, doc, key=attrgetter("base")) - 1]

    @cached_property
    def average_length(self) -> float:
        """Of the units' folded texts, in characters; 1 where there is none."""
        return sum(self.lengths.values()) / len(self.units) if self.units else 1.0

    @cached_property
    def newest_first(self) -> dict[int, int]:
        """Every unit's place in the order year (newest first), report id, ordinal."""
        return _places(sorted(self.units, key=lambda doc: (-self._year(doc), *self._address(doc))))

    @cached_property
    def oldest_first(self) -> dict[int, int]:
        """Every unit's place in the order year (oldest first), report id, ordinal."""
        return _places(sorted(self.units, key=lambda doc: (self._year(doc), *self._address(doc))))

    def _year(self, doc: int) -> int:
        return int(self.value_of["year"][doc])

    def _address(self, doc: int) -> tuple[str, int]:
        return self.report_of[doc], self._ordinals[doc]

    def document_frequency(self, field: str, text: str) -> int:
        """In how many units (deleted ones that are not yet merged away included) ``text`` is a token of ``field``."""
        frequency: int = self._reader.doc_frequency(field, text)
        return frequency

    def frequencies(self, field: str, text: str) -> dict[int, int]:
        """Every unit that has the token, with how often."""
        found: dict[int, int] = {}
        for base, docs, weights in self._blocks(field, text):
            found.update(zip(map(base.__add__, docs), map(int, weights), strict=True))
        return found

    def holders(self, field: str, text: str | bytes) -> set[int]:
        """Every unit that has the token."""
        found: set[int] = set()
        for base, docs, _ in self._blocks(field, text):
            found.update(map(base.__add__, docs))
        return found

    def _blocks(self, field: str, text: str | bytes) -> Iterator[tuple[int, Sequence[int], Sequence[float]]]:
        """The token's postings, with what their segment's documents are numbered from."""
        for leaf in self._leaves:
            with suppress(TermNotFound):
                matcher = leaf.reader.postings(field, text)
                yield from ((leaf.base, *block) for block in blocks(matcher))

    def unit(self, doc: int) -> Unit:
        return self._record(doc, Unit)

    def record_of(self, report_id: str) -> int:
        """The document of a report's own record. Raises NotFound."""
        if report_id not in self.records:
            raise _no_report(report_id)
        return self.records[report_id]

    def report(self, report_id: str) -> Report:
        """A report's own record. Raises NotFound."""
        if report_id not in self._reports:
            self._reports[report_id] = self._record(self.record_of(report_id), Report)
        return self._reports[report_id]

    def document(self, report_id: str) -> Document:
        """A whole report, for which nothing but its own is read. Raises NotFound."""
        docs = self.holders("report", report_id.encode(errors="replace"))
        ordered = sorted(docs, key=self._ordinal)
        if not ordered:
            raise _no_report(report_id)
        report = self._record(ordered[0], Report)
        if report.id != report_id:
            raise _no_report(report_id)
        return Document(report, tuple(map(self.unit, ordered[1:])))

    def _ordinal(self, doc: int) -> int:
        leaf = self._leaf(doc)
        ordinal: int = leaf.ordinals[doc - leaf.base]
        return ordinal

    def _record(self, doc: int, type_: type[Record]) -> Record:
        return msgspec.json.decode(self._reader.stored_fields(doc)["record"], type=type_)

    def hold(self) -> None:
        """Keep the files open until one more has let go."""
        self._holders += 1

    def let_go(self) -> None:
        """Close the files when nobody holds them any more; who made the snapshot held it first."""
        self._holders -= 1
        if not self._holders:
            with suppress(ReaderClosed):
                self._reader.close()


def _column(leaf: Leaf, name: str) -> Iterator[tuple[int, Any]]:
    """Every document of a leaf with its value in a column."""
    column = leaf.reader.column_reader(name)
    return ((leaf.base + local, column[local]) for local in leaf.reader.all_doc_ids())


def _no_report(report_id: str) -> NotFound:
    return NotFound(f"没有编号为“{shown(report_id)}”的报告；它可能已被移除，请回到检索页重新查找")


def _grouped(values: dict[int, Value]) -> dict[Value, frozenset[int]]:
    groups: dict[Value, set[int]] = defaultdict(set)
    for doc, value in values.items():
        groups[value].add(doc)
    return {value: frozenset(docs) for value, docs in groups.items()}


def _places(docs: Iterable[int]) -> dict[int, int]:
    return {doc: place for place, doc in enumerate(docs)}
