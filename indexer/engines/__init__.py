"""Engines: what answers a query. The address chooses which; nothing else in the product asks."""

from indexer.engines.address import check_replaceable, create_engine, open_engine, remove_index
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
    Scan,
    SearchRequest,
    SearchResult,
    Sort,
    Vocabulary,
)

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
    "Scan",
    "SearchRequest",
    "SearchResult",
    "Sort",
    "Vocabulary",
    "check_replaceable",
    "create_engine",
    "open_engine",
    "remove_index",
]
