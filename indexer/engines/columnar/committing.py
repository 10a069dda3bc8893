"""One commit: new segments beside the old, some merged, and then, at once, another table of contents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec
from whoosh.index import TOC

from indexer.engines.columnar import layout, merging, toc
from indexer.engines.columnar.codec import REPORTS, UNITS, ColumnarSegment
from indexer.engines.columnar.contents import Contents
from indexer.engines.columnar.layout import Damaged
from indexer.engines.columnar.segment import Segment
from indexer.engines.columnar.tables import Tables, pieces, report_arrays
from indexer.errors import NotFound, shown
from indexer.model import Document, Report
from indexer.text import Segmenter


class Commit:
    """Changes to an index, gathered; nothing is seen of them before ``finish``, nor after it failed.

    Who makes one keeps other writers out. While a segment's arrays are made and written, the next one's reports are cut
    into words: two threads, and two segments in memory at most.
    """

    def __init__(self, folder: Path, segmenter: Segmenter, opened: Callable[[ColumnarSegment], Segment]) -> None:
        """``opened`` opens a segment for reading. What a killed commit left goes. Raises Damaged, OSError."""
        self._folder, self._segmenter, self._opened = folder, segmenter, opened
        self._toc = toc.read(folder)
        toc.clean(folder, self._toc)
        self._segments: list[ColumnarSegment] = list(self._toc.segments)
        self._contents = Contents(segmenter)
        self._builder = ThreadPoolExecutor(max_workers=1)
        self._building: Future[None] | None = None
        self._is_changed = False

    @cached_property
    def _homes(self) -> dict[str, tuple[ColumnarSegment, int]]:
        """Where every report lies that is there: its segment, and its number in it."""
        return {
            report_id: (segment, number)
            for segment in self._segments
            for number, report_id in enumerate(self._opened(segment).reports)
            if number not in segment.gone
        }

    def remove(self, ids: Iterable[str]) -> None:
        """Take reports away, where they are."""
        for report_id in ids:
            if report_id in self._contents.ids:
                self._cut()
            if report_id in self._homes:
                segment, number = self._homes.pop(report_id)
                segment.gone |= {number}
                self._is_changed = True

    def add(self, documents: Iterable[Document]) -> None:
        """Put reports in, each in the place of one of its id."""
        for document in documents:
            self.remove([document.report.id])
            if self._contents and self._contents.pieces + len(document.units) > merging.FULL:
                self._cut()
            self._contents.add(document)

    def amend(self, reports: Sequence[Report]) -> None:
        """Write reports' own records again. Raises NotFound."""
        changed: dict[str, tuple[ColumnarSegment, dict[int, Report]]] = {}
        for report in reports:
            if report.id not in self._homes:
                raise NotFound(f"没有编号为“{shown(report.id)}”的报告；它可能已被移除，请回到检索页重新查找")
            segment, number = self._homes[report.id]
            changed.setdefault(segment.stem, (segment, {}))[1][number] = report
        for segment, by_number in changed.values():
            self._amend(segment, by_number)

    def _amend(self, segment: ColumnarSegment, by_number: dict[int, Report]) -> None:
        opened = self._opened(segment)
        records = [opened.report_records[number] for number in range(len(opened.reports))]
        for number, report in by_number.items():
            records[number] = msgspec.json.encode(report)
        segment.edition = self._toc.generation + 1
        layout.write(segment.file(self._folder, REPORTS), report_arrays(opened.reports, records))
        self._is_changed = True

    def finish(self) -> None:
        """Make it seen. Raises Damaged, OSError."""
        self._cut()
        self._wait()
        self._builder.shutdown()
        if self._is_changed:
            self._publish()

    def _publish(self) -> None:
        self._segments = [segment for segment in self._segments if len(segment.gone) < segment.reports]
        for segment in self._segments:
            segment.mark_deleted(self._opened)
        self._merge()
        contents = TOC(self._toc.schema, self._segments, self._toc.generation + 1)
        toc.write(self._folder, contents)
        with suppress(OSError):
            toc.clean(self._folder, contents)

    def _merge(self) -> None:
        chosen = merging.to_merge([segment.pieces_left for segment in self._segments])
        if chosen:
            parts = [self._opened(self._segments[number]) for number in chosen]
            self._segments = [each for number, each in enumerate(self._segments) if number not in chosen]
            self._keep(merging.merged([(part, part.live) for part in parts]))

    def give_up(self) -> None:
        """Take away what was written, unless it came to be seen."""
        self._builder.shutdown()
        with suppress(OSError, Damaged):
            toc.clean(self._folder, toc.read(self._folder))

    def _cut(self) -> None:
        """Begin another segment, while what was gathered for one is made into it."""
        self._wait()
        if self._contents:
            contents, self._contents = self._contents, Contents(self._segmenter)
            segment = ColumnarSegment(toc.INDEX, len(contents), contents.pieces, len(contents.ids))
            self._homes.update((report_id, (segment, number)) for number, report_id in enumerate(contents.ids))
            self._segments.append(segment)
            self._is_changed = True
            self._building = self._builder.submit(self._build, segment, contents)

    def _build(self, segment: ColumnarSegment, contents: Contents) -> None:
        self._write(segment, contents.tables())

    def _wait(self) -> None:
        if self._building:
            self._building.result()

    def _keep(self, tables: Tables) -> None:
        segment = ColumnarSegment(
            toc.INDEX, len(tables.lengths), int(pieces(tables.lengths).sum()), len(tables.reports)
        )
        self._write(segment, tables)
        self._segments.append(segment)

    def _write(self, segment: ColumnarSegment, tables: Tables) -> None:
        layout.write(segment.file(self._folder, UNITS), tables.unit_arrays())
        layout.write(segment.file(self._folder, REPORTS), tables.report_arrays())
