"""The pages that lead from facets: all values of one, several chosen at once, and a range of years."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request

from indexer import Engine
from search_app import year_range
from search_app.facet_list import ORDERS, PATH, Asked, FacetList, facet_list, facet_url
from search_app.parameters import NOT

MOST_ROWS = 100
"""Values on a page, besides those that are chosen: with them it stays below 60 KB. Looking for a name finds others."""

APPLY = PATH + "/apply"


def blueprint(engine: Engine) -> Blueprint:
    """The routes over an open engine."""
    routes = Blueprint("facet_pages", __name__)

    @routes.get(PATH)
    def facet() -> str:
        asked = Asked.read(request.args.to_dict(flat=False))
        found = facet_list(engine, asked)
        shown = _shown(found)
        return render_template(
            "facet.html", asked=asked, found=found, shown=shown, hidden=_hidden(asked, shown), orders=ORDERS,
            state=asked.search, apply=APPLY,
        )  # fmt: skip

    @routes.get(APPLY)
    def apply() -> Response:
        asked = Asked.read(request.args.to_dict(flat=False))
        return _see(f"{asked.search.url()}#f-{asked.field.name}")

    @routes.get(year_range.PATH)
    def years() -> Response:
        return _see(f"{year_range.read(request.args.to_dict(flat=False)).url()}#f-year")

    routes.add_app_template_filter(facet_url)
    return routes


def _shown(found: FacetList) -> FacetList:
    """The foremost values and the chosen ones."""
    kept = [each for place, each in enumerate(found.values) if place < MOST_ROWS or each.selected or each.excluded]
    return FacetList(found.field, found.label, found.in_words, found.total, tuple(kept))


def _hidden(asked: Asked, shown: FacetList) -> list[tuple[str, str]]:
    """What the form carries besides its boxes: the rest of the state, and chosen values that have no box here."""
    boxes = {(name, each.value) for each in shown.values for name in (asked.field.name, NOT + asked.field.name)}
    return [given for given in asked.search.parameters() if given not in boxes]


def _see(url: str) -> Response:
    answer = redirect(url, 303)
    assert isinstance(answer, Response)
    return answer
