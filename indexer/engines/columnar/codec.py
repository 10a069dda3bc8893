"""How Whoosh keeps and opens segments of arrays: they are named in its table of contents like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whoosh.codec import base

from indexer.engines.columnar.layout import File
from indexer.engines.columnar.segment import Segment

UNITS, REPORTS = "units", "reports"
"""The files of a segment: what never changes, and the reports' own records, which may be written again."""


class ColumnarSegment(base.Segment):
    """A segment in the table of contents: its name, its size, which of its reports are ``gone`` and with them which of
    its units are deleted, and which edition of its reports' records is the last."""

    def __init__(self, indexname: str, size: int, reports: int) -> None:
        super().__init__(indexname)  # type: ignore[no-untyped-call]
        self.size, self.reports = size, reports
        self.edition = 0
        self.gone: frozenset[int] = frozenset()
        self.deleted: frozenset[int] = frozenset()

    def file(self, folder: Path, kind: str) -> Path:
        """Where one of its files lies."""
        name: str = self.segment_id()  # type: ignore[no-untyped-call]
        return folder / f"{name}.{f'{self.edition}.{kind}' if kind == REPORTS else kind}"

    def editions(self, folder: Path) -> Iterator[Path]:
        """Every edition of its reports' records that lies there."""
        name: str = self.segment_id()  # type: ignore[no-untyped-call]
        return folder.glob(f"{name}.*.{REPORTS}")

    def open(self, folder: Path) -> Segment:
        """The segment for reading. Raises Damaged, FileNotFoundError."""
        return Segment(File(self.file(folder, UNITS)), File(self.file(folder, REPORTS)), self.gone)

    def codec(self) -> Any:
        raise NotImplementedError

    def doc_count_all(self) -> int:
        return self.size

    def deleted_count(self) -> int:
        return len(self.deleted)

    def deleted_docs(self) -> frozenset[int]:
        return self.deleted

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        self.deleted = self.deleted | {docnum} if delete else self.deleted - {docnum}
