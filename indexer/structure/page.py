"""Where on its page a report stands: title, masthead, body, and what is the page's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.readers import Line
from indexer.structure import furniture
from indexer.text import fold

_TITLE = re.compile(r"^[^。！？；:]{0,70}(?:工作报告|评估报告)(?:[(（][^()（）]{1,12}[)）])?(?:摘编|摘要|摘登|解读)?$")
_YEAR_FIRST = re.compile(r"^\d{4}年政府工作报告")
_PROSE = re.compile("审议|现在，我|报告工作，")
_TITLE_WITHIN = 12
_SALUTATION = re.compile(r"^(?:各位代表|同志们|各位委员)[\s,，:：!！]*")
_SALUTATION_AT_END = re.compile(r"^.{0,30}各位代表[:：!！]$")
_SALUTATION_AFTER = 40
_LONGEST_IN_MASTHEAD = 120
_CAPTION = 25
"""A short sentence above the salutation is a picture's caption."""
DELIVERY = re.compile(
    r"[-—–―─\s(（]*(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?(?P<where>[^。]{0,50}?(?:会议|大会|全会|常委会)[^。]{0,12})?"
)


@dataclass(frozen=True, slots=True)
class Page:
    """``masthead`` is what stands between title and body: when, where and by whom. ``dropped`` is the page's own."""

    title: str | None
    masthead: tuple[str, ...]
    body: tuple[Line, ...]
    dropped: tuple[str, ...]
    continues_elsewhere: bool


def read_page(lines: tuple[Line, ...]) -> Page:
    """Tell the report from its page."""
    texts = tuple(line.text for line in lines)
    foot = furniture.foot_of(texts)
    title_at, title_end = _title(texts[:foot])
    body_at = _body_start(texts, title_end, foot)
    masthead = [text for text in texts[title_end:body_at] if not furniture.is_furniture(text)]
    dropped = [text for i, text in enumerate(texts[:body_at]) if not title_at <= i < title_end]
    body, out, jumped = _clean(lines[body_at:foot])
    again = furniture.second_copy(tuple(line.text for line in body))
    dropped += [*out, *(line.text for line in body[again:]), *texts[foot:]]
    title = "".join(texts[title_at:title_end]) or None
    return Page(title, tuple(masthead), body[:again], tuple(dropped), jumped)


def _title(texts: tuple[str, ...]) -> tuple[int, int]:
    """The title's lines, from and to; (0, 0) where there is none. Of several before the salutation, the last one."""
    salutation = _salutation(texts, 0)
    within = texts[: _TITLE_WITHIN if salutation is None else salutation]
    found = [span for at in range(len(within)) if (span := _title_at(within, at))]
    if not found:
        return (0, 0)
    return found[0] if salutation is None else found[-1]


def _title_at(texts: tuple[str, ...], at: int) -> tuple[int, int] | None:
    """Whether a title stands at a line, or is broken over it and the next."""
    for end in (at + 1, at + 2):
        if any(map(furniture.is_furniture, texts[at:end])):
            return None
        text = fold("".join(texts[at:end]))
        if end <= len(texts) and (_TITLE.match(text) or _YEAR_FIRST.match(text)) and not _PROSE.search(text):
            return (at, end)
    return None


def _salutation(texts: tuple[str, ...], start: int) -> int | None:
    for at, text in enumerate(texts[start : start + _SALUTATION_AFTER], start=start):
        if _SALUTATION.match(text) or _SALUTATION_AT_END.search(text):
            return at
    return None


def _body_start(texts: tuple[str, ...], title_end: int, foot: int) -> int:
    """The salutation opens the body if nothing but masthead stands before it; else what follows title and date."""
    salutation = _salutation(texts[:foot], title_end)
    if salutation is not None and all(map(_may_be_masthead, texts[title_end:salutation])):
        return salutation
    at = title_end
    while at < foot and (furniture.is_furniture(texts[at]) or (title_end and DELIVERY.match(fold(texts[at])))):
        at += 1
    return at


def _may_be_masthead(text: str) -> bool:
    return len(text) <= _LONGEST_IN_MASTHEAD and ("。" not in text or len(text) <= _CAPTION)


def _clean(lines: Iterable[Line]) -> tuple[tuple[Line, ...], list[str], bool]:
    """The lines without furniture and jump notes; what was taken out; whether there was a jump note."""
    kept: list[Line] = []
    dropped: list[str] = []
    jumped = False
    for line in lines:
        text, note = furniture.without_jump(line.text)
        jumped = jumped or bool(note)
        if furniture.is_furniture(text):
            dropped.append(text)
        elif text:
            kept.append(Line(text, line.depth))
        if note:
            dropped.append(note)
    return tuple(kept), dropped, jumped
