"""How values become arrays: numbers in the narrowest type that holds them, strings end to end, records in blocks."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from indexer.engines.columnar.layout import Array, File

PER_BLOCK = 32
"""Records compressed together: a fifth of their size, and some 40 µs to unpack."""
_LEVEL = 6


def narrow(values: Array | Sequence[int], most: int | None = None) -> Array:
    """Whole numbers from 0 in the narrowest type that holds them, or ``most``."""
    array = np.asarray(values)
    if most is None:
        most = int(array.max()) if array.size else 0
    return array.astype(np.min_scalar_type(most), copy=False)


def offsets(lengths: Array | Sequence[int]) -> Array:
    """Where each of things of these lengths begins when they lie end to end, and where the last one ends."""
    ends = np.cumsum(np.asarray(lengths, np.int64))
    return np.concatenate((np.zeros(1, np.int64), ends))


def pack_strings(name: str, strings: Sequence[str]) -> dict[str, Array]:
    """Strings as two arrays: their bytes, and where each begins."""
    encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
    return {
        name: np.frombuffer(b"".join(encoded), np.uint8),
        f"{name}.at": narrow(offsets([len(each) for each in encoded])),
    }


class Strings:
    """The strings that ``pack_strings`` packed."""

    def __init__(self, file: File, name: str) -> None:
        self._file, self._name = file, name
        self._size = file.count(f"{name}.at") - 1

    def every(self) -> list[str]:
        """All of them."""
        blob, at = self._file[self._name].tobytes(), self._file[f"{self._name}.at"].tolist()
        return [blob[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(at)]

    def number(self, string: str) -> int | None:
        """The place of one where they are in order; None where it is not among them. What sorts strings sorts their
        bytes alike."""
        wanted = string.encode("utf-8", "surrogatepass")
        place = bisect_left(range(self._size), wanted, key=self._bytes)
        return place if place < self._size and self._bytes(place) == wanted else None

    def _bytes(self, number: int) -> bytes:
        first, last = self._file.part(f"{self._name}.at", number, number + 2).tolist()
        return self._file.part(self._name, first, last).tobytes()


def pack_records(name: str, records: Sequence[bytes]) -> dict[str, Array]:
    """Records compressed in blocks: the blocks, where each begins, and where each record begins in its own."""
    blocks = [records[at : at + PER_BLOCK] for at in range(0, len(records), PER_BLOCK)]
    packed = [zlib.compress(b"".join(block), _LEVEL) for block in blocks]
    lengths = [len(record) for record in records]
    return {
        name: np.frombuffer(b"".join(packed), np.uint8),
        f"{name}.at": narrow(offsets([len(each) for each in packed])),
        f"{name}.length": narrow(lengths),
    }


class Records:
    """The records that ``pack_records`` packed, unpacked block by block as they are asked for."""

    def __init__(self, file: File, name: str) -> None:
        self._file, self._name = file, name
        self._block, self._data, self._at = -1, b"", [0]

    def __getitem__(self, number: int) -> bytes:
        block, within = divmod(number, PER_BLOCK)
        if block != self._block:
            self._unpack(block)
        return self._data[self._at[within] : self._at[within + 1]]

    def _unpack(self, block: int) -> None:
        first, last = self._file.part(f"{self._name}.at", block, block + 2).tolist()
        lengths = self._file[f"{self._name}.length"][block * PER_BLOCK : (block + 1) * PER_BLOCK]
        self._data = zlib.decompress(self._file.part(self._name, first, last).tobytes())
        self._block, self._at = block, offsets(lengths).tolist()
