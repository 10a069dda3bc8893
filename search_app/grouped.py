"""A result by report: one entry a report, with its numbers and its best paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Engine, ReportHits
from indexer.model import Report
from indexer.query import Sought, sought
from search_app.search import PageHit, page_hit
from search_app.state import SearchState
from search_app.summary import Summary, request, summary
from search_app.syntax import parse
from search_app.whole_paths import check_whole

BEST_SHOWN = 3
"""Paragraphs of a report: enough to see how it speaks of something, few enough to compare reports."""


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """A report with ``units`` units found and ``occurrences`` in them; ``best`` are its first by relevance, and ``url``
    opens it at the first of them."""

    report: Report
    units: int
    occurrences: int
    best: tuple[PageHit, ...]
    url: str


@dataclass(frozen=True, slots=True)
class GroupedPage:
    """A page of reports, of ``reports`` in which something was found; its summary is paged by report."""

    summary: Summary
    reports: int
    groups: tuple[ReportGroup, ...]


def grouped_page(engine: Engine, state: SearchState) -> GroupedPage:
    """Answer a state by report: by relevance in the order of their best units, else by year and then id. Raises
    QuerySyntaxError for the query, BadParameter for a page that is not there."""
    node = parse(state.q)
    check_whole(state.filters, engine.info())
    found = engine.by_report(request(node, state), BEST_SHOWN)
    told = summary(engine, state, node, found.found, found.reports)
    wanted = sought(node)
    return GroupedPage(told, found.reports, tuple(_group(each, wanted, state) for each in found.groups))


def _group(hits: ReportHits, wanted: tuple[Sought, ...], state: SearchState) -> ReportGroup:
    best = tuple(page_hit(hit, wanted, state) for hit in hits.best)
    return ReportGroup(hits.report, hits.units, hits.occurrences, best, best[0].url)
