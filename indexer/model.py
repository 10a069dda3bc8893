"""The values that a report is made of. Frozen: they cross every room of the house unchanged."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

UnitKind = Literal["paragraph", "heading"]


def path_text(path: Path) -> str:
    """A path as text that can be stored and shown, also where its name is no UTF-8, as in archives from Windows."""
    return os.fsencode(path.as_posix()).decode(errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class Source:
    """The file a report was read from. ``sha256`` is of its bytes; ``recipe`` names all that made the report of them:
    equal recipe, equal report."""

    path: str
    sha256: str
    format: str
    encoding: str
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as the source writes it; depth 1 is a chapter (一、), 2 a section (（一）), and so on."""

    depth: int
    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece that is found, counted and cited: a paragraph, or a heading on a line of its own.

    ``ordinal`` counts from 1 in the report. ``headings`` is the path in force, outermost first, a heading's own the
    last of it; where a scan lost the outer ones, it starts deeper. ``text`` is the source's own, but for the line
    breaks the page put in.
    """

    report_id: str
    ordinal: int
    kind: UnitKind
    headings: tuple[Heading, ...]
    section: tuple[str, ...]
    text: str

    @property
    def anchor(self) -> str:
        """The unit's place in its report's page: ``p12``."""
        return f"p{self.ordinal}"

    @property
    def address(self) -> str:
        """The permanent address: ``2021-郑州市-政府工作报告#p12``."""
        return f"{self.report_id}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a report apart from its text. ``title`` and ``date`` are None where the source has none.

    ``origins`` tells, field by field, where a value comes from: 目录表 (the catalogue) or 正文 (the text).
    ``complete`` is False where the text shows that a part is missing. ``remarks`` are sentences for who uses it: what
    is missing, what contradicts itself. ``digest`` is of the folded text: two copies have the same one.
    """

    id: str
    title: str | None
    year: int
    level: str
    region: tuple[str, ...]
    type: str
    date: datetime.date | None
    organ: str | None
    source: Source
    complete: bool
    origins: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()
    digest: str = ""

    @property
    def place(self) -> str:
        """The place itself, without what it lies in: 郑州市."""
        return self.region[-1]

    @property
    def plain_id(self) -> str:
        """The id it has unless another one has it: 2021-郑州市-政府工作报告."""
        return f"{self.year}-{self.place}-{self.type}"

    @property
    def name(self) -> str:
        """What a reader calls the report: 2021年郑州市政府工作报告."""
        return f"{self.year}年{self.place}{self.type}"


@dataclass(frozen=True, slots=True)
class Document:
    """A report with its text, as it goes into an index and comes out of one."""

    report: Report
    units: tuple[Unit, ...]
