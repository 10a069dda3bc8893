"""Paragraphs from lines: what the page broke is put together again."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.readers import Line
from indexer.structure import headings
from indexer.structure.unfold import glue
from indexer.text import Segmenter, fold

_CLOSED = tuple("。！？；：…”’」』）】》!?;:)")
_NEVER_FIRST = tuple("，。、；：！？）》」』”’")
_CARRIES_ON = tuple("，、,")
_TAIL = 8
"""Characters on each side of a line end that are segmented to see whether a word stands across it."""


def join(lines: Iterable[Line], segmenter: Segmenter) -> tuple[Line, ...]:
    """Join each line to the one before it where that one was broken off."""
    paragraphs: list[Line] = []
    for line in lines:
        if paragraphs and _continues(paragraphs[-1], line, segmenter):
            paragraphs[-1] = Line(glue(paragraphs[-1].text, line.text), paragraphs[-1].depth)
        else:
            paragraphs.append(line)
    return tuple(paragraphs)


def _continues(before: Line, line: Line, segmenter: Segmenter) -> bool:
    if before.depth is not None or line.depth is not None or headings.find(line.text) is not None:
        return False
    return line.text.startswith(_NEVER_FIRST) or _is_broken_off(before.text, line.text, segmenter)


def _is_broken_off(line: str, following: str, segmenter: Segmenter) -> bool:
    if line.endswith(_CLOSED):
        return False
    if line.endswith(_CARRIES_ON):
        return True
    found = headings.find(line)
    if found is not None and found.style == "year":
        return False
    stands_alone = not found.rest if found else headings.could_be_plain(line)
    return not stands_alone or _word_crosses(line, following, segmenter)


def _word_crosses(line: str, following: str, segmenter: Segmenter) -> bool:
    left, right = fold(line[-_TAIL:]), fold(following[:_TAIL])
    return _is_han(left[-1:]) and _is_han(right[:1]) and segmenter.crosses(left, right)


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
