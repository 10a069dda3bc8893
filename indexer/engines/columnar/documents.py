"""The units of a segment as Whoosh reads them: its documents, with their lengths, columns and records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from whoosh import columns
from whoosh.codec import base

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.lengths import as_kept
from indexer.engines.columnar.segment import Segment
from indexer.fields import FACETS

_NUMBERS = ("ordinal", "length", "stretch")
_VALUES = ("headings", *FACETS)


class Documents(base.PerDocumentReader):
    """``deleted`` are units, ``lengths`` those of every unit by field."""

    def __init__(self, segment: Segment, deleted: frozenset[int], lengths: Mapping[str, Array]) -> None:
        self._segment, self._deleted, self._lengths = segment, deleted, lengths
        self._kept = {field: as_kept(of_units) for field, of_units in lengths.items()}

    def doc_count(self) -> int:
        return self._segment.size - len(self._deleted)

    def doc_count_all(self) -> int:
        return self._segment.size

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        return self._deleted

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self.list_columns()

    def list_columns(self) -> tuple[str, ...]:
        return ("report", "folded", *_NUMBERS, *_VALUES)

    def column_reader(self, fieldname: str, column: columns.Column) -> columns.ColumnReader:
        """A field's values. Raises KeyError where there are none."""
        segment = self._segment
        if fieldname in _NUMBERS:
            return Numbers(segment.column(fieldname))
        if fieldname == "folded":
            return Texts(lambda unit: segment.decoded(unit).encode(), segment.size)
        values = segment.reports if fieldname == "report" else segment.values(fieldname)
        codes = segment.column(fieldname)
        return Texts(lambda unit: values[codes[unit]].encode(), segment.size)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._kept[fieldname][docnum]) or default if fieldname in self._kept else default

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths[fieldname].sum()) if fieldname in self._lengths else 0

    def min_field_length(self, fieldname: str) -> int:
        return self._extreme(fieldname, np.min)

    def max_field_length(self, fieldname: str) -> int:
        return self._extreme(fieldname, np.max)

    def _extreme(self, field: str, of: Callable[[Array], int]) -> int:
        return int(of(self._kept[field])) if field in self._kept and self._segment.size else 0

    def stored_fields(self, docnum: int) -> dict[str, bytes]:
        return {"record": self._segment.records[docnum]}


class Numbers(columns.ColumnReader):
    """A column of whole numbers."""

    def __init__(self, values: Array) -> None:
        self._values, self._sign = values, 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> int:
        return int(self._values[docnum])

    def __iter__(self) -> Iterator[int]:
        return iter(self._values.tolist())

    def sort_key(self, docnum: int) -> int:  # type: ignore[override]
        return self._sign * self[docnum]

    def set_reverse(self) -> None:
        self._sign = -1


class Texts(columns.ColumnReader):
    """A column of texts in UTF-8, made when asked for."""

    def __init__(self, value: Callable[[int], bytes], size: int) -> None:
        self._value, self._size = value, size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, docnum: int) -> bytes:
        return self._value(docnum)

    def __iter__(self) -> Iterator[bytes]:
        return map(self._value, range(self._size))
