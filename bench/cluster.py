"""``python -m bench.cluster --units 300000``: the product over a cluster, over a folder, and the same written by hand
for the cluster's own client, side by side in one run.

Prints all that was measured, also before of other numbers of units, and writes it to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from bench import indexed, results
from bench.clustered import CLUSTER, FOLDER, HAND, Clustered, keep
from bench.handwritten import Counted, Handwritten
from bench.indexed import OURS
from bench.measure import LEAST_ROUNDS, LONGEST, ROUNDS, named, seconds
from bench.measured import CACHE, Asked
from bench.questions import FACETS, SIZE, Question, questions
from cluster.__main__ import CACHE as OF_CLUSTERS
from cluster.__main__ import installation
from cluster.keeper import Task, ensure, stop
from cluster.nodes import free_ports
from indexer import SearchRequest, SearchResult, open_engine

HEAP = "2g"
WARMING = 4
"""How often everything is asked before it is timed: a node compiles what it does often, and serves for months."""
Ask = Callable[[Question], SearchResult | Counted]


class Product:
    """This product over the index at an address."""

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)

    def search(self, question: Question) -> SearchResult:
        return self._engine.search(SearchRequest(question.query, question.filters, FACETS, size=SIZE))


def main() -> None:
    """Measure what is asked for, then print and write all tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    parser.add_argument("--units", default="300000", help="numbers of recombined units, as 20000,100000")
    parser.add_argument("--turns", type=int, default=3, help="how often each indexes all")
    given = parser.parse_args()
    for units in map(int, given.units.split(",")):
        keep(_measured(units, given.turns))
    results.write()


def _measured(units: int, turns: int) -> Clustered:
    made, folder = CACHE / "ready" / str(units), CACHE / "index" / "clustered" / str(units)
    _say(f"{units}: making texts and requests")
    subprocess.run([sys.executable, "-m", "bench.ready", str(units), str(made)], check=True)
    with _node() as host:
        _say(f"{units}: indexing")
        texts = indexed.read(made)
        reports, text_bytes, tokens = len(texts.documents), texts.text_bytes, indexed.tokens(texts)
        indexed.warm(host, texts)
        built = indexed.in_folder(folder, texts) | indexed.on_cluster(host, texts, turns)
        with indexed.apart(host):
            apart = indexed.on_cluster(host, texts, turns)
        del texts
        over = Handwritten(host, OURS)
        over.without_cache()
        asked, first = _asked(units, over, str(folder), f"opensearch://{host}/{OURS}")
    return Clustered(units, reports, text_bytes, tokens, built, apart, asked, first)


@contextmanager
def _node() -> Iterator[str]:
    """A node of our own, and where it is."""
    folder = OF_CLUSTERS / "bench"
    task = Task(installation(OF_CLUSTERS, print, HEAP), folder, free_ports(1), os.getpid())
    try:
        yield ensure(task).address.partition("://")[2]
    finally:
        stop(folder)


def _asked(
    units: int, over: Handwritten, folder: str, address: str
) -> tuple[dict[str, tuple[Asked, ...]], dict[str, tuple[float, ...]]]:
    _say(f"{units}: searching")
    every = questions()
    asks: dict[str, Ask] = {
        FOLDER: Product(folder).search, CLUSTER: Product(address).search, HAND: over.search,
    }  # fmt: skip
    for _ in range(WARMING):
        answers = {engine: [_counted(ask(question)) for question in every] for engine, ask in asks.items()}
    gc.collect()
    gc.freeze()  # what was made to index is not looked through while searches are timed: no server has it
    times = _in_rounds({each: asks[each] for each in (CLUSTER, HAND)}, every)
    times |= _in_rounds({FOLDER: asks[FOLDER]}, every)
    asked = {
        engine: tuple(
            Asked(question.kind, question.name, tuple(spent), told.total, named(told.facets))
            for question, spent, told in zip(every, times[engine], answers[engine], strict=True)
        )
        for engine in asks
    }
    fresh: dict[str, Ask] = {CLUSTER: Product(address).search, HAND: over.search}
    once = [question for question in every if not question.filters]
    return asked, {engine: tuple(seconds(partial(ask, each)) for each in once) for engine, ask in fresh.items()}


def _counted(told: SearchResult | Counted) -> Counted:
    """As what is written by hand tells it, to be compared; that is not timed."""
    if isinstance(told, Counted):
        return told
    facets = {
        each.field: dict(zip(each.names, zip(each.units, each.occurrences, strict=True), strict=True))
        for each in told.facets
    }
    return Counted(told.total, tuple(hit.unit.address for hit in told.hits), facets)


def _in_rounds(asks: dict[str, Ask], every: tuple[Question, ...]) -> dict[str, list[list[float]]]:
    """The seconds of each time a question was asked, by engine. Each question is asked of one engine after another, who
    begins changing from round to round."""
    times: dict[str, list[list[float]]] = {engine: [[] for _ in every] for engine in asks}
    for done in range(ROUNDS):
        turns = [*asks][done % len(asks) :] + [*asks][: done % len(asks)]
        for place, question in enumerate(every):
            if done < LEAST_ROUNDS or sum(times[turns[0]][place]) < LONGEST:
                for engine in turns:
                    times[engine][place].append(seconds(partial(asks[engine], question)))
    return times


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
