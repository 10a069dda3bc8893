"""``python -m bench.measure build|begin|search|add ENGINE TEXTS FOLDER``: one stage in a process of its own.

Prints what was measured as JSON.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from bench.engines import peer
from bench.engines.base import Peer
from bench.engines.product import Product
from bench.feed import Feed
from bench.measured import Asked, Building, Searching
from bench.originals import laws, reports
from bench.questions import PANEL, Question, questions
from bench.recombined import another, recombined
from bench.spending import spending
from indexer import Document

ROUNDS, LEAST_ROUNDS = 5, 3
LONGEST = 2.0
"""Seconds for one question, after which it is asked no more often than LEAST_ROUNDS."""


def documents(texts: str) -> Iterable[Document]:
    """``reports``, ``laws``, or a number: so many units recombined."""
    return {"reports": reports, "laws": laws}[texts]() if not texts.isdecimal() else recombined(int(texts))


def build(name: str, texts: str, folder: Path) -> Building:
    """Index the texts in ``folder``."""
    feed = Feed(documents(texts))
    with _peak() as peak, spending() as whole:
        engine = peer(name, folder)
        engine.build(feed)
    spent, of_tokens = whole - feed.reading, feed.tokenising
    return Building(
        feed.units, feed.reports, feed.text_bytes,
        spent.wall, of_tokens.wall, spent.work, of_tokens.work, peak[0], engine.size(),
    )  # fmt: skip


def begin(name: str, texts: str, folder: Path) -> None:
    """Open the index in ``folder`` and search in it, so that what a process reads to do so, the engine's own files too,
    is in the system's cache for the next."""
    engine = peer(name, folder)
    engine.open()
    engine.search(questions()[0])


def search(name: str, texts: str, folder: Path) -> Searching:
    """Ask the index in ``folder`` everything."""
    engine, every = peer(name, folder), questions()
    opening = seconds(engine.open)
    first = seconds(lambda: engine.search(every[0]))
    asked = _asked(engine, every)
    began = time.perf_counter()
    counted = engine.panel(PANEL)
    panel = time.perf_counter() - began
    searching = Searching(opening, first, asked, panel, named(counted), _memory())
    if isinstance(engine, Product):
        shown = tuple(spent for times in _in_rounds(engine.shown, every) for spent in times)
        return replace(searching, shown=shown)
    return searching


def add(name: str, texts: str, folder: Path) -> float:
    """Seconds to add one report to the index in ``folder``, by the product."""
    engine, document = Product(folder), another()
    engine.open()
    return seconds(lambda: engine.add(document))


def _asked(engine: Peer, every: tuple[Question, ...]) -> tuple[Asked, ...]:
    answers = [engine.search(question) for question in every]
    times = _in_rounds(engine.search, every)
    return tuple(
        Asked(question.kind, question.name, spent, answer.total, named(answer.facets))
        for question, spent, answer in zip(every, times, answers, strict=True)
    )


def _in_rounds(ask: Callable[[Question], object], every: tuple[Question, ...]) -> list[tuple[float, ...]]:
    """The seconds of each time a question was asked. They take turns, so that none finds its own traces warm."""
    times: list[list[float]] = [[] for _ in every]
    for done in range(ROUNDS):
        for question, spent in zip(every, times, strict=True):
            if done < LEAST_ROUNDS or sum(spent) < LONGEST:
                spent.append(seconds(partial(ask, question)))
    return list(map(tuple, times))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def named(counts: object) -> str | None:
    """Equal for equal counts; None where none are counted."""
    if counts is None:
        return None
    return hashlib.sha256(msgspec.json.encode(counts, order="deterministic")).hexdigest()[:16]


@contextmanager
def _peak() -> Iterator[list[float]]:
    """The most memory while the block lasts, looked at ten times a second."""
    peak, done = [_memory()], threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], _memory())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _memory() -> float:
    """What this process holds, mapped files aside, in MB (from Linux's /proc)."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("RssAnon:"))


if __name__ == "__main__":
    stage, chosen, texts, place = sys.argv[1:]
    stages = {"build": build, "begin": begin, "search": search, "add": add}
    sys.stdout.buffer.write(msgspec.json.encode(stages[stage](chosen, texts, Path(place))))
