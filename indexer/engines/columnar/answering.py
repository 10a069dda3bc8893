"""A request answered from a view: by unit, by report, by occurrence. Only what is shown is read from the records."""

from __future__ import annotations

import time

import numpy as np

from indexer.engines.base import ByOccurrence, ByReport, Hit, ReportHits, SearchRequest, SearchResult, Sort
from indexer.engines.columnar.counting import facet_counts, tallied
from indexer.engines.columnar.filing import Filing
from indexer.engines.columnar.kernels import passing
from indexer.engines.columnar.kernels.kinds import TIMES
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
        self._view, self._request, self._filing = view, request, Filing(view)
        self._matching = Matching(view, self._filing)
        self._wanted = distinct(sought(request.query))
        self._loose = loosely(self._matching, request.query) if request.mode == "loose" else None
        found = self._found()
        self._tally = tallied(self._matching, found, self._wanted)
        self._runs = self._filing.passing(request.filters)
        self._units = found if self._runs.all() else passing(found, view.run_of, self._runs)
        self._total = len(self._units)

    def _found(self) -> Array:
        if self._loose is None:
            return self._matching.units(self._request.query)
        return self._loose.found(self._matching)

    def by_unit(self) -> SearchResult:
        """See ``Engine.search``."""
        offset = self._request.offset
        return self._result(self._ordered(self._request.sort, offset + self._request.size)[offset:])

    def by_report(self, best: int) -> ByReport:
        """See ``Engine.by_report``."""
        ordered = self._ordered("relevance", self._total)
        reports = self._view.report_of(ordered.units)
        chosen = self._reports_in_order(reports)
        first, last = self._request.offset, self._request.offset + self._request.size
        shown = [self._report(ordered[reports == report], best) for report in chosen[first:last].tolist()]
        return ByReport(self._result(Ranked()), len(chosen), tuple(shown))

    def by_occurrence(self) -> ByOccurrence:
        """See ``Engine.by_occurrence``."""
        first, last = self._request.offset, self._request.offset + self._request.size
        ordered = self._holding(last)
        times = self.times(ordered.units)
        passed = np.cumsum(times)
        shown = (passed > first) & (passed - times < last)
        return ByOccurrence(self._result(ordered[shown]), int(times[passed <= first].sum()))

    def by_year(self) -> Array:
        """All units, newest first."""
        return self._ordered("newest", self._total).units

    def times(self, units: Array) -> Array:
        """How often each of ``units`` holds anything that is sought."""
        order, times = np.argsort(units), np.empty(len(units), TIMES)
        ordered = units[order]
        times[order] = sum((self._matching.times(ordered, each) for each in self._wanted), np.zeros_like(times))
        return times

    def _holding(self, occurrences: int) -> Ranked:
        """The first units, as many as hold so many occurrences. One holds one at least, but where a query also finds
        units without what it seeks."""
        first = self._ordered(self._request.sort, occurrences)
        if self.times(first.units).sum() >= occurrences:
            return first
        return self._ordered(self._request.sort, self._total)

    def _reports_in_order(self, of_units: Array) -> Array:
        """The reports of units that come by relevance, in the order asked for."""
        reports, first = np.unique(of_units, return_index=True)
        if self._request.sort == "relevance":
            return reports[np.argsort(first)]
        return reports[np.argsort(self._view.ranks(self._request.sort)[reports])]

    def _report(self, ordered: Ranked, best: int) -> ReportHits:
        hits = self._hits(ordered[:best])
        return ReportHits(hits[0].report, len(ordered.units), int(self.times(ordered.units).sum()), hits)

    def _ordered(self, sort: Sort, last: int) -> Ranked:
        if self._loose is not None:
            return ranked_loosely(self._matching, self._units, self._loose, sort, last)
        return ranked(self._matching, self._units, self._wanted, sort, last)

    def _result(self, shown: Ranked) -> SearchResult:
        facets = facet_counts(self._view, self._filing, self._tally, self._request.filters, self._request.facets)
        apart = tuple(int(each[self._runs[self._tally.runs]].sum()) for each in self._tally.apart)
        took = time.perf_counter() - self._began
        return SearchResult(self._total, sum(apart), self._hits(shown), facets, took, apart)

    def _hits(self, shown: Ranked) -> tuple[Hit, ...]:
        rows = zip(shown.units.tolist(), shown.scores.tolist(), self.times(shown.units).tolist(), strict=True)
        reports = self._view.report_of(shown.units).tolist()
        return tuple(
            Hit(self._view.unit(unit), self._view.report(report), score, count)
            for (unit, score, count), report in zip(rows, reports, strict=True)
        )

