"""The tables of places, and looking a name up in them.

``current.csv`` is the state of September 2026 (code and path); ``former.csv`` tells until which year a place had
another path, and what it became. Facts of 国家地名信息库 and, for the changes, of the yearly editions of GB/T 2260
and the approvals of the State Council.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NATION = ("全国",)

_PEOPLES = (
    "布依族|朝鲜族|傣族|侗族|哈尼族|哈萨克|回族|景颇族|柯尔克孜|傈僳族|蒙古|苗族|羌族|土家族|彝族|壮族|藏族|白族|"
    "土族|撒拉族|裕固族|保安族|东乡族|瑶族|仫佬族|毛南族|黎族|畲族|满族|锡伯|塔吉克|达斡尔族|鄂温克族|鄂伦春|拉祜族|佤族|"
    "纳西族|独龙族|怒族|普米族|布朗族|水族|仡佬族|各族"
)
_AUTONOMOUS = re.compile(rf"(?P<base>\w+?)(?:{_PEOPLES}).*自治(?P<kind>[州县旗])$")
_REGIONS = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏", "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆", "香港特别行政区": "香港", "澳门特别行政区": "澳门",
}  # fmt: skip
_KINDS = ("省", "市", "地区", "盟", "县", "区", "旗")
_MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")


@dataclass(frozen=True, slots=True)
class Place:
    """A place under one name: ``path`` until the year ``until`` (None: to this day), ``now`` since."""

    code: str
    path: tuple[str, ...]
    until: int | None
    now: tuple[str, ...]

    def existed_in(self, year: int | None) -> bool:
        """Whether the name was in use in ``year``, as far as the table tells; None asks of any time."""
        return year is None or self.until is None or year <= self.until


@cache
def _by_name() -> dict[str, tuple[Place, ...]]:
    """From every full and short name to the places that have or had it."""
    named: dict[str, list[Place]] = defaultdict(list)
    for place in (*_current(), *_former()):
        for name in _names_of(place.path):
            if place not in named[name]:
                named[name].append(place)
    return {name: tuple(places) for name, places in named.items()}


def _current() -> Iterator[Place]:
    yield Place("000000", NATION, None, NATION)
    for row in _rows("current.csv"):
        path = tuple(row["path"].split("/"))
        yield Place(row["code"], path, None, path)


def _former() -> Iterator[Place]:
    for row in _rows("former.csv"):
        yield Place(row["code"], tuple(row["path"].split("/")), int(row["until"]), tuple(row["now"].split("/")))


def _rows(file: str) -> Iterator[dict[str, str]]:
    text = files("indexer.places").joinpath(file).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _names_of(path: tuple[str, ...]) -> Iterator[str]:
    """The place's full name and the short ones people write: 黔东南州, 内蒙古, 淮安."""
    name = path[-1]
    yield name
    if name in _REGIONS:
        yield _REGIONS[name]
    elif autonomous := _AUTONOMOUS.match(name):
        yield f"{autonomous['base']}{autonomous['kind']}"
        yield autonomous["base"]
    elif kind := next((kind for kind in _KINDS if name.endswith(kind) and len(name) - len(kind) >= 2), None):
        yield name.removesuffix(kind)


def places_called(name: str, year: int | None = None) -> tuple[Place, ...]:
    """The places that had ``name``, full or short, in ``year``; the higher first."""
    named = _by_name().get(name)
    if named is None:
        return ()
    found = [place for place in named if place.existed_in(year)]
    return tuple(sorted(found, key=lambda place: (len(place.path), place.until is not None, place.code)))


def present_path(path: tuple[str, ...]) -> tuple[str, ...]:
    """Where the place of ``path`` lies today: 湖北省/襄樊市 is 湖北省/襄阳市. Else the path itself."""
    known = next((place for place in _by_name().get(path[-1], ()) if place.path == path and place.until), None)
    return path if known is None or known.now == path else present_path(known.now)


def level_of(path: tuple[str, ...]) -> str:
    """The level of the government of the place at ``path``."""
    if path == NATION:
        return "国家"
    if path[-1].endswith(("乡", "镇", "街道", "苏木")):
        return "乡"
    if len(path) == 1:
        return "省"
    return "市" if len(path) == 2 and path[0] not in _MUNICIPALITIES and _is_prefecture(path) else "县"


def _is_prefecture(path: tuple[str, ...]) -> bool:
    """Of what lies right below a province, codes that end in 00 are prefectures; others are counties of its own."""
    codes = [place.code for place in _by_name().get(path[-1], ()) if place.path == path]
    return not codes or any(code.endswith("00") for code in codes)
