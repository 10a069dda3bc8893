"""Where an index's files lie: segments are looked at where the system maps them, not copied.

Whoosh maps a segment too, but then copies every file in it that is opened: each reader held the index a second time.
"""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile

_SEGMENT = ".seg"
_NEWLINE = ord("\n")


class MappedStorage(FileStorage):
    """Whoosh's folder of files, with segments mapped by itself rather than by Whoosh."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), supports_mmap=False)

    def open_file(self, name: str, **options: Any) -> Any:
        if not name.endswith(_SEGMENT):
            return super().open_file(name, **options)
        with Path(self._fpath(name)).open("rb") as file:
            return _MappedFile(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), name)


class _MappedFile(BufferFile):
    """A piece of a mapped segment; pieces of it are pieces of the same map, which goes with the last of them."""

    def __init__(self, view: memoryview, name: str | None = None) -> None:
        window: Any = _Window(view)
        StructFile.__init__(self, window, name)  # BufferFile's own would copy the view
        self._buf = view

    def subset(self, position: int, length: int, name: str | None = None) -> BufferFile:
        return _MappedFile(memoryview(self._buf)[position : position + length], name or self._name)

    def close(self) -> None:
        """Let go of the map."""
        self._buf, self.file = b"", io.BytesIO()
        self.is_closed = True


class _Window:
    """A view read like a file."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        start, end = self._at, len(self._view) if size < 0 else self._at + size
        data = self._view[start:end].tobytes()
        self._at += len(data)
        return data

    def readline(self) -> bytes:
        end = next((at for at in range(self._at, len(self._view)) if self._view[at] == _NEWLINE), len(self._view))
        return self.read(end + 1 - self._at)

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._view)}[whence]
        return self._at
