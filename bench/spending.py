"""What a stretch of code spends: time, and the work of all processors meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Spent:
    """Seconds by the clock, and of processors."""

    wall: float = 0.0
    work: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.work + other.work)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.wall - other.wall, self.work - other.work)


@contextmanager
def spending() -> Iterator[Spent]:
    """What the block spends, in all threads and in the processes that it starts and waits for; told when it ends."""
    spent, before = Spent(), _now()
    try:
        yield spent
    finally:
        whole = _now() - before
        spent.wall, spent.work = whole.wall, whole.work


def here() -> Spent:
    """The clock, and the work of this thread so far: differences of two mean something."""
    return Spent(time.perf_counter(), time.thread_time())


def _now() -> Spent:
    times = os.times()
    return Spent(time.perf_counter(), times.user + times.system + times.children_user + times.children_system)
