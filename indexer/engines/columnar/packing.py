"""How values become arrays: numbers in the narrowest type that holds them, strings end to end, records in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from threading import local

import numpy as np
from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor, ZstdError, train_dictionary

from indexer.engines.columnar.kernels.kinds import OFFSET
from indexer.engines.columnar.layout import Array, File

PER_BLOCK = 2
"""Records compressed together."""
_LEVEL = 3
_DICTIONARY = 110 << 10
"""Bytes of what records have in common."""
_SAMPLES, _FEWEST = 4096, 1024
"""Records it is made of, and how few are not worth one."""


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
        f"{name}.at": offsets([len(each) for each in encoded]).astype(OFFSET),
    }


class Strings:
    """The strings that ``pack_strings`` packed; taken one by one they are in UTF-8."""

    def __init__(self, file: File, name: str) -> None:
        self._file, self._name = file, name
        self._size = file.count(f"{name}.at") - 1

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: int) -> bytes:
        blob, at = self._file[self._name].data, self._file[f"{self._name}.at"].data
        return bytes(blob[at[number] : at[number + 1]])

    def every(self) -> list[str]:
        """All of them."""
        blob, at = self._file[self._name].tobytes(), self._file[f"{self._name}.at"].tolist()
        return [blob[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(at)]


def pack_records(name: str, records: Sequence[bytes]) -> dict[str, Array]:
    """Records compressed in blocks, by a dictionary made of some of them where there are many: the dictionary, the
    blocks, where each begins, and how long each record is."""
    dictionary = _dictionary(records)
    compress = ZstdCompressor(_LEVEL, dictionary).compress
    packed = [compress(b"".join(records[at : at + PER_BLOCK])) for at in range(0, len(records), PER_BLOCK)]
    return {
        f"{name}.dictionary": np.frombuffer(dictionary.as_bytes(), np.uint8),
        name: np.frombuffer(b"".join(packed), np.uint8),
        f"{name}.at": narrow(offsets([len(each) for each in packed])),
        f"{name}.length": narrow([len(record) for record in records]),
    }


def _dictionary(records: Sequence[bytes]) -> ZstdCompressionDict:
    some = records[:: max(1, len(records) // _SAMPLES)]
    if len(some) < _FEWEST:
        return ZstdCompressionDict(b"")
    try:
        return train_dictionary(_DICTIONARY, list(some))
    except ZstdError:
        return ZstdCompressionDict(b"")


class Records:
    """The records that ``pack_records`` packed, unpacked block by block as they are asked for."""

    def __init__(self, file: File, name: str) -> None:
        self._file, self._name = file, name

    def __getitem__(self, number: int) -> bytes:
        block, within = divmod(number, PER_BLOCK)
        lengths = self._file.part(f"{self._name}.length", block * PER_BLOCK, number + 1).tolist()
        begin = sum(lengths[:within])
        return self._unpacked(block)[begin : begin + lengths[within]]

    def _unpacked(self, block: int) -> bytes:
        first, last = self._file.part(f"{self._name}.at", block, block + 2).tolist()
        packed = self._file.part(self._name, first, last).tobytes()
        return self._unpacking.decompress(packed)

    @cached_property
    def _unpacking(self) -> _Unpacking:
        return _Unpacking(ZstdCompressionDict(self._file[f"{self._name}.dictionary"].tobytes()))


class _Unpacking(local):
    """Every thread has its own, as they cannot share one."""

    def __init__(self, dictionary: ZstdCompressionDict) -> None:
        self.decompress = ZstdDecompressor(dictionary).decompress
