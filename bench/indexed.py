"""Indexing on a cluster by turns, by the product and by hand: the same texts, in the memory of this process before the
clock runs."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from bench import ready
from bench.clustered import CLUSTER, FOLDER, HAND, Built
from bench.engines.base import size_of
from bench.engines.tokenising import fold_and_cut
from bench.handwritten import Handwritten, Ready
from bench.spending import spending
from indexer import Document, create_engine
from indexer.engines.opensearch.layout import creation

THREADS = 2
OURS, THEIRS = "bench", "bench-by-hand"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is indexed: ``documents`` by the product, ``requests``, with their tokens, by hand."""

    documents: list[Document]
    requests: list[list[Ready]]

    @property
    def text_bytes(self) -> int:
        return sum(len(unit.text.encode()) for document in self.documents for unit in document.units)


def read(made: Path) -> Texts:
    """Into memory, where no collection of garbage looks at it: no run of the product has all its texts there."""
    texts = Texts(list(ready.documents(made)), list(ready.requests(made)))
    gc.collect()
    gc.freeze()
    return texts


def tokens(texts: Texts) -> float:
    """Seconds of a processor to fold and cut all texts."""
    with spending() as spent:
        fold_and_cut(texts.documents)
    return spent.work


def warm(host: str, texts: Texts) -> None:
    """Twice, since a node compiles what it does often."""
    by_hand = Handwritten(host, THEIRS)
    for _ in range(2):
        by_hand.make(creation(()))
        by_hand.bulk(texts.requests[:10], THREADS)
    by_hand.remove()


@contextmanager
def apart(host: str) -> Iterator[None]:
    """The node and this process each with processors of its own, as where they are two machines: a program that writes
    takes nothing from the node there."""
    node, every = Handwritten(host, THEIRS).process(), sorted(os.sched_getaffinity(0))
    _bind(node, every[:-1])
    _bind(os.getpid(), every[-1:])
    try:
        yield
    finally:
        _bind(node, every)
        _bind(os.getpid(), every)


def _bind(process: int, processors: list[int]) -> None:
    """All its threads, from which those to come have it."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), processors)


def on_cluster(host: str, texts: Texts, turns: int) -> dict[str, Built]:
    """What each took, the median of its turns, who begins changing from turn to turn."""
    ways = {HAND: lambda: _by_hand(host, texts), CLUSTER: lambda: _by_product(host, texts)}
    spent: dict[str, list[Built]] = {engine: [] for engine in ways}
    for turn in range(turns):
        for engine in [*ways][:: -1 if turn % 2 else 1]:
            spent[engine].append(ways[engine]())
    return {engine: _middle(spent[engine]) for engine in (CLUSTER, HAND)}


def in_folder(folder: Path, texts: Texts) -> dict[str, Built]:
    shutil.rmtree(folder, ignore_errors=True)
    with spending() as spent:
        _index(str(folder), texts.documents)
    return {FOLDER: Built(spent.wall, spent.work, 0.0, size_of(folder))}


def _middle(turns: list[Built]) -> Built:
    walls = tuple(each.wall for each in turns)
    work, of_node = median(each.work for each in turns), median(each.of_node for each in turns)
    return replace(turns[-1], wall=median(walls), work=work, of_node=of_node, walls=walls)


def _by_hand(host: str, texts: Texts) -> Built:
    by_hand = Handwritten(host, THEIRS)
    built = _spent(by_hand, lambda: _make(by_hand, texts))
    by_hand.remove()
    return built


def _make(by_hand: Handwritten, texts: Texts) -> None:
    by_hand.make(creation(()))
    by_hand.bulk(texts.requests, THREADS)


def _by_product(host: str, texts: Texts) -> Built:
    over = Handwritten(host, OURS)
    over.remove_led_to()
    return _spent(over, lambda: _index(f"opensearch://{host}/{OURS}", texts.documents))


def _index(address: str, documents: Iterable[Document]) -> None:
    """In one commit."""
    engine = create_engine(address)
    engine.update(documents)
    engine.close()


def _spent(index: Handwritten, work: Callable[[], None]) -> Built:
    """What work takes here, and the node's own, until the index can be searched; its size when no segments are being
    merged any more."""
    before = index.processor_seconds()
    with spending() as spent:
        work()
    of_node = index.processor_seconds() - before
    while index.is_busy():
        time.sleep(0.2)
    return Built(spent.wall, spent.work, of_node, index.size())
