"""Tables with one report a row: csv, xlsx, jsonl. Columns are known by their names, Chinese or English."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar
from zipfile import ZipFile

import openpyxl

from indexer.errors import FileRefused
from indexer.readers.bounds import check_tags, open_zip, unpacked
from indexer.readers.decoding import decode

COLUMNS: dict[str, tuple[str, ...]] = {
    "text": ("正文", "内容", "全文", "报告正文", "text", "content"),
    "title": ("标题", "题名", "title"),
    "year": ("年份", "年度", "年", "year"),
    "level": ("级别", "level"),
    "region": ("地区", "省份", "城市", "region"),
    "type": ("文种", "类型", "type"),
    "date": ("日期", "发布日期", "date"),
    "organ": ("机关", "发文机关", "organ"),
}
LONGEST_CELL = 20_000_000
MOST_ROWS = 100_000
"""Reports in a table: more than all counties of China publish in thirty years."""
MOST_COMMAS = 200_000
"""In one row of a CSV, those of the text counted: the longest report known here has 0.2 MB of text."""
_MOST_BAD = 20
"""Lines at the beginning of a JSON Lines file; so many, and nothing else, are another kind of file."""
_MOST_COLUMNS = 100
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

Where = TypeVar("Where")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a report. ``number`` is what a spreadsheet shows before it, or its line in JSON Lines; ``cells`` are
    by our names of the columns, those of other names left out."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, and why; the others can."""

    number: int
    reason: str


Cells = tuple[int, list[str]]
"""A row's number and what stands in it."""


def read_csv(data: bytes) -> Iterator[Row | BadRow]:
    """Rows of a CSV. Raises FileRefused when no column is the text."""
    text, _ = decode(data)
    csv.field_size_limit(LONGEST_CELL)
    yield from _rows(_csv_rows(text))


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
            yield BadRow(number, _unbalanced(rows.line_num - begun - 1))
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
    """Rows of the first sheet of a workbook. Raises FileRefused."""
    book = _bounded(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cells = _cells(book)
    except Exception as error:  # openpyxl trusts the XML: over a broken one it raises whatever comes of it
        raise FileRefused("这个表格打不开；请在表格软件里另存为 xlsx") from error
    yield from _rows((number, ["" if cell is None else str(cell) for cell in row]) for number, row in cells)


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


def _cells(book: io.BytesIO) -> list[tuple[int, tuple[object, ...]]]:
    """The rows of the first sheet with anything in them, whatever size it says it has."""
    sheet: Any = openpyxl.load_workbook(book, read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=_MOST_COLUMNS, values_only=True)
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def read_jsonl(data: bytes) -> Iterator[Row | BadRow]:
    """Rows of a JSON Lines file, one object a line. Raises FileRefused where no line is one."""
    text, _ = decode(data, visible=_unescaped)
    written = ((number, line[0]) for number, line in enumerate(_LINE.finditer(text), start=1) if line[0].strip())
    bad = 0
    for reports, (number, line) in enumerate(written, start=1):
        _check_rows(reports)
        try:
            yield Row(number, _record(line))
        except FileRefused as refusal:
            bad += 1
            if bad == reports == _MOST_BAD:
                raise
            yield BadRow(number, refusal.message)


def _unescaped(text: str) -> str:
    """What a reader will see of JSON in which Chinese may be escaped, as most programs write it."""
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text)


def _record(line: str) -> Mapping[str, str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FileRefused("这一行不是 JSON；jsonl 应是一行一个对象") from error
    if not isinstance(record, dict):
        raise FileRefused("这一行不是对象；jsonl 应是一行一个对象")
    cells = {name: record[own] for name, own in _known({name: name for name in record}).items()}
    if any(isinstance(cell, list | dict) for cell in cells.values()):
        raise FileRefused("这一行里有一列不是文字；jsonl 每一列应是一个字符串或数")
    return {name: "" if cell is None else _HALF_CHARACTER.sub("\ufffd", str(cell)) for name, cell in cells.items()}


def _rows(table: Iterable[Cells | BadRow]) -> Iterator[Row | BadRow]:
    columns: Mapping[str, int] | None = None
    reports = 0
    for row in table:
        if isinstance(row, BadRow):
            yield row
        elif columns is None:
            columns = _known({name: i for i, name in enumerate(row[1])})
        elif any(cell.strip() for cell in row[1]):
            reports += 1
            _check_rows(reports)
            yield Row(row[0], {name: row[1][i].strip() for name, i in columns.items() if i < len(row[1])})
    if not reports:
        raise FileRefused("表里只有列名，没有报告；请检查正文是不是在第一个工作表里")


def _check_rows(number: int) -> None:
    if number > MOST_ROWS:
        raise FileRefused(f"表里的报告超过 {MOST_ROWS} 行，后面的没有读；请分成几个表")


def _known(columns: Mapping[str, Where]) -> dict[str, Where]:
    """Our names of the columns that are there. Raises FileRefused without one that holds the text."""
    tidy = {name.strip().lower(): where for name, where in columns.items()}
    known = {ours: tidy[name] for ours, names in COLUMNS.items() for name in reversed(names) if name in tidy}
    if "text" not in known:
        raise FileRefused(f"表里没有正文一列；列名应是 {'、'.join(names[0] for names in COLUMNS.values())}（正文必有）")
    return known
