"""One committed state of the index, held open: its facets, order and lengths in memory, its text on disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import msgspec
from whoosh.columns import ColumnReader
from whoosh.index import FileIndex
from whoosh.reading import IndexReader, ReaderClosed, TermNotFound

from indexer.engines.whoosh.schema import REPORT_RECORD
from indexer.errors import NotFound, shown
from indexer.fields import FIELDS
from indexer.model import Document, Report, Unit

Record = TypeVar("Record", Report, Unit)
Value = TypeVar("Value", str, bytes)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A segment; its documents are numbered from ``base`` in the snapshot."""

    reader: IndexReader
    base: int
    folded: ColumnReader


class Snapshot:
    """Documents are named by their number in the snapshot. ``units`` are those that are units, not report records;
    ``lengths`` are the characters of their folded texts."""

    def __init__(self, opened: FileIndex) -> None:
        self.generation: int = opened.latest_generation()
        self._holders = 1
        self._reader = opened.reader()
        self._leaves = tuple(
            Leaf(leaf, base, leaf.column_reader("folded"))
            for leaf, base in self._reader.leaf_readers()
            if leaf.doc_count()
        )
        self.report_of: dict[int, str] = {}
        self.ordinal_of: dict[int, int] = {}
        self.lengths: dict[int, int] = {}
        self.records: dict[str, int] = {}
        self.value_of: dict[str, dict[int, str]] = {field.name: {} for field in FIELDS}
        for leaf in self._leaves:
            self._load(leaf)
        self.units = frozenset(self.report_of)
        self.filed = {name: _grouped(values) for name, values in self.value_of.items()}
        self._reports: dict[str, Report] = {}

    def _load(self, leaf: Leaf) -> None:
        reports, ordinals, lengths = map(leaf.reader.column_reader, ("report", "ordinal", "length"))
        facets = [(self.value_of[field.name], leaf.reader.column_reader(field.name)) for field in FIELDS]
        for local in leaf.reader.all_doc_ids():
            doc = leaf.base + local
            if ordinals[local] == REPORT_RECORD:
                self.records[reports[local]] = doc
                continue
            self.report_of[doc], self.ordinal_of[doc] = reports[local], ordinals[local]
            self.lengths[doc] = lengths[local]
            for values, column in facets:
                values[doc] = column[local]

    def folded(self, doc: int) -> bytes:
        """The folded text of a unit, in UTF-8."""
        leaf = self._leaf(doc)
        text: bytes = leaf.folded[doc - leaf.base]
        return text

    def texts(self) -> tuple[str, ...]:
        """The folded text of every unit."""
        return tuple(self.folded(doc).decode() for doc in self.units)

    @cached_property
    def under(self) -> dict[str, frozenset[int]]:
        """From the folded headings above units, one path a string, to the units. Read when first asked for."""
        return {path.decode(): docs for path, docs in _grouped(self._column("headings")).items()}

    @cached_property
    def stretch_of(self) -> dict[int, tuple[str, int]]:
        """Every unit's stretch (see ``query.SameStretch``). Read when first asked for."""
        return {doc: (self.report_of[doc], number) for doc, number in self._column("stretch").items()}

    def _column(self, name: str) -> dict[int, Any]:
        """Every unit's value in a column."""
        values: dict[int, Any] = {}
        for leaf in self._leaves:
            column = leaf.reader.column_reader(name)
            values |= {doc: column[doc - leaf.base] for doc in self._units_of(leaf)}
        return values

    def _units_of(self, leaf: Leaf) -> Iterator[int]:
        numbers = (leaf.base + local for local in leaf.reader.all_doc_ids())
        return (doc for doc in numbers if doc in self.units)

    def _leaf(self, doc: int) -> Leaf:
        return next(leaf for leaf in reversed(self._leaves) if leaf.base <= doc)

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
        return self.report_of[doc], self.ordinal_of[doc]

    def document_frequency(self, field: str, text: str) -> int:
        """In how many units (deleted ones that are not yet merged away included) ``text`` is a token of ``field``."""
        frequency: int = self._reader.doc_frequency(field, text)
        return frequency

    def postings(self, field: str, text: str) -> Iterator[tuple[int, float]]:
        """Every unit that has the token, with how often."""
        for leaf in self._leaves:
            try:
                matcher = leaf.reader.postings(field, text)
            except TermNotFound:
                continue
            while matcher.is_active():
                yield leaf.base + matcher.id(), matcher.weight()
                matcher.next()

    def holders(self, field: str, text: str) -> set[int]:
        """Every unit that has the token."""
        found: set[int] = set()
        for leaf in self._leaves:
            try:
                found.update(leaf.base + doc for doc in leaf.reader.postings(field, text).all_ids())
            except TermNotFound:
                continue
        return found

    def unit(self, doc: int) -> Unit:
        return self._record(doc, Unit)

    def report(self, report_id: str) -> Report:
        """A report's own record. Raises NotFound."""
        if report_id not in self.records:
            raise NotFound(f"没有编号为“{shown(report_id)}”的报告；它可能已被移除，请回到检索页重新查找")
        if report_id not in self._reports:
            self._reports[report_id] = self._record(self.records[report_id], Report)
        return self._reports[report_id]

    def document(self, report_id: str) -> Document:
        """A whole report. Raises NotFound."""
        report = self.report(report_id)
        docs = sorted((doc for doc, owner in self.report_of.items() if owner == report_id), key=self.ordinal_of.get)  # type: ignore[arg-type]
        return Document(report, tuple(map(self.unit, docs)))

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


def _grouped(values: dict[int, Value]) -> dict[Value, frozenset[int]]:
    groups: dict[Value, set[int]] = defaultdict(set)
    for doc, value in values.items():
        groups[value].add(doc)
    return {value: frozenset(docs) for value, docs in groups.items()}


def _places(docs: Iterable[int]) -> dict[int, int]:
    return {doc: place for place, doc in enumerate(docs)}
