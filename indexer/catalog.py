"""The catalogue: a table in which a person says what a text does not say itself, or says wrongly."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from indexer.errors import CatalogError, system_reason
from indexer.fields import BY_NAME, PATH_SEPARATOR

COLUMNS = ("file", "title", "year", "level", "region", "type", "date", "organ")

_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 00:00:00)?")
"""The year first, so that no month can be taken for a day: 2021-1-30, 2021/1/30, 2021年1月30日."""
_NO_FRACTION = re.compile(r"\.0+$")
"""As spreadsheets save a year: 2021.0."""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """What the catalogue says of one file; None where it leaves the word to the text."""

    title: str | None = None
    year: int | None = None
    level: str | None = None
    region: tuple[str, ...] | None = None
    type: str | None = None
    date: datetime.date | None = None
    organ: str | None = None

    def given(self) -> dict[str, object]:
        """Every field with its value, None where nothing is said."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


NOTHING_SAID = CatalogEntry()

Catalog = Mapping[str, CatalogEntry]
"""From a file's name, or the end of its path (2021/郑州.txt), to its entry."""


def read_catalog(path: Path) -> Catalog:
    """Read a catalogue (CSV, UTF-8, first line the column names). Raises CatalogError, naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, strict=True)
            _check_columns(path, table.fieldnames or ())
            return _entries(path.name, table)
    except OSError as error:
        raise CatalogError(f"打不开目录表 {path}（{system_reason(error)}）") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"目录表 {path} 不是 UTF-8 编码的 CSV；请另存为 CSV UTF-8") from error


def _entries(name: str, table: csv.DictReader[str]) -> Catalog:
    """The rows by their files. Raises CatalogError for a bad row, or a file's second one."""
    entries: dict[str, CatalogEntry] = {}
    lines: dict[str, int] = {}
    for row in table:
        where = f"{name} 第 {table.line_num} 行"
        if file := tail_of(_checked(where, row)["file"]):
            entries[file] = read_entry(where, row)
            if (before := lines.setdefault(file, table.line_num)) != table.line_num:
                raise CatalogError(f"{where}和第 {before} 行说的是同一个文件 {file}；请只留一行")
    return entries


def is_catalog(path: Path) -> bool:
    """Whether a file begins as a catalogue does; it may still be a bad one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            names = next(csv.reader(lines), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return "file" in names and set(names) <= set(COLUMNS)


def tail_of(path: str) -> str:
    """A file's path or the end of one as rows are found by it, whether it lies in a folder or in an archive."""
    return path.replace("!", "/").replace("\\", "/")


def write_catalog(path: Path, entries: Catalog) -> None:
    """Write a catalogue that ``read_catalog`` reads, with the mark that makes spreadsheets read it as UTF-8.

    Raises CatalogError when the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            table = csv.writer(out)
            table.writerow(COLUMNS)
            table.writerows((file, *map(_cell, entry.given().values())) for file, entry in entries.items())
    except OSError as error:
        raise CatalogError(f"写不了目录表 {path}（{system_reason(error)}）") from error


def _cell(value: object) -> str:
    return "" if value is None else PATH_SEPARATOR.join(value) if isinstance(value, tuple) else str(value)


def _checked(where: str, row: dict[str, str]) -> dict[str, str]:
    if None in row:
        raise CatalogError(f"{where}：格子比列名多；里面有逗号的格子要用引号括起来")
    return row


def _check_columns(path: Path, names: object) -> None:
    unknown = [name for name in (names if isinstance(names, list) else []) if name not in COLUMNS]
    if not isinstance(names, list) or "file" not in names or unknown:
        raise CatalogError(f"目录表 {path} 的第一行应是列名 {','.join(COLUMNS)}（file 必有，没有别的列）")


def read_entry(where: str, row: Mapping[str, str | None]) -> CatalogEntry:
    """What a row of strings says; ``where`` opens the message of the CatalogError a bad cell raises."""
    cells = {name: (row.get(name) or "").strip() or None for name in COLUMNS}
    cells["year"] = _NO_FRACTION.sub("", cells["year"] or "") or None
    for name in ("year", "level", "region", "type"):
        value = cells[name]
        if value is not None and not BY_NAME[name].accepts(value):
            raise CatalogError(f"{where}：{BY_NAME[name].label}“{value}”不对，应是{BY_NAME[name].expectation()}")
    year, region, date = cells["year"], cells["region"], cells["date"]
    return CatalogEntry(
        title=cells["title"],
        year=int(year) if year else None,
        level=cells["level"],
        region=tuple(region.split(PATH_SEPARATOR)) if region else None,
        type=cells["type"],
        date=_date(where, date) if date else None,
        organ=cells["organ"],
    )


def _date(where: str, text: str) -> datetime.date:
    found = _DAY.fullmatch(text)
    try:
        return datetime.date(*map(int, found.groups())) if found else datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CatalogError(f"{where}：日期“{text}”不对，应写成 2021-01-30") from error
