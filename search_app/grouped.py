"""A result by report: one entry a report, with its numbers and its best paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Engine, Hit
from indexer.model import Report
from indexer.query import Sought, sought
from search_app.search import PageHit, page_hit
from search_app.state import SearchState
from search_app.summary import Summary, request, summary
from search_app.syntax import parse
from search_app.whole_paths import check_whole

BEST_SHOWN = 3
"""Paragraphs of a report: enough to see how it speaks of something, few enough to compare reports."""
_ALL = 1_000_000_000


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
    result = engine.search(request(node, state.sorted_by("relevance"), _ALL))
    groups = _in_order(_by_report(result.hits), state)
    told = summary(engine, state, node, result, len(groups))
    shown = groups[state.offset : state.offset + state.size]
    return GroupedPage(told, len(groups), tuple(_group(each, sought(node), state) for each in shown))


def _by_report(hits: tuple[Hit, ...]) -> list[list[Hit]]:
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.report.id, []).append(hit)
    return list(groups.values())


def _in_order(groups: list[list[Hit]], state: SearchState) -> list[list[Hit]]:
    """Groups that came by relevance, in the state's order."""
    if state.sort == "relevance":
        return groups
    sign = 1 if state.sort == "oldest" else -1
    return sorted(groups, key=lambda hits: (sign * hits[0].report.year, hits[0].report.id))


def _group(hits: list[Hit], wanted: tuple[Sought, ...], state: SearchState) -> ReportGroup:
    best = tuple(page_hit(hit, wanted, state) for hit in hits[:BEST_SHOWN])
    return ReportGroup(hits[0].report, len(hits), sum(hit.occurrences for hit in hits), best, best[0].url)
