"""The occurrences of several texts, told by sums over one score of single precision."""

from __future__ import annotations

import struct
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.opensearch.digits import LARGEST, Together, together
from indexer.engines.opensearch.ranking import SHARE
from indexer.query import Sought, Term

TEXTS = tuple(map(Term, ("开放", "中欧班列", "人民", "的", "改革开放")))


def as_a_float(number: float) -> float:
    """In single precision, as the cluster keeps a score."""
    (kept,) = struct.unpack("f", struct.pack("f", number))
    return float(kept)


def summed(script: Any, scores: list[float]) -> dict[str, float]:
    """What the cluster answers to an aggregation that sums."""
    told = script["sum"]["script"]
    names = {"floor": floor, **told["params"]}
    return {"value": sum(eval(told["source"], {}, names | {"_score": score}) for score in scores)}


@st.composite
def units(draw: st.DrawFn) -> tuple[list[int], list[list[int]], list[float]]:
    """How often each text stands in the unit that has it most, how often in each unit, and what each unit is worth."""
    most = draw(st.lists(st.integers(0, 60), min_size=1, max_size=len(TEXTS)))
    times = st.tuples(*(st.integers(0, many) for many in most)).map(list)
    drawn = draw(st.lists(times, min_size=1, max_size=8))
    return most, drawn, draw(st.lists(st.floats(0, SHARE), min_size=len(drawn), max_size=len(drawn)))


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
        scores = [as_a_float(number + more) for number, more in zip(whole, worth, strict=True)]
        every = round(summed(group.sum()["sum"], scores)["value"])
        told |= group.told(every, {name: summed(each, scores) for name, each in group.sums_by_digit().items()})
    assert told == {text: sum(unit[at] for unit in of_units) for at, text in enumerate(texts)}


@pytest.mark.parametrize(
    ("most", "groups"),
    [
        ([], []),
        ([0], [[0]]),
        ([9, 3, 20], [[1, 0, 2]]),
        ([50, 50, 50], [[0, 1], [2]]),
        ([LARGEST, 3], [[1], [0]]),
        ([0] * 5, [[0, 1, 2, 3, 4]]),
    ],
)
def test_as_few_searches_as_there_is_room(most: list[int], groups: list[list[int]]) -> None:
    made = together(TEXTS[: len(most)], most)
    assert [[TEXTS.index(text) for text in group.texts] for group in made] == groups  # type: ignore[arg-type]
    assert all(group.is_exact for group in made if len(group.texts) > 1)


def test_who_has_no_room_for_a_fraction_says_so() -> None:
    assert Together(TEXTS[:1], (LARGEST,)).is_exact
    assert not Together(TEXTS[:1], (LARGEST + 1,)).is_exact
