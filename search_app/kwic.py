"""A result as keywords in context: one line an occurrence, with what stands on either side of it in its unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from indexer.engines import ByOccurrence, Engine
from indexer.model import Report, Unit
from indexer.query import Node, Sought, sought
from indexer.text import fold
from search_app.highlight import Occurrence, found_in
from search_app.parameters import LARGEST_CONTEXT, Order
from search_app.state import SearchState
from search_app.summary import Summary, request, summary
from search_app.syntax import parse
from search_app.whole_paths import check_whole

MOST_SORTED = 20_000
"""Occurrences put in order by their context: more would hold memory and a processor for longer than a reader waits."""


_REACH = 3 * LARGEST_CONTEXT
"""Characters folded on a side to sort by those of the largest context: blanks between them fold to nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """An occurrence: ``left``, ``keyword`` and ``right`` are the source's own characters, and ``cut_left`` and
    ``cut_right`` tell whether the unit goes on beyond them. ``kind`` is that of its mark; ``url`` opens its report at
    its unit, whose permanent address is ``address``."""

    left: str
    keyword: str
    right: str
    cut_left: bool
    cut_right: bool
    kind: int
    address: str
    ordinal: int
    section: tuple[str, ...]
    report: Report
    url: str


@dataclass(frozen=True, slots=True)
class KwicPage:
    """A page of lines: in all there are as many as the summary's ``occurrences``, and it is paged by them. ``context``
    is how many characters each side shows. ``sorted_by`` is the order they stand in; where it is not the one asked
    for, ``note`` says why."""

    summary: Summary
    context: int
    sorted_by: Order
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    unit: Unit
    report: Report
    at: Occurrence


def kwic_page(engine: Engine, state: SearchState) -> KwicPage:
    """Answer a state by occurrences: in the order of their units and in them as one reads, or by the characters on one
    side. Raises QuerySyntaxError for the query, BadParameter for a page that is not there."""
    node = parse(state.q)
    check_whole(state.filters, engine.info())
    answer = engine.by_occurrence(request(node, state))
    result = answer.found
    told = summary(engine, state, node, result, result.occurrences)
    note = _TOO_MANY if state.sort in _SIDES and result.occurrences > MOST_SORTED else ""
    if state.sort in _SIDES and not note:
        places = _by_context(engine, node, state)
    else:
        places = _by_unit(answer, sought(node), state)
    sorted_by = state.engine_sort if note else state.sort
    return KwicPage(told, state.context, sorted_by, note, tuple(_line(place, state) for place in places))


def _by_unit(answer: ByOccurrence, wanted: tuple[Sought, ...], state: SearchState) -> Iterable[_Place]:
    """The places of the page, in the order of the hits."""
    passed = answer.skipped
    for hit in answer.found.hits:
        here = found_in(hit.unit.text, wanted)[max(0, state.offset - passed) : state.offset + state.size - passed]
        yield from (_Place(hit.unit, hit.report, at) for at in here)
        passed += hit.occurrences


def _by_context(engine: Engine, node: Node, state: SearchState) -> Iterable[_Place]:
    """The places of the page when all are sorted by their context; equal ones newest first.

    In the order of GB 18030's bytes: the 3,755 commonest characters (GB 2312, level 1) stand there by their sound.
    """
    side, wanted = _SIDES[state.sort], sought(node)
    with engine.scan(node, state.filters) as scan:
        places = [
            _Place(found.unit, found.report, at)
            for found in scan.findings
            if found.occurrences
            for at in found_in(found.unit.text, wanted)
        ]
    places.sort(key=lambda place: side(place.unit.text, place.at).encode("gb18030", "replace"))
    return places[state.offset : state.offset + state.size]


def _before(text: str, at: Occurrence) -> str:
    """What stands before an occurrence, read outward from it, folded."""
    return fold(text[max(0, at.start - _REACH) : at.start])[: -LARGEST_CONTEXT - 1 : -1]


def _after(text: str, at: Occurrence) -> str:
    return fold(text[at.end : at.end + _REACH])[:LARGEST_CONTEXT]


_SIDES: dict[Order, Callable[[str, Occurrence], str]] = {"left": _before, "right": _after}
_TOO_MANY = f"超过 {MOST_SORTED:,} 处，不按左右的字排，现在按年份从新到旧；请选年份、地区等筛选，或再加一个词，少到能排"


def _line(place: _Place, state: SearchState) -> Line:
    text, at, width = place.unit.text, place.at, state.context
    start, end = max(0, at.start - width), at.end + width
    return Line(
        left=text[start : at.start],
        keyword=text[at.start : at.end],
        right=text[at.end : end],
        cut_left=start > 0,
        cut_right=end < len(text),
        kind=at.kind,
        address=place.unit.address,
        ordinal=place.unit.ordinal,
        section=place.unit.section,
        report=place.report,
        url=state.report_url(place.report.id, place.unit.anchor),
    )
