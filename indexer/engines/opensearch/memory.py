"""What was once read of a committed state, which never changes: kept for the next who asks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from indexer.engines.opensearch.legend import Legend
from indexer.model import Report

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MOST = 20_000
"""Of each kind: some 40 MB of reports. Beyond that all are forgotten."""


class Remembered(Generic[Key, Value]):
    """Values by keys; several threads may ask at once."""

    def __init__(self) -> None:
        self._known: dict[Key, Value] = {}

    def of(self, keys: Iterable[Key], read: Callable[[list[Key]], dict[Key, Value]]) -> dict[Key, Value]:
        """The values of ``keys``; ``read`` gives those not known yet, as far as there are any."""
        wanted = list(dict.fromkeys(keys))
        known = self._known
        found = {key: known[key] for key in wanted if key in known}
        missing = [key for key in wanted if key not in found]
        if missing:
            found |= self._learn(read(missing))
        return found

    def _learn(self, values: dict[Key, Value]) -> dict[Key, Value]:
        if len(self._known) + len(values) > MOST:
            self._known = {}
        self._known.update(values)
        return values


@dataclass(frozen=True, slots=True)
class Told:
    """What a search counted: units, and the ``number`` it worked out of them."""

    units: int
    number: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one committed state: reports by id, numbers by the requests that told them, and the values of facets."""

    reports: Remembered[str, Report] = field(default_factory=Remembered)
    numbers: Remembered[bytes, Told] = field(default_factory=Remembered)
    facets: dict[tuple[str, ...], Legend] = field(default_factory=dict)
