"""What a report is, read off its text: title, year, date, region, level, type, organ."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields

from indexer.catalog import CatalogEntry
from indexer.errors import FileRefused
from indexer.fields import DIGEST, EVALUATION, OTHER_TYPE, REPORT
from indexer.structure import regions

Origins = tuple[tuple[str, str], ...]
"""From a field to where its value comes from: 目录表 (the catalogue) or 正文 (the text)."""

_TITLE = re.compile(r"^[^。！？；]{0,60}(?:工作报告|评估报告)(?:摘编|摘要)?$")
_TITLE_WITHIN = 12
_DELIVERY = re.compile(r"^[—-]*\s*(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日在.{2,40}会议上$")
_LEAD_WITHIN = 4
_LEAD_DATE = re.compile(r"^(?P<m>\d{1,2})月(?P<d>\d{1,2})日.{0,40}(?:人民代表大会|人大)")
_PAGE_DATE = re.compile(r"^•\s*(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})$")
_PAGE_ORGAN = re.compile(r"^•\s*(?P<organ>\S+(?:委员会|政府|办公室|[局厅院]))$")
_PLACE = re.compile(
    r"(?P<place>[\u4e00-\u9fff]{1,10}?(?:特别行政区|自治[区州县旗]|[省市县区州盟旗]))"
    r"(?:第?[一二三四五六七八九十]{1,3}届(?:人民代表大会|人大)|国民经济和社会发展|人民政府)"
)
_BEFORE_PLACE = re.compile(r"^.*?在(?=[\u4e00-\u9fff]{2,})")
_PLANNED_YEAR = re.compile(r"((?:19|20)\d\d)年?\s*(?:政府)?(?:工作|重点|主要|预期|经济社会|的?目标|的?任务|$)")
_ANY_YEAR = re.compile(r"((?:19|20)\d\d)年")


@dataclass(frozen=True, slots=True)
class Metadata:
    title: str | None
    year: int
    level: str
    region: tuple[str, ...]
    type: str
    date: datetime.date | None
    organ: str | None
    origins: Origins


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where metadata is looked for: the report's own lines, its headings, and the page's furniture."""

    lines: tuple[str, ...]
    headings: tuple[str, ...]
    furniture: tuple[str, ...]

    @property
    def title(self) -> str | None:
        at = title_line(self.lines)
        return None if at is None else self.lines[at]

    @property
    def lead(self) -> tuple[str, ...]:
        """The lines that follow the title."""
        at = title_line(self.lines)
        return () if at is None else self.lines[at + 1 : at + 1 + _LEAD_WITHIN]


def title_line(lines: tuple[str, ...]) -> int | None:
    """Which of the first lines is the title, if any."""
    return next((i for i, line in enumerate(lines[:_TITLE_WITHIN]) if _TITLE.match(line)), None)


def is_delivery_line(line: str) -> bool:
    """Whether ``line`` only says when and where the report was given: ——2021年1月30日在…会议上."""
    return _DELIVERY.match(line) is not None


def infer(evidence: Evidence, entry: CatalogEntry) -> Metadata:
    """Metadata of a report: the catalogue's word where it has one, else the text's.

    Raises FileRefused when neither tells the year or the place, without which nothing can be found or counted by them.
    """
    year = entry.year or _year(evidence)
    region = entry.region or _region(evidence)
    if year is None or region is None:
        missing = "、".join(word for word, value in (("年份", year), ("地区", region)) if value is None)
        raise FileRefused(f"正文里看不出{missing}；请在目录表 catalog.csv 里给它加一行，写明{missing}")
    known = Metadata(
        title=entry.title or evidence.title,
        year=year,
        level=entry.level or regions.level_of(region),
        region=region,
        type=entry.type or _type(evidence.title),
        date=entry.date or _date(evidence, year),
        organ=entry.organ or _organ(evidence),
        origins=(),
    )
    return replace(known, origins=_origins(known, entry))


def _origins(known: Metadata, entry: CatalogEntry) -> Origins:
    return tuple(
        (word.name, "正文" if getattr(entry, word.name) is None else "目录表")
        for word in dataclass_fields(entry)
        if getattr(known, word.name) is not None
    )


def _type(title: str | None) -> str:
    if title is None:
        return OTHER_TYPE
    if title.endswith("评估报告"):
        return EVALUATION
    if "政府工作报告" not in title:
        return OTHER_TYPE
    return DIGEST if title.endswith(("摘编", "摘要")) else REPORT


def _year(evidence: Evidence) -> int | None:
    dated = _full_date(evidence)
    if dated:
        return dated.year
    for pattern, texts in ((_PLANNED_YEAR, evidence.headings), (_ANY_YEAR, evidence.lead)):
        years = [int(year) for text in texts for year in pattern.findall(text)]
        if years:
            return max(years)
    return None


def _date(evidence: Evidence, year: int) -> datetime.date | None:
    found = (_LEAD_DATE.match(line) for line in evidence.lead)
    days = (_day(year, int(match["m"]), int(match["d"])) for match in found if match)
    return _full_date(evidence) or next(filter(None, days), None)


def _full_date(evidence: Evidence) -> datetime.date | None:
    patterns = ((_DELIVERY, evidence.lead), (_PAGE_DATE, evidence.furniture))
    found = (pattern.match(line) for pattern, lines in patterns for line in lines)
    days = (_day(int(match["y"]), int(match["m"]), int(match["d"])) for match in found if match)
    return next(filter(None, days), None)


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _region(evidence: Evidence) -> tuple[str, ...] | None:
    return next((regions.locate(name) for name in _places(evidence)), None)


def _places(evidence: Evidence) -> Iterator[str]:
    for text in (*evidence.lead, *([evidence.title] if evidence.title else [])):
        for piece in re.split(r"[,，。《》]", text):
            if match := _PLACE.search(_BEFORE_PLACE.sub("", piece)):
                yield match["place"]


def _organ(evidence: Evidence) -> str | None:
    found = (_PAGE_ORGAN.match(line) for line in evidence.furniture)
    return next((match["organ"] for match in found if match), None)
