"""A corpus taken in by several machines: each fills a part of a stage that nobody sees; one command publishes all."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from indexer.engines import Engine, open_engine, staged, staging
from indexer.model import Document, Report
from indexer.pipeline.discovery import Found
from indexer.pipeline.holdings import Holdings
from indexer.pipeline.indexing import ORDINARY, Options, Watch, copy_refused, fate_of, index, unwatched
from indexer.pipeline.notes import kept_beside
from indexer.pipeline.outcome import FileOutcome, Outcome
from indexer.pipeline.succession import succession


def stage(name: str, found: Found, address: str, options: Options = ORDINARY, watch: Watch = unwatched) -> Outcome:
    """Put what was found into the stage ``name`` beside the index at ``address``, in a part of this machine's and these
    paths' own, as ``index`` does. Run again it goes on from the last batch.

    Raises BadParameter where ``address`` is no cluster's, IndexUnavailable.
    """
    part = "\n".join((platform.node(), *map(str, found.roots)))
    with staging(address, name, part, found.lexicon) as own:
        return index(found, own, options, watch)


Told = Callable[[int, int], object]
"""How many reports have been given to the index so far, and of how many."""


def _untold(_: int, __: int) -> None:
    """Nobody asks."""


def publish(name: str, address: str, options: Options = ORDINARY, watch: Told = _untold) -> Outcome:
    """Put all that is in the stage ``name`` into the index at ``address``, in one commit: readers see all of it or
    nothing. The stage is gone then; where it comes to nothing, it stays and may be published again.

    What was taken in twice is refused as ``index`` does, what there was before of the same files is replaced. Raises
    NotFound, BadParameter, IndexBusy while a part is being written, IndexUnavailable where one was not completed.
    """
    with staged(address, name) as parts, closing(open_engine(address)) as engine, engine.writing():
        outcome = _Publication(engine, parts.parts, options, watch).outcome()
        if parts.synonyms:
            engine.keep_synonyms(parts.synonyms)
        parts.remove()
    return outcome


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A report to be published, and where it is."""

    part: Engine
    id: str
    report: Report

    def document(self) -> Document:
        units = self.part.document(self.id).units
        return Document(self.report, tuple(replace(unit, report_id=self.report.id) for unit in units))


class _Publication:
    """From the parts to the outcome."""

    def __init__(self, engine: Engine, parts: Sequence[Engine], options: Options, watch: Told) -> None:
        self._engine, self._options, self._watch = engine, options, watch
        self._staged = [(part, report) for part in parts for report in part.reports()]
        self._holdings = _holdings(engine.reports(), [report for _, report in self._staged])
        self._arriving: list[_Arrival] = []
        self._leaving: list[str] = []

    def outcome(self) -> Outcome:
        files = tuple(self._became(part, report) for part, report in self._staged)
        if self._arriving:
            self._engine.update(self._documents(), self._leaving)
        notes = tuple(kept_beside(self._holdings.unclaimed()))
        return Outcome(files, dict(Counter(each.fate for each in files)), notes, self._engine.info())

    def _became(self, part: Engine, report: Report) -> FileOutcome:
        path = report.source.path
        repeated = self._holdings.copied_by(report)
        if repeated is not None and not self._options.keep_duplicates:
            return copy_refused(path, self._holdings.owner(repeated))
        before = next((each for each in self._holdings.predecessors(report) if _goes_on(report, each)), None)
        now = replace(report, id=self._holdings.id_for(report, before))
        self._holdings.take(now, before)
        if now == before:
            return FileOutcome(path, "unchanged", now.id)
        self._arriving.append(_Arrival(part, report.id, now))
        if before is None:
            return FileOutcome(path, "indexed", now.id)
        if before.id != now.id:
            self._leaving.append(before.id)
        return FileOutcome(path, fate_of(before, now), now.id)

    def _documents(self) -> Iterator[Document]:
        for number, each in enumerate(self._arriving):
            self._watch(number, len(self._arriving))
            yield each.document()


def _goes_on(report: Report, before: Report) -> bool:
    """Whether a report comes in place of one ``before``. On two machines one path may lead to two files, so that it
    tells nothing where the bytes, the text, and what the report is of, are others."""
    is_of, was_of = ((each.year, each.region, each.type) for each in (report, before))
    return is_of == was_of or report.digest == before.digest or report.source.sha256 == before.source.sha256


def _holdings(published: Sequence[Report], staged: Sequence[Report]) -> Holdings:
    """What is published: of the files staged, or of others, which stay as they are."""
    paths = {report.source.path for report in staged}
    elsewhere = frozenset(report.id for report in published if report.source.path not in paths)
    of_files = (report for report in published if report.id not in elsewhere)
    return Holdings(published, succession(of_files, [report.source for report in staged]), elsewhere)
