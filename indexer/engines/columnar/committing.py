"""One commit: new segments beside the old, some merged, and then, at once, another table of contents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
from whoosh.index import TOC, FileIndex, clean_files

from indexer.engines.columnar import layout
from indexer.engines.columnar.codec import REPORTS, UNITS, ColumnarSegment
from indexer.engines.columnar.contents import Contents
from indexer.engines.columnar.merging import FULL, merged, to_merge
from indexer.engines.columnar.tables import Tables, report_arrays
from indexer.errors import NotFound, shown
from indexer.model import Document, Report
from indexer.text import Segmenter


class Commit:
    """Changes to an index, gathered; nothing is seen of them before ``finish``, nor after it failed.

    Who makes one keeps other writers out.
    """

    def __init__(self, index: FileIndex, folder: Path, segmenter: Segmenter) -> None:
        self._index, self._folder, self._segmenter = index, folder, segmenter
        self._toc = TOC.read(index.storage, index.indexname)
        self._segments: list[ColumnarSegment] = list(self._toc.segments)
        self._contents = Contents(segmenter)
        self._written: list[Path] = []

    def remove(self, ids: frozenset[str]) -> None:
        """Take reports away, where they are."""
        for segment in self._segments:
            opened = segment.open(self._folder)
            gone = frozenset(number for number, report_id in enumerate(opened.reports) if report_id in ids)
            if not gone <= segment.gone:
                segment.gone |= gone
                units = np.flatnonzero(np.isin(opened.column("report"), list(segment.gone)))
                segment.deleted = frozenset(units.tolist())

    def add(self, documents: Iterable[Document]) -> None:
        """Put reports in, none of which is there."""
        for document in documents:
            self._contents.add(document)
            if len(self._contents) >= FULL:
                self._cut()

    def amend(self, reports: Sequence[Report]) -> None:
        """Write reports' own records again. Raises NotFound."""
        waiting = {report.id: report for report in reports}
        for segment in self._segments:
            opened = segment.open(self._folder)
            here = {
                number: waiting.pop(report_id)
                for number, report_id in enumerate(opened.reports)
                if report_id in waiting and number not in segment.gone
            }
            if here:
                records = [opened.report_records[number] for number in range(len(opened.reports))]
                for number, report in here.items():
                    records[number] = msgspec.json.encode(report)
                segment.edition = self._toc.generation + 1
                self._write(segment.file(self._folder, REPORTS), report_arrays(opened.reports, records))
        if waiting:
            raise NotFound(f"没有编号为“{shown(next(iter(waiting)))}”的报告；它可能已被移除，请回到检索页重新查找")

    def finish(self) -> None:
        """Make it seen."""
        self._cut()
        self._segments = [segment for segment in self._segments if len(segment.gone) < segment.reports]
        chosen = to_merge([segment.size for segment in self._segments])
        if chosen:
            parts = [self._segments[number].open(self._folder) for number in chosen]
            self._segments = [each for number, each in enumerate(self._segments) if number not in chosen]
            self._keep(merged([(part, part.live) for part in parts]))
        _flush_folder(self._folder)
        contents = TOC(self._toc.schema, self._segments, self._toc.generation + 1)
        contents.write(self._index.storage, self._index.indexname)
        _flush_folder(self._folder)
        clean_files(self._index.storage, self._index.indexname, contents.generation, self._segments)
        for segment in self._segments:
            for edition in segment.editions(self._folder):
                if edition != segment.file(self._folder, REPORTS):
                    edition.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Take away what was written."""
        for path in self._written:
            with suppress(OSError):
                path.unlink()

    def _cut(self) -> None:
        if self._contents:
            self._keep(self._contents.tables())
            self._contents = Contents(self._segmenter)

    def _keep(self, tables: Tables) -> None:
        segment = ColumnarSegment(self._index.indexname, len(tables.lengths), len(tables.reports))
        self._write(segment.file(self._folder, UNITS), tables.unit_arrays())
        self._write(segment.file(self._folder, REPORTS), tables.report_arrays())
        self._segments.append(segment)

    def _write(self, path: Path, arrays: dict[str, layout.Array]) -> None:
        self._written.append(path)
        layout.write(path, arrays)


def _flush_folder(folder: Path) -> None:
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
