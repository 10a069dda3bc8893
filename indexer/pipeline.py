"""From folders and files to the index: discover, read, structure, index, and say what became of every file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from indexer.catalog import Catalog, CatalogEntry, read_catalog
from indexer.engines import Engine, IndexInfo, check_replaceable, create_engine, remove_index
from indexer.errors import FileRefused, IndexUnavailable, NothingToIndex
from indexer.model import Document, Report, Source
from indexer.readers import SUFFIXES, RawText, Refused, read
from indexer.structure import Draft, build
from indexer.text import Segmenter

CATALOG_FILE = "catalog.csv"
LEXICON_FOLDER = "lexicon"
LEXICON_FILE = "words.txt"

Fate = Literal["indexed", "replaced", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the paths given hold. ``lexicon`` is None where no folder brings one."""

    files: tuple[Path, ...]
    catalog: Catalog
    lexicon: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Examined:
    """One file read and structured, or why it was refused."""

    path: str
    draft: Draft | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file; ``detail`` is the report's id, or why the file was refused; ``remarks`` are the
    report's, of one that is new."""

    path: str
    fate: Fate
    detail: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    files: tuple[FileOutcome, ...]
    info: IndexInfo


def discover(paths: Iterable[Path], catalog: Path | None = None) -> Found:
    """Find the reports in files and folders; a folder may bring its catalog.csv and lexicon/words.txt.

    Raises NothingToIndex where a path is missing or there is no file at all, CatalogError for a bad catalogue.
    """
    files: list[Path] = []
    entries: dict[str, CatalogEntry] = {}
    lexicon: tuple[str, ...] | None = None
    for path in paths:
        if not path.exists():
            raise NothingToIndex(f"找不到 {path}；请检查路径")
        files.extend(_files_in(path) if path.is_dir() else [path])
        if (path / CATALOG_FILE).is_file():
            entries.update(read_catalog(path / CATALOG_FILE))
        if (path / LEXICON_FOLDER / LEXICON_FILE).is_file():
            lexicon = (*(lexicon or ()), *_read_lexicon(path / LEXICON_FOLDER / LEXICON_FILE))
    if catalog is not None:
        entries.update(read_catalog(catalog))
    if not files:
        raise NothingToIndex(f"没有找到报告；支持的文件有 {' '.join(SUFFIXES)}")
    return Found(tuple(dict.fromkeys(files)), entries, lexicon)


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        ours = inside.parts[0] == LEXICON_FOLDER or str(inside) == CATALOG_FILE
        if path.is_file() and not ours and not any(part.startswith(".") for part in inside.parts):
            yield path


