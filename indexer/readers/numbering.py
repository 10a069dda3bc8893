"""The numbers that Word puts before paragraphs itself: 一、 （一） 1. as the lists of the file define them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from indexer.readers.typeset import child, named, value

_DEEPEST = 9
"""Levels of a list, in every program that makes them."""
_LONGEST_TEXT = 20
_MOST = 9_999
_CHINESE = (
    "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting",
    "ideographDigital",
)  # fmt: skip
"""What programs call 一、二、三; they differ beyond ten, where reports write 十一 in all of them."""
_CIRCLED = ("decimalEnclosedCircle", "decimalEnclosedCircleChinese")
_PLACE = re.compile(r"%([1-9])")
_UNITS = ("千", "百", "十", "")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: where it starts, how it counts, and the text in which %1 is the outermost level's number."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    blank: bool = True


@dataclass(frozen=True, slots=True)
class List:
    """A list: the ``family`` it counts with, its levels, and from where it counts them anew."""

    family: str
    levels: Mapping[int, Level]
    anew: Mapping[int, int]


class Numbers:
    """The numbers of a document's paragraphs, asked for in their order."""

    def __init__(self, lists: Mapping[str, List]) -> None:
        self._lists = lists
        self._counted: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()

    def next(self, name: str | None, depth: int) -> str:
        """What stands before the next paragraph at that depth (from 0) of a list; nothing where it cannot be told."""
        numbered = self._lists.get(name or "")
        if name is None or numbered is None or depth not in numbered.levels:
            return ""
        counted = self._counted[numbered.family]
        for deeper in [each for each in counted if each > depth]:
            del counted[deeper]
        counted[depth] = self._after(name, numbered, depth, counted.get(depth))
        return _written(numbered.levels, counted, numbered.levels[depth])

    def _after(self, name: str, numbered: List, depth: int, before: int | None) -> int:
        if depth in numbered.anew and (name, depth) not in self._begun:
            self._begun.add((name, depth))
            return numbered.anew[depth]
        return numbered.levels[depth].start if before is None else before + 1


def read_numbers(root: etree._Element | None) -> Numbers:
    """The lists that a file defines, none where it brings none."""
    families = {value(each, "abstractNumId"): _levels(each) for each in named(root, "abstractNum")}
    lists = {}
    for each in named(root, "num"):
        family = value(child(each, "abstractNumId")) or ""
        changed = {_int(value(one, "ilvl"), 0): one for one in named(each, "lvlOverride")}
        anew = {
            at: _int(value(one), 1) for at, each in changed.items() if (one := child(each, "startOverride")) is not None
        }
        own = {at: _level(one) for at, each in changed.items() if (one := child(each, "lvl")) is not None}
        lists[value(each, "numId") or ""] = List(family, {**families.get(family, {}), **own}, anew)
    return Numbers(lists)


def _levels(family: etree._Element) -> dict[int, Level]:
    levels = ((_int(value(each, "ilvl"), 0), _level(each)) for each in named(family, "lvl"))
    return {at: level for at, level in levels if at < _DEEPEST}


def _level(level: etree._Element) -> Level:
    start, kind = _int(value(child(level, "start")), 1), value(child(level, "numFmt")) or "decimal"
    blank = value(child(level, "suff")) != "nothing"
    return Level(start, kind, (value(child(level, "lvlText")) or "")[: _LONGEST_TEXT + 1], blank)


def _int(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else otherwise


def _written(levels: Mapping[int, Level], counted: Mapping[int, int], level: Level) -> str:
    """The text of a level with its numbers in it; nothing where one of them is of a kind not known."""
    places = [int(place) - 1 for place in _PLACE.findall(level.text)]
    outer = [(levels.get(place, Level()), counted.get(place)) for place in places]
    numbers = [_number(each.start if count is None else count, each.kind) for each, count in outer]
    if not numbers or not all(numbers) or len(level.text) > _LONGEST_TEXT:
        return ""
    left = iter(numbers)
    text = _PLACE.sub(lambda _: next(left), level.text)
    return f"{text} " if level.blank and (text[-1].isalpha() or text[-1].isdecimal()) else text


def _number(count: int, kind: str) -> str:
    """A number as a list of that kind writes it; nothing where the kind is not known."""
    if kind == "decimal":
        return str(count)
    if kind in _CHINESE and 0 < count <= _MOST:
        return _chinese(count)
    return chr(ord("①") + count - 1) if kind in _CIRCLED and 0 < count <= 20 else ""


def _chinese(count: int) -> str:
    """1 to 9,999 as reports write them: 十一, 二十, 一百零五."""
    digits = [int(digit) for digit in f"{count:04}"]
    pieces = (
        f"{'〇一二三四五六七八九'[digit]}{unit}" if digit else "零" for digit, unit in zip(digits, _UNITS, strict=True)
    )
    text = re.sub("零+", "零", "".join(pieces)).strip("零")
    return text.removeprefix("一") if text.startswith("一十") else text
