"""A file of arrays: named, mapped into memory, each block of them checked when it is first looked at.

    magic · header length · header digest | header: what arrays there are, and every block's digest | arrays, aligned

Nothing is read that was not written so: a file cut short, a flipped bit, another version are told, and never searched.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import xxhash

MAGIC = b"baogao\x00\x01"
"""Names the format; the last byte is its version."""
BLOCK = 1 << 18
"""Bytes checked at once: small enough for the postings of one pair, large enough that a digest is nothing beside it."""
_ALIGNMENT = 64
_PREAMBLE = len(MAGIC) + 16

Array = np.ndarray[Any, np.dtype[Any]]


class Damaged(Exception):
    """The file is not what was written."""


class _Column(msgspec.Struct, frozen=True):
    """Where an array lies, from the end of the header, and what it is made of."""

    dtype: str
    count: int
    start: int
    digests: bytes


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays of one dimension so that ``File`` reads them, and wait until the disk has them. Raises OSError."""
    header, at = {}, 0
    for name, array in arrays.items():
        at = _aligned(at)
        data = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
        header[name] = _Column(array.dtype.str, array.size, at, _digests(data))
        at += data.nbytes
    packed = msgspec.msgpack.encode(header)
    with path.open("xb") as out:
        out.write(MAGIC + len(packed).to_bytes(8, "little") + _digest(packed) + packed)
        begin = _aligned(out.tell())
        for name, array in arrays.items():
            out.seek(begin + header[name].start)
            out.write(np.ascontiguousarray(array).data if array.size else b"")
        out.truncate(begin + at)
        out.flush()
        os.fsync(out.fileno())


class File:
    """An open file of arrays. Raises Damaged for what is not whole, FileNotFoundError where there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            head = file.read(_PREAMBLE)
            packed = file.read(int.from_bytes(head[len(MAGIC) : len(MAGIC) + 8], "little"))
            if len(head) < _PREAMBLE or not head.startswith(MAGIC) or _digest(packed) != head[-8:]:
                raise Damaged(path.name)
            self._columns = msgspec.msgpack.decode(packed, type=dict[str, _Column])
            self._begin = _aligned(_PREAMBLE + len(packed))
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._checked = {name: np.zeros(len(each.digests) // 8, bool) for name, each in self._columns.items()}
        self._check_length()

    def _check_length(self) -> None:
        ends = (each.start + each.count * np.dtype(each.dtype).itemsize for each in self._columns.values())
        if self._begin + max(ends, default=0) != len(self._map):
            raise Damaged(self._path.name)

    def count(self, name: str) -> int:
        """How many elements an array has."""
        return self._columns[name].count

    def __getitem__(self, name: str) -> Array:
        """A whole array."""
        return self.part(name, 0, self._columns[name].count)

    def part(self, name: str, first: int, last: int) -> Array:
        """The elements of an array from ``first`` up to ``last``."""
        column = self._columns[name]
        dtype = np.dtype(column.dtype)
        self._check(name, column, first * dtype.itemsize, last * dtype.itemsize)
        return np.frombuffer(self._map, dtype, last - first, self._begin + column.start + first * dtype.itemsize)

    def _check(self, name: str, column: _Column, first: int, last: int) -> None:
        blocks = range(first // BLOCK, -(-last // BLOCK))
        if not blocks or self._checked[name][blocks.start : blocks.stop].all():
            return
        size = column.count * np.dtype(column.dtype).itemsize
        begin = self._begin + column.start
        for block in blocks:
            data = memoryview(self._map)[begin + block * BLOCK : begin + min(size, (block + 1) * BLOCK)]
            if _digest(data) != column.digests[block * 8 : block * 8 + 8]:
                raise Damaged(self._path.name)
            self._checked[name][block] = True


def _digests(data: memoryview) -> bytes:
    return b"".join(_digest(data[at : at + BLOCK]) for at in range(0, data.nbytes, BLOCK))


def _digest(data: bytes | memoryview) -> bytes:
    return xxhash.xxh3_64_digest(data)


def _aligned(at: int) -> int:
    return -(-at // _ALIGNMENT) * _ALIGNMENT
