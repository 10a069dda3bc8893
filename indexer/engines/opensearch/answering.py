"""A request answered: by unit, by report, by occurrence, all of one committed state."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from indexer.engines.base import ByOccurrence, ByReport, Hit, ReportHits, SearchRequest, SearchResult, Sort
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.counting import Sums, facet_aggregations, facet_counts, tallies
from indexer.engines.opensearch.layout import unit_of
from indexer.engines.opensearch.loosening import loosely
from indexer.engines.opensearch.matching import Matching, passing
from indexer.engines.opensearch.ranking import Scoring, order, scored_by, scoring
from indexer.engines.opensearch.view import PAGE, Query, View, one_of
from indexer.engines.scoring import CLOSENESS_DEPTH, closeness
from indexer.query import sought
from indexer.text import distinct, occurrences, pattern, pieces

SHOWN = ("record", "folded", "year")


class Answer:
    """What matches a request."""

    def __init__(self, view: View, request: SearchRequest) -> None:
        self._began = time.perf_counter()
        self._view, self._request = view, request
        self._matching = Matching(view)
        self._wanted = distinct(sought(request.query))
        self._loose = loosely(self._matching, request.query) if request.mode == "loose" else None
        self._found = self._matching.query(request.query) if self._loose is None else self._loose.found(self._matching)
        self._passing = passing(request.filters)

    def by_unit(self) -> SearchResult:
        """See ``Engine.search``."""
        first, last = self._request.offset, self._request.offset + self._request.size
        return self._result(self._hits(self._request.sort, first, last))

    def by_report(self, best: int) -> ByReport:
        """See ``Engine.by_report``."""
        ids = self._reports_in_order()
        first, last = self._request.offset, self._request.offset + self._request.size
        return ByReport(self._result(()), len(ids), self._reports(ids[first:last], best))

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
        return ByOccurrence(self._result(tuple(shown)), skipped)

    def _first_hits(self, occurrences: int) -> Iterator[Hit]:
        """Hits in order; of those that hold one occurrence at least, as many as are needed come at once."""
        at, page = 0, min(max(occurrences, CLOSENESS_DEPTH), PAGE)
        while page:
            hits = self._hits(self._request.sort, at, at + page)
            yield from hits
            at, page = at + len(hits), page if len(hits) == page else 0

    def findings(self) -> tuple[Query, int, int]:
        """What finds all that matches, how many units, and how many occurrences."""
        result = self._result(())
        return self._view.units(self._found, self._passing), result.total, result.occurrences

    def times(self, folded: str) -> int:
        """How often a folded text holds anything that is sought."""
        return sum(len(occurrences(folded, each)) for each in self._wanted)

    def _result(self, hits: tuple[Hit, ...]) -> SearchResult:
        names = self._request.facets
        body = {
            "size": 0, "track_total_hits": True, "query": self._view.units(self._found),
            "post_filter": self._passing, "aggs": facet_aggregations(self._request.filters, names, {}),
        }  # fmt: skip
        answer = self._view.search(body)
        sums: Sequence[Sums] = tallies(self._matching, self._found, self._wanted, self._request.filters, names)
        apart = tuple(each.whole for each in sums)
        facets = facet_counts(answer, names, sums)
        took = time.perf_counter() - self._began
        return SearchResult(answer["hits"]["total"]["value"], sum(apart), hits, facets, took, apart)

    @cached_property
    def _scoring(self) -> Scoring:
        return scoring(self._matching, self._wanted)

    def _query(self, sort: Sort, *more: Query) -> Query:
        found = self._view.units(self._found, self._passing, *more)
        if sort != "relevance":
            return found
        if self._loose is not None:
            return self._loose.scored(found)
        return scored_by(found, self._scoring.should) if self._wanted else found

    def _is_by_closeness(self, sort: Sort) -> bool:
        return sort == "relevance" and self._loose is None and len(list(filter(pieces, self._wanted))) > 1

    def _hits(self, sort: Sort, first: int, last: int) -> tuple[Hit, ...]:
        """The hits from ``first`` to ``last`` in the order ``sort``."""
        if first >= last:
            return ()
        if not self._is_by_closeness(sort) or first >= CLOSENESS_DEPTH:
            return self._as_hits(self._asked(sort, first, last))
        head = self._closest_first(self._asked(sort, 0, CLOSENESS_DEPTH))
        rest = self._asked(sort, CLOSENESS_DEPTH, last) if last > CLOSENESS_DEPTH else []
        return self._as_hits([*head, *rest][first:last])

    def _asked(self, sort: Sort, first: int, last: int, *more: Query) -> list[Json]:
        body = {
            "query": self._query(sort, *more), "sort": order(sort), "from": first, "size": last - first,
            "_source": list(SHOWN), "track_scores": sort == "relevance", "track_total_hits": False,
        }  # fmt: skip
        hits: list[Json] = self._view.search(body)["hits"]["hits"]
        return hits

    def _closest_first(self, hits: list[Json]) -> list[Json]:
        """Put hits in order again: see ``engines.scoring.closeness``."""
        patterns = tuple(map(pattern, filter(pieces, self._wanted)))
        for hit in hits:
            hit["_score"] += self._scoring.gain * closeness(hit["_source"]["folded"], patterns)
        return sorted(hits, key=lambda hit: -hit["_score"])

    def _as_hits(self, rows: Iterable[Json]) -> tuple[Hit, ...]:
        shown = [(unit_of(row["_source"]), row) for row in rows]
        reports = self._view.reports(unit.report_id for unit, _ in shown)
        return tuple(
            Hit(unit, reports[unit.report_id], row["_score"] or 0.0, self.times(row["_source"]["folded"]))
            for unit, row in shown
        )

    @cached_property
    def _head(self) -> tuple[Hit, ...]:
        """The first by relevance, in which closeness has its say."""
        return self._hits("relevance", 0, CLOSENESS_DEPTH)

    def _reports_in_order(self) -> list[str]:
        """The reports in which something is found: by relevance in the order of their best units."""
        sort = self._request.sort
        head = [hit.report.id for hit in self._head] if sort == "relevance" else []
        found = self._view.records(self._query(sort), ("report",), order(sort))
        return list(dict.fromkeys((*head, *(hit["_source"]["report"] for hit in found))))

    def _reports(self, ids: list[str], best: int) -> tuple[ReportHits, ...]:
        units, times = Counter[str](), Counter[str]()
        within = one_of("report", ids)
        for hit in self._view.records(self._view.units(self._found, self._passing, within), ("report", "folded")):
            units[hit["_source"]["report"]] += 1
            times[hit["_source"]["report"]] += self.times(hit["_source"]["folded"])
        known = self._view.reports(ids)
        return tuple(ReportHits(known[each], units[each], times[each], self._best(each, best)) for each in ids)

    def _best(self, report: str, best: int) -> tuple[Hit, ...]:
        """The first units of a report by relevance."""
        head = [hit for hit in self._head if hit.report.id == report]
        if len(head) >= best:
            return tuple(head[:best])
        first = {hit.unit.ordinal for hit in head}
        asked = self._as_hits(self._asked("relevance", 0, best + len(head), {"term": {"report": report}}))
        return tuple([*head, *(hit for hit in asked if hit.unit.ordinal not in first)][:best])
