"""What a run tells: how far it is, and at its end what became of every file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.engines import IndexInfo

Fate = Literal["indexed", "replaced", "moved", "unchanged", "removed", "refused"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file; ``detail`` is the report's id, or why the file was refused; ``remarks`` are sentences to
    heed, of a text that was read."""

    path: str
    fate: Fate
    detail: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that came to its end. ``counts`` are of ``files``; ``notes`` concern none of them alone."""

    files: tuple[FileOutcome, ...]
    counts: dict[Fate, int]
    notes: tuple[str, ...]
    info: IndexInfo


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: at the file number ``at`` of ``files``, 0 while they are only compared with the index. Of all
    their ``parts`` (files, rows of tables, members of archives) so many are read, or seen; ``stored`` reports, new or
    changed, are safely in the index."""

    at: int
    files: int
    parts: int
    stored: int
