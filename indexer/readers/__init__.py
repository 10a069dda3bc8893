"""From a file's bytes to plain lines: one reader a format, chosen by suffix."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import FileRefused, system_reason
from indexer.model import Source, path_text
from indexer.readers.txt import read_txt

MAX_BYTES = 20_000_000
"""The largest file read. The longest report known here has 0.2 MB of text; beyond this it is something else."""


@dataclass(frozen=True, slots=True)
class RawText:
    """A file's text before any structure: its lines as they stand, and where they come from."""

    source: Source
    lines: tuple[str, ...]


Reader = Callable[[bytes], tuple[str, str]]
"""From bytes to text and the name of its encoding. Raises FileRefused."""

READERS: dict[str, Reader] = {".txt": read_txt}


def read(path: Path) -> RawText:
    """Read one file. Raises FileRefused, with the reason, for anything that is not text a reader knows."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise FileRefused(f"还不能读 {path.suffix or '没有后缀的'} 文件；请另存为 {' '.join(READERS)}")
    data = _bytes_of(path)
    text, encoding = reader(data)
    source = Source(path_text(path), hashlib.sha256(data).hexdigest(), path.suffix.lower().removeprefix("."), encoding)
    return RawText(source, tuple(text.splitlines()))


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(f"文件超过 {MAX_BYTES // 1_000_000} MB，不像是一份报告；请拆开或只留正文")
        return path.read_bytes()
    except OSError as error:
        raise FileRefused(f"打不开这个文件（{system_reason(error)}）；请检查它是否存在、是否有读取权限") from error
