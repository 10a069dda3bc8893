"""The pages: home, search, report, help. Server-rendered; every state is a URL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from indexer import BaogaoError, Engine, Report, SearchRequest
from indexer.errors import BadParameter, QuerySyntaxError, shown
from indexer.fields import FACETS, FIELDS
from indexer.model import Document
from indexer.query import Sought, sought
from search_app import feed
from search_app.aligned import Chapter, aligned, chapters
from search_app.asked import asked_alike
from search_app.beside import beside
from search_app.export import FORMATS
from search_app.facets import facets_of
from search_app.grouped import grouped_page
from search_app.histogram import histogram
from search_app.kwic import kwic_page
from search_app.parameters import CONTEXT_LABELS, MODE_LABELS, PARAMETERS, SORT_LABELS, VIEW_LABELS
from search_app.reading import Reading, only_about_hits, origins, read
from search_app.search import search_page
from search_app.state import SearchState, readable, report_url
from search_app.syntax import SYNTAX, parse
from search_app.year_range import range_in

EXAMPLES = ("中欧班列", "“高质量发展” -制造业", "营商环境 年:2023..2025", "(乡村振兴 OR 和美乡村) 级别:县", "PM2.5")

COMPARE = "/compare"
CONTEXT_WIDTHS = (10, 20, 40, 60)
"""Offered on the page; an address may ask for any."""
_PAGES_EITHER_SIDE = 2


@dataclass(frozen=True, slots=True)
class Side:
    """One of two reports side by side; ``name`` begins the ids of its units on the page. ``cells`` are its chapters, as
    many as the other's: None where the other has a chapter that goes with none here."""

    name: str
    report: Report
    reading: Reading
    cells: tuple[Chapter | None, ...]


def blueprint(engine: Engine, site: str | None) -> Blueprint:
    """The pages' routes over an open engine; ``site``, where one is known, begins the addresses on paper."""
    routes = Blueprint("pages", __name__)
    routes.app_context_processor(lambda: {"sort_labels": SORT_LABELS, "mode_labels": MODE_LABELS})
    routes.add_app_template_global(static_url)
    routes.add_app_template_global(compare_url)

    @routes.get("/")
    def home() -> str:
        take_only(())
        return _home(engine)

    @routes.get("/search")
    def search() -> str:
        return _searched(engine, SearchState.read(request.args.to_dict(flat=False)))

    @routes.get("/report/<report_id>")
    def report(report_id: str) -> str:
        given = request.args.to_dict(flat=False)
        only = _only(given.pop("only", []))
        return _read(engine, report_id, SearchState.read(given), only, site or "")

    @routes.get(COMPARE)
    def compare() -> str:
        take_only(("left", "right", "q"))
        return _compared(engine, request.args.get("q", ""))

    @routes.get("/help")
    def help_page() -> str:
        take_only(())
        return render_template(
            "help.html", syntax=SYNTAX, fields=FIELDS, parameters=PARAMETERS, state=SearchState(), examples=_examples()
        )

    @routes.get("/healthz")
    def healthz() -> Response:
        take_only(())
        engine.search(SearchRequest(size=0))
        return _plain("ok\n")

    routes.add_app_template_filter(report_url)
    routes.add_app_template_filter(readable)
    return routes


def compare_url(left: str, right: str, q: str = "") -> str:
    """The address of two reports side by side."""
    return f"{COMPARE}?{urlencode({'left': left, 'right': right} | ({'q': q} if q else {}))}"


def _searched(engine: Engine, state: SearchState) -> str:
    exports = [(form.label, asked_alike(state, f"/export.{form.name}")) for form in FORMATS.values()]
    listed = _listed(engine, state)
    page = listed["page"]
    return render_template(
        "search.html", **listed, state=state, numbers=_page_numbers(page.page, page.pages), exports=exports,
        feed=asked_alike(state, feed.PATH), view_labels=VIEW_LABELS,
        years=histogram(page.facets["year"], page.occurrences), year_range=range_in(parse(page.query)),
    )  # fmt: skip


def _read(engine: Engine, report_id: str, state: SearchState, only: bool, site: str) -> str:
    """The page of a report, its hits marked; ``only`` units about them, if wished."""
    document = engine.document(report_id)
    wanted = sought(parse(state.q))
    reading = read(document, wanted)
    return render_template(
        "report.html", document=document, report=document.report, reading=reading, origins=origins(document.report),
        state=state, came=state != SearchState(), q=state.q, sought=bool(wanted), only=only,
        units=only_about_hits(reading) if only else reading.units, beside=beside(document.report, engine.reports()),
        site=site,
    )  # fmt: skip


