"""The reports an index holds while files are added: which are the same, which are replaced, which names are taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from indexer.model import Document, Report, Source
from indexer.pipeline.outcome import Fate
from indexer.structure import Draft

Key = tuple[object, ...]


class Holdings:
    """``present`` are the files of this run, whose reports another file with the same bytes cannot take over; those of
    ``apart`` are not taken for its own either."""

    def __init__(
        self, reports: Iterable[Report], present: frozenset[str] = frozenset(), apart: frozenset[str] = frozenset()
    ) -> None:
        self._by_id: dict[str, Report] = {}
        self._by_key: defaultdict[Key, dict[str, None]] = defaultdict(dict)
        self._claimed: dict[str, str] = {}
        self._present, self._apart = present, apart
        for report in reports:
            self._add(report)

    @property
    def recipes(self) -> frozenset[str]:
        """Of every report held."""
        return frozenset(report.source.recipe for report in self._by_id.values() if report.source.recipe)

    def made_by(self, recipe: str) -> Report | None:
        """The report that a known recipe made, unless another one came in its place since."""
        return next(self._with("recipe", recipe), None)

    def claimer(self, report: Report) -> str | None:
        """The path of the file read in this run that the report belongs to."""
        return self._claimed.get(report.id)

    def claim(self, report: Report, path: str) -> None:
        """Say that the file at ``path`` is the report's source, as of now."""
        self._claimed[report.id] = path

    def copied_by(self, draft: Draft) -> str | None:
        """The file, read before this one or in the index, that holds the same text of the same report already."""
        known = draft.metadata
        for held in self._with("text", draft.digest, known.year, known.region, known.type):
            other = held.source.sha256 != draft.source.sha256 and held.source.path != draft.source.path
            if other or held.id in self._claimed:
                return self._claimed.get(held.id, held.source.path)
        return None

    def place(self, draft: Draft) -> tuple[Document, Fate, Report | None]:
        """Name a draft: by its old id if the same file, or the same bytes, made it before, else by one that is free.
        With it the report whose place it takes, if any."""
        before = self._same(draft)
        if before is not None:
            self.claim(before, draft.source.path)
            return draft.document(before.id), "unchanged", before
        before = self._made_from(draft.source)
        document = draft.document(self._free_id(draft, before))
        if before is not None:
            self._remove(before)
        self._add(document.report)
        self.claim(document.report, draft.source.path)
        return document, "replaced" if before else "indexed", before

    def beside(self, report: Report) -> Iterator[Report]:
        """The other reports of the same place and year."""
        return (held for held in self._with("of", report.year, report.region) if held.id != report.id)

    def unclaimed(self) -> tuple[Report, ...]:
        """The reports that belong to no file read so far, in order of their ids."""
        return tuple(self._by_id[report_id] for report_id in sorted(self._by_id.keys() - self._claimed.keys()))

    def _same(self, draft: Draft) -> Report | None:
        """The report that the same bytes made, if nothing is known of it now that was not known then."""
        for old in self._with("bytes", draft.source.sha256):
            now = draft.document(old.id).report
            if replace(now, source=old.source) == old and not _is_of_another(old, draft.source, self._apart):
                return old
        return None

    def _made_from(self, source: Source) -> Report | None:
        """The report that the same file made, or the same bytes in a file that is gone."""
        same_bytes = self._with("bytes", source.sha256)
        moved = (report for report in same_bytes if not _is_of_another(report, source, self._present))
        candidates = (*self._with("path", source.path), *moved)
        return next((report for report in candidates if report.id not in self._claimed), None)

    def _free_id(self, draft: Draft, before: Report | None) -> str:
        plain, source = draft.plain_id, draft.source
        of_file = sha256(f"{source.path}\n{source.sha256}".encode()).hexdigest()
        for report_id in (plain, f"{plain}-{source.sha256[:6]}", f"{plain}-{source.sha256[:12]}"):
            holder = self._by_id.get(report_id)
            if holder is None or holder == before:
                return report_id
        return f"{plain}-{of_file[:12]}"

    def _with(self, *key: object) -> Iterator[Report]:
        return (self._by_id[report_id] for report_id in tuple(self._by_key.get(key, ())))

    def _add(self, report: Report) -> None:
        self._by_id[report.id] = report
        for key in _keys(report):
            self._by_key[key][report.id] = None

    def _remove(self, report: Report) -> None:
        del self._by_id[report.id]
        for key in _keys(report):
            del self._by_key[key][report.id]


def _is_of_another(report: Report, source: Source, files: frozenset[str]) -> bool:
    """Whether the report's file is another one than the source's, and one of ``files``."""
    return report.source.path != source.path and not files.isdisjoint(files_named_in(report.source.path))


def files_named_in(path: str) -> Iterator[str]:
    """The files that ``path`` may be a part of: itself, or what stands before a mark of an archive's or a table's."""
    yield path
    yield from (path[:at] for at, char in enumerate(path) if char in "!#")


def _keys(report: Report) -> Iterator[Key]:
    """What a report is looked for by."""
    yield "recipe", report.source.recipe
    yield "path", report.source.path
    yield "bytes", report.source.sha256
    yield "text", report.digest, report.year, report.region, report.type
    yield "of", report.year, report.region
