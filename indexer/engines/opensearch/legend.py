"""What the values say by which facets are counted: each holds a value of every field that it tells, of a path also all
that it lies in. What is counted by them becomes, by field, units and occurrences side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.engines.opensearch.layout import FILED_TOGETHER
from indexer.fields import BY_NAME, PATH_SEPARATOR

_Places = NDArray[np.intp]
_Field = tuple[tuple[str, ...], _Places, _Places]


@dataclass(frozen=True, slots=True)
class Counts:
    """The values of a field that some unit has, side by side with their units and the occurrences in them."""

    names: tuple[str, ...] = ()
    units: tuple[int, ...] = ()
    occurrences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Legend:
    """``rows`` numbers the values that are known. ``fields`` has of each field its own values, and which row is counted
    at which of them."""

    rows: dict[str, int]
    fields: tuple[_Field, ...]

    def rows_of(self, values: Iterable[str]) -> list[int]:
        """Raises KeyError when one is not known."""
        return list(map(self.rows.__getitem__, values))

    def counts(self, at: Sequence[int], units: Sequence[int], occurrences: Sequence[float]) -> Iterator[Counts]:
        """By field, of the values ``at`` their rows. Sums are of double precision: exact up to 2**53."""
        by_row = np.zeros((2, len(self.rows)))
        by_row[:, at] = units, occurrences
        for names, rows, places in self.fields:
            many, times = (np.bincount(places, each[rows], len(names)) for each in by_row)
            there = np.flatnonzero(many)
            yield Counts(tuple(map(names.__getitem__, there.tolist())), _whole(many[there]), _whole(times[there]))


def _whole(numbers: NDArray[Any]) -> tuple[int, ...]:
    return tuple(numbers.astype(np.int64).tolist())


def legend(names: Sequence[str], values: Iterable[str]) -> Legend:
    """What ``values`` say of the fields ``names``."""
    every = list(dict.fromkeys(values))
    apart = [_apart(names, value) for value in every]
    by_field = [[held[place] for held in apart] for place in range(len(names))]
    return Legend({value: row for row, value in enumerate(every)}, tuple(map(_places, by_field)))


def _places(held: Sequence[tuple[str, ...]]) -> _Field:
    """Of a field: its values, and which row is counted at which of them, where each row has several."""
    names = {name: place for place, name in enumerate(dict.fromkeys(chain.from_iterable(held)))}
    rows = np.repeat(np.arange(len(held)), np.array([len(each) for each in held], np.intp))
    return tuple(names), rows, np.array([names[name] for each in held for name in each], np.intp)


def _apart(names: Sequence[str], value: str) -> list[tuple[str, ...]]:
    """What a told value holds of each field: of a path, all that it lies in, too."""
    whole = dict(zip(FILED_TOGETHER, msgspec.json.decode(value), strict=True)) if len(names) > 1 else {names[0]: value}
    return [_above(whole[name]) if BY_NAME[name].kind == "path" else (whole[name],) for name in names]


def _above(path: str) -> tuple[str, ...]:
    parts = path.split(PATH_SEPARATOR)
    return tuple(PATH_SEPARATOR.join(parts[:end]) for end in range(1, len(parts) + 1))
