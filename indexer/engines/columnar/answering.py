"""A request answered from a view: by unit, by report, by occurrence. Only what is shown is read from the records."""

from __future__ import annotations

import time

import numpy as np

from indexer.engines.base import ByOccurrence, ByReport, Hit, ReportHits, SearchRequest, SearchResult, Sort
from indexer.engines.columnar.counting import facet_counts, tallied, times_of
from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.loosening import loosely, ranked_loosely
from indexer.engines.columnar.matching import Matching
from indexer.engines.columnar.ranking import Ranked, ranked
from indexer.engines.columnar.view import View
from indexer.query import sought
from indexer.text import distinct


class Answer:
    """What matches a request: the numbers, and the units in an order."""

    def __init__(self, view: View, request: SearchRequest) -> None:
        self._began = time.perf_counter()
        self._view, self._request = view, request
        self._matching = Matching(view)
        self._wanted = distinct(sought(request.query))
        self._loose = loosely(view, self._matching, request.query) if request.mode == "loose" else None
        found = self._matching.units(request.query) if self._loose is None else self._loose.units
        self._sought = [self._matching.occurrences(each) for each in self._wanted]
        self._tally = tallied(view, found, self._sought)
        self._passing = self._matching.passing(request.filters)
        self._units = found if self._passing.all() else found[self._passing[view.run_of[found]]]

    def by_unit(self) -> SearchResult:
        """See ``Engine.search``."""
        offset = self._request.offset
        return self._result(self._ordered(self._request.sort, offset + self._request.size)[offset:])

    def by_report(self, best: int) -> ByReport:
        """See ``Engine.by_report``."""
        reports = self._view.report_of(self._units)
        ordered = self._ordered("relevance", len(self._units))
        of_ordered = self._view.report_of(ordered.units)
        first, last = self._request.offset, self._request.offset + self._request.size
        chosen = self._reports_in_order(of_ordered)[first:last].tolist()
        shown = [self._report(ordered[of_ordered == report], best) for report in chosen]
        return ByReport(self._result(Ranked()), len(np.unique(reports)), tuple(shown))

    def by_occurrence(self) -> ByOccurrence:
        """See ``Engine.by_occurrence``."""
        first, last = self._request.offset, self._request.offset + self._request.size
        units = self._holding(last)
        times = times_of(units.units, self._sought)
        passed = np.cumsum(times)
        shown = (passed > first) & (passed - times < last)
        return ByOccurrence(self._result(units[shown]), int(times[passed <= first].sum()))

    def _holding(self, occurrences: int) -> Ranked:
        """The first units, as many as hold so many occurrences. One holds one at least, but where a query also finds
        units without what it seeks."""
        first = self._ordered(self._request.sort, occurrences)
        if times_of(first.units, self._sought).sum() >= occurrences:
            return first
        return self._ordered(self._request.sort, len(self._units))

    def _reports_in_order(self, of_units: Array) -> Array:
        """The reports of units that come by relevance, in the order asked for."""
        reports, first = np.unique(of_units, return_index=True)
        if self._request.sort == "relevance":
            return reports[np.argsort(first)]
        return reports[np.argsort(self._view.ranks(self._request.sort)[reports])]

    def _report(self, ordered: Ranked, best: int) -> ReportHits:
        occurrences = int(times_of(ordered.units, self._sought).sum())
        hits = self._hits(ordered[:best])
        return ReportHits(hits[0].report, len(ordered.units), occurrences, hits)

    def _ordered(self, sort: Sort, last: int) -> Ranked:
        if self._loose is not None:
            return ranked_loosely(self._view, self._matching, self._loose, self._units, sort, last)
        return ranked(self._view, self._matching, self._units, self._wanted, sort, last)

    def _result(self, shown: Ranked) -> SearchResult:
        facets = facet_counts(self._view, self._matching, self._tally, self._request.filters, self._request.facets)
        apart = tuple(int(each[self._passing].sum()) for each in self._tally.apart)
        took = time.perf_counter() - self._began
        return SearchResult(len(self._units), sum(apart), self._hits(shown), facets, took, apart)

    def _hits(self, shown: Ranked) -> tuple[Hit, ...]:
        times = times_of(shown.units, self._sought)
        rows = zip(shown.units.tolist(), shown.scores.tolist(), times.tolist(), strict=True)
        reports = self._view.report_of(shown.units).tolist()
        return tuple(
            Hit(self._view.unit(unit), self._view.report(report), score, count)
            for (unit, score, count), report in zip(rows, reports, strict=True)
        )
