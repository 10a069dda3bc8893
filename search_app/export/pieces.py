"""From many short lines to pieces worth sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PIECE = 64 * 1024
"""Bytes. A system call, a buffer and a chunk of HTTP for each row would cost more than the row."""


def pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about PIECE."""
    held = bytearray()
    for line in lines:
        held += line
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
