"""Tables with one report a row: csv, xlsx, jsonl."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any
from zipfile import ZipFile

import openpyxl

from indexer.errors import FileRefused
from indexer.readers.bounds import check_tags, open_zip, unpacked
from indexer.readers.columns import NO_TEXTS, columns_of
from indexer.readers.decoding import SAMPLE, decode

LONGEST_CELL = 20_000_000
MOST_ROWS = 100_000
"""Reports in a table: more than all counties of China publish in thirty years."""
MOST_COMMAS = 200_000
"""In one row of a CSV, those of the text counted: the longest report known here has 0.2 MB of text."""
_MOST_BAD = 20
"""Lines at the beginning of a JSON Lines file; so many, and nothing else, are another kind of file."""
_MOST_COLUMNS = 100
_HEAD_WITHIN = 10
"""Rows. Above its head a table may have a title, and notes."""
_LAST_ROW = 1_048_576
"""Of a worksheet, in every program that makes them."""
_PARTS = re.compile(r"\[Content_Types\]\.xml|.*\.rels|xl/(?:worksheets/)?[^/]*\.xml", re.I)
"""What is read of a workbook; pictures, charts and macros are not."""
_CONTENT = re.compile(r"xl/(?:worksheets/.*|sharedStrings\.xml)", re.I)
_MOST_STYLE_BYTES = 2_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""Not str.splitlines, which also breaks lines at signs that may stand in a JSON string."""
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a report. ``at`` is the number a spreadsheet shows before it, or its line in JSON Lines, behind the
    name of its sheet unless that is the first; ``cells`` are by our names of the columns, others left out."""

    at: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row, or a sheet, that is not read, and why; the others are."""

    at: str
    reason: str


