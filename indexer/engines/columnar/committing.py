"""One commit: new segments beside the old, some merged, and then, at once, another table of contents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec
from whoosh.index import TOC

from indexer.engines.columnar import layout, merging, toc
from indexer.engines.columnar.building import Builders, Files, build, write
from indexer.engines.columnar.codec import REPORTS, UNITS, ColumnarSegment
from indexer.engines.columnar.layout import Damaged
from indexer.engines.columnar.segment import Segment
from indexer.engines.columnar.tables import IN_PLACES, PIECE, pieces, report_arrays
from indexer.errors import no_report
from indexer.model import Document, Report
from indexer.text import Segmenter


class Commit:
    """Changes to an index, gathered; nothing is seen of them before ``finish``, nor after it failed.

    Who makes one keeps other writers out. Reports wait until they fill a segment, which other processes then build; the
    last ones are built here.
    """

    def __init__(self, folder: Path, segmenter: Segmenter, opened: Callable[[ColumnarSegment], Segment]) -> None:
        """``opened`` opens a segment for reading. What a killed commit left goes. Raises Damaged, OSError."""
        self._folder, self._segmenter, self._opened = folder, segmenter, opened
        self._toc = toc.read(folder)
        toc.clean(folder, self._toc)
        self._segments: list[ColumnarSegment] = list(self._toc.segments)
        self._waiting: dict[str, Document] = {}
        self._pieces = 0
        self._builders = Builders(segmenter)
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
            self._waiting.pop(report_id, None)
            if report_id in self._homes:
                segment, number = self._homes.pop(report_id)
                segment.gone |= {number}
                self._is_changed = True

    def add(self, documents: Iterable[Document]) -> None:
        """Put reports in, each in the place of one of its id."""
        for document in documents:
            self.remove([document.report.id])
            pieces = _pieces(document)
            if self._waiting and self._pieces + pieces > merging.FULL:
                self._builders.order(tuple(self._waiting.values()), self._begin_segment())
            self._waiting[document.report.id] = document
            self._pieces += pieces

    def amend(self, reports: Sequence[Report]) -> None:
        """Write reports' own records again. Raises NotFound."""
        changed: dict[str, tuple[ColumnarSegment, dict[int, Report]]] = {}
        for report in reports:
            if report.id not in self._homes:
                raise no_report(report.id)
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
        layout.write(segment.file(self._folder, REPORTS), report_arrays(opened.reports, records), IN_PLACES)
        self._is_changed = True

    def finish(self) -> None:
        """Make it seen. Raises Damaged, OSError."""
        if self._waiting:
            build(tuple(self._waiting.values()), self._segmenter, self._begin_segment())
        self._builders.finish()
        self._builders.end()
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
            tables = merging.merged([(part, part.live) for part in parts])
            size = int(pieces(tables.lengths).sum())
            write(tables, self._new_segment(len(tables.lengths), size, len(tables.reports)))

    def give_up(self) -> None:
        """Take away what was written, unless it came to be seen."""
        self._builders.end()
        with suppress(OSError, Damaged):
            toc.clean(self._folder, toc.read(self._folder))

    def _begin_segment(self) -> Files:
        """Where the files of a segment are to be that holds what waits, which waits no more."""
        units = sum(len(document.units) for document in self._waiting.values())
        files = self._new_segment(units, self._pieces, len(self._waiting))
        self._homes.update((report_id, (self._segments[-1], number)) for number, report_id in enumerate(self._waiting))
        self._waiting, self._pieces = {}, 0
        return files

    def _new_segment(self, units: int, pieces: int, reports: int) -> Files:
        segment = ColumnarSegment(toc.INDEX, units, pieces, reports)
        self._segments.append(segment)
        self._is_changed = True
        return Files(str(segment.file(self._folder, UNITS)), str(segment.file(self._folder, REPORTS)))


def _pieces(document: Document) -> int:
    """How many pieces its units take, but for what folding makes longer."""
    return sum(max(1, -(-len(unit.text) // PIECE)) for unit in document.units)
