"""What a query finds, so said that a text is looked for once where its occurrences are scored too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.view import EVERYTHING, Query, all_of, any_of
from indexer.query import And, Near, Node, Or, Phrase, SameSentence, Sought, Term
from indexer.text import distinct, pattern

Scores = Mapping[re.Pattern[str], Query]
"""From what is sought (its ``text.pattern``) to a query that finds the units that hold it, and scores them."""


@dataclass(frozen=True, slots=True)
class Found:
    """Units that hold every text of ``needed`` and, where there are any, one of ``some``, and that ``rest`` finds."""

    matching: Matching
    needed: tuple[Sought, ...] = ()
    some: tuple[Sought, ...] = ()
    rest: Query = field(default_factory=EVERYTHING.copy)

    def within(self, *queries: Query) -> Found:
        """Those that the queries find too."""
        return replace(self, rest=all_of(self.rest, *queries))

    def query(self) -> Query:
        """What finds them in the committed state."""
        return self.scored({})

    def scored(self, scores: Scores) -> Query:
        """What finds them in the committed state, with the sum of all that ``scores`` give a unit."""
        must = [scores[key] for key in map(pattern, self.needed) if key in scores]
        filters = [self.matching.holding(each) for each in self.needed if pattern(each) not in scores]
        if self.some:
            must.append(any_of(*(scores.get(pattern(each)) or self._silently(each) for each in self.some)))
        told = {*map(pattern, (*self.needed, *self.some))}
        should = [score for key, score in scores.items() if key not in told]
        found = all_of(*filters, self.matching.view.units(self.rest))
        return {"bool": {"must": must, "should": should, "filter": [found], "minimum_should_match": 0}}

    def _silently(self, sought: Sought) -> Query:
        return {"constant_score": {"filter": self.matching.holding(sought), "boost": 0}}


def found_by(matching: Matching, node: Node) -> Found:
    """What ``node`` finds."""
    match node:
        case Term() | Phrase():
            return Found(matching, (node,))
        case And(parts):
            rest = [part for part in parts if not isinstance(part, Term | Phrase)]
            return Found(matching, _texts(parts), rest=all_of(*map(matching.query, rest)))
        case Or(parts) if len(_texts(parts)) == len(parts):
            return Found(matching, some=_texts(parts))
        case Near(Term() | Phrase() as first, Term() | Phrase() as second):
            return Found(matching, distinct((first, second)), rest=matching.together(node))
        case SameSentence(parts) if len(_texts(parts)) == len(parts):
            return Found(matching, _texts(parts), rest=matching.together(node))
        case _:
            return Found(matching, rest=matching.query(node))


def _texts(parts: Sequence[Node]) -> tuple[Sought, ...]:
    return distinct(part for part in parts if isinstance(part, Term | Phrase))
