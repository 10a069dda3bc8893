"""One file to what was understood of it: its parts read and structured, but for those whose report is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec

from indexer.catalog import NOTHING_SAID, Catalog, CatalogEntry
from indexer.errors import FileRefused
from indexer.pipeline.rules import rules_version
from indexer.readers import Part, Refused, parts_of
from indexer.structure import Draft, build
from indexer.text import Segmenter


@dataclass(frozen=True, slots=True)
class Begun:
    """From here on the part at ``path`` is being read."""

    path: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A part read and structured, or why it was refused."""

    path: str
    draft: Draft | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A part that was not read, for the report of its ``recipe`` is known."""

    path: str
    recipe: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What every file of a run is examined with. ``known`` are the recipes of the reports there are."""

    catalog: Catalog
    lexicon: tuple[str, ...]
    known: frozenset[str] = frozenset()


class Examiner:
    """Examines files with one setting."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._segmenter = Segmenter(setting.lexicon)
        self._rules = f"{rules_version()} {sha256(chr(10).join(setting.lexicon).encode()).hexdigest()}"

    def examine(self, path: Path, passed_over: frozenset[str] = frozenset()) -> Iterator[Begun | Examined | Unchanged]:
        """The parts of a file, in order, but for those whose paths are ``passed_over``."""
        for part in parts_of(path):
            if part.path not in passed_over:
                yield Begun(part.path)
                yield self._verdict(part)

    def _verdict(self, part: Part | Refused) -> Examined | Unchanged:
        if isinstance(part, Refused):
            return Examined(part.path, None, part.reason)
        entry = said_of(part.path, self._setting.catalog)
        recipe = self._recipe(part, entry)
        if recipe in self._setting.known:
            return Unchanged(part.path, recipe)
        try:
            draft = build(part.read(), entry, self._segmenter)
        except FileRefused as refusal:
            return Examined(part.path, None, refusal.message)
        return Examined(part.path, replace(draft, source=replace(draft.source, recipe=recipe)), None)

    def _recipe(self, part: Part, entry: CatalogEntry) -> str:
        """Names all that a report is made of: its bytes, its name, the catalogue's word, the rules."""
        said = msgspec.json.encode(entry).decode()
        return sha256("\n".join((part.path, part.sha256, said, self._rules)).encode()).hexdigest()[:32]


def row_of(path: str, catalog: Catalog) -> str | None:
    """The name of the catalogue's row for a file, which it names by as much of the path as it takes to be clear."""
    parts = path.replace("!", "/").split("/")
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((tail for tail in tails if tail in catalog), None)


def said_of(path: str, catalog: Catalog) -> CatalogEntry:
    """What the catalogue says of a file."""
    row = row_of(path, catalog)
    return NOTHING_SAID if row is None else catalog[row]


def catalog_of(examined: Iterable[Examined]) -> Catalog:
    """What was understood of each file, a refused one with nothing: a catalogue for a person to correct."""
    return {each.path: each.draft.metadata.as_entry() if each.draft else NOTHING_SAID for each in examined}
