"""From folders and files to the index: discover, read and structure in processes, index in batches, tell every fate."""

from indexer.pipeline.discovery import Found, discover
from indexer.pipeline.examination import Examined, catalog_of
from indexer.pipeline.indexing import Options, index
from indexer.pipeline.outcome import Fate, FileOutcome, Outcome, Progress
from indexer.pipeline.processes import examine
from indexer.pipeline.publishing import publish, stage
from indexer.pipeline.rebuilding import rebuild

__all__ = [
    "Examined",
    "Fate",
    "FileOutcome",
    "Found",
    "Options",
    "Outcome",
    "Progress",
    "catalog_of",
    "discover",
    "examine",
    "index",
    "publish",
    "rebuild",
    "stage",
]
