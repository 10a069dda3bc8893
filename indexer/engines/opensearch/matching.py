"""Which units a query finds: the tree as the cluster's queries.

A text is a phrase of character pairs, or one character. What stands together is told by the places of characters
(``standing``), where the cluster's answer is provably ours; else it is looked at here, in the units that hold all
pieces, and asked for by their ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import assert_never

from indexer.engines.base import Filter
from indexer.engines.opensearch import standing
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.layout import counted, within
from indexer.engines.opensearch.standing import text_in
from indexer.engines.opensearch.view import EVERYTHING, NOTHING, Query, View, all_of, any_of, none_of, one_of
from indexer.fields import BY_NAME
from indexer.query import (
    All,
    And,
    Exact,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    SameSentence,
    SameStretch,
    Sought,
    Term,
    UnderHeading,
    Wildcard,
)
from indexer.text import fold, occurrences, pattern, pieces, stand_in_one_sentence, stand_near


class Matching:
    """Compiles for one request; what is looked at here is looked at once."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._wildcards: dict[re.Pattern[str], Query] = {}

    def query(self, node: Node) -> Query:
        """What finds the units that ``node`` finds."""
        match node:
            case All():
                return EVERYTHING
            case Term() | Phrase() | Wildcard():
                return self.holding(node)
            case Near(first, second):
                return all_of(*_pairs_of((first, second)), self.together(node))
            case SameSentence(wanted):
                return all_of(*_pairs_of(wanted), self.together(node))
            case SameStretch(wanted):
                return self._in_one_stretch(wanted)
            case UnderHeading(text):
                return text_in("above", fold(text))
            case Exact(field, value):
                return one_of(within(BY_NAME[field]), [value])
            case Range(field, low, high):
                return _between(field, low, high)
            case And(parts):
                return all_of(*map(self.query, parts))
            case Or(parts):
                return any_of(*map(self.query, parts))
            case Not(part):
                return none_of(self.query(part))
            case never:
                assert_never(never)

    def together(self, node: Near | SameSentence) -> Query:
        """Of the units that hold all parts, those in which they stand as ``node`` says."""
        if isinstance(node, SameSentence):
            return standing.in_one_sentence(node.parts) or self._where(
                node.parts, lambda folded: stand_in_one_sentence(folded, node.parts)
            )
        return standing.near(node.first, node.second, node.distance) or self._where(
            (node.first, node.second), lambda folded: stand_near(folded, node.first, node.second, node.distance)
        )

    def holding(self, sought: Sought) -> Query:
        """What finds the units that hold what is ``sought``."""
        if not isinstance(sought, Wildcard):
            return text_in("folded", fold(sought.text))
        key = pattern(sought)
        if key not in self._wildcards:
            self._wildcards[key] = standing.wildcard(sought) or self._where(
                (sought,), lambda folded: bool(occurrences(folded, sought))
            )
        return self._wildcards[key]

    def _where(self, parts: Iterable[Sought], fits: Callable[[str], bool]) -> Query:
        """What finds the units that hold the pieces of all parts and whose folded text fits."""
        texts = [pieces(part) for part in parts]
        if not all(texts):
            return NOTHING
        candidates = self.view.units(*(text_in("folded", text) for each in dict.fromkeys(texts) for text in each))
        found = self.view.records(candidates, ("folded",))
        return _units([hit["_id"] for hit in found if fits(hit["_source"]["folded"])])

    def _in_one_stretch(self, parts: tuple[Sought, ...]) -> Query:
        holders = [self.holding(part) for part in parts]
        held = [{group["key"]["stretch"] for group in self._stretches(each)} for each in holders]
        common = set.intersection(*held)
        return all_of(any_of(*holders), one_of("stretch", sorted(common))) if common else NOTHING

    def _stretches(self, holder: Query) -> Iterable[Json]:
        return self.view.groups(self.view.units(holder), ("stretch",), {})


def _pairs_of(parts: Iterable[Sought]) -> list[Query]:
    """What tells first, by the pairs of texts, which units come into question."""
    return [text_in("folded", fold(part.text)) for part in parts if not isinstance(part, Wildcard)]


def passing(filters: Iterable[Filter]) -> Query:
    """What finds the units that pass every filter."""
    return all_of(*map(_passing, filters))


def _passing(chosen: Filter) -> Query:
    field = counted(BY_NAME[chosen.field])
    wanted = one_of(field, chosen.values) if chosen.values else EVERYTHING
    return all_of(wanted, none_of(one_of(field, chosen.excluded))) if chosen.excluded else wanted


def _between(field: str, low: int | None, high: int | None) -> Query:
    bounds = {"gte": low, "lte": high}
    return {"range": {f"{field}_number": {side: value for side, value in bounds.items() if value is not None}}}


def _units(ids: list[str]) -> Query:
    return one_of("_id", ids) if ids else NOTHING
