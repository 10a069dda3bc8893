"""The formats of an export, by name."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from indexer.engines import Engine
from indexer.errors import BadParameter, shown
from search_app.export.comma_separated import comma_separated
from search_app.export.json_lines import json_lines
from search_app.export.rows import Export, exporting
from search_app.parameters import Values


@dataclass(frozen=True, slots=True)
class Format:
    """``name`` is the suffix too; ``write`` gives the file's bytes while it takes the rows."""

    name: str
    label: str
    media_type: str
    write: Callable[[Export], Iterator[bytes]]


def _workbook(export: Export) -> Iterator[bytes]:
    from search_app.export.workbook import workbook  # openpyxl takes long to import

    return workbook(export)


FORMATS = {
    each.name: each
    for each in (
        Format("csv", "CSV", "text/csv; charset=utf-8", comma_separated),
        Format("xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook),
        Format("jsonl", "JSONL", "application/jsonl; charset=utf-8", json_lines),
    )
}


def stream(engine: Engine, given: Values, form: Format, site: str) -> Generator[bytes, None, None]:
    """The whole of what parameters ask for, as the bytes of a file; see ``exporting``. Mistakes and the state of the
    index come with the first piece; closing the stream lets the state go."""
    with exporting(engine, given, site) as export:
        yield from form.write(export)


def format_named(name: str) -> Format:
    """The format ``name``. Raises BadParameter."""
    if name not in FORMATS:
        raise BadParameter("format", f"没有格式“{shown(name)}”；可用的有 {'、'.join(FORMATS)}")
    return FORMATS[name]
