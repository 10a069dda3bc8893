"""Plain text, in the encodings Chinese reports come in."""

from __future__ import annotations

from indexer.readers.decoding import decode
from indexer.readers.lines import Extract, Line


def read_txt(data: bytes) -> Extract:
    """The lines of a text file. Raises FileRefused for what is no Chinese text."""
    text, encoding = decode(data)
    return Extract(tuple(Line(line) for line in text.splitlines()), encoding)
