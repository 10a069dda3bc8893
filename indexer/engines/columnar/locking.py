"""The lock over several updates, or over a rebuild; Whoosh's own is over one commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh.util.filelock import FileLock, try_for

from indexer.engines.columnar.folder import LOCK_FILE, trouble_named
from indexer.errors import IndexBusy

WRITER_TIMEOUT = 10.0
"""Seconds to wait for another writer."""
BUSY = "另一个程序正在写这个索引；请等它完成后再运行一次"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other writers out of ``folder``, an index or to become one. Raises IndexBusy, IndexUnavailable."""
    lock = FileLock(str(folder / LOCK_FILE))
    with trouble_named(folder):
        if not try_for(lambda: _acquired(lock), timeout=WRITER_TIMEOUT):
            raise IndexBusy(BUSY)
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: FileLock) -> bool:
    """Whether the lock is had, and is not that of a folder which another one has since taken the place of."""
    if not lock.acquire():
        return False
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(lock.fd or 0), Path(lock.filename).stat()):
            return True
    lock.release()
    return False
