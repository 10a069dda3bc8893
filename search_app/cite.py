"""A report or a unit of it as others quote it: in words, by GB/T 7714-2015, for BibTeX, and for reference managers.

Every style is a pure function of a Citation. What a report does not tell (date, organ, title) is left out or put as
the style has it; nothing is made up.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from indexer.model import Report, Unit
from search_app.state import report_url

_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_ASCII = re.compile("[\x00-\x7f]+")
_INNER = str.maketrans("“”", "‘’")
_QUOTED = re.compile("“([^“”]*)”|[“”]")
_QUOTED_INSIDE = re.compile("‘([^‘’]*)’")

_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "%&#_$"},
})  # fmt: skip
"""BibTeX counts braces even behind a backslash, so a lone one goes by its name, not as ``\\{``."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited: a report, or with ``unit`` one of its units. ``site`` begins the address (``https://…``, no slash
    at its end); ``accessed`` is the day the reader saw it."""

    report: Report
    unit: Unit | None
    site: str
    accessed: datetime.date

    @property
    def url(self) -> str:
        """The permanent address, absolute."""
        return self.site + report_url(self.report.id, anchor=self.unit.anchor if self.unit else "")

    @property
    def title(self) -> str:
        """The title the source has, unless it is but a part of the name, which tells year and place too."""
        title, name = self.report.title, self.report.name
        return name if title is None or title in name else _on_one_line(title)

    @property
    def place(self) -> str | None:
        """Where in the report: 第 12 段."""
        return f"第 {self.unit.ordinal} 段" if self.unit else None

    @property
    def key(self) -> str:
        """The BibTeX key: ASCII, and the same for the same unit for good."""
        digest = sha256(self.report.id.encode()).hexdigest()[:8]
        return f"baogao-{self.report.year}-{digest}{f'-{self.unit.anchor}' if self.unit else ''}"


def quoted(citation: Citation) -> str:
    """The text in quotation marks, with its source and address. Marks inside change as GB/T 15834-2011 (4.8) says."""
    report = citation.report
    if citation.unit:
        return f"“{_requoted(citation.unit.text)}”（{report.name}，{citation.place}，{citation.url}）"
    known = filter(None, (report.organ, str(report.date) if report.date else None, citation.url))
    return f"{citation.title}（{'，'.join(known)}）"


def gbt7714(citation: Citation) -> str:
    """GB/T 7714-2015, an electronic report: 责任者. 题名[R/OL]. (发布日期)[引用日期]. 地址.

    As in the standard's appendix (国务院新闻办公室, [R/OL]). An unknown organ is left out (8.1, for numbered lists);
    place and publisher may be, online (8.4); an unknown date is the report's year in brackets, an estimate (8.4.3).
    """
    report = citation.report
    issued = f"({report.date})" if report.date else f"[{report.year}]"
    author = f"{_on_one_line(report.organ)}. " if report.organ else ""
    return f"{author}{citation.title}[R/OL]. {issued}[{citation.accessed}]. {citation.url}."


def bibtex(citation: Citation) -> str:
    """A BibTeX entry: @techreport, or @misc where no organ is known. ``url`` stands as it is: the url package and
    biblatex take it verbatim."""
    report = citation.report
    fields = (
        ("author", f"{{{_tex(report.organ)}}}" if report.organ else None),
        ("title", f"{{{_tex(citation.title)}}}"),
        ("institution", _tex(report.organ) if report.organ else None),
        ("type", _tex(report.type)),
        ("year", str(report.date.year if report.date else report.year)),
        ("date", str(report.date) if report.date else None),
        ("note", citation.place),
        ("abstract", _tex(citation.unit.text) if citation.unit else None),
        ("url", citation.url),
        ("urldate", str(citation.accessed)),
        ("langid", "chinese"),
    )
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value is not None)
    return f"@{'techreport' if report.organ else 'misc'}{{{citation.key},\n{lines}}}\n"


def ris(citation: Citation) -> str:
    """An RIS record of a report: a tag a line, CRLF, no line break inside a field."""
    report = citation.report
    fields = (
        ("TY", "RPRT"),
        ("AU", report.organ),
        ("TI", citation.title),
        ("PB", report.organ),
        ("PY", str(report.date.year if report.date else report.year)),
        ("DA", f"{report.date:%Y/%m/%d}" if report.date else None),
        ("M3", report.type),
        ("N1", citation.place),
        ("AB", citation.unit.text if citation.unit else None),
        ("UR", citation.url),
        ("Y2", f"{citation.accessed:%Y/%m/%d}"),
        ("LA", "zh"),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {_on_one_line(value)}\r\n" for tag, value in fields if value is not None)


def in_words(citation: Citation) -> str:
    """What a word processor takes: the quotation, and its entry for the list of references."""
    return f"{quoted(citation)}\n\n{gbt7714(citation)}\n"


@dataclass(frozen=True, slots=True)
class Style:
    """A way to cite, as the page shows it."""

    name: str
    label: str
    write: Callable[[Citation], str]


STYLES = (
    Style("quoted", "引文", quoted),
    Style("gbt7714", "参考文献（GB/T 7714—2015）", gbt7714),
    Style("bibtex", "BibTeX", bibtex),
    Style("ris", "RIS（EndNote、NoteExpress、Zotero）", ris),
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """A citation as a file: what it holds and its media type, by its suffix."""

    suffix: str
    media_type: str
    write: Callable[[Citation], str]


FILES = {
    kind.suffix: kind
    for kind in (
        FileKind("bib", "application/x-bibtex; charset=utf-8", bibtex),
        FileKind("ris", "application/x-research-info-systems; charset=utf-8", ris),
        FileKind("txt", "text/plain; charset=utf-8", in_words),
    )
}


def cite_url(report_id: str, ordinal: int | None = None, suffix: str = "") -> str:
    """The address of the page (or file) that cites a report or its unit. Han characters stand in it as they are, which
    a browser encodes: a page has many of these, and they would weigh thrice as much."""
    whole = _ASCII.sub(lambda found: quote(found[0], safe=""), report_id)
    return f"/cite/{whole}{'' if ordinal is None else f'/{ordinal}'}{'.' if suffix else ''}{suffix}"


def _requoted(text: str) -> str:
    """Quotation marks one level further in: “甲‘乙’” becomes ‘甲“乙”’."""

    def changed(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0].translate(_INNER)
        inside = _QUOTED_INSIDE.sub(r"“\1”", found[1])
        return f"‘{inside}’"

    return _QUOTED.sub(changed, _on_one_line(text))


def _tex(text: str) -> str:
    return _on_one_line(text).translate(_TEX)


def _on_one_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()
