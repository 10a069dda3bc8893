"""The pages: home, search, report, help. Server-rendered; every state is a URL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request

from indexer import BaogaoError, Document, Engine, SearchRequest
from indexer.errors import BadParameter, QuerySyntaxError, shown
from indexer.fields import FACETS, FIELDS
from indexer.model import Heading, Report, Unit
from indexer.query import Sought, sought
from search_app import feed
from search_app.asked import asked_alike
from search_app.export import FORMATS
from search_app.facets import facets_of
from search_app.highlight import Fragment, highlight, split
from search_app.histogram import histogram
from search_app.search import search_page
from search_app.state import MODE_LABELS, PARAMETERS, SORT_LABELS, SearchState, readable, report_url
from search_app.syntax import SYNTAX, parse
from search_app.year_range import range_in

EXAMPLES = ("中欧班列", "“高质量发展” -制造业", "营商环境 年:2023..2025", "(乡村振兴 OR 和美乡村) 级别:县", "PM2.5")

_PAGES_EITHER_SIDE = 2


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit on its report's page, what is sought marked: the heading that runs into it, if any, and the rest."""

    unit: Unit
    lead: tuple[Fragment, ...]
    rest: tuple[Fragment, ...]
    marked: bool


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    heading: Heading
    anchor: str


def blueprint(engine: Engine) -> Blueprint:
    """The pages' routes over an open engine."""
    routes = Blueprint("pages", __name__)
    routes.app_context_processor(lambda: {**_versions(), "sort_labels": SORT_LABELS, "mode_labels": MODE_LABELS})

    @routes.get("/")
    def home() -> str:
        take_only(())
        return _home(engine)

    @routes.get("/search")
    def search() -> str:
        page = search_page(engine, SearchState.read(request.args.to_dict(flat=False)))
        exports = [(form.label, asked_alike(page.state, f"/export.{form.name}")) for form in FORMATS.values()]
        return render_template(
            "search.html", page=page, state=page.state, numbers=_page_numbers(page.page, page.pages), exports=exports,
            feed=asked_alike(page.state, feed.PATH), years=histogram(page.facets["year"], page.occurrences),
            year_range=range_in(parse(page.query)),
        )  # fmt: skip

    @routes.get("/report/<report_id>")
    def report(report_id: str) -> str:
        take_only(("q",))
        q = request.args.get("q", "")
        document = engine.document(report_id)
        wanted = sought(parse(q))
        units = _read_units(document, wanted)
        return render_template(
            "report.html", document=document, report=document.report, units=units, outline=_outline(document),
            origins=_origins(document.report), q=q, state=SearchState(q=q), sought=bool(wanted),
            marked=sum(unit.marked for unit in units),
        )  # fmt: skip

    @routes.get("/help")
    def help_page() -> str:
        take_only(())
        return render_template(
            "help.html", syntax=SYNTAX, fields=FIELDS, parameters=PARAMETERS, state=SearchState(), examples=_examples()
        )

    @routes.get("/healthz")
    def healthz() -> Response:
        take_only(())
        engine.info()
        return _plain("ok\n")

    routes.add_app_template_filter(report_url)
    routes.add_app_template_filter(readable)
    return routes


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


_LABELS = {"title": "标题", "date": "日期", "organ": "机关"} | {field.name: field.label for field in FIELDS}


def _origins(report: Report) -> tuple[tuple[str, str], ...]:
    """Where each thing known of a report comes from, in words."""
    return tuple((_LABELS[name], origin) for name, origin in report.origins)


def _read_units(document: Document, wanted: tuple[Sought, ...]) -> tuple[ReadUnit, ...]:
    return tuple(_read_unit(unit, wanted) for unit in document.units)


def _read_unit(unit: Unit, wanted: tuple[Sought, ...]) -> ReadUnit:
    fragments = highlight(unit.text, wanted)
    heading = unit.headings[-1].text if unit.headings and unit.kind == "paragraph" else ""
    lead, rest = split(fragments, len(heading) if unit.text.startswith(heading) else 0)
    return ReadUnit(unit, lead, rest, any(fragment.marked for fragment in fragments))


def _outline(document: Document) -> tuple[OutlineEntry, ...]:
    """Every heading with the unit it stands at or runs into."""
    entries: list[OutlineEntry] = []
    before: tuple[Heading, ...] = ()
    for unit in document.units:
        if unit.headings and unit.headings != before:
            entries.append(OutlineEntry(unit.headings[-1], unit.anchor))
        before = unit.headings
    return tuple(entries)


@cache
def _versions() -> dict[str, str]:
    """Of stylesheet and script: each changes with its file, so that a browser may keep it for good."""
    static = Path(__file__).parent / "static"
    files = {"style": "style.css", "script": "suggest.js"}
    return {name: sha256((static / file).read_bytes()).hexdigest()[:8] for name, file in files.items()}
