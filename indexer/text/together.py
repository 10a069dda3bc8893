"""Whether things sought stand together in folded text: near each other, or in one sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from indexer.query import Sought
from indexer.text.occurrences import SENTENCE_ENDS, occurrences, standings

_SENTENCE_END = re.compile(f"[{SENTENCE_ENDS}]")


def stand_near(folded: str, first: Sought, second: Sought, distance: int) -> bool:
    """Whether one begins at most ``distance`` characters after the other ends, in either order."""
    spans = list(standings(folded, second))
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    return any(
        _any_between(starts, end, end + distance) or _any_between(ends, start - distance, start)
        for start, end in standings(folded, first)
    )


def _any_between(ascending: list[int], low: int, high: int) -> bool:
    at = bisect_left(ascending, low)
    return at < len(ascending) and ascending[at] <= high


def stand_in_one_sentence(folded: str, parts: Iterable[Sought]) -> bool:
    """Whether some sentence holds all ``parts``, each of them whole."""
    ends = [match.start() for match in _SENTENCE_END.finditer(folded)]
    return bool(set.intersection(*(_sentences_with(folded, part, ends) for part in parts)))


def _sentences_with(folded: str, part: Sought, ends: list[int]) -> set[int]:
    """The sentences that hold ``part`` whole, by number; a sentence's end mark belongs to it."""
    numbered = ((bisect_left(ends, start), bisect_left(ends, end - 1)) for start, end in occurrences(folded, part))
    return {first for first, last in numbered if first == last}
