"""The whole way from a file's lines to a report, in the order it is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from indexer.catalog import CatalogEntry
from indexer.errors import FileRefused
from indexer.model import Document, Heading, Report, Source, Unit, UnitKind
from indexer.readers import Line, RawText
from indexer.structure import headings, metadata
from indexer.structure.headings import Found, Outline
from indexer.structure.joins import join
from indexer.structure.metadata import Evidence, Metadata
from indexer.structure.page import Page, read_page
from indexer.structure.paragraphs import cut
from indexer.structure.sections import section_of
from indexer.structure.unfold import unfold
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
    """A report read and structured, not yet named. ``dropped`` is what was left out as the page's own, in order;
    ``remarks`` are sentences: what is missing, what was cut by rule, what contradicts itself. ``digest`` is of the
    folded text, whatever file or format it came in."""

    source: Source
    metadata: Metadata
    complete: bool
    remarks: tuple[str, ...]
    passages: tuple[Passage, ...]
    outline: tuple[Heading, ...]
    dropped: tuple[str, ...]
    digest: str

    @property
    def plain_id(self) -> str:
        """The id the report has unless another one has it: 2021-郑州市-政府工作报告."""
        return f"{self.metadata.year}-{self.metadata.region[-1]}-{self.metadata.type}"

    def report(self, report_id: str) -> Report:
        """What is known of it, under its id."""
        known = self.metadata
        return Report(
            id=report_id, title=known.title, year=known.year, level=known.level, region=known.region, type=known.type,
            date=known.date, organ=known.organ, source=self.source, complete=self.complete, origins=known.origins,
            remarks=self.remarks, digest=self.digest,
        )  # fmt: skip

    def document(self, report_id: str) -> Document:
        """The report under its id, with its text."""
        units = tuple(
            Unit(report_id, ordinal, passage.kind, passage.headings, passage.section, passage.text)
            for ordinal, passage in enumerate(self.passages, start=1)
        )
        return Document(self.report(report_id), units)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A paragraph of the source with the heading it opens or is, if any."""

    text: str
    heading: Found | None


def build(raw: RawText, entry: CatalogEntry, segmenter: Segmenter) -> Draft:
    """Make a report of a text. Raises FileRefused when there is none, or no telling whose report it is."""
    lines, page_numbers = unfold(raw.lines)
    page = read_page(lines)
    paragraphs, was_cut = cut(join(page.body, segmenter))
    marked = tuple(_marked(paragraphs, motto_first=page.title is not None))
    if not any(fold(line.text) for line in marked):
        raise FileRefused("文件里没有正文；请换成有正文的文件")
    found = tuple(line.heading for line in marked if line.heading)
    known = metadata.infer(_evidence(raw, page, marked), entry, raw.stated)
    passages = _passages(page.title, marked, known.year)
    gaps = tuple(_gaps(page, found, was_cut))
    return Draft(
        raw.source, known, not gaps, (*gaps, *known.warnings), passages,
        headings.outline_of(passage.headings for passage in passages), (*raw.dropped, *page_numbers, *page.dropped),
        _digest(passages),
    )  # fmt: skip


def _evidence(raw: RawText, page: Page, marked: tuple[_Marked, ...]) -> Evidence:
    return Evidence(
        path=raw.source.path,
        title=page.title,
        masthead=page.masthead,
        headings=tuple(line.heading.text for line in marked if line.heading),
        body=tuple(line.text for line in marked),
        furniture=page.dropped,
        published=raw.published,
    )


def _marked(paragraphs: tuple[Line, ...], *, motto_first: bool) -> Iterator[_Marked]:
    """Mark headings. A short line right below the title or a bare year is its motto, not a heading."""
    below_display = motto_first
    for i, line in enumerate(paragraphs):
        found = headings.find(line.text)
        is_last = i == len(paragraphs) - 1
        if (found is None and line.depth is not None) or (
            found is None and not below_display and not is_last and headings.could_be_plain(line.text)
        ):
            found = Found("plain", line.text, "")
        yield _Marked(line.text, found)
        below_display = found is not None and found.style == "year"


def _passages(title: str | None, lines: tuple[_Marked, ...], year: int) -> tuple[Passage, ...]:
    outline = Outline()
    path, section = outline.path, section_of((), year)
    passages = [Passage("heading", path, section, title)] if title else []
    for line in lines:
        if line.heading:
            outline.enter(line.heading)
            path = outline.path
            section = section_of(tuple(heading.text for heading in path), year)
        kind: UnitKind = "heading" if line.heading and not line.heading.rest else "paragraph"
        passages.append(Passage(kind, path, section, line.text))
    return tuple(passages)


def _digest(passages: tuple[Passage, ...]) -> str:
    return sha256("\n".join(fold(passage.text) for passage in passages).encode()).hexdigest()[:32]


def _gaps(page: Page, found: tuple[Found, ...], was_cut: bool) -> Iterator[str]:
    """What the text shows to be missing."""
    numbered = [heading for heading in found if heading.style in ("chapter", "section")]
    if numbered and not headings.starts_numbering(numbered[0]):
        yield f"标题从“{numbered[0].text[:12]}”起，前面的部分缺失"
    if page.continues_elsewhere:
        yield "正文在别的版面上还有接续，这里没有"
    if was_cut:
        yield "原文没有分段，段落是按标题和句子切开的"
