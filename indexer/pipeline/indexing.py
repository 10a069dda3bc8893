"""What was understood goes into the index, batch by batch; a run that is stopped goes on from the last batch."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.engines import Engine, create_engine
from indexer.errors import IndexUnavailable
from indexer.model import Document, Report
from indexer.pipeline.copies import near_copy
from indexer.pipeline.discovery import Found
from indexer.pipeline.examination import Examined, Seen, Setting, Verdict
from indexer.pipeline.holdings import files_named_in
from indexer.pipeline.notes import (
    from_above,
    kept_though_broken,
    kept_without_a_file,
    rows_of_many_files,
    rows_without_a_file,
)
from indexer.pipeline.outcome import Fate, FileOutcome, Outcome, Progress
from indexer.pipeline.processes import get_ready, verdicts
from indexer.pipeline.surveying import survey
from indexer.structure import Draft

BATCH = 1_000_000
"""Characters in one commit, some sixty reports: at most so much work is lost when a run is killed."""

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


@dataclass(frozen=True, slots=True)
class _Postponed:
    """A part that is placed when the texts of all others have been: the number of its outcome, and what to know it
    by."""

    number: int
    file: Path
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Copy:
    """A part refused because a report was ``repeated``: the number of its outcome, and where to read it again."""

    number: int
    file: Path
    path: str
    repeated: Report


class _Run:
    """One run over what was found, from the first file to the outcome."""

    def __init__(self, found: Found, engine: Engine, options: Options, watch: Watch) -> None:
        self._found, self._engine, self._options, self._watch = found, engine, options, watch
        self._surveyed = survey(found, engine.reports(), lambda seen: watch(Progress(0, len(found.files), seen, 0)))
        self._holdings = self._surveyed.holdings
        self._outcomes: list[tuple[Path, FileOutcome]] = []
        self._postponed: list[_Postponed] = []
        self._copies: list[_Copy] = []
        self._waiting: dict[str, Document] = {}
        self._amended: dict[str, Report] = {}
        self._leaving: list[str] = []
        self._weight = self._stored = 0

    def outcome(self) -> Outcome:
        for file, part in self._surveyed.unchanged:
            self._outcomes.append((file, self._known(part)))
        self._read_the_others()
        self._read_postponed_again()
        self._read_copies_of_nothing_again()
        broken, gone = self._left_over()
        if self._options.prune:
            self._leaving += [report.id for report in gone]
        self._store()
        if self._amended:
            self._engine.amend(self._amended.values())
        files = (*self._in_order(), *(self._removed(gone) if self._options.prune else ()))
        notes = (
            *rows_without_a_file(self._found, files), *rows_of_many_files(self._found, files),
            *from_above(self._found), *kept_though_broken(broken),
            *(() if self._options.prune else kept_without_a_file(gone, files)),
        )  # fmt: skip
        return Outcome(files, dict(Counter(each.fate for each in files)), notes, self._engine.info())

    def _read_the_others(self) -> None:
        to_read, files = self._surveyed.to_read, len(self._found.files)
        numbers = {file: number for number, file in enumerate(to_read, start=files - len(to_read) + 1)}
        setting = Setting(self._found.catalog, self._found.lexicon or (), self._holdings.recipes)
        for file, verdict in verdicts(to_read, setting):
            self._outcomes.append((file, self._became_or_waits(file, verdict, len(self._outcomes))))
            self._store_batch()
            self._watch(Progress(numbers[file], files, len(self._outcomes), self._stored))

    def _became_or_waits(self, file: Path, part: Verdict, number: int) -> FileOutcome:
        """What follows a report by its path alone waits: to keep it would take the memory of all that changed."""
        if isinstance(part, Examined) and part.draft is not None:
            read = part.draft.report(part.draft.plain_id)
            if self._holdings.follows_by_path_alone(read):
                self._postponed.append(_Postponed(number, file, part.path, read.source.sha256))
                return _changed_meanwhile(part.path)
        return self._became(file, part, number)

    @property
    def _anew(self) -> Setting:
        """To read a file although its recipe is known."""
        return Setting(self._found.catalog, self._found.lexicon or ())

    def _read_postponed_again(self) -> None:
        waiting: defaultdict[tuple[Path, str, str], deque[int]] = defaultdict(deque)
        for each in self._postponed:
            waiting[each.file, each.path, each.sha256].append(each.number)
        for file, part in verdicts(tuple(dict.fromkeys(each.file for each in self._postponed)), self._anew):
            sha256 = part.draft.source.sha256 if isinstance(part, Examined) and part.draft else ""
            if numbers := waiting[file, part.path, sha256]:
                number = numbers.popleft()
                self._outcomes[number] = file, self._became(file, part, number)
                self._store_batch()

    def _store_batch(self) -> None:
        if self._weight >= BATCH:
            self._store()

    def _became(self, file: Path, part: Verdict, number: int) -> FileOutcome:
        if isinstance(part, Seen):
            return self._known(part)
        if part.draft is None:
            return FileOutcome(part.path, "refused", part.refusal or "")
        repeated = self._holdings.copied_by(part.draft.report(part.draft.plain_id))
        if repeated is None or self._options.keep_duplicates:
            return self._placed(part.path, part.draft, repeated)
        self._copies.append(_Copy(number, file, part.path, repeated))
        return replace(copy_refused(part.path, self._holdings.owner(repeated)), remarks=part.draft.remarks)

    def _known(self, part: Seen) -> FileOutcome:
        report = self._holdings.claim_known(part.path, part.recipe)
        if report is None:
            return copy_refused(part.path, part.path)
        return FileOutcome(part.path, "unchanged", report.id)

    def _placed(self, path: str, draft: Draft, repeated: Report | None) -> FileOutcome:
        read = draft.report(draft.plain_id)
        before = next(self._holdings.predecessors(read), None)
        document = draft.document(self._holdings.id_for(read, before))
        fate: Fate = "indexed" if before is None else fate_of(before, document.report)
        self._holdings.take(document.report, before)
        if before is not None and self._has_text_of(document, before):
            self._amended[before.id] = document.report
        else:
            fate = "indexed" if before is None else "replaced"
            self._put(document, before)
        return FileOutcome(path, fate, document.report.id, tuple(self._remarks(document, fate, repeated)))

    def _has_text_of(self, document: Document, before: Report) -> bool:
        """Whether the units, and what they are filed under, are those of the report ``before``."""
        now = document.report
        filed, was_filed = ((of.id, of.digest, of.year, of.level, of.region, of.type) for of in (now, before))
        return filed == was_filed and self._engine.document(before.id).units == document.units

    def _put(self, document: Document, before: Report | None) -> None:
        if before is not None and before.id != document.report.id:
            self._leaving.append(before.id)
        self._waiting[document.report.id] = document
        self._weight += sum(len(unit.text) for unit in document.units)

    def _remarks(self, document: Document, fate: Fate, repeated: Report | None) -> Iterator[str]:
        """What there is to heed in a text that is new."""
        if fate in ("unchanged", "moved"):
            return
        yield from document.report.remarks
        if repeated is not None:
            yield f"和 {self._holdings.owner(repeated)} 的正文完全相同，照你的要求收了"
            return
        others = (self._document(report) for report in self._holdings.beside(document.report))
        yield from (told for other in others if (told := near_copy(document, other)))

    def _document(self, report: Report) -> Document:
        return self._waiting.get(report.id) or replace(self._engine.document(report.id), report=report)

    def _read_copies_of_nothing_again(self) -> None:
        """A part was refused as the copy of a report that became another one, or no file's, later in this run."""
        self._holdings.expect_no_more()
        for copy in tuple(self._copies):
            if not self._holdings.stands(copy.repeated):
                parts = (verdict for _, verdict in verdicts((copy.file,), self._anew) if verdict.path == copy.path)
                part = next(parts, None)
                became = _changed_meanwhile(copy.path) if part is None else self._became(copy.file, part, copy.number)
                self._outcomes[copy.number] = copy.file, became

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

    def _left_over(self) -> tuple[tuple[Report, ...], tuple[Report, ...]]:
        """The reports in the paths given that belong to no file: those whose file cannot be read now, and those whose
        file is no longer there or holds something else."""
        copies = {copy.number for copy in self._copies}
        refused = (each for i, (_, each) in enumerate(self._outcomes) if each.fate == "refused" and i not in copies)
        unread = {each.path for each in refused}
        left = [each for each in self._holdings.unclaimed() if self._found.reaches(each.source.path)]
        broken = tuple(each for each in left if not unread.isdisjoint(files_named_in(each.source.path)))
        return broken, tuple(each for each in left if each not in broken)

    def _in_order(self) -> Iterator[FileOutcome]:
        order = {file: number for number, file in enumerate(self._found.files)}
        yield from (outcome for _, outcome in sorted(self._outcomes, key=lambda each: order[each[0]]))
        yield from (FileOutcome(each.path, "refused", each.reason) for each in self._found.unread)

    def _removed(self, gone: tuple[Report, ...]) -> Iterator[FileOutcome]:
        return (FileOutcome(report.source.path, "removed", report.id) for report in gone)


def fate_of(before: Report, now: Report) -> Fate:
    """What became of a report whose text stays."""
    source = replace(before.source, path=now.source.path, recipe=now.source.recipe)
    if replace(before, source=source) != now:
        return "replaced"
    return "unchanged" if before.source.path == now.source.path else "moved"


def _changed_meanwhile(path: str) -> FileOutcome:
    return FileOutcome(path, "refused", "读的时候它变了；请再运行一次")


def copy_refused(path: str, copied: str) -> FileOutcome:
    return FileOutcome(path, "refused", f"和 {copied} 的正文完全相同，没有重复收入；都要收，请加 --keep-duplicates")
