"""The JSON API: the same parameters and the same page as in HTML, and one error shape."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, request

from indexer import BaogaoError, Engine
from indexer.errors import BadParameter, QuerySyntaxError, ServerBusy, shown
from search_app import counting
from search_app.downloads import export_view, site_giver
from search_app.export import FORMATS
from search_app.facet_list import Asked, facet_list
from search_app.grouped import grouped_page
from search_app.kwic import kwic_page
from search_app.openapi import describe
from search_app.search import search_page
from search_app.state import SearchState
from search_app.suggest import lexicons, suggest

PREFIX = "/api/v1"
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Position:
    """Character offsets into the query; ``end`` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: a stable ``code``, one sentence for people, and where, as far as that is known."""

    code: str
    message: str
    position: Position | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    error: Problem


def blueprint(engine: Engine, site: str | None) -> Blueprint:
    """The API's routes over an open engine; ``site`` as in ``create_app``."""
    routes = Blueprint("api", __name__)
    for form in FORMATS.values():
        view = export_view(engine, form, site_giver(site))
        routes.add_url_rule(f"/export.{form.name}", f"export_{form.name}", view)
    _search_by(routes, engine)
    _tell_by(routes, engine)
    return routes


def _search_by(routes: Blueprint, engine: Engine) -> None:
    """The routes of what is asked with parameters."""

    @routes.get("/search")
    def search() -> Response:
        return _json(search_page(engine, SearchState.read_as("paragraphs", request.args.to_dict(flat=False))))

    @routes.get("/kwic")
    def kwic() -> Response:
        return _json(kwic_page(engine, SearchState.read_as("kwic", request.args.to_dict(flat=False))))

    @routes.get("/by-report")
    def by_report() -> Response:
        return _json(grouped_page(engine, SearchState.read_as("reports", request.args.to_dict(flat=False))))

    @routes.get("/facet")
    def facet() -> Response:
        return _json(facet_list(engine, Asked.read(request.args.to_dict(flat=False))))

    @routes.get("/count")
    def count() -> Response:
        return _json(counting.count(engine, request.args.to_dict(flat=False)))

    @routes.get("/suggest")
    def suggestions() -> Response:
        if lexicons.ready(engine) is None:
            raise ServerBusy("补全还在准备；请过几秒再试，检索现在就能用")
        return _json(suggest(engine, request.args.to_dict(flat=False)))


def _tell_by(routes: Blueprint, engine: Engine) -> None:
    """The routes of what the index is and holds, which take no parameters."""

    @routes.get("/report/<report_id>")
    def report(report_id: str) -> Response:
        _take_no_parameters()
        return _json(engine.document(report_id))

    @routes.get("/reports")
    def reports() -> Response:
        _take_no_parameters()
        return _json(engine.reports())

    @routes.get("/info")
    def info() -> Response:
        _take_no_parameters()
        return _json(engine.info())

    @routes.get("/cluster")
    def cluster() -> Response:
        _take_no_parameters()
        return _json(engine.cluster())

    @routes.get("/openapi.json")
    def openapi() -> Response:
        _take_no_parameters()
        return _json(describe(PREFIX, ErrorAnswer))


def problem(error: BaogaoError, status: int | None = None, code: str | None = None) -> Response:
    """An error as an answer; ``status`` and ``code`` are the error's own unless given."""
    position = Position(error.start, error.end) if isinstance(error, QuerySyntaxError) else None
    parameter = error.name if isinstance(error, BadParameter) else None
    answer = ErrorAnswer(Problem(code or error.code, error.message, position, parameter))
    return _json(answer, status or error.status)


def _take_no_parameters() -> None:
    for name in request.args:
        raise BadParameter(name, f"这个地址没有参数“{shown(name)}”；请去掉它")


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, content_type=_JSON)
