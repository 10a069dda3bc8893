"""State and engine make the page: one value behind HTML, JSON, shell and Python."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Engine, Hit, Mode, SearchRequest, SearchResult, loose_pieces, loosened
from indexer.errors import BadParameter
from indexer.fields import FACETS
from indexer.model import Heading, Report, Unit
from indexer.query import Node, Sought, Term, sought
from indexer.text import distinct
from search_app.facets import Facet, facets_of
from search_app.highlight import Snippet, snippet
from search_app.instead import Instead, instead_of
from search_app.mending import Mending, mendings
from search_app.parameters import Order
from search_app.state import SearchState
from search_app.synonyms import Synonym, synonyms_of
from search_app.syntax import in_words, parse, unparse
from search_app.whole_paths import check_whole


@dataclass(frozen=True, slots=True)
class PageHit:
    """A unit found: its permanent address, its text as far as it is shown, marked, and the link that opens its report
    at it."""

    address: str
    unit: Unit
    report: Report
    score: float
    snippet: Snippet
    url: str

    @property
    def path(self) -> tuple[Heading, ...]:
        """The headings above the unit; a heading's own is left out."""
        return self.unit.headings[:-1] if self.unit.kind == "heading" else self.unit.headings


@dataclass(frozen=True, slots=True)
class TermFound:
    """Something sought, the ``kind`` of its marks, and its occurrences in the units found."""

    text: str
    kind: int
    occurrences: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a reader gets. ``total`` units match and hold ``occurrences`` of what is sought; ``query`` is the query in
    canonical writing, and ``in_words`` says it and the filters in Chinese; ``took_ms`` is the engine's time; ``state``
    makes the links to other pages; ``terms`` is what is sought. ``synonyms`` are what the query could also look for,
    and already does; ``instead`` is what else could be asked where nothing was found in mode exact, ``mendings`` what
    may have been meant."""

    query: str
    in_words: str
    total: int
    occurrences: int
    page: int
    pages: int
    size: int
    sort: Order
    mode: Mode
    took_ms: float
    hits: tuple[PageHit, ...]
    facets: dict[str, Facet]
    synonyms: tuple[Synonym, ...]
    instead: Instead | None
    mendings: tuple[Mending, ...]
    state: SearchState
    terms: tuple[TermFound, ...] = ()


_LOOSE = "宽松检索，引号外的词有一半（少见的字算得重）在段落或它上面的标题里即可："


def search_page(engine: Engine, state: SearchState) -> SearchPage:
    """Answer a state. Raises QuerySyntaxError for the query, BadParameter for a page that is not there."""
    node = parse(state.q)
    check_whole(state.filters, engine.info())
    request = SearchRequest(node, state.filters, FACETS, state.engine_sort, state.offset, state.size, state.mode)
    result = engine.search(request)
    pages = max(1, -(-result.total // state.size))
    if state.page > pages:
        raise BadParameter("page", f"没有第 {state.page} 页，一共 {pages} 页")
    wanted = _marked(node, state.mode)
    return SearchPage(
        query=unparse(node),
        in_words=(_LOOSE if state.mode == "loose" else "") + in_words(node, state.filters),
        total=result.total,
        occurrences=result.occurrences,
        page=state.page,
        pages=pages,
        size=state.size,
        sort=state.sort,
        mode=state.mode,
        took_ms=round(result.took * 1000, 2),
        hits=tuple(page_hit(hit, wanted, state) for hit in result.hits),
        facets=facets_of(result.facets, state, engine.info().years),
        synonyms=synonyms_of(node, state, engine.synonyms()),
        instead=None if result.total or state.mode == "loose" else instead_of(engine, node, state),
        mendings=() if result.total else mendings(engine, node, state),
        state=state,
        terms=terms_of(node, result),
    )


def _marked(node: Node, mode: Mode) -> tuple[Sought, ...]:
    """What is marked in the hits: what is sought, and in mode loose what each piece of it is."""
    if mode == "exact":
        return sought(node)
    words, _ = loosened(node)
    return (*sought(node), *map(Term, loose_pieces(words)))


def terms_of(node: Node, result: SearchResult) -> tuple[TermFound, ...]:
    """What is sought, in order, each with the occurrences a result counts."""
    numbered = enumerate(zip(distinct(sought(node)), result.by_sought, strict=True))
    return tuple(TermFound(each.text, kind, times) for kind, (each, times) in numbered)


def page_hit(hit: Hit, wanted: tuple[Sought, ...], state: SearchState) -> PageHit:
    """A hit as a page shows it."""
    url = state.report_url(hit.report.id, hit.unit.anchor)
    return PageHit(hit.unit.address, hit.unit, hit.report, round(hit.score, 4), snippet(hit.unit.text, wanted), url)
