"""Lines as the author broke them, from lines as a page, a column or a careless copy did."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from indexer.readers import Line
from indexer.structure import headings

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_WIDE_GAP = re.compile(r"[\s\u3000\u2000-\u200a]{2,}")
_PAGE_NUMBER = re.compile(r"\s[-—–]+\s*\d{1,4}\s*[-—–]+(?=\s|$)")
_NUMBER_LINE = re.compile(r"[-—–]+\s*\d{1,4}\s*[-—–]+")
_BLANK = re.compile(r"\s+")
_SENTENCE_ENDS = "。！？；!?;：:”’"

RUN_TOGETHER = 2000
"""Characters. A line this long has lost its breaks; the longest paragraph of real reports has 1,500."""
_FEWEST_BLANKS = 1 / 120
"""Of characters: where lines of 25 to 60 characters were glued by blanks, there is a blank at least this often."""

_FEWEST_LINES = 40
_WIDEST = 90
_FULL_WITHIN = 8
_MOSTLY = 0.5
"""A text is hard-wrapped when half its lines end within 8 half-widths of one edge, itself no wider than 90, and half
of those in the midst of a sentence."""


def unfold(lines: Iterable[Line]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Visible lines, stripped; those run together cut where they were joined, those cut by a margin put together. And
    the page numbers that stood among them."""
    seen = tuple(Line(_INVISIBLE.sub("", line.text).strip(), line.depth) for line in lines)
    visible = tuple(line for line in seen if not _NUMBER_LINE.fullmatch(line.text))
    numbers = tuple(line.text for line in seen if _NUMBER_LINE.fullmatch(line.text))
    numbers += tuple(number.strip() for line in visible for number in _numbers_in(line.text))
    cut = tuple(Line(piece, line.depth) for line in visible for piece in _pieces(line.text) if piece)
    edge = _margin(cut)
    return (cut if edge is None else tuple(_rejoined(cut, edge))), numbers


def _numbers_in(text: str) -> list[str]:
    return _PAGE_NUMBER.findall(text) if len(text) >= RUN_TOGETHER else []


def _pieces(text: str) -> Iterator[str]:
    if len(text) < RUN_TOGETHER:
        yield text
        return
    for part in _WIDE_GAP.split(_PAGE_NUMBER.sub("", text)):
        glued = len(part) >= RUN_TOGETHER and len(_BLANK.findall(part)) >= _FEWEST_BLANKS * len(part)
        yield from _BLANK.split(part) if glued else [part.strip()]


def _margin(lines: tuple[Line, ...]) -> int | None:
    """The width, in half-widths, that the page let lines have; None where paragraphs are not broken."""
    at = len(lines) * 9 // 10
    if len(lines) < _FEWEST_LINES or sum(len(line.text) > _WIDEST for line in lines) >= len(lines) - at:
        return None
    widths = [_width(line.text) for line in lines]
    edge = sorted(widths)[at]
    full = [line for line, width in zip(lines, widths, strict=True) if edge - _FULL_WITHIN <= width]
    goes_on = sum(line.text[-1] not in _SENTENCE_ENDS for line in full)
    return edge if edge <= _WIDEST and len(full) >= _MOSTLY * len(lines) and goes_on >= _MOSTLY * len(full) else None


def _rejoined(lines: tuple[Line, ...], edge: int) -> Iterator[Line]:
    """A line that reaches the margin without ending a sentence goes on in the next."""
    whole = lines[0]
    for last, line in pairwise(lines):
        if _goes_on(last, line, edge):
            whole = Line(glue(whole.text, line.text), whole.depth)
        else:
            yield whole
            whole = line
    yield whole


def _goes_on(last: Line, line: Line, edge: int) -> bool:
    reaches = _width(last.text) >= edge - _FULL_WITHIN and last.text[-1] not in _SENTENCE_ENDS
    return reaches and line.depth is None and headings.find(line.text) is None


def glue(left: str, right: str) -> str:
    """Two halves of a broken line: a blank between two Latin words, nothing else."""
    between_words = left[-1].isascii() and left[-1].isalpha() and right[0].isascii() and right[0].isalpha()
    return f"{left} {right}" if between_words else left + right


def _width(text: str) -> int:
    """In half-widths; of what is wider than any margin, at least its characters."""
    if len(text) > _WIDEST:
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
