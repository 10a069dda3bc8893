"""What is a heading, how deep it lies, and where one that runs into its paragraph ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from indexer.model import Heading

Style = Literal["year", "annex", "chapter", "section", "label", "item", "plain"]
"""2024 · 附件 · 一、 · （一） · 关键词: or 重点工作之一: or 【…】 · 1. or （1） · a short line without any mark."""

_MARKS: tuple[tuple[Style, re.Pattern[str]], ...] = (
    (
        "annex",
        re.compile(
            r"(?:附件|附录|附表|附)(?:\s*[\d一二三四五六七八九十]{1,2})?\s*(?:[:：]|$)|(?:名词解释|注释)[:：]?$"
        ),
    ),
    ("chapter", re.compile(r"[一二三四五六七八九十]{1,3}、\s*|第[一二三四五六七八九十]{1,3}(?:部分|章)[、:：\s]*")),
    ("section", re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]\s*")),
    ("label", re.compile(r"(?:关键词|重点工作之[一二三四五六七八九十]{1,3})[:：]\s*|【[^】]{2,30}】$")),
    ("item", re.compile(r"(?:\d{1,2}[.．、]|[（(]\d{1,2}[)）]|[①-⑳])\s*(?!\d)")),
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIRST_OF_ITS_KIND = re.compile(r"[（(]?一[、)）]")
_LEAST_DEPTH: dict[Style, int] = {"section": 2, "item": 3}

_LONGEST = 60
"""Characters. The longest numbered heading of the sample reports has 45."""
_LONGEST_PLAIN = 30
_SENTENCE_ENDS = "。！？；!?;"
_HEADING_ENDS = re.compile(rf"[\s{_SENTENCE_ENDS}]")
_NO_PLAIN_HEADING = re.compile(rf"[{_SENTENCE_ENDS}，,：:、…”）)]")


@dataclass(frozen=True, slots=True)
class Found:
    """A heading at the start of a line; ``rest`` is the paragraph it runs into, empty where it stands alone."""

    style: Style
    text: str
    rest: str


def find(line: str) -> Found | None:
    """The marked heading (or bare year) that ``line`` opens with, or None."""
    if _YEAR.fullmatch(line):
        return Found("year", line, "")
    for style, mark in _MARKS:
        if number := mark.match(line):
            return _marked(style, line, number.end())
    return None


def _marked(style: Style, line: str, after_mark: int) -> Found | None:
    if not any(sign in line for sign in _SENTENCE_ENDS):
        return Found(style, line, "") if len(line) <= _LONGEST else None
    end = _HEADING_ENDS.search(line, after_mark)
    if style in ("label", "item", "annex") or end is None or end.start() > _LONGEST:
        return None
    return Found(style, line[: end.start()], line[end.end() :].strip())


def could_be_plain(line: str) -> bool:
    """Whether ``line`` could be a heading by its looks alone: short, and without punctuation."""
    return len(line) <= _LONGEST_PLAIN and not _NO_PLAIN_HEADING.search(line)


def starts_numbering(found: Found) -> bool:
    """Whether a numbered heading is the first of its kind: 一、 or （一）."""
    return _FIRST_OF_ITS_KIND.match(found.text) is not None


class Outline:
    """The path of headings in force while a report is read from top to bottom.

    A style nests below the styles in force when it first appears and closes what was opened since; so 重点工作之一
    lies below the plain heading that announces it. （一） never lies less than two deep, even where its 一、 is lost.
    """

    def __init__(self) -> None:
        self._open: list[tuple[Style, Heading]] = []

    def enter(self, found: Found) -> Heading:
        """Open a heading; give it with its depth."""
        outer = self._outer(found.style)
        deepest = outer[-1][1].depth if outer else 0
        heading = Heading(max(deepest + 1, _LEAST_DEPTH.get(found.style, 1)), found.text)
        self._open = [*outer, (found.style, heading)]
        return heading

    def _outer(self, style: Style) -> list[tuple[Style, Heading]]:
        if style in ("year", "annex"):
            return []
        if style == "chapter":
            return [entry for entry in self._open[:1] if entry[0] == "annex"]
        styles = [entry[0] for entry in self._open]
        return self._open[: styles.index(style)] if style in styles else self._open

    @property
    def path(self) -> tuple[Heading, ...]:
        return tuple(heading for _, heading in self._open)


def outline_of(paths: Iterable[tuple[Heading, ...]]) -> tuple[Heading, ...]:
    """All headings of a report in order, from its units' heading paths."""
    seen: list[Heading] = []
    before: tuple[Heading, ...] = ()
    for path in paths:
        common = next((i for i, (a, b) in enumerate(zip(before, path, strict=False)) if a != b), len(before))
        seen.extend(path[min(common, len(path)) :])
        before = path
    return tuple(seen)
