"""An Atom feed (RFC 4287) of the newest reports in which a query is found."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from indexer.engines import Engine, Finding
from indexer.fields import FIRST_YEAR
from indexer.model import Report
from indexer.query import Sought, sought
from search_app.asked import Asked, read
from search_app.highlight import Snippet, snippet
from search_app.parameters import Values
from search_app.state import report_url
from search_app.xml_text import writable

MOST_ENTRIES = 50
PATH = "/feed.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_MIDNIGHT = "T00:00:00+08:00"
"""Reports tell a day, in China's time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report with ``units`` units found, ``occurrences`` of the sought texts in them, and the first of them."""

    report: Report
    units: int
    occurrences: int
    snippet: Snippet
    anchor: str

    @property
    def day(self) -> datetime.date:
        """The report's date; where none is known, the first day of its year."""
        return self.report.date or datetime.date(self.report.year, 1, 1)


def feed(engine: Engine, given: Values, site: str) -> bytes:
    """The feed's XML for parameters of ``search_app.asked``; ``site`` begins its addresses.

    A feed without entries has a date all the same: the first that a report may have. Raises QuerySyntaxError,
    BadParameter.
    """
    asked = read(engine, given)
    root = xml.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-CN"})
    newest = entries(engine, asked)
    updated = max((entry.day for entry in newest), default=datetime.date(FIRST_YEAR, 1, 1))
    _add(root, "id", site + asked.url(PATH))
    _add(root, "title", f"报告检索：{asked.query or '全部报告'}")
    _add(root, "updated", f"{updated}{_MIDNIGHT}")
    _add(root, "link", rel="self", type="application/atom+xml", href=site + asked.url(PATH))
    _add(root, "link", rel="alternate", type="text/html", href=site + asked.url())
    _add(_add(root, "author"), "name", "报告检索")
    for entry in newest:
        _add_entry(root, entry, asked, site)
    written: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def entries(engine: Engine, asked: Asked) -> tuple[Entry, ...]:
    """The newest reports with hits: by year, then date (unknown ones last), then id."""
    wanted = sought(asked.node)
    found: list[Entry] = []
    with engine.scan(asked.node, asked.filters) as scan:
        for (year, _), of_report in groupby(scan.findings, lambda finding: (finding.report.year, finding.report.id)):
            if len(found) >= MOST_ENTRIES and year < found[-1].report.year:
                break
            found.append(_entry(of_report, wanted))
    return tuple(sorted(found, key=_newest_first)[:MOST_ENTRIES])


def _entry(findings: Iterator[Finding], wanted: tuple[Sought, ...]) -> Entry:
    first = next(findings)
    units, occurrences = 1, first.occurrences
    for finding in findings:
        units, occurrences = units + 1, occurrences + finding.occurrences
    return Entry(first.report, units, occurrences, snippet(first.unit.text, wanted), first.unit.anchor)


def _newest_first(entry: Entry) -> tuple[int, int, str]:
    report = entry.report
    return -report.year, -report.date.toordinal() if report.date else 0, report.id


def _add_entry(root: xml.Element, entry: Entry, asked: Asked, site: str) -> None:
    """One entry; its id is the address of the report with the query, which stays whatever else is found in it."""
    report = entry.report
    one = _add(root, "entry")
    _add(one, "id", site + report_url(report.id, asked.query))
    _add(one, "title", f"{report.name}（{_numbers(entry)}）")
    _add(one, "updated", f"{entry.day}{_MIDNIGHT}")
    _add(one, "link", rel="alternate", type="text/html", href=site + report_url(report.id, asked.query, entry.anchor))
    if report.organ:
        _add(_add(one, "author"), "name", report.organ)
    cut = entry.snippet
    _add(one, "summary", f"{_numbers(entry)}：{'…' * cut.cut_before}{cut.text}{'…' * cut.cut_after}")


def _numbers(entry: Entry) -> str:
    return f"{entry.units:,} 段" + (f"、{entry.occurrences:,} 处" if entry.occurrences else "")


def _add(parent: xml.Element, name: str, text: str | None = None, **attributes: str) -> xml.Element:
    child = xml.SubElement(parent, name, attributes)
    child.text = None if text is None else writable(text)
    return child
