"""The seam: what every engine promises, and the values that cross it.

Exactness, counts, filters and all-or-nothing updates are promised by every engine; equal scores are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from indexer.model import Document, Report, Unit
from indexer.query import All, Node
from indexer.synonyms import Synonyms

EVERYTHING = All()

Sort = Literal["relevance", "newest", "oldest"]

Mode = Literal["exact", "loose"]
"""``exact``: units that match. ``loose``: units that hold enough of the query's plain words, see ``engines.loose``."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A facet's selection: units that have any of ``values`` (where there are none, all units) and none of
    ``excluded``. A path value also covers what lies below it."""

    field: str
    values: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """``facets`` names the fields to count. ``offset`` and ``size`` are in units, in the order ``sort`` says. All that
    is counted is counted over the units that match in ``mode``."""

    query: Node = EVERYTHING
    filters: tuple[Filter, ...] = ()
    facets: tuple[str, ...] = ()
    sort: Sort = "relevance"
    offset: int = 0
    size: int = 20
    mode: Mode = "exact"


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that matches; ``occurrences`` of the sought texts stand in it, counted as in ``SearchResult``."""

    unit: Unit
    report: Report
    score: float
    occurrences: int = 0


class FacetValue(NamedTuple):
    """``units`` that have the value (or, of a path, lie below it), and ``occurrences`` of what is sought in them."""

    value: str
    units: int
    occurrences: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """A field's values that some unit has, in no order; ``units`` and ``occurrences`` are those of each. They heed the
    query and the other fields' filters. An answer has thousands, of which a page shows some: so they come side by side,
    and are put together for who wants them so."""

    field: str
    names: tuple[str, ...]
    units: tuple[int, ...]
    occurrences: tuple[int, ...]

    @classmethod
    def of(cls, field: str, values: Iterable[FacetValue]) -> FacetCounts:
        """Those of values that come one by one."""
        every = tuple(values)
        return cls(field, *(tuple(getattr(value, side) for value in every) for side in FacetValue._fields))

    @property
    def values(self) -> tuple[FacetValue, ...]:
        return tuple(map(FacetValue, self.names, self.units, self.occurrences))


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``total`` units match; ``occurrences`` of what is sought (``query.sought``) stand in them, counted over the
    folded unit as ``text.occurrences`` does: of a text those of ``str.count``. ``by_sought`` are the same apart, one
    for each of ``text.distinct`` of what is sought. ``took`` is the engine's time in seconds."""

    total: int
    occurrences: int
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...]
    took: float
    by_sought: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportHits:
    """A report with ``units`` units found and ``occurrences`` in them; ``best`` are its first by relevance."""

    report: Report
    units: int
    occurrences: int
    best: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ByReport:
    """A result by report: in ``reports`` reports something was found, ``groups`` are those of the page. ``found`` tells
    the numbers and has no hits."""

    found: SearchResult
    reports: int
    groups: tuple[ReportHits, ...]


@dataclass(frozen=True, slots=True)
class ByOccurrence:
    """A result by occurrence. The hits ``found`` are those that hold the occurrences of the page; ``skipped``
    occurrences stand in the units before them."""

    found: SearchResult
    skipped: int


@dataclass(frozen=True, slots=True)
class CountRequest:
    """Count each of ``terms`` in every group that ``group_by`` makes of the units that pass ``filters``."""

    terms: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class CountRow:
    """One group. ``occurrences[i]`` and ``units[i]`` (units that contain it) belong to the request's ``terms[i]``;
    ``of_units``, ``of_characters`` (of folded text) and ``of_reports`` say over what was counted."""

    group: tuple[str, ...]
    occurrences: tuple[int, ...]
    units: tuple[int, ...]
    of_units: int
    of_characters: int
    of_reports: int


@dataclass(frozen=True, slots=True)
class CountTable:
    """Rows in the order of their groups, each field's values in its own (``Field.order``). A group without reports has
    no row: missing is not zero."""

    request: CountRequest
    rows: tuple[CountRow, ...]
    total: CountRow


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """``fingerprint`` names the content: equal for indexes of the same reports and lexicon, whichever engine holds
    them. ``years`` and ``regions`` (paths, 河南省/郑州市) are those of the reports, in order."""

    address: str
    fingerprint: str
    reports: int
    units: int
    characters: int
    years: tuple[int, ...]
    regions: tuple[str, ...]


