"""How Whoosh keeps and reads segments of arrays: they are named in its table of contents like any other."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage

from indexer.engines.columnar.layout import File, Missing
from indexer.engines.columnar.schema import refuse_writing
from indexer.engines.columnar.segment import Segment

if TYPE_CHECKING:  # what only Whoosh asks for is there when it asks
    from indexer.engines.columnar.documents import Documents
    from indexer.engines.columnar.terms import Terms

UNITS, REPORTS = "units", "reports"
"""The files of a segment: what never changes, and the reports' own records, which may be written again."""


class ColumnarSegment(base.Segment):
    """A segment in the table of contents: its name, its size (in units, and in pieces, see ``tables``), which of its
    reports are ``gone`` and with them which of its units are deleted, and which edition of its reports' records is the
    last."""

    def __init__(self, indexname: str, size: int, pieces: int, reports: int) -> None:
        super().__init__(indexname)  # type: ignore[no-untyped-call]
        self.size, self.pieces, self.reports = size, pieces, reports
        self.edition = 0
        self.gone: frozenset[int] = frozenset()
        self.deleted: frozenset[int] = frozenset()

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        """A name of its own, whatever a program seeds its random numbers with."""
        return "".join(secrets.choice(string.digits + string.ascii_lowercase) for _ in range(size))

    @property
    def stem(self) -> str:
        """What its files' names begin with."""
        name: str = self.segment_id()  # type: ignore[no-untyped-call]
        return name

    def file(self, folder: Path, kind: str) -> Path:
        """Where one of its files lies."""
        return folder / f"{self.stem}.{f'{self.edition}.{kind}' if kind == REPORTS else kind}"

    @property
    def pieces_left(self) -> int:
        """Some as many pieces as have its units that are not deleted."""
        return self.pieces * (self.size - len(self.deleted)) // max(1, self.size)

    def open(self, folder: Path) -> Segment:
        """The segment for reading. Raises Damaged, OSError."""
        return Segment(File(self.file(folder, UNITS)), File(self.file(folder, REPORTS)), self.gone)

    def mark_deleted(self, opened: Callable[[ColumnarSegment], Segment]) -> None:
        """Mark the units of the reports that are ``gone``, for Whoosh."""
        self.deleted = frozenset(np.flatnonzero(~opened(self).live).tolist()) if self.gone else frozenset()

    def codec(self) -> ColumnarCodec:
        return ColumnarCodec()

    def doc_count_all(self) -> int:
        return self.size

    def deleted_count(self) -> int:
        return len(self.deleted)

    def deleted_docs(self) -> frozenset[int]:
        return self.deleted

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.deleted

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:
        """Raises IndexUnavailable: a report goes with all its units, and by ``Commit``."""
        refuse_writing()


class ColumnarCodec(base.Codec):
    """For reading only: what Whoosh asks of a segment, answered from its arrays."""

    def per_document_reader(self, storage: FileStorage, segment: ColumnarSegment) -> Documents:
        """The units. Raises Damaged, OSError."""
        from indexer.engines.columnar.documents import Documents
        from indexer.engines.columnar.lengths import field_lengths

        with _missing_as_for_whoosh():
            opened = segment.open(Path(storage.folder))
        return Documents(opened, segment.deleted, field_lengths(opened))

    def terms_reader(self, storage: FileStorage, segment: ColumnarSegment) -> Terms:
        """The terms. Raises Damaged, OSError."""
        from indexer.engines.columnar.lengths import as_kept, field_lengths
        from indexer.engines.columnar.lexicons import lexicons
        from indexer.engines.columnar.terms import Terms

        folder = Path(storage.folder)
        with _missing_as_for_whoosh():
            opened, file = segment.open(folder), File(segment.file(folder, UNITS))
        kept = {field: as_kept(lengths) for field, lengths in field_lengths(opened).items()}
        return Terms(lexicons(file, opened), kept, opened.size)

    def per_document_writer(self, storage: FileStorage, segment: base.Segment) -> NoReturn:
        """Raises IndexUnavailable."""
        refuse_writing()

    def field_writer(self, storage: FileStorage, segment: base.Segment) -> NoReturn:
        """Raises IndexUnavailable."""
        refuse_writing()

    def postings_writer(self, dbfile: object, byteids: bool = False) -> NoReturn:
        """Raises IndexUnavailable."""
        refuse_writing()

    def postings_reader(self, *given: object, **named: object) -> NoReturn:
        """Not offered: ``terms_reader`` gives what goes through postings itself."""
        raise NotImplementedError

    def new_segment(self, storage: FileStorage, indexname: str) -> NoReturn:
        """Raises IndexUnavailable."""
        refuse_writing()


@contextmanager
def _missing_as_for_whoosh() -> Iterator[None]:
    """A later commit may have taken a file away: Whoosh then looks again, where it is told by an OSError."""
    try:
        yield
    except Missing as error:
        raise FileNotFoundError(ENOENT, strerror(ENOENT), str(error)) from error
