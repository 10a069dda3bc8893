"""What a report is, and who says so: the catalogue, the file's own columns, the text, its name. In that order."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from indexer.catalog import CatalogEntry
from indexer.errors import FileRefused
from indexer.fields import DIGEST, EVALUATION, OTHER_TYPE, REPORT
from indexer.places import level_of
from indexer.structure import place, year
from indexer.structure.page import DELIVERY
from indexer.text import fold

CATALOG, TABLE, TEXT, NAME, GUESS = "目录表", "表格", "正文", "文件名", "正文推断"

_LEAD_DATE = re.compile(r"^(?P<m>\d{1,2})月(?P<d>\d{1,2})日.{0,40}(?:人民代表大会|人大)")
_PAGE_DATE = re.compile(r"^•?\s*(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})$")
_PAGE_ORGAN = re.compile(r"^•\s*(?P<organ>\S+(?:委员会|政府|办公室|[局厅院]))$")
_QUOTED = re.compile("《[^《》]*》")
"""The years in the title of another document are that one's."""
_OPENING = 6
_LEAD = 3
"""Paragraphs. A newspaper's digest has no masthead; its first paragraphs say what was reported where."""
_DIGEST_BELOW = 5_000
"""Characters of body: full reports of provinces and cities have 9,000 to 30,000."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """``origins`` tells field by field where a value comes from; ``warnings`` what contradicts it, in sentences."""

    title: str | None
    year: int
    level: str
    region: tuple[str, ...]
    type: str
    date: datetime.date | None
    organ: str | None
    origins: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]

    def as_entry(self) -> CatalogEntry:
        """What is known, as a line of a catalogue for a person to correct."""
        return CatalogEntry(self.title, self.year, self.level, self.region, self.type, self.date, self.organ)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where metadata is looked for. ``furniture`` is what the page has beside the report."""

    path: str
    title: str | None
    masthead: tuple[str, ...]
    headings: tuple[str, ...]
    body: tuple[str, ...]
    furniture: tuple[str, ...]
    published: str | None = None


Values = dict[str, object]
"""From a field's name to its value; what a source does not tell is left out."""


def infer(evidence: Evidence, catalogue: CatalogEntry, table: CatalogEntry) -> Metadata:
    """Metadata of a report. Raises FileRefused when nobody tells the year or the place, without which nothing can be
    found or counted by them."""
    told = {TABLE: _written(table), TEXT: from_text(evidence), NAME: from_name(evidence.path)}
    said = _written(catalogue)
    known = _settled(evidence, {CATALOG: said, **told})
    try:
        return _as_found(known, _settled(evidence, told)) if said else known
    except FileRefused:
        return known


def _as_found(known: Metadata, found: Metadata) -> Metadata:
    """What the catalogue only repeats is known from where it was found: a table written by this program and handed back
    changes nothing."""
    alike = {name: origin for name, origin in found.origins if getattr(known, name) == getattr(found, name)}
    if known.as_entry() == found.as_entry():
        return found
    return replace(known, origins=tuple((name, alike.get(name, origin)) for name, origin in known.origins))


def _settled(evidence: Evidence, sources: Mapping[str, Values]) -> Metadata:
    """What the sources say, the earlier before the later."""
    values: Values = {}
    origins: dict[str, str] = {}
    for origin, told in sources.items():
        for name, value in told.items():
            if name not in values:
                values[name], origins[name] = value, origin
    if "year" not in values and (supposed := year.of_prose(evidence.body)):
        values["year"], origins["year"] = supposed, GUESS
    missing = "、".join(label for name, label in (("year", "年份"), ("region", "地区")) if name not in values)
    if missing:
        raise FileRefused(f"正文和文件名里都看不出{missing}；请在目录表 catalog.csv 里给它加一行，写明{missing}")
    day = _lead_date(evidence, values["year"])
    if day is not None and "date" not in values:
        values["date"], origins["date"] = day, TEXT
    return _assembled(values, origins, tuple(_contradictions(values, origins, sources)))


def _written(entry: CatalogEntry) -> Values:
    return {name: value for name, value in entry.given().items() if value is not None}


def _assembled(values: Values, origins: dict[str, str], warnings: tuple[str, ...]) -> Metadata:
    region = values["region"]
    assert isinstance(region, tuple)
    values.setdefault("level", level_of(region))
    origins.setdefault("level", origins["region"])
    values.setdefault("type", OTHER_TYPE)
    origins.setdefault("type", TEXT)
    known = {name: values.get(name) for name in ("title", "year", "level", "region", "type", "date", "organ")}
    in_order = tuple((name, origins[name]) for name in known if name in origins)
    return Metadata(**known, origins=in_order, warnings=warnings)  # type: ignore[arg-type]


