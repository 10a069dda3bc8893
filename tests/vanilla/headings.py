"""The headings above units, to be found by any piece of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from indexer.text import characters, pairs

Docs = frozenset[int]


class Headings:
    """``paths`` are the distinct folded headings above units, one path a string, each with its units."""

    def __init__(self, paths: Mapping[str, Docs]) -> None:
        self.paths = paths
        holding: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            for piece in (*characters(path), *pairs(path)):
                holding[piece].add(path)
        self._holding = dict(holding)

    def under(self, folded: str) -> Docs:
        """The units with a heading above them that holds ``folded``; none for an empty text."""
        pieces = tuple(pairs(folded)) if len(folded) > 1 else tuple(folded)
        candidates = min((self._holding.get(piece, set()) for piece in pieces), key=len, default=set())
        return frozenset().union(*(self.paths[path] for path in candidates if folded in path))
