"""What every export holds, whatever its format: where it comes from, and a row for each unit found."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from indexer.engines import Engine, Filter, Finding
from indexer.fields import BY_NAME, PATH_SEPARATOR
from search_app.asked import read
from search_app.parameters import Values
from search_app.state import report_url

ORDER = "年份从新到旧，同年按报告编号，同篇按段号"
"""The order of the rows: the engine's, see ``indexer.engines.Scan``."""

Cell = str | int | datetime.date | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the rows come from: enough to ask again and to see whether the answer would be the same.

    ``query`` is in canonical writing; ``url`` the page that shows the same; ``fingerprint`` names the index's content;
    ``time`` is ISO 8601 with its zone; ``rows`` units hold ``occurrences`` of the sought texts.
    """

    query: str
    filters: tuple[Filter, ...]
    url: str
    fingerprint: str
    time: str
    rows: int
    occurrences: int
    version: str

    @property
    def filters_in_words(self) -> str:
        """年份：2021、2023；不要级别：市."""
        said = [(begin, chosen.field, values) for chosen in self.filters for begin, values in _told(chosen) if values]
        return "；".join(f"{begin}{BY_NAME[field].label}：{'、'.join(values)}" for begin, field, values in said)


def _told(chosen: Filter) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("", chosen.values), ("不要", chosen.excluded)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit found. ``address`` is permanent; ``report`` is the report's name; ``text`` is whole and the source's own;
    ``occurrences`` counts the sought texts in it."""

    address: str
    report: str
    year: int
    level: str
    region: tuple[str, ...]
    type: str
    date: datetime.date | None
    organ: str | None
    headings: tuple[str, ...]
    section: tuple[str, ...]
    ordinal: int
    occurrences: int
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Export:
    """``rows`` can be taken once, and while the block of ``exporting`` lasts."""

    provenance: Provenance
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, what it means, and what stands in it."""

    label: str
    meaning: str
    cell: Callable[[Row, Provenance], Cell]


COLUMNS = (
    Column("地址", "这一段的固定地址：报告编号#p段号", lambda row, _: row.address),
    Column("报告", "报告的名字", lambda row, _: row.report),
    Column("年份", "报告所属的年份", lambda row, _: row.year),
    Column("级别", "哪一级政府的报告", lambda row, _: row.level),
    Column("地区", "省/市/县", lambda row, _: PATH_SEPARATOR.join(row.region)),
    Column("文种", "全文、摘编还是评估报告", lambda row, _: row.type),
    Column("日期", "作报告的日期；原文没有写的空着", lambda row, _: row.date),
    Column("机关", "作报告的机关；不知道的空着", lambda row, _: row.organ),
    Column("标题路径", "这一段上面的各级标题，由外到内", lambda row, _: " › ".join(row.headings)),
    Column("章节", "由标题推定的部分和主题", lambda row, _: PATH_SEPARATOR.join(row.section)),
    Column("段号", "在报告里是第几段，从 1 起", lambda row, _: row.ordinal),
    Column("处数", "要找的词在这一段里出现几处，不重叠", lambda row, _: row.occurrences),
    Column("文本", "整段原文", lambda row, _: row.text),
    Column("网址", "打开这一段的网址", lambda row, _: row.url),
    Column("查询", "这次查的是什么；空着就是全部", lambda _, source: source.query),
    Column("筛选", "只看了哪些", lambda _, source: source.filters_in_words),
    Column("索引指纹", "索引的内容；指纹相同，再查一次结果也相同", lambda _, source: source.fingerprint),
    Column("导出时间", "ISO 8601，带时区", lambda _, source: source.time),
    Column("总段数", "这次一共导出多少段", lambda _, source: source.rows),
    Column("程序版本", "baogao 的版本", lambda _, source: source.version),
)  # fmt: skip
"""Every row says where it comes from: a table keeps that when it is cut, sorted or joined with another."""


@contextmanager
def exporting(engine: Engine, given: Values, site: str = "") -> Iterator[Export]:
    """What parameters (those of ``search_app.asked``) ask for, all of it, as of now.

    ``site`` begins the addresses in ``url``; without one they begin with a slash. Raises QuerySyntaxError,
    BadParameter.
    """
    asked = read(engine, given)
    time = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    with engine.scan(asked.node, asked.filters) as scan:
        provenance = Provenance(
            asked.query, asked.filters, site + asked.url(), scan.info.fingerprint, time, scan.total, scan.occurrences,
            version("baogao"),
        )  # fmt: skip
        yield Export(provenance, (_row(finding, site) for finding in scan.findings))


def _row(finding: Finding, site: str) -> Row:
    unit, report = finding.unit, finding.report
    return Row(
        address=unit.address,
        report=report.name,
        year=report.year,
        level=report.level,
        region=report.region,
        type=report.type,
        date=report.date,
        organ=report.organ,
        headings=tuple(heading.text for heading in unit.headings),
        section=unit.section,
        ordinal=unit.ordinal,
        occurrences=finding.occurrences,
        text=unit.text,
        url=site + report_url(report.id, anchor=unit.anchor),
    )
