"""A request answered: by unit, by report, by occurrence, all of one committed state."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from indexer.engines.base import ByOccurrence, ByReport, Hit, ReportHits, SearchRequest, SearchResult, Sort
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.counting import Counting
from indexer.engines.opensearch.found import Found, found_by
from indexer.engines.opensearch.layout import unit_of
from indexer.engines.opensearch.loosening import loosely
from indexer.engines.opensearch.matching import Matching, passing
from indexer.engines.opensearch.ranking import BY_SCORE, CLOSE, Row, Scoring, order, scoring
from indexer.engines.opensearch.view import PAGE, Query, View, one_of
from indexer.query import sought
from indexer.text import distinct, occurrences, pieces

SHOWN = ("record", "folded")
LEAST = 20
"""Hits asked for at once where it is not known how many are needed."""


class Answer:
    """What matches a request."""

    def __init__(self, view: View, request: SearchRequest) -> None:
        self._began = time.perf_counter()
        self._view, self._request = view, request
        self._matching = Matching(view)
        self._wanted = distinct(sought(request.query))
        self._loose = loosely(self._matching, request.query) if request.mode == "loose" else None
        self._all = self._everywhere()
        self._found = self._all.within(passing(request.filters))

    def _everywhere(self) -> Found:
        """What is found whatever is filtered."""
        if self._loose is not None:
            return Found(self._matching, rest=self._loose.found(self._matching))
        return found_by(self._matching, self._request.query)

    def by_unit(self) -> SearchResult:
        """See ``Engine.search``. One request to the cluster; one more before it for what is not remembered yet."""
        first, last = self._request.offset, self._request.offset + self._request.size
        sort = self._request.sort
        page = self._page(sort, first, last)
        if self._loose is None:
            answers = self._view.searches(self._counting.bodies(self._scoring_by(sort), page))
            return self._result(self._as_hits(answers[0], sort, first, last), answers)
        query = {"query": self._query(sort), "track_total_hits": False}
        *answers, rows = self._view.searches([*self._counting.bodies(), page | query])
        return self._result(self._as_hits(rows, sort, first, last), answers)

    def by_report(self, best: int) -> ByReport:
        """See ``Engine.by_report``."""
        ids = self._reports_in_order()
        first, last = self._request.offset, self._request.offset + self._request.size
        return ByReport(self._counted(()), len(ids), self._reports(ids[first:last], best))

    def by_occurrence(self) -> ByOccurrence:
        """See ``Engine.by_occurrence``."""
        first, last = self._request.offset, self._request.offset + self._request.size
        passed, skipped, shown = 0, 0, []
        for hit in self._first_hits(last):
            before, passed = passed, passed + hit.occurrences
            if passed <= first:
                skipped = passed
            elif before < last:
                shown.append(hit)
            if passed >= last:
                break
        return ByOccurrence(self._counted(tuple(shown)), skipped)

    def _first_hits(self, occurrences: int) -> Iterator[Hit]:
        """Hits in order; of those that hold one occurrence at least, as many as are needed come at once."""
        at, page = 0, min(max(occurrences, LEAST), PAGE)
        while page:
            hits = self._hits(self._request.sort, at, at + page)
            yield from hits
            at, page = at + len(hits), page if len(hits) == page else 0

    def findings(self) -> tuple[Query, int, int]:
        """What finds all that matches, how many units, and how many occurrences."""
        result = self._counted(())
        return self._found.query(), result.total, result.occurrences

    def times(self, folded: str) -> int:
        """How often a folded text holds anything that is sought."""
        return sum(len(occurrences(folded, each)) for each in self._wanted)

    @cached_property
    def _counting(self) -> Counting:
        return Counting(self._all, self._wanted, self._request.filters, self._request.facets)

    def _counted(self, hits: tuple[Hit, ...]) -> SearchResult:
        return self._result(hits, self._view.searches(self._counting.bodies()))

    def _result(self, hits: tuple[Hit, ...], answers: list[Json]) -> SearchResult:
        told = self._counting.told(answers)
        took = time.perf_counter() - self._began
        return SearchResult(told.total, sum(told.apart), hits, told.facets, took, told.apart)

    def _scoring_by(self, sort: Sort) -> Scoring | None:
        """How units are scored; not at all in another order than the best first, nor where nothing is sought."""
        return self._scoring if sort == "relevance" and self._loose is None else None

    @cached_property
    def _scoring(self) -> Scoring | None:
        wanted = [each for each in self._wanted if pieces(each)]
        return scoring(self._matching, wanted) if wanted else None

    def _query(self, sort: Sort, *more: Query) -> Query:
        """What finds the units, and scores them."""
        found = self._found.within(*more)
        if self._loose is not None and sort == "relevance":
            return self._loose.scored(found.query())
        by = self._scoring_by(sort)
        return by.scored(found, self._counting.first) if by else found.query()

    def _order(self, sort: Sort) -> list[Any]:
        return order(sort, BY_SCORE) if self._loose is not None or self._scoring_by(sort) else order(sort)

    def _page(self, sort: Sort, first: int, last: int) -> Json:
        start, end = self._looked_at(sort, first, last)
        return {
            "sort": self._order(sort), "from": start, "size": end - start, "_source": list(SHOWN),
            "track_scores": sort == "relevance",
        }  # fmt: skip

    def _looked_at(self, sort: Sort, first: int, last: int) -> tuple[int, int]:
        """From which place to which hits are needed to know those from ``first`` to ``last``."""
        by = self._scoring_by(sort)
        return (0, max(last, CLOSE)) if by and by.is_by_closeness and first < min(last, CLOSE) else (first, last)

    def _hits(self, sort: Sort, first: int, last: int) -> tuple[Hit, ...]:
        """The hits from ``first`` to ``last`` in the order ``sort``."""
        query = {"query": self._query(sort), "track_total_hits": False}
        return self._as_hits(self._view.search(self._page(sort, first, last) | query), sort, first, last)

    def _as_hits(self, answer: Json, sort: Sort, first: int, last: int) -> tuple[Hit, ...]:
        start, _ = self._looked_at(sort, first, last)
        rows = self._rows(answer["hits"]["hits"], sort)
        if (by := self._scoring_by(sort)) and by.is_by_closeness and start == 0:
            rows = by.closest_first(rows)
        return self._shown(rows[first - start : last - start])

    def _rows(self, hits: Sequence[Json], sort: Sort) -> list[Row]:
        by = self._scoring_by(sort)
        scores = [hit["_score"] or 0.0 for hit in hits]
        worths = by.worths(scores, self._counting.first) if by else scores
        return [
            Row(worth, year, report, ordinal, hit["_source"])
            for hit, worth in zip(hits, worths, strict=True)
            for year, report, ordinal in [hit["sort"][-3:]]
        ]

    def _shown(self, rows: Sequence[Row]) -> tuple[Hit, ...]:
        reports = self._view.reports(row.report for row in rows)
        return tuple(
            Hit(unit_of(row.source), reports[row.report], row.score, self.times(row.source["folded"])) for row in rows
        )

    @cached_property
    def _closest(self) -> tuple[Hit, ...]:
        """The first hits by relevance, where closeness has its say in their order."""
        by = self._scoring_by("relevance")
        return self._hits("relevance", 0, CLOSE) if by and by.is_by_closeness else ()

    def _reports_in_order(self) -> list[str]:
        """The reports in which something is found: by relevance in the order of their best units."""
        sort = self._request.sort
        closest = [hit.report.id for hit in self._closest] if sort == "relevance" else []
        found = self._view.records(self._query(sort), ("report",), self._order(sort))
        return list(dict.fromkeys([*closest, *(hit["_source"]["report"] for hit in found)]))

    def _reports(self, ids: list[str], best: int) -> tuple[ReportHits, ...]:
        units, times = Counter[str](), Counter[str]()
        within = self._found.within(one_of("report", ids))
        for hit in self._view.records(within.query(), ("report", "folded")):
            units[hit["_source"]["report"]] += 1
            times[hit["_source"]["report"]] += self.times(hit["_source"]["folded"])
        known = self._view.reports(ids)
        return tuple(ReportHits(known[each], units[each], times[each], self._best(each, best)) for each in ids)

    def _best(self, report: str, best: int) -> tuple[Hit, ...]:
        """The first units of a report by relevance."""
        closest = [hit for hit in self._closest if hit.report.id == report]
        query = self._query("relevance", {"term": {"report": report}})
        page = {"sort": self._order("relevance"), "size": best, "_source": list(SHOWN), "track_scores": True}
        found = self._view.search(page | {"query": query, "track_total_hits": False})["hits"]["hits"]
        others = self._shown(self._rows(found, "relevance"))
        known = {hit.unit.ordinal for hit in closest}
        return (*closest, *(hit for hit in others if hit.unit.ordinal not in known))[:best]
