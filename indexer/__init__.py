"""From files to an index: the values, the fields, the text analysis, the query tree, the engines and the pipeline."""

from indexer.engines import (
    ClusterInfo,
    CountRequest,
    CountTable,
    Engine,
    Filter,
    IndexInfo,
    SearchRequest,
    SearchResult,
    create_engine,
    open_engine,
)
from indexer.errors import BaogaoError
from indexer.model import Document, Heading, Report, Source, Unit

__all__ = [
    "BaogaoError",
    "ClusterInfo",
    "CountRequest",
    "CountTable",
    "Document",
    "Engine",
    "Filter",
    "Heading",
    "IndexInfo",
    "Report",
    "SearchRequest",
    "SearchResult",
    "Source",
    "Unit",
    "create_engine",
    "open_engine",
]