def _compared(engine: Engine, q: str) -> str:
    wanted = sought(parse(q))
    sides = _sides([engine.document(_named(side)) for side in ("left", "right")], wanted)
    return render_template("compare.html", sides=sides, q=q, state=SearchState(q=q), sought=bool(wanted))


def _listed(engine: Engine, state: SearchState) -> dict[str, Any]:
    """What the page of a state's view is made of: its numbers, what it lists, and by what template."""
    match state.view:
        case "paragraphs":
            page = search_page(engine, state)
            return {"page": page, "listing": "paragraphs.html", "orders": SORT_LABELS, "order": page.sort}
        case "reports":
            groups = grouped_page(engine, state)
            told = groups.summary
            return {"page": told, "found": groups, "listing": "grouped.html", "orders": SORT_LABELS, "order": told.sort}
        case "kwic":
            lines = kwic_page(engine, state)
            orders = SORT_LABELS | CONTEXT_LABELS
            return {
                "page": lines.summary, "found": lines, "listing": "kwic.html", "orders": orders,
                "order": lines.sorted_by, "widths": sorted({*CONTEXT_WIDTHS, lines.context}),
            }  # fmt: skip


def _only(given: list[str]) -> bool:
    """Whether only units about hits are asked for. Raises BadParameter."""
    if given and set(given) != {"hits"}:
        raise BadParameter("only", f"参数 only 只能是 hits，现在是“{shown(given[0])}”；请去掉它")
    return bool(given)


def _named(side: str) -> str:
    """The id of a report to compare. Raises BadParameter."""
    report_id = request.args.get(side, "")
    if not report_id:
        raise BadParameter(side, f"对照要两篇报告，还缺 {side}；请从一篇报告的“旁边的报告”里点“对照”")
    return report_id


def _sides(documents: list[Document], wanted: tuple[Sought, ...]) -> list[Side]:
    readings = [read(document, wanted) for document in documents]
    left, right = (chapters(reading.units) for reading in readings)
    columns = zip(*aligned(left, right), strict=True)
    told = zip(("left", "right"), documents, readings, columns, strict=True)
    return [Side(name, document.report, reading, cells) for name, document, reading, cells in told]


def _home(engine: Engine) -> str:
    everything = engine.search(SearchRequest(facets=FACETS, size=0))
    info = engine.info()
    facets = facets_of(everything.facets, SearchState(), info.years)
    return render_template(
        "home.html", info=info, facets=facets, reports=engine.reports(), examples=_examples(), state=SearchState(),
        years=histogram(facets["year"], 0),
    )  # fmt: skip


def problem(error: BaogaoError, status: int | None = None) -> Response:
    """An error as a page; the box keeps what was typed."""
    q = request.args.get("q", "")
    marked = _around(q, error) if isinstance(error, QuerySyntaxError) else None
    body = render_template("problem.html", error=error, marked=marked, state=_state_as_far_as_it_goes())
    return make_response(body, status or error.status)


def _state_as_far_as_it_goes() -> SearchState:
    """What was asked for, for the box to keep; only the query where the rest cannot be."""
    try:
        return SearchState.read(request.args.to_dict(flat=False))
    except BadParameter:
        return SearchState(q=request.args.get("q", ""))


def _around(q: str, error: QuerySyntaxError) -> tuple[str, str, str]:
    return q[: error.start], q[error.start : error.end], q[error.end :]


def take_only(names: tuple[str, ...]) -> None:
    """Raises BadParameter for a parameter not among ``names``, or one given twice."""
    for name, values in request.args.lists():
        if name not in names:
            raise BadParameter(name, f"这个页面没有参数“{shown(name)}”；请去掉它")
        if len(set(values)) > 1:
            raise BadParameter(name, f"参数 {name} 只能给一个值")


def _plain(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")


def _examples() -> tuple[tuple[str, str], ...]:
    return tuple((example, SearchState(q=example).url()) for example in EXAMPLES)


def _page_numbers(page: int, pages: int) -> tuple[int | None, ...]:
    """The page numbers to link: the first, the last, those about the present one; None stands for a gap."""
    near = range(max(1, page - _PAGES_EITHER_SIDE), min(pages, page + _PAGES_EITHER_SIDE) + 1)
    shown = sorted({1, *near, pages})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(number)
    return tuple(numbers)


@cache
def static_url(name: str) -> str:
    """The address of a static file; it changes with the file, so that a browser may keep it for good."""
    digest = sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:8]}"
