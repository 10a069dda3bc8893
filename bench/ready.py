"""``python -m bench.ready UNITS FOLDER``: what indexing by a cluster is fed with, made beforehand.

These are the documents, and the same as records of the cluster with their tokens, in parts as they go into one
request. They are made by a process of its own, so that nothing of it stays.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

import msgspec

from bench.handwritten import Ready
from bench.recombined import recombined
from indexer import Document
from indexer.engines.opensearch.layout import records
from indexer.text import Segmenter

GENERATION = 1
MOST_BYTES = 5_000_000
"""Of one request: what the makers of OpenSearch name as a good beginning."""
_LENGTH = 8
_DOCUMENTS, _REQUESTS = "documents", "requests"


def make(units: int, folder: Path) -> None:
    """Make both, were they not there."""
    if (folder / _DOCUMENTS).exists():
        return
    (folder / _REQUESTS).mkdir(parents=True, exist_ok=True)
    with (folder / "making").open("wb") as kept:
        for number, body in enumerate(_in_requests(_lines(_kept(recombined(units), kept)))):
            (folder / _REQUESTS / f"{number:06d}").write_bytes(body)
    (folder / "making").rename(folder / _DOCUMENTS)


def documents(folder: Path) -> Iterator[Document]:
    with (folder / _DOCUMENTS).open("rb") as kept:
        while head := kept.read(_LENGTH):
            yield msgspec.msgpack.decode(kept.read(int.from_bytes(head, "little")), type=Document)


def requests(folder: Path) -> Iterator[list[Ready]]:
    for path in sorted((folder / _REQUESTS).iterdir()):
        yield [tuple(msgspec.json.decode(line)) for line in path.read_bytes().splitlines()]


def _kept(every: Iterable[Document], file: IO[bytes]) -> Iterator[Document]:
    for document in every:
        message = msgspec.msgpack.encode(document)
        file.write(len(message).to_bytes(_LENGTH, "little") + message)
        yield document


def _lines(every: Iterable[Document]) -> Iterator[bytes]:
    segmenter = Segmenter()
    for name, record in chain.from_iterable(records(each, GENERATION, segmenter) for each in every):
        yield b'["%b",%b]\n' % (name.encode(), record)


def _in_requests(lines: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size > MOST_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
