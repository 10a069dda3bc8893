"""The compiled library: opened when it is first asked for, its functions called with whole numbers, reals and the
addresses of arrays."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from indexer.engines.columnar.layout import Array
from indexer.errors import IndexUnavailable

_FILE = Path(__file__).with_name("kernels.bin")
_SOURCES = "kernels.c", "postings.h"

_TYPES = {"p": ctypes.c_void_p, "i": ctypes.c_int64, "d": ctypes.c_double}
_ARGUMENTS = {
    "look_up": "pipipp", "counts": "pipipppp", "counts_of_one": "pipppp", "standings": "pipipppp",
    "closeness": "pipippippp", "look_up_words": "pippip", "holders_of_words": "pipipp",
    "worth_of_words": "pipipppidppp", "worth": "ppiddp", "highest": "pipip", "members": "pip", "mark": "pip",
    "add_where": "pidp", "near": "ppiippiip", "among": "pippip", "spread": "ppip", "taken": "pipp",
    "taken_reals": "pipp", "passing": "pippp", "tally": "pippp",
    "tally_times": "ppipppp", "sums": "pipppppp",
}  # fmt: skip
"""Pointers, whole numbers and doubles."""


@cache
def function(name: str) -> Callable[..., int]:
    """What a name stands for; functions that give nothing give any number. Raises IndexUnavailable where the library
    was not compiled for this machine."""
    found: Any = getattr(_library(), name)
    found.argtypes, found.restype = [_TYPES[each] for each in _ARGUMENTS[name]], ctypes.c_int64
    called: Callable[..., int] = found
    return called


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of glibc's ``mallopt``: how much must be free at its end before memory is given back, and how large what is asked of
the system at once."""
_KEPT, _LARGEST = 128 << 20, 32 << 20


@cache
def _library() -> ctypes.CDLL:
    try:
        found = ctypes.CDLL(str(_FILE))
        is_ours = _sources() in (None, found.sources() & 0xFFFFFFFF)
    except (OSError, AttributeError):
        is_ours = False
    if not is_ours:
        raise IndexUnavailable("检索用的部件没有装好；请在 baogao 的文件夹里重新安装：pip install .")
    _keep_memory()
    return found


def _sources() -> int | None:
    """What names the sources that lie beside the library, as ``setup.py`` works it out; None where there are none."""
    files = [_FILE.with_name(name) for name in _SOURCES]
    return crc32(b"".join(file.read_bytes() for file in files)) if all(file.is_file() for file in files) else None


def _keep_memory() -> None:
    """Memory that a request freed stays with the process, up to that much for each thread, where the system's library
    can be told so: to give it back and fault it in again took a third of the time of requests that find much."""
    if os.name == "posix" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_MMAP_THRESHOLD, _LARGEST)


def address(array: Array, kind: np.dtype[Any]) -> int:
    """Where an array lies whose values are of this kind. Raises TypeError for one of another kind."""
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"{array.dtype} for {kind}")
    found: int = array.ctypes.data
    return found


def addresses(arrays: Sequence[Array], kind: np.dtype[Any]) -> ctypes.Array[ctypes.c_void_p]:
    """Those of several, one behind the other."""
    return (ctypes.c_void_p * len(arrays))(*(address(array, kind) for array in arrays))
