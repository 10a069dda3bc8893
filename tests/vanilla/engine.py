"""The oracle: the answers of ``indexer.engines.base.Engine`` from an index that Whoosh alone writes and reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh import index

from indexer.engines.base import ByOccurrence, ByReport, CountRequest, CountTable, SearchRequest, SearchResult
from indexer.model import Document, Report
from indexer.text import Segmenter
from vanilla.answering import Answer
from vanilla.counting import count_table
from vanilla.matching import Matching
from vanilla.schema import report_document, schema, unit_documents
from vanilla.snapshot import Snapshot


class VanillaEngine:
    """For one thread."""

    def __init__(self, folder: Path) -> None:
        """Make an index in an empty folder."""
        self._index = index.create_in(str(folder), schema())
        self._segmenter = Segmenter()

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        """See ``Engine``."""
        last_of_each = {document.report.id: document for document in documents}
        with self._index.writer() as writer:
            for report_id in {*remove, *last_of_each}:
                writer.delete_by_term("report", report_id)
            for document in last_of_each.values():
                writer.add_document(**report_document(document.report))
                for unit in unit_documents(document, self._segmenter):
                    writer.add_document(**unit)

    def amend(self, reports: Iterable[Report]) -> None:
        """See ``Engine``."""
        self.update([Document(report, self._snapshot().document(report.id).units) for report in reports])

    def search(self, request: SearchRequest) -> SearchResult:
        """See ``Engine``."""
        return Answer(self._snapshot(), request).by_unit()

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        """See ``Engine``."""
        return Answer(self._snapshot(), request).by_report(best)

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        """See ``Engine``."""
        return Answer(self._snapshot(), request).by_occurrence()

    def count(self, request: CountRequest) -> CountTable:
        """See ``Engine``."""
        snapshot = self._snapshot()
        return count_table(snapshot, Matching(snapshot), request)

    def document(self, report_id: str) -> Document:
        """See ``Engine``."""
        return self._snapshot().document(report_id)

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._index)
