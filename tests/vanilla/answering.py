"""A request answered from a snapshot: by unit, by report, by occurrence. Only what is shown is read from disk."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import cached_property

from indexer.engines.base import ByOccurrence, ByReport, Hit, ReportHits, SearchRequest, SearchResult, Sort
from indexer.query import sought
from indexer.text import distinct
from vanilla.counting import facet_counts, occurrences_in, together
from vanilla.loosening import loosely, ranked_loosely
from vanilla.matching import Matching
from vanilla.ranking import Ranked, ranked
from vanilla.snapshot import Snapshot


class Answer:
    """What matches a request: the numbers, and the units in an order."""

    def __init__(self, snapshot: Snapshot, request: SearchRequest) -> None:
        self._began = time.perf_counter()
        self._snapshot, self._request = snapshot, request
        self._matching = Matching(snapshot)
        self._wanted = distinct(sought(request.query))
        self._loose = loosely(snapshot, self._matching, request.query) if request.mode == "loose" else None
        self._found = self._matching.docs(request.query) if self._loose is None else self._loose.docs
        self._docs = self._found & self._matching.passing(request.filters)
        self._counts = [self._matching.occurrences(each) for each in self._wanted]

    def by_unit(self) -> SearchResult:
        """See ``Engine.search``."""
        offset = self._request.offset
        return self._result(self._ordered(self._request.sort, offset + self._request.size)[offset:])

    def by_report(self, best: int) -> ByReport:
        """See ``Engine.by_report``."""
        groups: dict[str, Ranked] = defaultdict(list)
        for doc, score in self._ordered("relevance", len(self._docs)):
            groups[self._snapshot.report_of[doc]].append((doc, score))
        first, last = self._request.offset, self._request.offset + self._request.size
        shown = [self._report(groups[name], best) for name in self._reports_in_order(groups)[first:last]]
        return ByReport(self._result([]), len(groups), tuple(shown))

    def by_occurrence(self) -> ByOccurrence:
        """See ``Engine.by_occurrence``."""
        skipped, passed, shown = 0, 0, []
        first, last = self._request.offset, self._request.offset + self._request.size
        for doc, score in self._holding(last):
            times = self._times.get(doc, 0)
            if passed + times <= first:
                skipped += times
            elif passed < last:
                shown.append((doc, score))
            passed += times
        return ByOccurrence(self._result(shown), skipped)

    def _holding(self, occurrences: int) -> Ranked:
        """The first units, as many as hold so many occurrences. One holds one at least, but where a query also finds
        units without what it seeks."""
        first = self._ordered(self._request.sort, occurrences)
        if sum(self._times.get(doc, 0) for doc, _ in first) >= occurrences:
            return first
        return self._ordered(self._request.sort, len(self._docs))

    def _reports_in_order(self, groups: dict[str, Ranked]) -> list[str]:
        """The ids of groups whose units, and they themselves, come by relevance."""
        if self._request.sort == "relevance":
            return list(groups)
        sign, years = 1 if self._request.sort == "oldest" else -1, self._snapshot.value_of["year"]
        return sorted(groups, key=lambda name: (sign * int(years[groups[name][0][0]]), name))

    def _report(self, ordered: Ranked, best: int) -> ReportHits:
        occurrences = sum(self._times.get(doc, 0) for doc, _ in ordered)
        hits = tuple(self._hit(doc, score) for doc, score in ordered[:best])
        return ReportHits(hits[0].report, len(ordered), occurrences, hits)

    def _ordered(self, sort: Sort, last: int) -> Ranked:
        if self._loose is not None:
            return ranked_loosely(self._snapshot, self._loose, self._docs, sort, last)
        return ranked(self._snapshot, self._matching, self._docs, self._wanted, sort, last)

    def _result(self, shown: Ranked) -> SearchResult:
        request = self._request
        facets = facet_counts(self._snapshot, self._matching, self._found, request.filters, request.facets, self._times)
        apart = tuple(occurrences_in(self._docs, count) for count in self._counts)
        hits = tuple(self._hit(doc, score) for doc, score in shown)
        return SearchResult(len(self._docs), sum(apart), hits, facets, time.perf_counter() - self._began, apart)

    def _hit(self, doc: int, score: float) -> Hit:
        report = self._snapshot.report(self._snapshot.report_of[doc])
        return Hit(self._snapshot.unit(doc), report, score, self._times.get(doc, 0))

    @cached_property
    def _times(self) -> dict[int, int]:
        return together(self._counts)
