"""A file of arrays: named, mapped into memory, each block of them checked when it is first looked at.

    magic · header length · header digest | header: what arrays there are, and every block's digest | arrays, aligned

Nothing is read that was not written so: a file cut short, a flipped bit, another version are told, and never searched.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import xxhash

MAGIC = b"baogao\x00\x01"
"""Names the format; the last byte is its version."""
PAGE, BLOCK = 1 << 12, 1 << 16
"""Bytes checked at once: of an array that is read in places a page, so that nothing is read for being checked that
would not be read anyway; of others, which are read whole, more."""
_ALIGNMENT = 64
_PREAMBLE = len(MAGIC) + 16

Array = np.ndarray[Any, np.dtype[Any]]


class Damaged(Exception):
    """The file of this name is not what was written."""


class Missing(Damaged):
    """There is no file of this name."""


class _Column(msgspec.Struct, frozen=True):
    """Where an array lies, from the end of the header, and what it is made of."""

    dtype: str
    count: int
    start: int
    block: int
    digests: bytes


def write(path: Path, arrays: Mapping[str, Array], in_places: Collection[str] = ()) -> None:
    """Write arrays of one dimension so that ``File`` reads them, and wait until the disk has them; those ``in_places``
    will be read in places. Raises OSError."""
    header, at = {}, 0
    for name, array in arrays.items():
        at = _aligned(at)
        data = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
        block = PAGE if name in in_places else BLOCK
        header[name] = _Column(array.dtype.str, array.size, at, block, _digests(data, block))
        at += data.nbytes
    packed = msgspec.msgpack.encode(header)
    with path.open("xb") as out:
        out.write(MAGIC + len(packed).to_bytes(8, "little") + digest(packed + path.name.encode()) + packed)
        begin = _aligned(out.tell())
        for name, array in arrays.items():
            out.seek(begin + header[name].start)
            out.write(np.ascontiguousarray(array).data if array.size else b"")
        out.truncate(begin + at)
        out.flush()
        os.fsync(out.fileno())


class _Mapped:
    """An array in a mapped file. ``checked`` has a byte for every block, 1 where its digest was compared."""

    __slots__ = ("_block", "_data", "_digests", "array", "checked", "per_block")

    def __init__(self, data: memoryview, column: _Column) -> None:
        self._data, self._digests, self._block = data, column.digests, column.block
        self.array: Array = np.frombuffer(data, np.dtype(column.dtype), column.count)
        self.checked = bytearray(len(column.digests) // 8)
        self.per_block = column.block // self.array.itemsize

    def is_whole(self, first: int, last: int) -> bool:
        """Whether the elements from ``first`` up to ``last`` are what was written."""
        begin, end = first // self.per_block, -(-last // self.per_block)
        while (block := self.checked.find(0, begin, end)) >= 0:
            if not self._is_block_whole(block):
                return False
        return True

    def are_whole(self, blocks: Iterable[int]) -> bool:
        """Whether blocks of these numbers are what was written."""
        return all(self.checked[block] or self._is_block_whole(block) for block in blocks)

    def _is_block_whole(self, block: int) -> bool:
        found = digest(self._data[block * self._block : (block + 1) * self._block])
        self.checked[block] = found == self._digests[block * 8 : block * 8 + 8]
        return bool(self.checked[block])


class File:
    """An open file of arrays. Raises Damaged for what is not whole, Missing where there is none, OSError."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._map = _mapped(path)
        whole = memoryview(self._map)
        packed = bytes(whole[_PREAMBLE : _PREAMBLE + int.from_bytes(whole[len(MAGIC) : len(MAGIC) + 8], "little")])
        if whole[: len(MAGIC)] != MAGIC or whole[_PREAMBLE - 8 : _PREAMBLE] != digest(packed + path.name.encode()):
            raise Damaged(path.name)
        columns = msgspec.msgpack.decode(packed, type=dict[str, _Column])
        data = whole[_aligned(_PREAMBLE + len(packed)) :]
        if len(data) != max((each.start + _bytes(each) for each in columns.values()), default=0):
            raise Damaged(path.name)
        self._arrays = {
            name: _Mapped(data[each.start : each.start + _bytes(each)], each) for name, each in columns.items()
        }

    def check_length(self) -> None:
        """See that the file has not been cut short since it was opened: the system ends who looks behind its end."""
        if self._map.size() != len(self._map):
            raise Damaged(self._name)

    def count(self, name: str) -> int:
        """How many elements an array has."""
        return len(self._arrays[name].array)

    def __getitem__(self, name: str) -> Array:
        """A whole array."""
        return self.part(name, 0, self.count(name))

    def part(self, name: str, first: int, last: int) -> Array:
        """The elements of an array from ``first`` up to ``last``."""
        mapped = self._arrays[name]
        if not mapped.is_whole(first, last):
            raise Damaged(self._name)
        return mapped.array[first:last]

    def unchecked(self, name: str) -> Array:
        """A whole array, to look at scattered places of it; what was found there counts once ``check`` saw them."""
        return self._arrays[name].array

    def check(self, name: str, blocks: Iterable[int]) -> None:
        """See that blocks of an array, given by their numbers, are whole."""
        if not self._arrays[name].are_whole(blocks):
            raise Damaged(self._name)

    def checked(self, name: str) -> bytearray:
        """Of every block of an array, 1 where it was seen that it is whole. It changes, and lies where it lies."""
        return self._arrays[name].checked

    def per_block(self, name: str) -> int:
        """How many elements of an array are checked at once."""
        return self._arrays[name].per_block


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _PREAMBLE:
                raise Damaged(path.name)
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise Missing(path.name) from error


def _bytes(column: _Column) -> int:
    return column.count * np.dtype(column.dtype).itemsize


def _digests(data: memoryview, block: int) -> bytes:
    return b"".join(digest(data[at : at + block]) for at in range(0, data.nbytes, block))


def digest(data: bytes | memoryview) -> bytes:
    """Eight bytes that tell data from what it may become by accident."""
    return xxhash.xxh3_64_digest(data)


def _aligned(at: int) -> int:
    return -(-at // _ALIGNMENT) * _ALIGNMENT
