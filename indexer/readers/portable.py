"""PDF files with a text layer: lines in reading order, without page numbers and running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium

from indexer.errors import FileRefused
from indexer.readers.lines import Extract, Line

MOST_PAGES = 3_000
MOST_CHARACTERS = 5_000_000
"""In all pages: those of 3,000 full ones."""
MOST_EFFORT = 500_000_000
"""Pieces of text on a page times its characters, over all pages: for each piece the engine looks at each character.
A page of a book has 100,000, one of a newspaper ten million."""
_FEWEST_CHARACTERS = 20
"""A page: fewer, over the whole file, and it is a scan."""
_RUBBISH = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\x00-\x08]")
_MOST_RUBBISH = 0.05
_PAGE_NUMBER = re.compile(r"[-—–·•\s]*(?:第\s*)?\d{1,4}(?:\s*[/页]\s*(?:共?\s*\d{1,4}\s*页?)?)?[-—–·•\s]*")
_DIGITS = re.compile(r"\d+")
_EDGE_LINES = 2
_LONGEST_RUNNING = 40


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text and its box: left, bottom, right, top, in points from the page's lower left corner."""

    box: tuple[float, float, float, float]
    text: str

    @property
    def left(self) -> float:
        return self.box[0]

    @property
    def bottom(self) -> float:
        return self.box[1]

    @property
    def right(self) -> float:
        return self.box[2]

    @property
    def top(self) -> float:
        return self.box[3]


def read_pdf(data: bytes) -> Extract:
    """The text of a PDF. Raises FileRefused for a scan, for unreadable characters, for what is locked or broken."""
    try:
        pages = _pages(data)
    except pdfium.PdfiumError as error:
        raise FileRefused("这个 PDF 打不开（坏了，或有密码）；请另存一份没有密码的") from error
    text = "".join(line for page in pages for line in page)
    if len(text) < _FEWEST_CHARACTERS * len(pages):
        raise FileRefused("这个 PDF 是扫描件，没有文字；请先用 OCR 识别成 Word 或文本")
    if sum(len(found) for found in _RUBBISH.findall(text)) > _MOST_RUBBISH * len(text):
        raise FileRefused("这个 PDF 里的文字是乱码（字体没有对照表）；请先用 OCR 识别成 Word 或文本")
    running = _running(pages)
    kept = [[line for i, line in enumerate(page) if not _is_furniture(page, i, running)] for page in pages]
    dropped = tuple(line for page in pages for i, line in enumerate(page) if _is_furniture(page, i, running))
    return Extract(tuple(Line(line) for page in kept for line in page), "pdf", dropped=dropped)


def _pages(data: bytes) -> list[list[str]]:
    with pdfium.PdfDocument(data) as document:
        if len(document) > MOST_PAGES:
            raise FileRefused(f"这个 PDF 有 {len(document)} 页，超过 {MOST_PAGES} 页；请拆开")
        return [list(_lines(text, width)) for text, width in _bounded(document)]


def _bounded(document: pdfium.PdfDocument) -> Iterator[tuple[pdfium.PdfTextPage, float]]:
    """The text and the width of each page. Raises FileRefused where there is more than can be read in time."""
    characters = effort = 0
    for page in document:
        text = page.get_textpage()
        characters += text.count_chars()
        effort += text.count_chars() * text.count_rects()
        if characters > MOST_CHARACTERS or effort > MOST_EFFORT:
            raise FileRefused("这个 PDF 里的字太多太碎，不像是一篇报告；请拆开，或另存为 Word 文件")
        yield text, page.get_width()


def _lines(text: pdfium.PdfTextPage, width: float) -> Iterator[str]:
    rectangles = (text.get_rect(i) for i in range(text.count_rects()))
    pieces = [_Piece(box, text.get_text_bounded(*box).strip()) for box in rectangles]
    for column in _columns([piece for piece in pieces if piece.text], width):
        yield from _rows(column)


def _columns(pieces: list[_Piece], width: float) -> list[list[_Piece]]:
    """Two columns where a gutter near the middle is crossed by next to nothing; what crosses it stands above them."""
    gutter = _gutter(pieces, width)
    if gutter is None:
        return [pieces]
    across = [piece for piece in pieces if piece.left < gutter < piece.right]
    left = [piece for piece in pieces if piece.right <= gutter]
    right = [piece for piece in pieces if piece.left >= gutter]
    highest = max(piece.bottom for piece in (*left, *right))
    head = [piece for piece in across if piece.bottom >= highest]
    return [head, left, right, [piece for piece in across if piece not in head]]


def _gutter(pieces: list[_Piece], width: float) -> float | None:
    for share in (0.5, 0.48, 0.52, 0.46, 0.54):
        at = width * share
        left = sum(piece.right <= at for piece in pieces)
        right = sum(piece.left >= at for piece in pieces)
        if min(left, right) >= 5 and len(pieces) - left - right <= 0.1 * len(pieces):
            return at
    return None


def _rows(pieces: list[_Piece]) -> Iterator[str]:
    """Pieces whose middles are on one height make a line, from left to right."""
    row: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (-(p.top + p.bottom) / 2, p.left)):
        middle = (piece.top + piece.bottom) / 2
        if row and not row[0].bottom <= middle <= row[0].top:
            yield _joined(row)
            row = []
        row.append(piece)
    if row:
        yield _joined(row)


def _joined(row: list[_Piece]) -> str:
    return "".join(piece.text for piece in sorted(row, key=lambda piece: piece.left))


def _running(pages: list[list[str]]) -> frozenset[str]:
    """What stands, but for its digits, at the edge of at least half the pages."""
    edges = Counter(
        shape for page in pages for shape in {_shape(line) for line in (*page[:_EDGE_LINES], *page[-_EDGE_LINES:])}
    )
    least = max(2, len(pages) / 2)
    return frozenset(shape for shape, number in edges.items() if number >= least and len(shape) <= _LONGEST_RUNNING)


def _shape(line: str) -> str:
    return _DIGITS.sub("0", line)


def _is_furniture(page: list[str], at: int, running: frozenset[str]) -> bool:
    at_edge = at < _EDGE_LINES or at >= len(page) - _EDGE_LINES
    return at_edge and (_shape(page[at]) in running or _PAGE_NUMBER.fullmatch(page[at]) is not None)