def _contradictions(values: Values, origins: Mapping[str, str], sources: Mapping[str, Values]) -> Iterator[str]:
    """What another source says otherwise, of year and region."""
    for name, label in (("year", "年份"), ("region", "地区")):
        for origin, told in sources.items():
            if name in told and not _agree(name, told[name], values[name]):
                said, taken = _shown(told[name]), _shown(values[name])
                yield f"{label}不一致：{origin}说是{said}，{origins[name]}说是{taken}；取{origins[name]}的，请核对"
    day = values.get("date")
    if isinstance(day, datetime.date) and day.year != values["year"] and origins["year"] == origins["date"] == TEXT:
        yield f"日期 {day} 不在报告的年份 {values['year']} 里，可能是网页上传的日期；请核对"


def _agree(name: str, one: object, other: object) -> bool:
    if name == "region" and isinstance(one, tuple) and isinstance(other, tuple):
        return one[-1] == other[-1] or set(one) <= set(other) or set(other) <= set(one)
    return one == other


def _shown(value: object) -> str:
    return "/".join(value) if isinstance(value, tuple) else str(value)


def from_text(evidence: Evidence) -> Values:
    """What the text says of itself."""
    masthead = (*evidence.masthead, *([evidence.title] if evidence.title else []))
    delivered, shown = _delivered(evidence), _shown_on_page(evidence)
    found_year = delivered.year if delivered else _year(evidence, masthead, shown)
    region = (
        place.named_in(masthead, found_year)
        or place.named_in(_lead(evidence), found_year)
        or place.speaking(evidence.body[:_OPENING], evidence.body, found_year)
    )
    told = {
        "title": evidence.title,
        "year": found_year,
        "region": region,
        "type": _type(evidence, region is not None),
        "date": delivered or shown,
        "organ": _organ(evidence.furniture),
    }
    return {name: value for name, value in told.items() if value is not None}


def from_name(path: str) -> Values:
    """What the names of file and folders say, the innermost first: 河南省/郑州市2021.txt."""
    told: Values = {}
    for part in reversed(PurePosixPath(path.replace("!", "/")).parts):
        stem = part.rpartition(".")[0] or part
        said = year.stated([stem])
        if said is not None:
            told.setdefault("year", said)
        regions = place.mentioned(stem, said)
        if len(regions) == 1:
            told.setdefault("region", regions[0])
    return told


def _year(evidence: Evidence, masthead: Iterable[str], shown: datetime.date | None) -> int | None:
    """The year the report names itself; the page's day may be the one it was copied, so it goes before guesses only."""
    opening = evidence.body[:_OPENING]
    titled = year.stated([_QUOTED.sub("", evidence.title or "")])
    opened = next((found for text in (*masthead, *opening) if (found := year.of_opening(text))), None)
    own = titled or opened or year.of_headings(evidence.headings)
    return own or (shown.year if shown else year.of_lead(_lead(evidence)))


def _lead(evidence: Evidence) -> tuple[str, ...]:
    """The first paragraphs, where a title but no masthead stands above them."""
    return evidence.body[:_LEAD] if evidence.title and not evidence.masthead else ()


def _delivered(evidence: Evidence) -> datetime.date | None:
    """The day of delivery."""
    spoken = (DELIVERY.search(fold(text)) for text in (*evidence.masthead, evidence.title or ""))
    return _first_day(spoken)


def _shown_on_page(evidence: Evidence) -> datetime.date | None:
    """The day the page says it was put there."""
    return _first_day(_PAGE_DATE.match(text) for text in (*evidence.furniture, evidence.published or ""))


def _first_day(found: Iterable[re.Match[str] | None]) -> datetime.date | None:
    days = (_day(int(m["y"]), int(m["m"]), int(m["d"])) for m in found if m)
    return next(filter(None, days), None)


def _lead_date(evidence: Evidence, of_year: object) -> datetime.date | None:
    assert isinstance(of_year, int)
    found = (_LEAD_DATE.match(fold(text)) for text in evidence.body[:_OPENING])
    days = (_day(of_year, int(m["m"]), int(m["d"])) for m in found if m)
    return next(filter(None, days), None)


def _day(of_year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(of_year, month, day)
    except ValueError:
        return None


def _type(evidence: Evidence, speaks_for_government: bool) -> str | None:
    title = fold(evidence.title or "").rstrip("。")
    if title.endswith("评估报告"):
        return EVALUATION
    if title.endswith(("摘编", "摘要", "摘登")):
        return DIGEST
    if "政府工作报告" in title or speaks_for_government:
        return DIGEST if sum(map(len, evidence.body)) < _DIGEST_BELOW and not _is_fragment(evidence) else REPORT
    return None


def _is_fragment(evidence: Evidence) -> bool:
    return not any("各位代表" in text for text in evidence.body[:3])


def _organ(furniture: Iterable[str]) -> str | None:
    found = (_PAGE_ORGAN.match(line) for line in furniture)
    return next((match["organ"] for match in found if match), None)
