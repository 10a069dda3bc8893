"""The order of hits: see ``engines.scoring``. What a text or word weighs is counted over the whole index first, so that
an order does not depend on how units lie in shards.

One search counts occurrences and puts in order: the whole part of a unit's score tells the occurrences of what is
sought in it (``digits``), the fraction is what the unit is worth, shared out so that all worth together stays below
``SHARE``. Scores are of single precision: where the whole part is below ``digits.LARGEST``, rounding never reaches the
next whole number, and of the fraction seven bits remain at least, mostly twelve.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.engines.base import Sort
from indexer.engines.loose import rarity
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.corpus import corpus
from indexer.engines.opensearch.found import Scores
from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.standing import close, terms_of, text_in
from indexer.engines.opensearch.view import Query
from indexer.engines.scoring import K1, B, words_inside
from indexer.query import Sought
from indexer.text import pattern, pieces

SHARE = 0.5
FRACTION = "_score - Math.floor(_score)"
"""In the cluster's own language: an expression that sorts has no score. Nor has this one, were scores not tracked."""
WORTH = "scale * _score / terms + most * _score / (_score + least + longer * doc['tokens'].value)"
"""BM25 of a text that has so many terms, each of which scores how often the text stands in the unit. All before the
plus is a whole number: no other order of its operations makes it surely one."""

YEAR: dict[Sort, Any] = {"relevance": "desc", "newest": "desc", "oldest": "asc"}


BY_SCORE: Json = {"_score": "desc"}
BY_WORTH: Json = {"_script": {"type": "number", "script": {"source": FRACTION}, "order": "desc"}}


def order(sort: Sort, *best_first: Json) -> list[Any]:
    """How hits are sorted, those of equal worth too; no two are equal."""
    by_worth = best_first if sort == "relevance" else ()
    return [*by_worth, {"year_number": YEAR[sort]}, {"report": "asc"}, {"ordinal": "asc"}]


@dataclass(frozen=True, slots=True)
class Worth:
    """A query that scores how often a text of so many terms stands in a unit, for each of them, and its weight."""

    query: Query
    terms: int
    weight: float

    @property
    def most(self) -> float:
        return self.weight * (K1 + 1)

    def scored(self, average: float, unit: float = 1.0, scale: int = 0) -> Query:
        """BM25 in ``unit``, and ``scale`` for each time the text stands there."""
        params = {
            "scale": scale, "terms": self.terms, "most": unit * self.most,
            "least": self.terms * K1 * (1 - B), "longer": self.terms * K1 * B / average,
        }  # fmt: skip
        return {
            "script_score": {
                "query": self.query, "script": {"lang": "expression", "source": WORTH, "params": params},
            }
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a unit is worth: by the things sought in it, the words inside these, and how close the things stand."""

    average: float
    texts: Mapping[re.Pattern[str], Worth]
    words: Sequence[Worth]
    close: Sequence[str]

    @property
    def unit(self) -> float:
        """What a worth of one adds to a score."""
        return SHARE / (sum(each.most for each in (*self.texts.values(), *self.words)) + 2 * self._gain)

    @property
    def _gain(self) -> float:
        return sum(each.weight for each in self.texts.values())

    def scores(self, scales: Mapping[re.Pattern[str], int]) -> Scores:
        """Of each thing sought, ``scales`` for each time it stands in a unit, and its worth."""
        unit = self.unit
        return {key: worth.scored(self.average, unit, scales.get(key, 0)) for key, worth in self.texts.items()}

    def others(self) -> list[Query]:
        """Of the words inside and of closeness. The cluster gives a passage without anything between half its boost."""
        unit = self.unit
        near = close(self.close, 2 * self._gain * unit)
        return [*(word.scored(self.average, unit) for word in self.words), *near]


def scoring(matching: Matching, wanted: Sequence[Sought]) -> Scoring:
    """BM25 over what is ``wanted``, of which nothing is empty, and the words inside."""
    longest = list(map(_longest, wanted))
    inside = dict.fromkeys(word for each in wanted for text in pieces(each) for word in words_inside(text))
    words: list[Query] = [{"term": {"words": word}} for word in inside]
    known = corpus(matching, wanted, words)
    weights = [rarity(many, known.units) for many in known.holders]
    texts = {
        pattern(each): Worth(text_in("folded", text), terms_of(text), weight)
        for each, text, weight in zip(wanted, longest, weights, strict=False)
    }
    more = zip(words, weights[len(texts) :], known.holders[len(texts) :], strict=True)
    return Scoring(known.average, texts, [Worth(word, 1, weight) for word, weight, many in more if many], longest)


def _longest(sought: Sought) -> str:
    """Of a wildcard, its longest piece."""
    return max(pieces(sought), key=len)
