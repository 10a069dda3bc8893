"""JSON Lines: a first line that says where the rows come from, then a row a line; nothing in them is changed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from search_app.export.pieces import pieces
from search_app.export.rows import Export


def json_lines(export: Export) -> Iterator[bytes]:
    """``{"export": …}`` and the rows, in UTF-8."""
    return pieces(_lines(export))


def _lines(export: Export) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    yield encode({"export": export.provenance}) + b"\n"
    for row in export.rows:
        yield encode(row) + b"\n"
