"""What there is before anything is read: which files have nothing new, and whose reports the index holds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.model import Report, path_text
from indexer.pipeline.discovery import Found
from indexer.pipeline.examination import Seen, Survey, Verdict
from indexer.pipeline.holdings import Holdings, files_named_in
from indexer.pipeline.processes import verdicts
from indexer.pipeline.succession import succession


@dataclass(frozen=True, slots=True)
class Surveyed:
    """``unchanged`` are the parts of the files in which nothing is new. ``to_read`` are the other files; those that
    hold a part of a known report come first, so that a copy meets what it repeats, and those that changed where they
    are last, so that a text which moved is known again before its old place goes to another."""

    holdings: Holdings
    unchanged: tuple[tuple[Path, Seen], ...]
    to_read: tuple[Path, ...]


def survey(found: Found, reports: Sequence[Report], watch: Callable[[int], object]) -> Surveyed:
    """Compare what was found with the reports there are. ``watch`` is told how many parts have been seen."""
    if not reports:
        return Surveyed(Holdings(()), (), found.files)
    parts: dict[Path, list[Verdict]] = {file: [] for file in found.files}
    verdicts_so_far = enumerate(verdicts(found.files, Survey(found.catalog, found.lexicon or ())), start=1)
    for number, (file, verdict) in verdicts_so_far:
        parts[file].append(verdict)
        watch(number)
    elsewhere = frozenset(_elsewhere(found, reports))
    seen = [part for of_file in parts.values() for part in of_file if isinstance(part, Seen)]
    heirs = succession((report for report in reports if report.id not in elsewhere), seen)
    recipes = {report.source.recipe for report in reports}
    alike = {file: _alike(of_file, recipes) for file, of_file in parts.items()}
    to_read = [file for file in found.files if alike[file] is None]
    known, used = {path for path, _ in heirs}, {report.source.path for report in reports}
    to_read.sort(key=lambda file: _surest_first([part.path for part in parts[file]], known, used))
    return Surveyed(
        Holdings(reports, heirs, elsewhere),
        tuple((file, part) for file, of_file in alike.items() for part in of_file or ()),
        tuple(to_read),
    )


def _surest_first(paths: Sequence[str], known: set[str], used: set[str]) -> int:
    """When a file is read: first what is known by its bytes, last what may hold another text than before."""
    return 0 if not known.isdisjoint(paths) else 1 if used.isdisjoint(paths) else 2


def _alike(parts: Sequence[Verdict], recipes: set[str]) -> tuple[Seen, ...] | None:
    """A file's parts where there is nothing new in any of them."""
    seen = tuple(part for part in parts if isinstance(part, Seen) and part.recipe in recipes)
    return seen if seen and len(seen) == len(parts) else None


def _elsewhere(found: Found, reports: Sequence[Report]) -> Iterator[str]:
    """The ids of reports whose files are not of this run, and are where they were as far as can be seen."""
    of_run = frozenset(map(path_text, found.files))
    for report in reports:
        path = report.source.path
        is_of_run = not of_run.isdisjoint(files_named_in(path))
        if not is_of_run and (found.could_not_look_at(path) or any(map(os.path.exists, files_named_in(path)))):
            yield report.id
