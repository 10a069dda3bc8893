"""Where in the texts of a view something stands, and which units have a word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from indexer.engines.columnar.kernels.kinds import PLACE, UNIT
from indexer.engines.columnar.kernels.segments import LookedUp, Segments
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.segment import Segment

Standings = tuple[Array, Array]
"""Units, and places among the characters of all segments; in order."""
_NONE = np.empty(0, UNIT)


class Postings:
    """Units are numbered through all segments; those of deleted reports are given too."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments

    @cached_property
    def _columns(self) -> Segments:
        return Segments([segment.columns() for segment in self._segments])

    def counts(self, folded: str) -> tuple[Array, Array]:
        """The units in which a text stands, in order, and how often, overlaps not counted: as ``str.count`` does."""
        text = self._looked_up(folded)
        if text is None:
            return _NONE, _NONE
        if len(folded) == 1:
            return self._columns.counts_of_one(text)
        units, times, touched = self._columns.counts(text)
        self._check_text(touched)
        return units, times

    def standings(self, folded: str) -> Standings:
        """Where a text stands, also where it overlaps itself."""
        text = self._looked_up(folded)
        if text is None:
            return _NONE, np.empty(0, PLACE)
        if len(folded) == 1:
            return self._standings_of_one(text)
        units, places, touched = self._columns.standings(text)
        self._check_text(touched)
        return units, places

    def _looked_up(self, folded: str) -> LookedUp | None:
        """None where it stands nowhere. What is given for it is what was written."""
        if not folded:
            return None
        text = self._columns.look_up(folded)
        if not text.is_checked:
            for segment, (first, last, _) in zip(self._segments, text.rarest.tolist(), strict=True):
                segment.check_pairs(first, last)
        return text if text.many else None

    def _check_text(self, touched: Array) -> None:
        blocks = np.flatnonzero(touched & self._unchecked)
        if len(blocks):
            ends = np.searchsorted(blocks, self._columns.blocks).tolist()
            for segment, base, first, last in zip(self._segments, self._columns.blocks, ends, ends[1:], strict=False):
                segment.check_text((blocks[first:last] - base).tolist())
            self._unchecked[blocks] = False

    @cached_property
    def _unchecked(self) -> Array:
        """Of every block of the text, whether nobody saw yet that it is what was written."""
        return np.ones(self._columns.blocks[-1], bool)

    def _standings_of_one(self, character: LookedUp) -> Standings:
        base, units, places = 0, [], []
        for segment, before, (first, last, _) in zip(
            self._segments, self._columns.characters.tolist(), character.rarest.tolist(), strict=False
        ):
            here = segment.places(first, last)
            units.append(base + np.searchsorted(segment.starts, here, "right") - 1)
            places.append(before + here)
            base += segment.size
        return np.concatenate(units).astype(UNIT), np.concatenate(places)

    def closeness(self, units: Array, texts: Sequence[str]) -> Array:
        """See ``scoring.closeness``: of each of ``units``, how closely all texts stand together in it."""
        looked_up = [self._columns.look_up(text) for text in sorted(texts, key=len)]
        shares, touched = self._columns.closeness(units, looked_up)
        self._check_text(touched)
        return shares

    def words(self, words: Sequence[str]) -> Array:
        """Of every segment and word, where its postings are and how many units have it, for ``holders`` and
        ``add_worth``."""
        found = self._columns.look_up_words([word.encode("utf-8", "surrogatepass") for word in words])
        numbers, which = np.nonzero(found[:, :, 2])
        for number, (first, last, _) in zip(numbers.tolist(), found[numbers, which].tolist(), strict=True):
            self._segments[number].check_words(first, last)
        return found

    def holders(self, words: Array, live: Array) -> Array:
        """How many units have each word, those that are not ``live`` left out."""
        if all(segment.is_whole for segment in self._segments):
            counted: Array = words[:, :, 2].sum(0)
            return counted
        return self._columns.holders_of_words(words, live)

    def add_worth(self, units: Array, norms: Array, words: Array, weights: Array, gain: float, scores: Array) -> None:
        """Add to the ``scores`` of units what it is worth to have each word: see ``kernels.add_worth``."""
        self._columns.add_worth_of_words(units, norms, words, weights, gain, scores)
