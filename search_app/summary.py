"""What every view of a result tells before it lists anything: the numbers, the facets, the query in words."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Engine, SearchRequest, SearchResult
from indexer.errors import BadParameter
from indexer.fields import FACETS
from indexer.query import Node
from search_app.facets import Facet, facets_of
from search_app.parameters import Order
from search_app.search import TermFound, terms_of
from search_app.state import SearchState
from search_app.syntax import in_words, unparse


@dataclass(frozen=True, slots=True)
class Summary:
    """As of a ``SearchPage``; ``page``, ``pages`` and ``size`` are in what the view lists."""

    query: str
    in_words: str
    total: int
    occurrences: int
    page: int
    pages: int
    size: int
    sort: Order
    took_ms: float
    facets: dict[str, Facet]
    state: SearchState
    terms: tuple[TermFound, ...]


def summary(engine: Engine, state: SearchState, node: Node, result: SearchResult, listed: int) -> Summary:
    """The summary of a result that a view lists as ``listed`` things. Raises BadParameter for a page that is not
    there."""
    pages = max(1, -(-listed // state.size))
    if state.page > pages:
        raise BadParameter("page", f"没有第 {state.page} 页，一共 {pages} 页")
    return Summary(
        query=unparse(node),
        in_words=in_words(node, state.filters),
        total=result.total,
        occurrences=result.occurrences,
        page=state.page,
        pages=pages,
        size=state.size,
        sort=state.sort,
        took_ms=round(result.took * 1000, 2),
        facets=facets_of(result.facets, state, engine.info().years),
        state=state,
        terms=terms_of(node, result),
    )


def request(node: Node, state: SearchState) -> SearchRequest:
    """Ask for the state's page, in what the view lists, with the facets."""
    return SearchRequest(node, state.filters, FACETS, state.engine_sort, state.offset, state.size)
