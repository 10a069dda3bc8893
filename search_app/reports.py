"""The Python API."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from indexer import ClusterInfo, CountTable, Document, Engine, IndexInfo, open_engine
from search_app import counting
from search_app.export import Provenance, exporting, format_named, write_to
from search_app.grouped import GroupedPage, grouped_page
from search_app.kwic import KwicPage, kwic_page
from search_app.search import SearchPage, search_page
from search_app.site import checked_site
from search_app.state import SearchState
from search_app.suggest import Suggestions, suggest

Given = str | int | Iterable[str | int]


class Reports:
    """An open index of reports.

    >>> with Reports.open("index") as reports:
    ...     page = reports.search("中欧班列", year=[2021, 2023], level="市")
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str | Path) -> Reports:
        """Open the index at ``address`` (a folder, or opensearch://host:9200/name). Raises IndexUnavailable."""
        return cls(open_engine(str(address)))

    def search(self, q: str = "", **parameters: Given) -> SearchPage:
        """One page of hits.

        ``q`` is a query as typed in the box. Parameters are those of the page's URL: year, level, section, region and
        type (one value or several), the same with not_ before them (not_year) for what is excluded, mode, sort, page,
        size. Raises QuerySyntaxError, BadParameter.
        """
        return search_page(self._engine, SearchState.read_as("paragraphs", {"q": [q], **_strings(parameters)}))

    def kwic(self, q: str, **parameters: Given) -> KwicPage:
        """One page of occurrences in their context. Parameters as in ``search``; sort also takes left and right,
        ``size`` is in occurrences, and ``context`` (5 to 60) the characters on either side."""
        return kwic_page(self._engine, SearchState.read_as("kwic", {"q": [q], **_strings(parameters)}))

    def by_report(self, q: str = "", **parameters: Given) -> GroupedPage:
        """One page of reports with their best paragraphs. Parameters as in ``search``; ``size`` is in reports."""
        return grouped_page(self._engine, SearchState.read_as("reports", {"q": [q], **_strings(parameters)}))

    def export(
        self, target: str | Path | BinaryIO, format: str, q: str = "", *, site: str = "", **parameters: Given
    ) -> Provenance:
        """Write every hit, newest first, to a path or a binary stream, and say where the rows come from.

        ``format`` is csv, xlsx or jsonl. ``q`` and the filters are as in ``search``; sort, page and size are unknown
        here. ``site`` (https://baogao.example.cn) begins the addresses in the column 网址, which begin with a slash
        without one. A file is replaced only when it is whole. Raises QuerySyntaxError, BadParameter.
        """
        form = format_named(format)
        begins = checked_site(site) if site else ""
        with exporting(self._engine, {"q": [q], **_strings(parameters)}, begins) as export:
            write_to(target, form.write(export))
            return export.provenance

    def count(self, *terms: str, by: Given = (), **parameters: Given) -> CountTable:
        """Occurrences of each term, in the groups that ``by`` (field names) makes; filters as in ``search``."""
        return counting.count(self._engine, {"term": terms, **_strings({"by": by, **parameters})})

    def suggest(self, q: str) -> Suggestions:
        """What may complete the last word of ``q``: by its characters, its pinyin or initials. Raises BadParameter."""
        return suggest(self._engine, {"q": [q]})

    def report(self, report_id: str) -> Document:
        """A whole report. Raises NotFound."""
        return self._engine.document(report_id)

    def info(self) -> IndexInfo:
        """What the index holds."""
        return self._engine.info()

    def cluster(self) -> ClusterInfo | None:
        """The cluster that holds the index; None where a folder does."""
        return self._engine.cluster()

    def close(self) -> None:
        self._engine.close()

    def __enter__(self) -> Reports:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _strings(parameters: dict[str, Given]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(map(str, given)) if isinstance(given, Iterable) and not isinstance(given, str) else (str(given),)
        for name, given in parameters.items()
    }
