"""One segment, open for reading: its texts and postings, and what its units are filed under."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from indexer.engines.columnar.kernels.kinds import PLACE, RUN
from indexer.engines.columnar.kernels.segments import Columns
from indexer.engines.columnar.layout import Array, File
from indexer.engines.columnar.packing import Records, Strings
from indexer.engines.columnar.tables import REPORT, RUNS
from indexer.fields import FACETS

NOTHING = np.empty(0, np.int64)


class Segment:
    """Units are named by their number in it; a place is a number of a character in ``text``."""

    def __init__(self, units: File, reports: File, gone: frozenset[int] = frozenset()) -> None:
        """``gone`` are the numbers of the reports that were deleted since it was written."""
        self._file, self._reports_file = units, reports
        self.size = units.count("ordinal")
        self.many_runs = units.count(RUNS)
        self.records = Records(units, "records")
        self.report_records = Records(reports, "records")
        self.is_gone = np.zeros(reports.count("records.length"), bool)
        self.is_gone[list(gone)] = True

    def check_length(self) -> None:
        """Raises Damaged where one of its files has been cut short since it was opened."""
        self._file.check_length()
        self._reports_file.check_length()

    @cached_property
    def runs(self) -> Array:
        """Where runs begin: units side by side in one report and one section."""
        return self._file[RUNS].astype(np.int64)

    def of_runs(self, name: str) -> Array:
        """Every run's report, by its number, or what it is filed under, by its number in ``values``."""
        return self._file[name]

    @cached_property
    def run_of(self) -> Array:
        """Every unit's run."""
        return np.repeat(np.arange(len(self.runs), dtype=RUN), np.diff(np.append(self.runs, self.size)))

    @cached_property
    def live_runs(self) -> Array:
        """Of every run, whether its report is still there."""
        return ~self.is_gone[self.of_runs(REPORT)]

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing was deleted."""
        return not self.is_gone.any()

    @cached_property
    def live(self) -> Array:
        """Of every unit, whether its report is still there."""
        return np.ones(self.size, bool) if self.is_whole else self.live_runs[self.run_of]

    @cached_property
    def begins_stretch(self) -> Array:
        """Of every unit, whether a stretch (see ``query.SameStretch``) begins with it."""
        stretch, report = self.column("stretch"), self.column("report")
        changes = np.ones(self.size, bool)
        changes[1:] = (stretch[1:] != stretch[:-1]) | (report[1:] != report[:-1])
        return changes

    def under(self, folded: str) -> Array:
        """Of every unit, whether a folded text, which is not empty, stands in a heading above it."""
        found: Array = np.array([folded in path for path in self.headings], bool)[self.column("headings")]
        return found

    @cached_property
    def headings(self) -> list[str]:
        """The folded headings above units, a path a string; ``column`` has their numbers."""
        return self.values("headings")

    @cached_property
    def starts(self) -> Array:
        """Where each unit's text begins, and behind the last one."""
        return self._file["starts"]

    @cached_property
    def lengths(self) -> Array:
        return self._file["length"].astype(np.int64)

    @cached_property
    def reports(self) -> list[str]:
        """The reports' ids."""
        return Strings(self._reports_file, "reports").every()

    def column(self, name: str) -> Array:
        """Every unit's value, or its number in ``values``."""
        return self._file[name][self.run_of] if name == REPORT or name in FACETS else self._file[name]

    def values(self, name: str) -> list[str]:
        """The values of a field that units have, in order; ``column`` has their numbers."""
        return Strings(self._file, f"{name}.list").every()

    @cached_property
    def _alphabet(self) -> Array:
        return self._file["alphabet"]

    @cached_property
    def _code_points(self) -> Array:
        """By the code that a character has in ``text``."""
        return np.append(np.zeros(1, np.uint32), self._alphabet)

    @cached_property
    def _words(self) -> Strings:
        return Strings(self._file, "words")

    def decoded(self, unit: int) -> str:
        """A unit's folded text."""
        codes = self._file.part("text", int(self.starts[unit]), int(self.starts[unit + 1]) - 1)
        return self._code_points[codes].tobytes().decode("utf-32-le", "surrogatepass")

    def columns(self) -> Columns:
        """What the compiled passes see; of ``check_pairs``, ``check_text`` and ``check_words`` only what these saw is
        known to be what was written."""
        whole = (
            "starts", "alphabet", "pairs", "pairs.first", "pieces.unit", "pieces.start", "words", "words.at",
            "words.first", "words.holders",
        )  # fmt: skip
        parts = "pairs.piece", "pairs.place", "text", "words.unit"
        arrays = {name: self._file[name] for name in whole} | {name: self._file.unchecked(name) for name in parts}
        named = {name.replace(".", "_"): array for name, array in arrays.items()}
        return Columns(
            **named, pieces_checked=self._file.checked("pairs.piece"), places_checked=self._file.checked("pairs.place"),
            pieces_block=self._file.per_block("pairs.piece"), places_block=self._file.per_block("pairs.place"),
            size=self.size, block=self._file.per_block("text"),
        )  # fmt: skip

    def check_pairs(self, first: int, last: int) -> None:
        """See that these postings of pairs are what was written. Raises Damaged, as all that is read here does."""
        for name in ("pairs.piece", "pairs.place"):
            self._file.part(name, first, last)

    def check_words(self, first: int, last: int) -> None:
        """See that these postings of words are what was written."""
        self._file.part("words.unit", first, last)

    def check_text(self, blocks: Iterable[int]) -> None:
        """See that these blocks of the text are what was written."""
        self._file.check("text", blocks)

    def places(self, first: int, last: int) -> Array:
        """Where these postings of pairs stand in the text, in order."""
        begins = self._file["pieces.start"].astype(PLACE)[self._file.part("pairs.piece", first, last)]
        return np.sort(begins + self._file.part("pairs.place", first, last))

    def code_points(self, kept: Array) -> Array:
        """Of the folded texts of some units, end to end."""
        inside = np.repeat(kept, np.diff(self.starts))
        inside[self.starts[1:] - 1] = False
        found: Array = self._code_points[self._file["text"][inside]]
        return found

    def postings(self) -> tuple[list[str], Array, Array]:
        """Every word, and of all postings the word's number and the unit."""
        first = self._file["words.first"].astype(np.int64)
        many = first[1:] - first[:-1]
        return self._words.every(), np.repeat(np.arange(len(many)), many), self._file["words.unit"].astype(np.int64)