PartFate = Literal["complete", "writing", "stopped", "outdated"]


@dataclass(frozen=True, slots=True)
class StagePart:
    """What one machine put into a stage: how many reports so far, and the path of one of them. It is being written,
    or was stopped before it was complete, or another version of this program wrote it."""

    address: str
    fate: PartFate
    reports: int
    path: str


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """How the cluster is that holds an index. ``health`` is that of the index: green when every copy is there, yellow
    when a replica is away, red when a shard is. ``nodes`` hold data; of each of ``shards`` there are ``replicas``;
    ``generation`` numbers the commit that readers see; ``size`` is of all copies, in bytes."""

    health: str
    nodes: int
    shards: int
    replicas: int
    generation: int
    size: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A unit that matches, and the ``occurrences`` of the sought texts in it, counted as in ``SearchResult``."""

    unit: Unit
    report: Report
    occurrences: int


@dataclass(frozen=True, slots=True)
class Scan:
    """All that matches in one committed state, which ``info`` tells of: ``total`` units with ``occurrences`` of the
    sought texts. ``findings`` gives the units one by one, once: newest year first, then by report id and ordinal."""

    info: IndexInfo
    total: int
    occurrences: int
    findings: Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a corpus says, folded, each with the number of units that contain it: what a search for it finds. ``words``
    are those of two characters or more, and two of them that often stand side by side; ``headings`` the clauses of its
    headings."""

    words: Mapping[str, int]
    headings: Mapping[str, int]


class Engine(Protocol):
    """An open index. Readers see one committed state; an update is seen by requests that come after it."""

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        """Remove report ids, then add documents (replacing those of the same id): all, or on any error nothing.

        Raises IndexBusy when another writer holds the index longer than the time-out.
        """

    def amend(self, reports: Iterable[Report]) -> None:
        """Know reports otherwise whose units stay as they are, and what these are filed under (year, level, region,
        type) too: all, or on any error nothing. It takes a moment where an update would write the texts again.

        Raises NotFound for an id that is not there, IndexBusy as ``update`` does.
        """

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers out for as long as it lasts, so that several updates build on one another.

        Raises IndexBusy when another writer holds the index longer than the time-out.
        """

    def search(self, request: SearchRequest) -> SearchResult: ...

    def by_report(self, request: SearchRequest, best: int) -> ByReport:
        """The request's offset and size are in reports: by relevance in the order of their best units, else by year and
        then id. Each comes with its ``best`` first units by relevance."""

    def by_occurrence(self, request: SearchRequest) -> ByOccurrence:
        """The request's offset and size are in occurrences, in the order of their units."""

    def scan(self, query: Node = EVERYTHING, filters: tuple[Filter, ...] = ()) -> AbstractContextManager[Scan]:
        """Everything that matches, for as long as the block lasts: however slowly it is taken, whatever is committed
        meanwhile, it is of one state, and nobody else waits for it. Only one unit at a time is held in memory."""

    def count(self, request: CountRequest) -> CountTable: ...

    def document(self, report_id: str) -> Document:
        """The whole report. Raises NotFound."""

    def reports(self) -> tuple[Report, ...]:
        """What the index holds, newest first, then by id."""

    def vocabulary(self) -> Vocabulary:
        """The words, phrases and headings of the whole index. It takes seconds; nobody else waits for it."""

    def pairs(self) -> frozenset[str]:
        """Every two characters that stand side by side in folded text."""

    def info(self) -> IndexInfo: ...

    def cluster(self) -> ClusterInfo | None:
        """The cluster that holds the index; None where a folder does. Raises IndexUnavailable."""

    def synonyms(self) -> Synonyms:
        """Those kept last."""

    def keep_synonyms(self, groups: Synonyms) -> None:
        """Keep these and no others. They change nothing that is found, nor the fingerprint: they are only offered, so
        another table needs no new index. Raises IndexUnavailable."""

    def close(self) -> None: ...