Cells = tuple[int, list[str]]
"""A row's number and what stands in it."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: tuple[Cells, ...]

    @property
    def has_texts(self) -> bool:
        return any(columns_of(cells) for _, cells in self.rows[:_HEAD_WITHIN])


def read_csv(data: bytes) -> Iterator[Row | BadRow]:
    """Rows of a CSV. Raises FileRefused when no column is the text."""
    text, _ = decode(data)
    csv.field_size_limit(LONGEST_CELL)
    yield from _counted(_rows(_csv_rows(text)))


def _csv_rows(text: str) -> Iterator[Cells | BadRow]:
    """The rows by their numbers, blank ones counted. Behind a bad one only what is as wide as those before is a row:
    where its text goes on over several lines, nobody can tell where it ends."""
    lines = _Lines(text)
    rows = csv.reader(lines, strict=True)
    width = bad = 0
    for number in count(1):
        begun, lines.commas = rows.line_num, 0
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            bad = number
            yield BadRow(str(number), _unbalanced(rows.line_num - begun - 1))
            continue
        if bad and row and len(row) != width:
            raise FileRefused(f"第 {bad} 行的引号不成对，从第 {number} 行起没有读；请用表格软件另存为 CSV UTF-8")
        width = max(width, len(row))
        yield number, row


def _unbalanced(more: int) -> str:
    lost = f"，连同后面的 {more} 行没有读" if more else ""
    return f"这一行的引号或逗号不成对{lost}；请用表格软件另存为 CSV UTF-8"


class _Lines:
    """The lines of a CSV. Raises FileRefused when more ``commas`` come than a row can have; who reads counts anew."""

    def __init__(self, text: str) -> None:
        self._lines = _LINE.finditer(text)
        self.commas = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)[0]
        self.commas += line.count(",")
        if self.commas > MOST_COMMAS:
            raise FileRefused("这个 CSV 的一行太宽，不像是报告；请用表格软件另存为 CSV UTF-8")
        return line


def read_xlsx(data: bytes) -> Iterator[Row | BadRow]:
    """Rows of all sheets of a workbook that have a column of texts. Raises FileRefused where none has."""
    book = _bounded(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sheets = _sheets(book)
    except Exception as error:  # openpyxl trusts the XML: over a broken one it raises whatever comes of it
        raise FileRefused("这个表格打不开；请在表格软件里另存为 xlsx") from error
    yield from _counted(_of_sheets(sheets))


def _of_sheets(sheets: Sequence[_Sheet]) -> Iterator[Row | BadRow]:
    """The rows of each sheet; one with anything but texts is told. Raises FileRefused where there are no others."""
    if not any(sheet.has_texts for sheet in sheets):
        raise FileRefused(NO_TEXTS)
    for number, sheet in enumerate(sheets):
        if sheet.has_texts:
            yield from _rows(sheet.rows, f"{sheet.name}#" if number else "")
        elif sheet.rows:
            yield BadRow(sheet.name, "这个工作表没有正文一列，没有读；里面有报告的话，请把那一列的列名写成“正文”")


def _bounded(data: bytes) -> io.BytesIO:
    """A copy of the workbook whose parts are what the original promises, and no more than can be read in time."""
    copy = io.BytesIO()
    with open_zip(data) as packed, ZipFile(copy, "w") as bounded:
        parts = {part.filename: part for part in packed.infolist() if _PARTS.fullmatch(part.filename)}
        read = {name: unpacked(packed, part) for name, part in parts.items()}
        check_tags(*read.values())
        if sum(len(part) for name, part in read.items() if not _CONTENT.fullmatch(name)) > _MOST_STYLE_BYTES:
            raise FileRefused("这个表格的格式和样式太多，读不完；请把正文复制到新的表格里，另存为 xlsx")
        for name, part in read.items():
            bounded.writestr(name, part)
    return copy


def _sheets(book: io.BytesIO) -> tuple[_Sheet, ...]:
    """The sheets, each part of the package once, and their rows with anything in them, whatever size they say."""
    sheets: list[Any] = openpyxl.load_workbook(book, read_only=True, data_only=True).worksheets
    parts = {sheet._worksheet_path: sheet for sheet in reversed(sheets)}
    return tuple(
        _Sheet(_visible(sheet.title), _cells(sheet)) for sheet in sheets if parts[sheet._worksheet_path] is sheet
    )


def _visible(title: str) -> str:
    return "".join(filter(str.isprintable, title))


def _cells(sheet: Any) -> tuple[Cells, ...]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=_MOST_COLUMNS, values_only=True)
    return tuple((number, [_written(cell) for cell in row]) for number, row in enumerate(rows, start=1) if any(row))


def read_jsonl(data: bytes) -> Iterator[Row | BadRow]:
    """Rows of a JSON Lines file, one object a line. Raises FileRefused where no line is one."""
    text, _ = decode(data, visible=_unescaped)
    written = ((number, line[0]) for number, line in enumerate(_LINE.finditer(text), start=1) if line[0].strip())
    bad = 0
    for reports, (number, line) in enumerate(written, start=1):
        _check_rows(reports)
        try:
            yield Row(str(number), _record(line))
        except FileRefused as refusal:
            bad += 1
            if bad == reports == _MOST_BAD:
                raise
            yield BadRow(str(number), refusal.message)


def _unescaped(text: str) -> str:
    """JSON with the Chinese at its beginning as a reader will see it; most programs escape it."""
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text, count=SAMPLE)


def _record(line: str) -> Mapping[str, str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FileRefused("这一行不是 JSON；jsonl 应是一行一个对象") from error
    if not isinstance(record, dict):
        raise FileRefused("这一行不是对象；jsonl 应是一行一个对象")
    names = list(record)
    cells = {name: record[names[i]] for name, i in columns_of(names).items()}
    if not cells:
        raise FileRefused(NO_TEXTS)
    if any(isinstance(cell, list | dict) for cell in cells.values()):
        raise FileRefused("这一行里有一列不是文字；jsonl 每一列应是一个字符串或数")
    return {name: _HALF_CHARACTER.sub("\ufffd", _written(cell)) for name, cell in cells.items()}


def _rows(table: Iterable[Cells | BadRow], sheet: str = "") -> Iterator[Row | BadRow]:
    """The reports of a table. Its head is the first of its first rows that names a column of texts; above it may stand
    a title. Raises FileRefused without one."""
    rows = iter(table)
    columns: Mapping[str, int] = {}
    for row in islice(rows, _HEAD_WITHIN):
        if isinstance(row, BadRow):
            yield row
        elif columns := columns_of(row[1]):
            break
    if not columns:
        raise FileRefused(NO_TEXTS)
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif any(cell.strip() for cell in row[1]):
            yield Row(f"{sheet}{row[0]}", {name: row[1][i].strip() for name, i in columns.items() if i < len(row[1])})


def _counted(rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
    """The rows. Raises FileRefused when there are none, or more than are read."""
    reports = 0
    for row in rows:
        reports += isinstance(row, Row)
        _check_rows(reports)
        yield row
    if not reports:
        raise FileRefused("表里只有列名，没有报告；请把报告写在列名下面，一行一篇")


def _written(cell: object) -> str:
    """What stands in a cell, as a person would write it: 2021 for 2021.0, a day without its midnight."""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _check_rows(number: int) -> None:
    if number > MOST_ROWS:
        raise FileRefused(f"表里的报告超过 {MOST_ROWS} 行，后面的没有读；请分成几个表")
