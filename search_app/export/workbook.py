"""XLSX: a first sheet that says where the rows come from, then the rows; every text a text, never a formula.

openpyxl writes each sheet to a temporary file row by row, so memory stays flat; the first byte can go out only when the
last row is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from indexer.errors import ReaderMistake
from search_app.export.pieces import PIECE
from search_app.export.rows import COLUMNS, ORDER, Cell, Export, Provenance
from search_app.xml_text import writable

LONGEST_CELL = 32_767
"""UTF-16 code units in a cell; Excel specifications and limits. openpyxl would cut off the rest without a word."""
MOST_ROWS = 1_048_576
"""Of a sheet, its head included; Excel specifications and limits."""
_WIDTHS = {"地址": 30, "报告": 30, "日期": 12, "标题路径": 40, "章节": 20, "文本": 80, "网址": 40, "查询": 20}


def workbook(export: Export) -> Iterator[bytes]:
    """The file's bytes. Raises ReaderMistake for a text that no cell can hold, before the first of them."""
    book = Workbook(write_only=True)
    with TemporaryFile() as file:
        try:
            _explain(book, export.provenance)
            _fill(book, export)
        finally:
            book.save(file)  # also after an error: it removes the temporary files of the sheets
        file.seek(0)
        yield from iter(lambda: file.read(PIECE), b"")


def _explain(book: Workbook, source: Provenance) -> None:
    sheet: Any = book.create_sheet("说明")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 100
    told: tuple[tuple[str, Cell], ...] = (
        ("查询", source.query or "（空：全部段落）"), ("筛选", source.filters_in_words or "（没有）"),
        ("段数", source.rows), ("处数", source.occurrences), ("次序", ORDER), ("索引指纹", source.fingerprint),
        ("导出时间", source.time), ("程序版本", f"baogao {source.version}"), ("网址", source.url),
    )  # fmt: skip
    columns = tuple((column.label, column.meaning) for column in COLUMNS)
    for name, value in (*told, ("", ""), ("列", "意思"), *columns):
        sheet.append([text_or_number(sheet, name), text_or_number(sheet, value)])


def _fill(book: Workbook, export: Export) -> None:
    rows = ([column.cell(row, export.provenance) for column in COLUMNS] for row in export.rows)
    _fill_sheet(book, "段落", islice(rows, MOST_ROWS - 1))
    number = 2
    for first in rows:
        _fill_sheet(book, f"段落{number}", chain([first], islice(rows, MOST_ROWS - 2)))
        number += 1


def _fill_sheet(book: Workbook, title: str, rows: Iterable[list[Cell]]) -> None:
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTHS.get(column.label, 10)
    sheet.append([column.label for column in COLUMNS])
    for row in rows:
        sheet.append([text_or_number(sheet, cell) for cell in row])


def text_or_number(sheet: object, cell: Cell) -> object:
    """The cell for openpyxl, which takes a text that begins with = for a formula and #N/A for an error."""
    if not isinstance(cell, str):
        return cell
    text = writable(cell)
    if len(text) > LONGEST_CELL // 2 and len(text.encode("utf-16-le")) > 2 * LONGEST_CELL:
        raise ReaderMistake(f"有一段长 {len(text):,} 个字，Excel 的一格放不下；请改用 CSV 或 JSONL")
    if not text.startswith(("=", "#")):
        return text
    literal = WriteOnlyCell(sheet, text)  # type: ignore[arg-type]
    literal.data_type = "s"
    return literal
