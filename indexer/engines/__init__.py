"""Engines: what answers a query. The address chooses which; nothing else in the product asks."""

from indexer.engines.address import check_replaceable, create_engine, holding, is_index, open_engine, remove_index
from indexer.engines.base import (
    CountRequest,
    CountRow,
    CountTable,
    Engine,
    FacetCounts,
    FacetValue,
    Filter,
    Finding,
    Hit,
    IndexInfo,
    Mode,
    Scan,
    SearchRequest,
    SearchResult,
    Sort,
    Vocabulary,
)
from indexer.engines.loose import loose_pieces, loosened

__all__ = [
    "CountRequest",
    "CountRow",
    "CountTable",
    "Engine",
    "FacetCounts",
    "FacetValue",
    "Filter",
    "Finding",
    "Hit",
    "IndexInfo",
    "Mode",
    "Scan",
    "SearchRequest",
    "SearchResult",
    "Sort",
    "Vocabulary",
    "check_replaceable",
    "create_engine",
    "holding",
    "is_index",
    "loose_pieces",
    "loosened",
    "open_engine",
    "remove_index",
]
