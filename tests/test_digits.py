"""The occurrences of several texts, told by sums over one score of single precision."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.opensearch.digits import EXACT, LARGEST, Together, together
from indexer.engines.opensearch.found import Found
from indexer.engines.opensearch.matching import Matching
from indexer.engines.opensearch.ranking import Scoring, Worth
from indexer.engines.opensearch.standing import terms_of
from indexer.engines.opensearch.state import Seen, State
from indexer.engines.opensearch.view import View
from indexer.engines.scoring import K1, B
from indexer.query import Sought, Term
from indexer.text import pattern

MATCHING = Matching(View(None, Seen("index", State(), (0, 0))))  # type: ignore[arg-type]
TEXTS = tuple(map(Term, ("开放", "中欧班列", "人民", "的", "改革开放")))


def as_a_float(number: float) -> float:
    """In single precision, as the cluster keeps a score."""
    (kept,) = struct.unpack("f", struct.pack("f", number))
    return float(kept)


@dataclass(frozen=True)
class Value:
    """A number of a unit, as expressions name it."""

    value: float


def evaluated(script: Any, score: float, doc: dict[str, Value]) -> float:
    """What an expression of the cluster's gives for a unit."""
    return float(eval(script["source"], {}, {"floor": floor, "doc": doc, "_score": score, **script["params"]}))


def summed(aggregation: Any, scores: list[float]) -> dict[str, float]:
    """What the cluster answers to an aggregation that sums."""
    return {"value": sum(evaluated(aggregation["sum"]["script"], score, {}) for score in scores)}


@st.composite
def units(draw: st.DrawFn) -> tuple[list[int], list[list[int]], list[float]]:
    """How often each text stands in the unit that has it most, how often in each unit, and which share of all that a
    unit can be worth each is."""
    most = draw(st.lists(st.integers(0, 60), min_size=1, max_size=len(TEXTS)))
    times = st.tuples(*(st.integers(0, many) for many in most)).map(list)
    drawn = draw(st.lists(times, min_size=1, max_size=8))
    return most, drawn, draw(st.lists(st.floats(0, 1), min_size=len(drawn), max_size=len(drawn)))


@given(units())
def test_sums_of_scores_tell_the_occurrences_of_each_text_and_of_all(
    drawn: tuple[list[int], list[list[int]], list[float]],
) -> None:
    most, of_units, worth = drawn
    texts = TEXTS[: len(most)]
    told: dict[Sought, int] = {}
    for group in together(texts, most):
        places = [texts.index(text) for text in group.texts]  # type: ignore[arg-type]
        whole = [sum(unit[at] * step for at, step in zip(places, group.steps, strict=True)) for unit in of_units]
        above = [group.size * floor(group.room * share) for share in worth]
        scores = [as_a_float(number + more) for number, more in zip(whole, above, strict=True)]
        every = round(summed(group.sum(), scores)["value"])
        told |= group.told(every, {name: summed(each, scores) for name, each in group.sums_by_digit().items()})
    assert told == {text: sum(unit[at] for unit in of_units) for at, text in enumerate(texts)}


@given(units(), st.floats(1, 200), st.floats(0, 2000))
def test_one_script_scores_the_number_and_what_each_text_is_worth(
    drawn: tuple[list[int], list[list[int]], list[float]], average: float, tokens: float
) -> None:
    most, of_units, _ = drawn
    texts = TEXTS[: len(most)]
    worths = {pattern(text): Worth({}, terms_of(text.text), 1.0 + at) for at, text in enumerate(texts)}
    scoring = Scoring(average, worths, {})
    for group in together(texts, most):
        places = [texts.index(text) for text in group.texts]  # type: ignore[arg-type]
        script = scoring.scored(Found(MATCHING), group)["bool"]["must"][0]["script_score"]["script"]
        for unit in of_units:
            number = sum(unit[at] * step for at, step in zip(places, group.steps, strict=True))
            score = evaluated(script, as_a_float(group.unit * number), {"tokens": Value(tokens)})
            worth = sum((1.0 + at) * bm25(unit[at], tokens, average) for at in places)
            assert score == as_a_float(score) < EXACT
            assert score % group.size == number
            assert scoring.worths([score], group) == [pytest.approx(worth, abs=1.001 / scoring.unit(group))]


def bm25(times: int, tokens: float, average: float) -> float:
    return times * (K1 + 1) / (times + K1 * (1 - B + B * tokens / average))


@pytest.mark.parametrize(
    ("most", "groups"),
    [
        ([], []),
        ([0], [[0]]),
        ([9, 3, 20], [[2, 0, 1]]),
        ([50, 50, 50], [[1, 0], [2]]),
        ([LARGEST, 3], [[1], [0]]),
        ([0] * 5, [[4, 3, 2, 1, 0]]),
    ],
)
def test_as_few_searches_as_there_is_room(most: list[int], groups: list[list[int]]) -> None:
    made = together(TEXTS[: len(most)], most)
    assert [[TEXTS.index(text) for text in group.texts] for group in made] == groups  # type: ignore[arg-type]
    assert all(group.is_exact for group in made if len(group.texts) > 1)


def test_who_has_no_room_for_what_a_unit_is_worth_says_so() -> None:
    assert Together(TEXTS[:1], (LARGEST - 1,)).is_exact
    assert not Together(TEXTS[:1], (LARGEST,)).is_exact