def _read_lexicon(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NothingToIndex(f"词表 {path} 读不出来；请另存为 UTF-8 编码的 txt，一行一个词") from error
    return tuple(word for line in lines if (word := line.strip()) and not word.startswith("#"))


def examine(found: Found) -> Iterator[Examined]:
    """Read and structure every file, in order."""
    segmenter = Segmenter(found.lexicon or ())
    for path in found.files:
        for raw in read(path):
            yield _examined(raw, found.catalog, segmenter)


def catalog_of(examined: Iterable[Examined]) -> Catalog:
    """What was understood of each file, a refused one with nothing: a catalogue for a person to correct."""
    return {each.path: each.draft.metadata.as_entry() if each.draft else CatalogEntry() for each in examined}


def _examined(raw: RawText | Refused, catalog: Catalog, segmenter: Segmenter) -> Examined:
    if isinstance(raw, Refused):
        return Examined(raw.path, None, raw.reason)
    path = raw.source.path
    try:
        return Examined(path, build(raw, _entry_of(path, catalog), segmenter), None)
    except FileRefused as refusal:
        return Examined(path, None, refusal.message)


def _entry_of(path: str, catalog: Catalog) -> CatalogEntry:
    """What the catalogue says of a file, which it names by as much of the path as it takes to be clear."""
    parts = path.replace("!", "/").split("/")
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((catalog[tail] for tail in tails if tail in catalog), CatalogEntry())


def index(found: Found, address: str) -> Outcome:
    """Put what was found into the index at ``address``, made where there is none. One commit: all files or none.

    Raises IndexUnavailable; the files that were refused are told in the outcome.
    """
    engine = create_engine(address, found.lexicon)
    try:
        return _index(found, engine)
    finally:
        engine.close()


def rebuild(found: Found, address: str) -> Outcome:
    """Make the index anew from what was found, beside the old one, and put it in its place when it is whole.

    Raises NothingToIndex when every file was refused, IndexForeign when something else lies where the index, or the new
    or old one beside it, would; the old index then stays.
    """
    check_replaceable(address)
    target = Path(address).resolve()
    fresh, stale = (target.with_name(f"{target.name}.{suffix}") for suffix in ("new", "old"))
    for leftover in (fresh, stale):
        check_replaceable(str(leftover))
    _recover(target, fresh, stale)
    outcome = index(found, str(fresh))
    if not outcome.info.reports:
        remove_index(str(fresh))
        raise NothingToIndex(f"没有一个文件能读成报告：{outcome.files[0].path}：{outcome.files[0].detail}")
    if target.exists():
        target.rename(stale)
    fresh.rename(target)
    with suppress(IndexUnavailable):
        remove_index(str(stale))
    return replace(outcome, info=replace(outcome.info, address=address))


def _recover(target: Path, fresh: Path, stale: Path) -> None:
    """Clear away what a rebuild that was killed left; one killed between its two renames left the index aside."""
    if stale.exists() and not target.exists():
        stale.rename(target)
    for leftover in (fresh, stale):
        remove_index(str(leftover))


def _index(found: Found, engine: Engine) -> Outcome:
    known = _Known(engine.reports())
    outcomes: list[FileOutcome] = []
    documents: list[Document] = []
    for examined in examine(found):
        if examined.draft is None:
            outcomes.append(FileOutcome(examined.path, "refused", examined.refusal or ""))
            continue
        if copied := known.copied_by(examined.draft):
            outcomes.append(FileOutcome(examined.path, "refused", f"和 {copied} 的正文完全相同，没有重复收入"))
            continue
        document, fate = known.place(examined.draft)
        remarks = () if fate == "unchanged" else document.report.remarks
        outcomes.append(FileOutcome(examined.path, fate, document.report.id, remarks))
        if fate != "unchanged":
            documents.append(document)
    if not documents:
        return Outcome(tuple(outcomes), engine.info())
    return Outcome(tuple(outcomes), engine.update(documents, known.superseded))


class _Known:
    """The reports an index holds while files are added: which are the same, which are replaced, which ids are taken."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._by_id = {report.id: report for report in reports}
        self._claimed: set[str] = set()
        self.superseded: list[str] = []

    def copied_by(self, draft: Draft) -> str | None:
        """The file, read before this one or in the index, that holds the same text of the same report already."""
        digest, known = draft.digest, draft.metadata
        for held in self._by_id.values():
            other = held.source.sha256 != draft.source.sha256 and held.source.path != draft.source.path
            same = (held.digest, held.year, held.region, held.type) == (digest, known.year, known.region, known.type)
            if same and (other or held.id in self._claimed):
                return held.source.path
        return None

    def place(self, draft: Draft) -> tuple[Document, Fate]:
        """Name a draft: by its old id if the same file, or the same bytes, made it before, else by one that is free."""
        same = self._same(draft)
        if same is not None:
            self._claimed.add(same.id)
            return draft.document(same.id), "unchanged"
        before = self._made_from(draft.source)
        document = draft.document(self._free_id(draft, before))
        if before is not None and before.id != document.report.id:
            self.superseded.append(before.id)
            del self._by_id[before.id]
        self._claimed.add(document.report.id)
        self._by_id[document.report.id] = document.report
        return document, "replaced" if before else "indexed"

    def _same(self, draft: Draft) -> Report | None:
        """The report that the same bytes made, if nothing is known of it now that was not known then."""
        for old in self._by_id.values():
            if old.source.sha256 == draft.source.sha256:
                now = draft.document(old.id).report
                if replace(now, source=old.source) == old:
                    return old
        return None

    def _made_from(self, source: Source) -> Report | None:
        """The report that the same file or the same bytes made, unless a file read before this one has it."""
        free = [report for report in self._by_id.values() if report.id not in self._claimed]
        same_file = (report for report in free if report.source.path == source.path)
        same_bytes = (report for report in free if report.source.sha256 == source.sha256)
        return next(same_file, None) or next(same_bytes, None)

    def _free_id(self, draft: Draft, before: Report | None) -> str:
        for report_id in (draft.plain_id, f"{draft.plain_id}-{draft.source.sha256[:6]}"):
            holder = self._by_id.get(report_id)
            if holder is None or holder == before:
                return report_id
        return f"{draft.plain_id}-{draft.source.sha256[:12]}"
