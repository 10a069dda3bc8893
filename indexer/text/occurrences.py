"""Where in folded text a word, a phrase or a wildcard stands: the one definition of what is counted and marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from indexer.query import Sought, Span, Wildcard
from indexer.text.normalise import fold

SENTENCE_ENDS = "。!?;"
"""As folding writes 。！？；: a sentence ends after any of them. A full stop does not end one: it stands in 2.5 too."""

STAR_REACH = 20
"""The most characters a ``*`` stands for: some half of a clause, within which two words still belong together."""

_WITHIN_SENTENCE = f"[^{SENTENCE_ENDS}]"
_SIGNS = {"?": _WITHIN_SENTENCE, "*": f"{_WITHIN_SENTENCE}{{0,{STAR_REACH}}}?"}
_CUT = re.compile(r"([?*])")


@lru_cache(maxsize=1024)
def pieces(sought: Sought) -> tuple[str, ...]:
    """The folded texts, none empty, that stand in every occurrence, in order: one, but of a wildcard several."""
    written = _CUT.split(sought.text)[::2] if isinstance(sought, Wildcard) else [sought.text]
    return tuple(filter(None, map(fold, written)))


@lru_cache(maxsize=1024)
def pattern(sought: Sought) -> re.Pattern[str]:
    """The expression whose matches in folded text are the occurrences. What is sought alike has the same one.

    A wildcard's signs are the ASCII ones; what folding makes of other writings (？) is a character like any.
    """
    if not isinstance(sought, Wildcard):
        return re.compile(re.escape(fold(sought.text)))
    parts = _CUT.split(sought.text)
    return re.compile("".join(_SIGNS[part] if part in _SIGNS else re.escape(fold(part)) for part in parts))


def distinct(wanted: Iterable[Sought]) -> tuple[Sought, ...]:
    """What is sought alike, GDP and gdp, once, in order."""
    return tuple({pattern(each): each for each in wanted}.values())


def occurrences(folded: str, sought: Sought) -> list[Span]:
    """Every occurrence in order, leftmost first, of a wildcard the shortest; none overlaps another."""
    if not pieces(sought):
        return []
    return [match.span() for match in pattern(sought).finditer(folded)]


def standings(folded: str, sought: Sought) -> Iterator[Span]:
    """As ``occurrences``, but of a text also those that overlap: of 人人 in 人人人 two."""
    if isinstance(sought, Wildcard):
        yield from occurrences(folded, sought)
        return
    for text in pieces(sought):
        at = folded.find(text)
        while at >= 0:
            yield at, at + len(text)
            at = folded.find(text, at + 1)
