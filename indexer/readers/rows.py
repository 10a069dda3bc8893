"""What the columns of a table say of the report in a row, as people fill them in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from indexer.catalog import CatalogEntry, read_entry
from indexer.errors import CatalogError
from indexer.fields import PATH_SEPARATOR
from indexer.places import resolve

_YEAR = re.compile(r"([0-9]{4})(?:\.0+|年度?|[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?: 00:00:00)?)")
_LEVELS = {
    written: level
    for level, names in (
        ("国家", "国家级 中央 全国"),
        ("省", "省级 省部级 自治区 直辖市"),
        ("市", "市级 地级 地市级 地级市 地市 州 盟"),
        ("县", "县级 区县级 区县 县区 区级 区 旗 县级市"),
        ("乡", "乡级 乡镇 乡镇级 镇 街道"),
    )
    for written in names.split()
}
_OUTER_FIRST = ("province", "region", "city", "county")
_MOST_NAMED = 4


def read_row(cells: Mapping[str, str]) -> CatalogEntry:
    """What a row says. Raises CatalogError for a cell that cannot be, or could mean several things."""
    plain = {name: unicodedata.normalize("NFKC", cells.get(name, "")).strip() for name in ("year", "level", "date")}
    year = found[1] if (found := _YEAR.fullmatch(plain["year"])) else plain["year"]
    level = _LEVELS.get(plain["level"], plain["level"])
    said = {**cells, **plain, "year": year, "level": level}
    return read_entry("这一行", {**said, "region": _region(cells, said)})


def _region(cells: Mapping[str, str], said: Mapping[str, str]) -> str:
    """The path of the place that the row names; one written as a path that no table knows is taken as it stands."""
    text = _place(cells)
    year = int(said["year"]) if said["year"].isascii() and said["year"].isdecimal() else None
    found = tuple(map(PATH_SEPARATOR.join, resolve(text, year, said["level"] or None)))
    if not text or text in found or (not found and PATH_SEPARATOR in text):
        return text
    if not found:
        raise CatalogError(f"这一行：地区“{text}”不是知道的地名；请写成 河南省/郑州市 这样的全名")
    if len(found) > 1:
        raise CatalogError(f"这一行：地区“{text}”可能是 {'、'.join(found[:_MOST_NAMED])}；请写出它所在的省、市")
    return found[0]


def _place(cells: Mapping[str, str]) -> str:
    """What is written of the place, the outer names first. Beside columns of provinces and of cities one of regions
    says something else (华东)."""
    names = ("province", "city", "county") if {"province", "city"} <= cells.keys() else _OUTER_FIRST
    return " ".join(filter(None, (cells.get(name, "").strip() for name in names)))
