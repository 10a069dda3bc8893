"""Paragraphs a reader can use: one of 13,000 characters is cut at its headings, and else at its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.readers import Line

LONGEST = 2000
"""Characters. Real paragraphs of reports have up to 1,500; what is longer has lost its line breaks."""
_AIM = 400

_BEFORE_HEADING = re.compile(
    r"(?<=[。！？；!?])\s*(?=[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)"
)
_SENTENCE = re.compile(r".*?(?:[。！？!?][”’」』）)]*|$)", re.S)


def cut(lines: Iterable[Line]) -> tuple[tuple[Line, ...], bool]:
    """The lines, overlong ones cut; and whether any was."""
    whole = tuple(lines)
    pieces = tuple(Line(text, line.depth) for line in whole for text in _cut(line.text))
    return pieces, len(pieces) > len(whole)


def _cut(text: str) -> Iterator[str]:
    if len(text) <= LONGEST:
        yield text
        return
    for part in _BEFORE_HEADING.split(text):
        yield from _at_sentences(part) if len(part) > LONGEST else [part]


def _at_sentences(text: str) -> Iterator[str]:
    """Whole sentences together up to some 400 characters; a sentence longer than the limit is cut as it stands."""
    piece = ""
    for sentence in filter(None, _SENTENCE.findall(text)):
        if piece and len(piece) + len(sentence) > _AIM:
            yield piece
            piece = ""
        piece += sentence
        while len(piece) > LONGEST:
            yield piece[:LONGEST]
            piece = piece[LONGEST:]
    if piece:
        yield piece
