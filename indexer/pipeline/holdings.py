"""The reports an index holds while files are added: which are the same, which are replaced, which names are taken."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

from indexer.model import Report, Source
from indexer.pipeline.succession import Place

Key = tuple[object, ...]
_TOLD_APART = re.compile(r"(?:-[0-9a-f]{6}|-[0-9a-f]{12})?")
"""What an id has after the plain one where that was taken."""


class Holdings:
    """A report belongs to a file read in this run (it is claimed), or to one still to be read (``heirs``, by their
    bytes), or to one that stays where it is and is not of this run (``elsewhere``), or else to none: its file is gone
    or holds something else now, and what is read may go on in its place."""

    def __init__(
        self,
        reports: Iterable[Report],
        heirs: Mapping[Place, str] = MappingProxyType({}),
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        self._by_id: dict[str, Report] = {}
        self._by_key: defaultdict[Key, dict[str, None]] = defaultdict(dict)
        self._claimed: dict[str, str] = {}
        self._heirs = heirs
        self._expected = {report_id: place for place, report_id in self._heirs.items()}
        self._elsewhere = elsewhere
        for report in reports:
            self._add(report)

    def claim_known(self, path: str, recipe: str) -> Report | None:
        """The report that a known recipe made, which belongs to the file at ``path`` from now on; None where another
        file has it, or another report came in its place."""
        for report in self._with("recipe", recipe):
            if report.id not in self._claimed:
                self._claimed[report.id] = path
                return report
        return None

    @property
    def recipes(self) -> frozenset[str]:
        """Of every report held."""
        return frozenset(report.source.recipe for report in self._by_id.values() if report.source.recipe)

    def copied_by(self, read: Report) -> Report | None:
        """The report of another file that holds the text of one that was ``read`` already, of the same year, place and
        type."""
        own = self._heir(read)
        if own is not None and _text_of(own) == _text_of(read):
            return None
        return next((held for held in self._with(*_text_of(read)) if not self._is_free(held, read.source)), None)

    def owner(self, report: Report) -> str:
        """The path of the file that a report belongs to."""
        expected, _ = self._expected.get(report.id, (report.source.path, ""))
        return self._claimed.get(report.id, expected)

    def stands(self, report: Report) -> bool:
        """Whether a report is still held as it was, and belongs to a file."""
        held = self._by_id.get(report.id)
        return (
            held is not None
            and _text_of(held) == _text_of(report)
            and (report.id in self._claimed or report.id in self._elsewhere)
        )

    def expect_no_more(self) -> None:
        """Everything that was to be read has been: what no file claimed belongs to none."""
        self._heirs, self._expected = {}, {}

    def predecessors(self, read: Report) -> Iterator[Report]:
        """The reports that one ``read`` may go on, the surest first: of the same bytes, the same text, the same
        path."""
        if (heir := self._heir(read)) is not None:
            yield heir
        by_text_or_path = (*self._with(*_text_of(read)), *self._with("path", read.source.path))
        yield from (report for report in by_text_or_path if self._is_free(report, read.source))

    def follows_by_path_alone(self, read: Report) -> bool:
        """Whether a report that one ``read`` may go on has its path and nothing else of it: the text that stood there
        may have gone to a file still to be read."""
        before = next(self.predecessors(read), None)
        return before is not None and self._heir(read) is None and _text_of(before) != _text_of(read)

    def id_for(self, read: Report, before: Report | None) -> str:
        """The old id where year, place and type are as they were, else one that is free."""
        plain, digest = read.plain_id, read.source.sha256
        if before is not None and before.id.startswith(plain) and _TOLD_APART.fullmatch(before.id[len(plain) :]):
            return before.id
        of_file = sha256(f"{read.source.path}\n{digest}".encode()).hexdigest()
        candidates = (plain, f"{plain}-{digest[:6]}", f"{plain}-{digest[:12]}", f"{plain}-{of_file[:12]}")
        return next(name for name in (*candidates, f"{plain}-{of_file}") if name not in self._by_id)

    def take(self, report: Report, before: Report | None) -> None:
        """Hold a report that was read, in place of the one ``before``."""
        if before is not None:
            self._remove(before)
        self._add(report)
        self._claimed[report.id] = report.source.path

    def beside(self, report: Report) -> Iterator[Report]:
        """The other reports of the same place and year."""
        return (held for held in self._with("of", report.year, report.region) if held.id != report.id)

    def unclaimed(self) -> tuple[Report, ...]:
        """The reports that belong to no file read so far nor to one elsewhere, in order of their ids."""
        ids = self._by_id.keys() - self._claimed.keys() - self._elsewhere
        return tuple(self._by_id[report_id] for report_id in sorted(ids))

    def _heir(self, read: Report) -> Report | None:
        report_id = self._heirs.get((read.source.path, read.source.sha256))
        return None if report_id is None or report_id in self._claimed else self._by_id.get(report_id)

    def _is_free(self, report: Report, source: Source) -> bool:
        """Whether a report belongs to no file, or is expected to be that of ``source``."""
        place = source.path, source.sha256
        is_taken = report.id in self._claimed or report.id in self._elsewhere
        return not is_taken and self._expected.get(report.id, place) == place

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


def files_named_in(path: str) -> Iterator[str]:
    """The files that ``path`` may be a part of: itself, or what stands before a mark of an archive's or a table's."""
    yield path
    yield from (path[:at] for at, char in enumerate(path) if char in "!#")


def _text_of(report: Report) -> Key:
    return "text", report.digest, report.year, report.region, report.type


def _keys(report: Report) -> Iterator[Key]:
    """What a report is looked for by."""
    yield "recipe", report.source.recipe
    yield "path", report.source.path
    yield _text_of(report)
    yield "of", report.year, report.region
