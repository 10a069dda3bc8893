"""A query as it may have been meant to be written: operators with a blank or in small letters, marks for blanks."""

from __future__ import annotations

import re
from collections.abc import Callable

_QUOTED = re.compile(r'("[^"]*"|“[^”]*”)')
_MARKS = re.compile("[，、；。！？,;!]+")
_OPERATORS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=\s)(?:and|or|not)(?=\s)", re.IGNORECASE), lambda word: word[0].upper()),
    (re.compile(r"(?<=\s)near\s*/?\s*(\d+)(?=\s)", re.IGNORECASE), r"NEAR/\1"),
    (re.compile(r"(?<!\S)(同句|同段|同节)\s+(?=[(（])"), r"\1"),
)


def with_operators(q: str) -> str:
    """The query with what is nearly an operator made one: ``or``, ``near 20``, ``同句 (…)``; what is quoted stays."""
    return _outside_quotes(q, _operators)


def without_marks(q: str) -> str:
    """The query with blanks for the marks between words; what is quoted stays."""
    return " ".join(_outside_quotes(q, lambda text: _MARKS.sub(" ", text)).split())


def _operators(text: str) -> str:
    for pattern, written in _OPERATORS:
        text = pattern.sub(written, text)
    return text


def _outside_quotes(q: str, change: Callable[[str], str]) -> str:
    parts = _QUOTED.split(q)
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))
