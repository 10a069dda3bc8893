"""What else a reader could ask where nothing was found. Only offered, never done."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Engine, SearchRequest
from indexer.query import Node, sought
from search_app.state import SearchState
from search_app.syntax import parse, unparse

MOST_WORDS = 10
"""Each costs a search. A longer query is one for mode loose."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A query that could be asked, the ``units`` it finds, and its page."""

    query: str
    units: int
    url: str


@dataclass(frozen=True, slots=True)
class Instead:
    """``words``: each of several words alone, with the filters. ``loose``: the same query in mode loose.
    ``without_filters``: None where there are none."""

    words: tuple[Offer, ...]
    loose: Offer
    without_filters: Offer | None


def instead_of(engine: Engine, node: Node, state: SearchState) -> Instead:
    """What could be asked instead of ``state``, whose query is ``node``."""
    words = sought(node)[:MOST_WORDS]
    alone = tuple(_offer(engine, state.with_q(unparse(word))) for word in words) if len(words) > 1 else ()
    loose = _offer(engine, state.with_q(unparse(node)).in_mode("loose"))
    unfiltered = _offer(engine, state.with_q(unparse(node)).clear_all()) if state.filters else None
    return Instead(alone, loose, unfiltered)


def _offer(engine: Engine, state: SearchState) -> Offer:
    found = engine.search(SearchRequest(parse(state.q), state.filters, sort="newest", size=0, mode=state.mode))
    return Offer(state.q, found.total, state.url())
