"""One file to what was understood of it: its parts seen, or read and structured but for those whose report is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec

from indexer.catalog import NOTHING_SAID, Catalog, CatalogEntry, tail_of
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
class Seen:
    """A part that was not read. ``recipe`` names all that a report would be made of: equal recipe, equal report."""

    path: str
    sha256: str
    recipe: str


Verdict = Examined | Seen


@dataclass(frozen=True, slots=True)
class Survey:
    """Files are to be seen, not read."""

    catalog: Catalog
    lexicon: tuple[str, ...]

    def examiner(self) -> Surveyor:
        """Who does it."""
        return Surveyor(Recipes(self.catalog, self.lexicon))


@dataclass(frozen=True, slots=True)
class Setting:
    """What every file of a run is read with. Parts with ``known`` recipes, those of the reports there are, are not."""

    catalog: Catalog
    lexicon: tuple[str, ...]
    known: frozenset[str] = frozenset()

    def examiner(self) -> Examiner:
        """Who does it."""
        return Examiner(self)


class Recipes:
    """Names of all that a report is made of: its bytes, its name, the catalogue's word, the rules."""

    def __init__(self, catalog: Catalog, lexicon: tuple[str, ...]) -> None:
        self._catalog = catalog
        self._rules = f"{rules_version()} {sha256(chr(10).join(lexicon).encode()).hexdigest()}"

    def seen(self, part: Part) -> Seen:
        """A part with its recipe."""
        said = msgspec.json.encode(said_of(part.path, self._catalog)).decode()
        recipe = sha256("\n".join((part.path, part.sha256, said, self._rules)).encode()).hexdigest()[:32]
        return Seen(part.path, part.sha256, recipe)


class Surveyor:
    """Sees what there is in files."""

    def __init__(self, recipes: Recipes) -> None:
        self._recipes = recipes

    def examine(self, path: Path, passed_over: frozenset[str] = frozenset()) -> Iterator[Begun | Verdict]:
        """The parts of a file, in order, but for those whose paths are ``passed_over``."""
        for part in parts_of(path):
            if part.path not in passed_over:
                yield Begun(part.path)
                yield _refused(part) if isinstance(part, Refused) else self._recipes.seen(part)


class Examiner:
    """Reads files with one setting."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._segmenter = Segmenter(setting.lexicon)
        self._recipes = Recipes(setting.catalog, setting.lexicon)

    def examine(self, path: Path, passed_over: frozenset[str] = frozenset()) -> Iterator[Begun | Verdict]:
        """The parts of a file, in order, but for those whose paths are ``passed_over``."""
        for part in parts_of(path):
            if part.path not in passed_over:
                yield Begun(part.path)
                yield self._verdict(part)

    def _verdict(self, part: Part | Refused) -> Verdict:
        if isinstance(part, Refused):
            return _refused(part)
        seen = self._recipes.seen(part)
        if seen.recipe in self._setting.known:
            return seen
        try:
            draft = build(part.read(), said_of(part.path, self._setting.catalog), self._segmenter)
        except FileRefused as refusal:
            return Examined(part.path, None, refusal.message)
        return Examined(part.path, replace(draft, source=replace(draft.source, recipe=seen.recipe)), None)


def _refused(part: Refused) -> Examined:
    return Examined(part.path, None, part.reason)


def row_of(path: str, catalog: Catalog) -> str | None:
    """The name of the catalogue's row for a file, which it names by as much of the path as it takes to be clear."""
    parts = tail_of(path).split("/")
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((tail for tail in tails if tail in catalog), None)


def said_of(path: str, catalog: Catalog) -> CatalogEntry:
    """What the catalogue says of a file."""
    row = row_of(path, catalog)
    return NOTHING_SAID if row is None else catalog[row]


def catalog_of(examined: Iterable[Examined]) -> Catalog:
    """What was understood of each file, a refused one with nothing: a catalogue for a person to correct."""
    return {each.path: each.draft.metadata.as_entry() if each.draft else NOTHING_SAID for each in examined}
