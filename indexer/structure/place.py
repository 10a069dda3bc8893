"""Whose report it is: the place and level of the government that speaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from indexer.places import NATION, level_of, places_called
from indexer.text import fold

_KIND = r"(?:特别行政区|自治[区州县旗]|[省市县区州盟旗]|林区|特区)"
_NAMED = re.compile(
    rf"([\u4e00-\u9fff]{{1,14}}?{_KIND})"
    r"(?=第?[一二三四五六七八九十]{1,3}届(?:人民代表大会|人大)|(?:人民)?政府|国民经济和社会发展|[省市县区州盟旗]长|主席|代?市长)"
)
_SPEAKER = re.compile(r"我?(?:谨)?代表\s*([\u4e00-\u9fff]{0,14}?)\s*(?:人民)?政府")
_NATIONAL = re.compile(r"国务院|中央人民政府|全国人民代表大会第?[一二三四五六七]?次?会议上|总理")
_LEVEL_WORDS = {
    "省": "省",
    "自治区": "省",
    "市": "市",
    "州": "市",
    "自治州": "市",
    "盟": "市",
    "县": "县",
    "区": "县",
    "旗": "县",
}

_LOCAL_WE = ("我省", "我市", "我区", "我县", "我州", "我旗", "全省", "全市", "全区", "全县", "全州")
_FEWEST_WE = 10

Path = tuple[str, ...]


def named_in(texts: Iterable[str], year: int | None) -> Path | None:
    """The place that a title or masthead names with its congress or government."""
    for text in map(fold, texts):
        if _NATIONAL.search(text):
            return NATION
        for name in _NAMED.findall(text):
            found = _longest_known(name, year)
            if found:
                return found
    return None


def speaking(opening: Iterable[str], prose: Iterable[str], year: int | None) -> Path | None:
    """The place that speaks in the first paragraphs: 我代表国务院, 我代表省人民政府. Where the opening has only the
    level, the place of that level that the text names most."""
    for text in map(fold, opening):
        if _NATIONAL.search(text):
            return NATION
        if speaker := _SPEAKER.search(text):
            found = _longest_known(speaker[1], year)
            return found or _most_named(prose, _LEVEL_WORDS.get(speaker[1]), year)
    return NATION if _speaks_as_nation("".join(prose)) else None


def _speaks_as_nation(text: str) -> bool:
    """Whether the text says 我国 as one that is no province's or city's would."""
    local = sum(text.count(word) for word in _LOCAL_WE)
    return text.count("我国") >= _FEWEST_WE and text.count("我国") > 3 * local


def mentioned(name: str, year: int | None) -> tuple[Path, ...]:
    """The places whose name stands in a file's or folder's name: all that it could mean, those of today first."""
    text = fold(name)
    for length in range(len(text), 1, -1):
        for start in range(len(text) - length + 1):
            named = places_called(text[start : start + length], year)
            present = tuple(place.path for place in named if place.until is None)
            if named:
                return tuple(dict.fromkeys(present or (place.path for place in named)))
    return ()


def _longest_known(text: str, year: int | None) -> Path | None:
    """The place at the end of ``text``, which may have other words before it; None where it could be several."""
    for start in range(len(text) - 1):
        found = _paths(text[start:], year)
        if found:
            return found[0] if len(found) == 1 else _within(found, text[:start], year)
    return None


def _within(found: tuple[Path, ...], before: str, year: int | None) -> Path | None:
    """Of several places of a name, the one in the place named right before it."""
    outer = [path for start in range(len(before)) for path in _paths(before[start:], year)]
    inside = [path for path in found if any(path[: len(o)] == o for o in outer)]
    if len(inside) == 1:
        return inside[0]
    highest = [path for path in found if level_of(path) == level_of(found[0])]
    return highest[0] if len(highest) == 1 and len(found[0]) < len(found[-1]) else None


def _paths(name: str, year: int | None) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(place.path for place in places_called(name, year)))


def _most_named(prose: Iterable[str], level: str | None, year: int | None) -> Path | None:
    if level is None:
        return None
    counts = Counter(path for text in prose for path in _prose_places(fold(text), level, year))
    common = counts.most_common(2)
    clear = len(common) == 1 or (len(common) == 2 and common[0][1] >= 2 * common[1][1])
    return common[0][0] if clear and common else None


def _prose_places(text: str, level: str, year: int | None) -> Iterator[Path]:
    for start in range(len(text) - 1):
        for length in (2, 3, 4):
            for path in _paths(text[start : start + length], year):
                if level_of(path) == level:
                    yield path
