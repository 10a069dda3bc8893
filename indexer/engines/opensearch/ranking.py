"""The order of hits: see ``engines.scoring``. What a text or word weighs is counted over the whole index first, so that
an order does not depend on how units lie in shards.

One search counts occurrences and puts in order: above the digits that tell the occurrences of what is sought
(``digits``) a unit's score has what the unit is worth, in steps so fine that the most it can be worth fills the room.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.engines.base import Sort
from indexer.engines.loose import rarity
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.corpus import corpus
from indexer.engines.opensearch.digits import Together
from indexer.engines.opensearch.found import Found
from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.standing import terms_of, text_in
from indexer.engines.opensearch.view import Query
from indexer.engines.scoring import K1, B, closeness, words_inside
from indexer.query import Sought
from indexer.text import fold, pattern, pieces

WORTH = "most{0} * {1} / ({1} + least + longer * doc['tokens'].value)"
"""BM25 of a text that stands so often in the unit."""

CLOSE = 40
"""How many of the best units are put in order by closeness too: two pages. Each is fetched for it, which takes some
0.05 ms; the cluster's own intervals over all units that are found took longer than to find them."""

NEARLY_ALL = 0.9
"""Where so many of the units that hold a text have it as a word, the word tells them hardly apart, and is not looked
for: each word that is takes a tenth of what finding the text does."""

YEAR: dict[Sort, Any] = {"relevance": "desc", "newest": "desc", "oldest": "asc"}


BY_SCORE: Json = {"_score": "desc"}


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

    def scored(self, average: float) -> Query:
        """BM25."""
        return self._scripted(WORTH.format(0, "_score / terms"), 1.0, average)

    def stepped(self, average: float, unit: float, size: int) -> Query:
        """BM25 in whole steps, a worth of one in ``unit`` of them; each adds ``size``."""
        return self._scripted(f"size * floor({WORTH.format(0, '_score / terms')})", unit, average, size=size)

    def _scripted(self, source: str, unit: float, average: float, **more: int) -> Query:
        params = {"terms": self.terms, "most0": unit * self.most, **_lengths(average), **more}
        script = {"lang": "expression", "source": source, "params": params}
        return {"script_score": {"query": self.query, "script": script}}


def _lengths(average: float) -> Json:
    return {"least": K1 * (1 - B), "longer": K1 * B / average}


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a unit is worth: by the things sought in it, the words inside these with their weights, and how close the
    things stand. A word counts once, as in a unit of average length: the texts tell how often."""

    average: float
    texts: Mapping[re.Pattern[str], Worth]
    words: Mapping[str, float]

    def unit(self, texts: Together) -> float:
        """How many steps a worth of one is, above the digits of ``texts``. What stands nowhere takes no room."""
        return texts.room / (sum(each.most for each in self.texts.values()) + sum(self.words.values()) or 1.0)

    def scored(self, found: Found, texts: Together) -> Query:
        """What finds units and scores them: the number of ``texts``, and above it the unit's worth."""
        unit = self.unit(texts)
        gains = [WORTH.format(place, digit) for place, digit in enumerate(texts.digits())]
        most = {f"most{place}": unit * self.texts[pattern(each)].most for place, each in enumerate(texts.texts)}
        query = texts.numbered(found.scored(texts.scores()), gains, most | _lengths(self.average))
        return {"bool": {"must": [query], "should": self._others(texts, unit), "minimum_should_match": 0}}

    def _others(self, texts: Together, unit: float) -> list[Query]:
        """Of the words inside, and of what has no digit."""
        told = set(map(pattern, texts.texts))
        alone = [worth.stepped(self.average, unit, texts.size) for key, worth in self.texts.items() if key not in told]
        words = {word: texts.size * int(weight * unit) for word, weight in self.words.items()}
        return alone + [{"constant_score": {"filter": _word(word), "boost": steps}} for word, steps in words.items()]

    def worths(self, scores: Sequence[float], texts: Together) -> list[float]:
        """What units are worth that have such scores."""
        size, unit = texts.size, self.unit(texts)
        return [score // size / unit for score in scores]

    @property
    def is_by_closeness(self) -> bool:
        return len(self.texts) > 1

    def closest_first(self, rows: Sequence[Row]) -> list[Row]:
        """The first ``CLOSE`` of ``rows`` in order again, the others behind them."""
        gain = sum(each.weight for each in self.texts.values())
        texts = tuple(self.texts)
        near = [row._replace(score=row.score + gain * closeness(row.source["folded"], texts)) for row in rows[:CLOSE]]
        return [*sorted(near, key=Row.place), *rows[CLOSE:]]


class Row(NamedTuple):
    """A unit found: what it is worth, and what of it the cluster gave."""

    score: float
    year: int
    report: str
    ordinal: int
    source: Json

    def place(self) -> tuple[float, int, str, int]:
        return -self.score, -self.year, self.report, self.ordinal


def scoring(matching: Matching, wanted: Sequence[Sought]) -> Scoring:
    """BM25 over what is ``wanted``, of which nothing is empty, and the words inside. What is nowhere weighs nothing."""
    longest = list(map(_longest, wanted))
    inside = dict.fromkeys(word for each in wanted for text in pieces(each) for word in words_inside(text))
    known = corpus(matching, wanted, list(map(_word, inside)))
    weights = [rarity(many, known.units) if many else 0.0 for many in known.holders]
    texts = {
        pattern(each): Worth(text_in("folded", text), terms_of(text), weight)
        for each, text, weight in zip(wanted, longest, weights, strict=False)
    }
    holders = dict(zip((fold(each.text) for each in wanted), known.holders, strict=False))
    of_words = zip(inside, weights[len(texts) :], known.holders[len(texts) :], strict=True)
    telling = {word: weight for word, weight, many in of_words if _tells(many, holders.get(word))}
    return Scoring(known.average, texts, telling)


def _tells(many: int, holders: int | None) -> bool:
    """Whether a word that is in so many units is looked for, where the same as a text has so many ``holders``."""
    return many > 0 and (holders is None or many < NEARLY_ALL * holders)


def _word(word: str) -> Query:
    return {"term": {"words": word}}


def _longest(sought: Sought) -> str:
    """Of a wildcard, its longest piece."""
    return max(pieces(sought), key=len)
