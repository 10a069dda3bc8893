"""Which year a report is of: the one whose work it plans, which is the one it is given in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from indexer.text import fold

_DIGITS = {han: str(value) for value, han in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}
_HAN_YEAR = re.compile(rf"[{''.join(_DIGITS)}]{{4}}(?=年)")
_YEAR = r"(?<!\d)((?:19|20)\d\d)年?"
_REVIEWED = re.compile(
    r"报告"
    + _YEAR
    + r"的?工作|"
    + _YEAR
    + r"(?:的?(?:主要)?(?:政府|国内|经济)?工作)?(?:情况|进展)?(?:的?(?:简要)?(?:回顾|总结|成就))"
)
_PLANNED = re.compile(
    r"(?<!报告)"
    + _YEAR
    + r"\s*的?(?:总体|政府|经济|国民经济|目标|主要|重点|预期|工作(?!回顾|情况|的?总结)|任务|发展|计划|安排|部署)"
)
_MENTIONED = re.compile(r"(?<!\d)((?:19|20)\d\d)年")

_CONGRESS = r"第?([一二三四五六七八九十]{1,3})届(?:全国人民代表大会|(?:全国)?人大)"
_SESSION = re.compile(
    r"(?<!去年)(?<!去年.月)(?<!举行的)第?([一二三四五六七八九十]{1,3})届全国人民代表大会第?([一二三四五六七])次会议(?!以来|期间|的决议|,到)"
)
_SESSION_LAST_YEAR = re.compile(rf"去年.{{0,6}}{_CONGRESS}第?([一二三四五六七])次会议")
_SINCE_CONGRESS = re.compile(rf"{_CONGRESS}(?:第?一次会议)?(?:以来|期间|,到)")
_ABOUT = re.compile(r"(?:提出|作)关于((?:19|20)\d\d)(?:、\d{4})*年(?![到至]).{0,30}的报告")
_JUST_PAST = re.compile(r"(?:过去的|刚刚过去的)((?:19|20)\d\d)年|((?:19|20)\d\d)年是.{1,60}的一年")
_NEARLY_AS_MUCH = 0.4
_NUMBERS = {han: value for value, han in enumerate("一二三四五六七八九十", start=1)}
_EARLY_CONGRESSES = {
    (1, 1): 1954, (1, 2): 1955, (1, 3): 1956, (1, 4): 1957, (1, 5): 1958,
    (2, 1): 1959, (2, 2): 1960, (2, 3): 1962, (2, 4): 1963, (3, 1): 1964, (4, 1): 1975,
}  # fmt: skip
"""Sessions of the National People's Congress before they became yearly in 1978 (the fifth, and every five years on)."""


def stated(texts: Iterable[str]) -> int | None:
    """The year in a title or a file's name: 2026年四川省人民政府工作报告."""
    years = (int(year) for text in texts for year in re.findall(_YEAR, plain(text)))
    return next(years, None)


def of_opening(text: str) -> int | None:
    """The year that an opening paragraph tells by the National People's Congress it speaks to or looks back on, or by
    the year it calls just past. None where it tells none."""
    text = plain(text)
    if found := _SESSION_LAST_YEAR.search(text):
        return _session_year(found[1], found[2], 1)
    if found := _SINCE_CONGRESS.search(text):
        return _session_year(found[1], "一", 0, later=1)
    if found := _SESSION.search(text):
        return _session_year(found[1], found[2], 0)
    if found := _ABOUT.search(text):
        return int(found[1])
    if found := _JUST_PAST.search(text):
        return int(found[1] or found[2]) + 1
    return None


def _session_year(congress: str, session: str, years: int, later: int = 0) -> int | None:
    number, at = _number(congress) + later, _NUMBERS[session]
    if number < 5:
        first = _EARLY_CONGRESSES.get((number, at))
        return None if first is None else first + years
    return 1978 + 5 * (number - 5) + at - 1 + years


def of_headings(headings: Iterable[str]) -> int | None:
    """The year that headings plan, or the one after that which they review."""
    folded = [plain(heading) for heading in headings]
    years = [int(year) for heading in folded for year in _PLANNED.findall(heading)]
    years += 2 * [int("".join(year)) + 1 for heading in folded for year in _REVIEWED.findall(heading)]
    common = Counter(years).most_common(1)
    return common[0][0] if common else None


def of_lead(texts: Iterable[str]) -> int | None:
    """The last year that a digest's first paragraphs name."""
    return max((int(year) for text in texts for year in _MENTIONED.findall(plain(text))), default=None)


def of_prose(texts: Iterable[str]) -> int | None:
    """The year after the one most spoken of, which a report reviews; later, as long as the next is spoken of nearly as
    much. A last resort."""
    named = Counter(int(year) for text in texts for year in _MENTIONED.findall(plain(text)))
    if not named:
        return None
    most = year = max(named, key=lambda each: (named[each], each))
    while named[year + 1] >= _NEARLY_AS_MUCH * named[year]:
        year += 1
    return year if year > most else most + 1


def plain(text: str) -> str:
    """Folded, and years written in Han numerals in digits: 一九八九年 is 1989年."""
    return _HAN_YEAR.sub(lambda year: "".join(_DIGITS[han] for han in year[0]), fold(text))


def _number(han: str) -> int:
    tens, _, ones = han.partition("十") if "十" in han else ("", "", han)
    return (_NUMBERS.get(tens, 1) * 10 if "十" in han else 0) + _NUMBERS.get(ones, 0)
