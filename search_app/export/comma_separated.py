"""CSV as RFC 4180 has it, with the BOM by which Excel knows UTF-8, and with no cell that a spreadsheet would run."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from search_app.export.pieces import pieces
from search_app.export.rows import COLUMNS, Cell, Export

RISKY = tuple("=+-@\t\r\n＝＋－＠\0")
"""What a cell may not begin with: OWASP, "CSV Injection" (with the full-width forms, which spreadsheets of East Asia
take too), and ASVS 1.2.10."""


def comma_separated(export: Export) -> Iterator[bytes]:
    """A head line and the rows, in UTF-8."""
    return pieces(_lines(export))


def _lines(export: Export) -> Iterator[bytes]:
    yield codecs.BOM_UTF8 + _line(column.label for column in COLUMNS)
    for row in export.rows:
        yield _line(harmless(column.cell(row, export.provenance)) for column in COLUMNS)


def harmless(cell: Cell) -> str:
    """The cell as text; one that a spreadsheet might run gets an apostrophe before it. Numbers stay numbers."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(RISKY) else text


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
