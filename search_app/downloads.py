"""What readers take away over HTTP: citations, exports, the feed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Generator
from itertools import chain
from threading import BoundedSemaphore
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from indexer import Document, Engine, Unit
from indexer.errors import NotFound, ServerBusy, shown
from search_app import feed
from search_app.asked import read
from search_app.cite import FILES, STYLES, Citation, cite_url
from search_app.export import FORMATS, Format, file_name, stream
from search_app.site import site_of
from search_app.state import SearchState
from search_app.views import take_only

EXPORTS_AT_ONCE = 4
"""Half of the server's threads: the other half always answers those who only read."""
_places = BoundedSemaphore(EXPORTS_AT_ONCE)

Site = Callable[[], str]
"""Gives the site a request is for."""


def blueprint(engine: Engine, site: str | None) -> Blueprint:
    """The routes over an open engine. ``site`` begins absolute addresses; None takes what each request names."""
    routes = Blueprint("downloads", __name__)
    here = site_giver(site)

    @routes.get("/cite/<report_id>")
    def cite_report(report_id: str) -> Response:
        return _citation_page(engine.document(report_id), None, here())

    @routes.get("/cite/<report_id>/<ordinal>")
    def cite_unit(report_id: str, ordinal: str) -> Response:
        document = engine.document(report_id)
        return _citation_page(document, _unit(document, ordinal), here())

    for suffix in FILES:
        _add_citation_file(routes, engine, suffix, here)
    for form in FORMATS.values():
        routes.add_url_rule(f"/export.{form.name}", f"export_{form.name}", export_view(engine, form, here))

    @routes.get(feed.PATH)
    def atom() -> Response:
        body = feed.feed(engine, request.args.to_dict(flat=False), here())
        return _kept_by_nobody(Response(body, content_type="application/atom+xml; charset=utf-8"))

    routes.add_app_template_filter(cite_url)
    return routes


def site_giver(site: str | None) -> Site:
    """What gives the site: the one named, or that of the request at hand. Giving raises ReaderMistake."""
    return lambda: site or site_of(request.scheme, request.headers.get("Host", ""))


def export_view(engine: Engine, form: Format, here: Site) -> Callable[[], Response]:
    """A view that streams the whole result. Its first piece is taken before the answer begins, so that a mistake is
    answered as one; the index's state is let go when the last is sent or the reader leaves."""

    def view() -> Response:
        given = request.args.to_dict(flat=False)
        rest = _one_of_few(stream(engine, given, form, here()))
        answer = Response(chain([next(rest)], rest), content_type=form.media_type)
        answer.call_on_close(rest.close)
        name = file_name(read(engine, given).query, form.name, _today())
        return _as_file(answer, f"baogao.{form.name}", name)

    return view


def _one_of_few(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """The pieces, while no more than EXPORTS_AT_ONCE others are on their way. Raises ServerBusy."""
    if not _places.acquire(blocking=False):
        raise ServerBusy("正在导出的人太多；请过一会儿再试")
    try:
        yield from pieces
    finally:
        _places.release()


def _add_citation_file(routes: Blueprint, engine: Engine, suffix: str, here: Site) -> None:
    kind = FILES[suffix]

    def cite_file(report_id: str, ordinal: str | None = None) -> Response:
        take_only(())
        document = engine.document(report_id)
        unit = None if ordinal is None else _unit(document, ordinal)
        answer = Response(kind.write(Citation(document.report, unit, here(), _today())), content_type=kind.media_type)
        return _as_file(answer, f"baogao.{suffix}", f"{unit.address.replace('#', '-') if unit else report_id}.{suffix}")

    routes.add_url_rule(f"/cite/<report_id>.{suffix}", f"cite_report_{suffix}", cite_file)
    routes.add_url_rule(f"/cite/<report_id>/<ordinal>.{suffix}", f"cite_unit_{suffix}", cite_file)


def _citation_page(document: Document, unit: Unit | None, site: str) -> Response:
    take_only(())
    citation = Citation(document.report, unit, site, _today())
    body = render_template(
        "cite.html", citation=citation, report=document.report, unit=unit, styles=STYLES, files=tuple(FILES),
        ordinal=unit.ordinal if unit else None, state=SearchState(),
    )  # fmt: skip
    return _kept_by_nobody(Response(body))


def _unit(document: Document, ordinal: str) -> Unit:
    """The unit of an ordinal as an address writes it. Raises NotFound."""
    for unit in document.units:
        if str(unit.ordinal) == ordinal:
            return unit
    raise NotFound(f"{document.report.name}没有第“{shown(ordinal)}”段；请从报告里重新选")


def _as_file(answer: Response, plain: str, name: str) -> Response:
    """To be saved under ``name`` (RFC 6266, 8187), or ``plain`` where only ASCII is understood."""
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return _kept_by_nobody(answer)


def _kept_by_nobody(answer: Response) -> Response:
    """Its addresses are those of the Host this reader asked; no cache may hand them to another."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
