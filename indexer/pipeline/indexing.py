"""What was understood goes into the index, batch by batch; a run that is stopped goes on from the last batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.engines import Engine, create_engine
from indexer.errors import IndexUnavailable
from indexer.model import Document, Report, path_text
from indexer.pipeline.copies import near_copy
from indexer.pipeline.discovery import Found
from indexer.pipeline.examination import Examined, Unchanged, row_of
from indexer.pipeline.holdings import Holdings, files_named_in
from indexer.pipeline.outcome import FileOutcome, Outcome, Progress
from indexer.pipeline.processes import get_ready, verdicts
from indexer.structure import Draft

BATCH = 1_000_000
"""Characters in one commit, some sixty reports: at most so much work is lost when a run is killed."""
_NAMED = 5
"""Files that a note names; the others are counted."""

Watch = Callable[[Progress], object]


def unwatched(_: Progress) -> None:
    """Nobody asks how far the run is."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader may ask of a run: to take in exact copies too; to remove the reports whose files are gone."""

    keep_duplicates: bool = False
    prune: bool = False


ORDINARY = Options()


def index(found: Found, address: str, options: Options = ORDINARY, watch: Watch = unwatched) -> Outcome:
    """Put what was found into the index at ``address``, made where there is none.

    Each batch is all or nothing; what is stored stays, whatever comes after. ``watch`` is told how far the run is.
    Raises IndexUnavailable; the files that were refused are told in the outcome.
    """
    get_ready()
    engine = create_engine(address, found.lexicon)
    try:
        with engine.writing():
            if found.synonyms is not None:
                engine.keep_synonyms(found.synonyms)
            return _Run(found, engine, options, watch).outcome()
    finally:
        engine.close()


class _Run:
    """One run over what was found, from the first file to the outcome."""

    def __init__(self, found: Found, engine: Engine, options: Options, watch: Watch) -> None:
        self._found, self._engine, self._options, self._watch = found, engine, options, watch
        files = frozenset(map(path_text, found.files))
        self._holdings = Holdings(engine.reports(), files, files if options.keep_duplicates else frozenset())
        self._outcomes: list[FileOutcome] = []
        self._waiting: dict[str, Document] = {}
        self._leaving: list[str] = []
        self._weight = self._stored = 0

    def outcome(self) -> Outcome:
        for read, verdict in verdicts(self._found, self._holdings.recipes):
            self._outcomes.append(self._known(verdict, read) if isinstance(verdict, Unchanged) else self._new(verdict))
            if self._weight >= BATCH:
                self._store()
            self._watch(Progress(read, len(self._found.files), len(self._outcomes), self._stored))
        gone = self._gone()
        if self._options.prune:
            self._leaving += [report.id for report in gone]
            self._outcomes += [FileOutcome(report.source.path, "removed", report.id) for report in gone]
        self._store()
        notes = (*_unmatched(self._found, self._outcomes), *(() if self._options.prune else _left(gone)))
        counts = dict(Counter(each.fate for each in self._outcomes))
        return Outcome(tuple(self._outcomes), counts, notes, self._engine.info())

    def _known(self, part: Unchanged, number: int) -> FileOutcome:
        """What becomes of a part of the file of that number (from 1) that was not read."""
        report = self._holdings.made_by(part.recipe)
        if report is None:
            return self._new(self._read_after_all(part, number))
        claimer = self._holdings.claimer(report)
        if claimer not in (None, part.path):
            return _copy_refused(part.path, claimer or "")
        self._holdings.claim(report, part.path)
        return FileOutcome(part.path, "unchanged", report.id)

    def _read_after_all(self, part: Unchanged, number: int) -> Examined:
        file = replace(self._found, files=(self._found.files[number - 1],))
        read = (verdict for _, verdict in verdicts(file) if verdict.path == part.path)
        return next(verdict for verdict in read if isinstance(verdict, Examined))

    def _new(self, part: Examined) -> FileOutcome:
        if part.draft is None:
            return FileOutcome(part.path, "refused", part.refusal or "")
        copied = self._holdings.copied_by(part.draft)
        if copied and not self._options.keep_duplicates:
            return replace(_copy_refused(part.path, copied), remarks=part.draft.remarks)
        return self._placed(part.path, part.draft, copied)

    def _placed(self, path: str, draft: Draft, copied: str | None) -> FileOutcome:
        document, fate, before = self._holdings.place(draft)
        if fate == "unchanged":
            return FileOutcome(path, fate, document.report.id)
        if before is not None and before.id != document.report.id:
            self._leaving.append(before.id)
        copies = (f"和 {copied} 的正文完全相同，照你的要求收了",) if copied else self._near_copies(document)
        self._waiting[document.report.id] = document
        self._weight += sum(len(unit.text) for unit in document.units)
        return FileOutcome(path, fate, document.report.id, (*document.report.remarks, *copies))

    def _near_copies(self, document: Document) -> tuple[str, ...]:
        others = (self._document(report) for report in self._holdings.beside(document.report))
        return tuple(told for other in others if (told := near_copy(document, other)))

    def _document(self, report: Report) -> Document:
        return self._waiting.get(report.id) or self._engine.document(report.id)

    def _store(self) -> None:
        """Commit what is waiting."""
        if not self._waiting and not self._leaving:
            return
        try:
            self._engine.update(self._waiting.values(), self._leaving)
        except IndexUnavailable as error:
            if self._stored:
                error.message += f"；在这之前的 {self._stored:,} 篇已经存好，解决之后再运行一次，会接着做"
            raise
        self._stored += len(self._waiting)
        self._waiting, self._leaving, self._weight = {}, [], 0

    def _gone(self) -> tuple[Report, ...]:
        """The reports whose files are no longer in the paths given; a file that is there but broken is not gone."""
        there = {each.path for each in self._outcomes}
        return tuple(
            report
            for report in self._holdings.unclaimed()
            if any(_lies_in(report.source.path, root) for root in self._found.roots)
            and there.isdisjoint(files_named_in(report.source.path))
        )


def _lies_in(path: str, root: Path) -> bool:
    """Whether a part's path lies in a path given: a folder, or a file and what it holds."""
    if root.is_dir():
        return path.startswith(f"{path_text(root).rstrip('/')}/")
    return path_text(root) in files_named_in(path)


def _copy_refused(path: str, copied: str) -> FileOutcome:
    return FileOutcome(path, "refused", f"和 {copied} 的正文完全相同，没有重复收入；都要收，请加 --keep-duplicates")


def _unmatched(found: Found, outcomes: list[FileOutcome]) -> Iterator[str]:
    """A note on the catalogue's rows that no file answers to."""
    matched = {row_of(each.path, found.catalog) for each in outcomes}
    alone = [row for row in found.catalog if row not in matched]
    if alone:
        yield f"目录表里有 {len(alone)} 行没有对上文件：{_some(alone)}；请检查文件名"


def _left(gone: tuple[Report, ...]) -> Iterator[str]:
    if gone:
        paths = [report.source.path for report in gone]
        yield f"有 {len(gone)} 篇报告的文件不在了，报告还留着：{_some(paths)}；要去掉，请加 --prune"


def _some(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等 {len(names)} 个" if len(names) > _NAMED else "")
