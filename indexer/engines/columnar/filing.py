"""Which runs are filed where: for filters, and for the fields in a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np

from indexer.engines.base import Filter
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.view import View
from indexer.fields import BY_NAME, PATH_SEPARATOR
from indexer.query import Exact, Range


class Filing:
    """Answers for one request, over the runs of a view; each filter, and each field in the query, is looked up once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[Exact | Range | Filter, Array] = {}

    def passing(self, filters: Iterable[Filter]) -> Array:
        """Of every run, whether it is there and passes every filter."""
        return reduce(np.logical_and, map(self._selected, filters), self._view.live_runs)

    def _selected(self, chosen: Filter) -> Array:
        if chosen not in self._found:
            self._found[chosen] = self._look_up(chosen)
        return self._found[chosen]

    def _look_up(self, chosen: Filter) -> Array:
        wanted = self._filed_under(chosen.field, chosen.values) if chosen.values else self._view.live_runs
        return wanted & ~self._filed_under(chosen.field, chosen.excluded) if chosen.excluded else wanted

    def _filed_under(self, field: str, values: tuple[str, ...]) -> Array:
        """Of every run, whether it has one of the values, or what lies below it."""
        column = self._view.columns[field]
        wanted = np.zeros(len(column.counted) + 1, bool)
        wanted[[column.places[value] for value in values if value in column.places]] = True
        below = reduce(np.logical_or, (wanted[level] for level in column.levels), np.zeros(len(column.values), bool))
        found: Array = below[column.codes]
        return found

    def runs(self, node: Exact | Range) -> Array:
        """Of every run, whether ``node`` finds its units."""
        if node not in self._found:
            self._found[node] = self._chosen(node.field, _fits(node))
        return self._found[node]

    def _chosen(self, field: str, fits: Callable[[str], bool]) -> Array:
        column = self._view.columns[field]
        found: Array = np.array([fits(value) for value in column.values], bool)[column.codes]
        return found


def _fits(node: Exact | Range) -> Callable[[str], bool]:
    match node:
        case Exact(field, value):
            return lambda filed: _lies_in(field, filed, value)
        case Range(_, low, high):
            return lambda filed: _lies_between(int(filed), low, high)


def _lies_between(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)


def _lies_in(field: str, filed: str, value: str) -> bool:
    """Whether the filed value is ``value``; of a path, whether ``value``'s parts stand in it one after another."""
    if BY_NAME[field].kind != "path":
        return filed == value
    return f"{PATH_SEPARATOR}{value}{PATH_SEPARATOR}" in f"{PATH_SEPARATOR}{filed}{PATH_SEPARATOR}"
