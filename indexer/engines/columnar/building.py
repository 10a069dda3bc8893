"""Full segments built in other processes, so that every processor works; what is left at the end is built here.

A process is a Python of its own that runs this module: reports go in and what became of them comes out, as one message
each. It is given nothing that could undo the caller's: no lock, no terminal, no signal.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from indexer.engines.columnar import layout
from indexer.engines.columnar.contents import Contents
from indexer.engines.columnar.tables import IN_PLACES, Tables
from indexer.model import Document
from indexer.text import Segmenter

_MOST = 4
"""Processes: each takes some 400 MB at its work."""
_WORTHWHILE = 10_000
"""Units; fewer are built before a process has begun."""
_LENGTH = 8
"""Bytes of the length that goes before each message."""


class Files(msgspec.Struct, frozen=True):
    """Where a segment's files are to be."""

    units: str
    reports: str


class _Order(msgspec.Struct, frozen=True):
    lexicon: tuple[str, ...]
    documents: tuple[Document, ...]
    files: Files


class _Refusal(msgspec.Struct, frozen=True):
    """What the system said; no number where it was something else."""

    number: int | None
    reason: str


def build(documents: Sequence[Document], segmenter: Segmenter, files: Files) -> None:
    """Write a segment. Raises OSError."""
    contents = Contents(segmenter)
    for document in documents:
        contents.add(document)
    write(contents.tables(), files)


def write(tables: Tables, files: Files) -> None:
    """Write a segment's files. Raises OSError."""
    layout.write(Path(files.units), tables.unit_arrays(), IN_PLACES)
    layout.write(Path(files.reports), tables.report_arrays(), IN_PLACES)


class Builders:
    """As many processes as there are processors, up to ``_MOST``, begun when there is work for them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._idle: list[subprocess.Popen[bytes]] = []
        self._busy: deque[subprocess.Popen[bytes]] = deque()

    def order(self, documents: Sequence[Document], files: Files) -> None:
        """Have a segment built; returns when a process has taken it. Raises OSError, for earlier ones too."""
        if sum(len(document.units) for document in documents) < _WORTHWHILE:
            build(documents, self._segmenter, files)
            return
        if len(self._busy) == min(_MOST, os.cpu_count() or 1):
            self._await_first()
        builder = self._idle.pop() if self._idle else _begun()
        _send(_pipe(builder.stdin), msgspec.msgpack.encode(_Order(self._segmenter.lexicon, tuple(documents), files)))
        self._busy.append(builder)

    def finish(self) -> None:
        """Wait until all that was ordered is built. Raises OSError."""
        while self._busy:
            self._await_first()

    def end(self) -> None:
        """Let the processes go, whatever they are at."""
        for builder in (*self._idle, *self._busy):
            builder.kill()
            builder.communicate()
        self._idle.clear()
        self._busy.clear()

    def _await_first(self) -> None:
        builder = self._busy.popleft()
        self._idle.append(builder)
        answer = _received(_pipe(builder.stdout))
        if answer is None:
            raise OSError(None, "建立索引的进程中断了，可能是内存不够")
        refusal = msgspec.msgpack.decode(answer, type=_Refusal | None)
        if refusal is not None:
            raise OSError(refusal.number, refusal.reason)


def _begun() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip


def serve() -> None:
    """The life of a process: orders are carried out until none comes any more."""
    segmenters: dict[tuple[str, ...], Segmenter] = {}
    while (message := _received(sys.stdin.buffer)) is not None:
        order = msgspec.msgpack.decode(message, type=_Order)
        segmenter = segmenters.get(order.lexicon) or segmenters.setdefault(order.lexicon, Segmenter(order.lexicon))
        refusal = None
        try:
            build(order.documents, segmenter, order.files)
        except OSError as error:
            refusal = _Refusal(error.errno, str(error.strerror))
        except Exception as error:
            refusal = _Refusal(None, f"{type(error).__name__}: {error}")
        _send(sys.stdout.buffer, msgspec.msgpack.encode(refusal))


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "little"))
    stream.write(message)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes | None:
    """The next message; None where none comes any more."""
    head = stream.read(_LENGTH)
    message = stream.read(int.from_bytes(head, "little"))
    return message if len(head) == _LENGTH and len(message) == int.from_bytes(head, "little") else None


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
