"""The engines compared, by name. Each is imported only in the process that measures it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bench.engines.base import Peer

NAMES = ("product", "tantivy", "sqlite", "plain_whoosh", "bm25s")
TOKENISING = "tokenising"
PRODUCT, TANTIVY, SQLITE, PLAIN_WHOOSH, BM25S = NAMES


def peer(name: str, folder: Path) -> Peer:
    """The engine called ``name``, with its index in ``folder``."""
    module = import_module(f"bench.engines.{name}")
    made: Peer = module.engine(folder)
    return made
