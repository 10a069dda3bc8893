"""Tables with one report a row: csv, xlsx, jsonl. Columns are known by their names, Chinese or English."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from indexer.errors import FileRefused
from indexer.readers.bounds import check_zip
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

Where = TypeVar("Where")
Row = Mapping[str, str]
"""From our name of a column to what stands in it; columns of other names are left out."""


def read_csv(data: bytes) -> Iterator[Row]:
    """Rows of a CSV. Raises FileRefused when no column is the text."""
    text, _ = decode(data)
    csv.field_size_limit(LONGEST_CELL)
    try:
        table = csv.reader(io.StringIO(text, newline=""), strict=True)
        yield from _rows(table)
    except csv.Error as error:
        raise FileRefused("这个 CSV 的引号或逗号不成对；请用表格软件另存为 CSV UTF-8") from error


def read_xlsx(data: bytes) -> Iterator[Row]:
    """Rows of the first sheet of a workbook. Raises FileRefused."""
    check_zip(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        yield from _rows(
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        )
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise FileRefused("这个表格打不开；请在表格软件里另存为 xlsx") from error


def read_jsonl(data: bytes) -> Iterator[Row]:
    """Rows of a JSON Lines file, one object a line. Raises FileRefused, naming the line."""
    text, _ = decode(data)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise FileRefused(f"第 {number} 行不是 JSON；jsonl 应是一行一个对象") from error
        if not isinstance(record, dict):
            raise FileRefused(f"第 {number} 行不是对象；jsonl 应是一行一个对象")
        names = _known({str(name): str(name) for name in record})
        yield {name: "" if record[own] is None else str(record[own]) for name, own in names.items()}


def _rows(table: Iterable[list[str]]) -> Iterator[Row]:
    rows = iter(table)
    head = next(rows, [])
    columns = _known({str(name): i for i, name in enumerate(head)})
    for row in rows:
        if any(cell.strip() for cell in row):
            yield {name: row[i].strip() for name, i in columns.items() if i < len(row)}


def _known(columns: Mapping[str, Where]) -> dict[str, Where]:
    """Our names of the columns that are there. Raises FileRefused without one that holds the text."""
    tidy = {name.strip().lower(): where for name, where in columns.items()}
    known = {ours: tidy[name] for ours, names in COLUMNS.items() for name in reversed(names) if name in tidy}
    if "text" not in known:
        raise FileRefused(f"表里没有正文一列；列名应是 {'、'.join(names[0] for names in COLUMNS.values())}（正文必有）")
    return known
