"""The whole way from a file's lines to a report, in the order it is walked."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.catalog import CatalogEntry
from indexer.errors import FileRefused
from indexer.model import Document, Heading, Report, Source, Unit, UnitKind
from indexer.readers import RawText
from indexer.structure import headings, metadata
from indexer.structure.furniture import clean
from indexer.structure.headings import Found, Outline
from indexer.structure.joins import join
from indexer.structure.metadata import Evidence, Metadata
from indexer.structure.sections import section_of
from indexer.text import Segmenter, fold


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit before its report has an id."""

    kind: UnitKind
    headings: tuple[Heading, ...]
    section: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A report read and structured, not yet named. ``dropped`` is what was left out as furniture, in order."""

    source: Source
    metadata: Metadata
    complete: bool
    passages: tuple[Passage, ...]
    outline: tuple[Heading, ...]
    dropped: tuple[str, ...]

    @property
    def plain_id(self) -> str:
        """The id the report has unless another one has it: 2021-郑州市-政府工作报告."""
        return f"{self.metadata.year}-{self.metadata.region[-1]}-{self.metadata.type}"

    def document(self, report_id: str) -> Document:
        """The report under its id."""
        known = self.metadata
        report = Report(
            id=report_id, title=known.title, year=known.year, level=known.level, region=known.region, type=known.type,
            date=known.date, organ=known.organ, source=self.source, complete=self.complete, origins=known.origins,
        )  # fmt: skip
        units = tuple(
            Unit(report_id, ordinal, passage.kind, passage.headings, passage.section, passage.text)
            for ordinal, passage in enumerate(self.passages, start=1)
        )
        return Document(report, units)


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph of the source with the heading it opens or is, if any."""

    text: str
    heading: Found | None


def build(raw: RawText, entry: CatalogEntry, segmenter: Segmenter) -> Draft:
    """Make a report of a file's lines. Raises FileRefused when there is no text, or no telling whose report it is."""
    cleaned = clean(raw.lines)
    title_at = metadata.title_line(cleaned.lines)
    delivery = tuple(filter(metadata.is_delivery_line, cleaned.lines))
    body = tuple(line for i, line in enumerate(cleaned.lines) if i != title_at and line not in delivery)
    lines = _with_headings(join(body, segmenter), motto_first=title_at is not None)
    if not any(fold(line.text) for line in lines):
        raise FileRefused("文件里没有正文；请换成有正文的文件")
    found = tuple(line.heading for line in lines if line.heading)
    known = metadata.infer(Evidence(cleaned.lines, tuple(heading.text for heading in found), cleaned.dropped), entry)
    title = cleaned.lines[title_at] if title_at is not None else None
    passages = _passages(title, lines, known.year)
    complete = not cleaned.continues_elsewhere and _starts_at_one(found)
    outline = headings.outline_of(passage.headings for passage in passages)
    return Draft(raw.source, known, complete, passages, outline, (*cleaned.dropped, *delivery))


def _with_headings(paragraphs: tuple[str, ...], *, motto_first: bool) -> tuple[_Line, ...]:
    """Mark headings. A short line right below the title or a bare year is its motto, not a heading."""
    lines: list[_Line] = []
    below_display = motto_first
    for i, paragraph in enumerate(paragraphs):
        found = headings.find(paragraph)
        is_last = i == len(paragraphs) - 1
        if found is None and not below_display and not is_last and headings.could_be_plain(paragraph):
            found = Found("plain", paragraph, "")
        lines.append(_Line(paragraph, found))
        below_display = found is not None and found.style == "year"
    return tuple(lines)


def _passages(title: str | None, lines: tuple[_Line, ...], year: int) -> tuple[Passage, ...]:
    outline = Outline()
    passages = [Passage("heading", (), section_of((), year), title)] if title else []
    for line in lines:
        if line.heading:
            outline.enter(line.heading)
        kind: UnitKind = "heading" if line.heading and not line.heading.rest else "paragraph"
        section = section_of(tuple(heading.text for heading in outline.path), year)
        passages.append(Passage(kind, outline.path, section, line.text))
    return tuple(passages)


def _starts_at_one(found: tuple[Found, ...]) -> bool:
    numbered = [heading for heading in found if heading.style in ("chapter", "section")]
    return not numbered or headings.starts_numbering(numbered[0])
