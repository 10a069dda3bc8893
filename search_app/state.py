"""One page's state, immutable: read from parameters, written to URLs; it makes its own links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, unquote, urlencode

from indexer.engines import Filter, Mode, Sort
from indexer.errors import BadParameter, shown
from indexer.fields import BY_NAME
from search_app.parameters import (
    CONTEXT,
    LARGEST_CONTEXT,
    LARGEST_PAGE_SIZE,
    MODES,
    NOT,
    ORDERS,
    PAGE_SIZE,
    PAGE_SIZES,
    PARAMETERS,
    PARAMETERS_OF,
    SMALLEST_CONTEXT,
    SORTS,
    VIEW_LABELS,
    Order,
    Values,
    View,
    lies_in,
    read_filters,
    read_parameters,
)

_LARGEST_NUMBER = 1_000_000_000


@dataclass(frozen=True, slots=True)
class SearchState:
    """What a reader asks to see. ``filters`` holds the selected and excluded values of each facet that has any, in
    FIELDS' order and sorted: one selection has one address, however it came about."""

    q: str = ""
    filters: tuple[Filter, ...] = ()
    sort: Order = "relevance"
    page: int = 1
    size: int = PAGE_SIZE
    view: View = "paragraphs"
    context: int = CONTEXT
    mode: Mode = "exact"

    @classmethod
    def read(cls, given: Values) -> SearchState:
        """The state that parameters say. Raises BadParameter for an unknown name or a value that cannot be."""
        values = read_parameters(PARAMETERS, given)
        view, mode = _view(_one(values, "view", "paragraphs")), _mode(_one(values, "mode", "exact"))
        if mode == "loose" and view != "paragraphs":
            raise BadParameter("view", "宽松的结果只能按段落列出；请换回精确，或去掉 view")
        return cls(
            q=_one(values, "q", ""),
            filters=tuple(read_filters(values)),
            sort=_order(_one(values, "sort", "relevance"), view),
            page=_number("page", _one(values, "page", "1"), _LARGEST_NUMBER),
            size=_number("size", _one(values, "size", str(PAGE_SIZES[view])), LARGEST_PAGE_SIZE),
            view=view,
            context=_number("context", _one(values, "context", str(CONTEXT)), LARGEST_CONTEXT, SMALLEST_CONTEXT),
            mode=mode,
        )

    @classmethod
    def read_as(cls, view: View, given: Values) -> SearchState:
        """As ``read``, for who names the view otherwise: the parameter itself is unknown there, and those of others."""
        read_parameters(PARAMETERS_OF[view], given)
        return cls.read({**given, "view": (view,)})

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    def selected(self, field: str) -> tuple[str, ...]:
        """The facet's selected values."""
        return self._chosen(field).values

    def excluded(self, field: str) -> tuple[str, ...]:
        """The facet's excluded values."""
        return self._chosen(field).excluded

    def _chosen(self, field: str) -> Filter:
        return next((chosen for chosen in self.filters if chosen.field == field), Filter(field, ()))

    def toggle(self, field: str, value: str) -> SearchState:
        """With the value selected if it was not, and no exclusion against that; without it if it was. On page 1."""
        chosen = self._chosen(field)
        excluded = (each for each in chosen.excluded if not lies_in(value, each))
        return self._with(field, _toggled(chosen.values, value), excluded)

    def exclude(self, field: str, value: str) -> SearchState:
        """With the value excluded if it was not, and nothing below it selected; without the exclusion if it was. On
        page 1."""
        chosen = self._chosen(field)
        selected = (each for each in chosen.values if not lies_in(each, value))
        return self._with(field, selected, _toggled(chosen.excluded, value))

    def clear(self, field: str) -> SearchState:
        """Without any selection or exclusion in the facet; on the first page."""
        return self._with(field, (), ())

    def with_q(self, q: str) -> SearchState:
        """With another query; on the first page."""
        return replace(self, q=q, page=1)

    def clear_all(self) -> SearchState:
        """Without any filter; on the first page."""
        return replace(self, filters=(), page=1)

    def _with(self, field: str, values: Iterable[str], excluded: Iterable[str]) -> SearchState:
        changed = Filter(field, tuple(sorted(values)), tuple(sorted(excluded)))
        chosen = {each.field: each for each in (*self.filters, changed)}
        some = (chosen[name] for name in BY_NAME if name in chosen)
        return replace(self, filters=tuple(each for each in some if each.values or each.excluded), page=1)

    def viewed(self, view: View) -> SearchState:
        """The same in another view; on its first page, and of its size and order where this one's are not its own."""
        size = PAGE_SIZES[view] if self.size == PAGE_SIZES[self.view] else self.size
        sort = self.sort if view == "kwic" else self.engine_sort
        mode = self.mode if view == "paragraphs" else "exact"
        return replace(self, view=view, mode=mode, sort=sort, page=1, size=size)

    @property
    def engine_sort(self) -> Sort:
        """The order asked of the engine, which knows none by context."""
        return "newest" if self.sort == "left" or self.sort == "right" else self.sort

    def on_page(self, page: int) -> SearchState:
        return replace(self, page=page)

    def with_context(self, context: int) -> SearchState:
        """With other widths; on the first page."""
        return replace(self, context=context, page=1)

    def sorted_by(self, sort: Order) -> SearchState:
        return replace(self, sort=sort, page=1)

    def in_mode(self, mode: Mode) -> SearchState:
        return replace(self.viewed("paragraphs") if mode == "loose" else self, mode=mode, page=1)

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The state as parameters, what is by default left out: the same state always gives the same ones."""
        given = [("q", self.q)] if self.q else []
        for chosen in self.filters:
            given += [(chosen.field, value) for value in chosen.values]
            given += [(NOT + chosen.field, value) for value in chosen.excluded]
        ordinary = SearchState(size=PAGE_SIZES[self.view])
        for name in ("mode", "view", "sort", "page", "size", "context"):
            if getattr(self, name) != getattr(ordinary, name):
                given.append((name, str(getattr(self, name))))
        return tuple(given)

    def url(self, path: str = "/search") -> str:
        """The address of this state's page."""
        given = "&".join(_encoded(name, value) for name, value in self.parameters())
        return f"{path}?{given}" if given else path

    def report_url(self, report_id: str, anchor: str = "") -> str:
        """The address of a report's page from which one comes back to this one, at a unit."""
        return self.url(report_url(report_id)) + ("#" if anchor else "") + anchor


def _toggled(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(each for each in values if each != value) if value in values else (*values, value)


@lru_cache(maxsize=4096)
def _encoded(name: str, value: str) -> str:
    """One parameter of a URL. A page has some sixty links, made of the same few parameters."""
    return urlencode(((name, value),))


def readable(url: str) -> str:
    """An address of ours with its Han written as such, a third as long: what a page's links hold (RFC 3987)."""
    return "&".join(map(_readable, url.split("&")))


@lru_cache(maxsize=4096)
def _readable(piece: str) -> str:
    return re.sub("(?:%[89A-F][0-9A-F])+", _decoded, piece)


def _decoded(encoded: re.Match[str]) -> str:
    """The characters, unless one cannot be seen."""
    text = unquote(encoded[0], errors="replace")
    return text if text.isprintable() and "\ufffd" not in text else encoded[0]


def report_url(report_id: str, q: str = "", anchor: str = "") -> str:
    """The address of a report's page, its hits of ``q`` marked, at a unit."""
    query = f"?{urlencode({'q': q})}" if q else ""
    return f"/report/{quote(report_id, safe='')}{query}{'#' if anchor else ''}{anchor}"


def _one(values: Mapping[str, tuple[str, ...]], name: str, ordinary: str) -> str:
    return next(iter(values.get(name, ())), ordinary)


def _view(value: str) -> View:
    for view in VIEW_LABELS:
        if value == view:
            return view
    raise BadParameter("view", f"没有列法“{shown(value)}”；可用的有 {'、'.join(VIEW_LABELS)}")


def _mode(value: str) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise BadParameter("mode", f"没有检索方式“{shown(value)}”；可用的有 {'、'.join(MODES)}")


def _order(value: str, view: View) -> Order:
    known = ORDERS if view == "kwic" else SORTS
    for order in known:
        if value == order:
            return order
    raise BadParameter("sort", f"没有排序“{shown(value)}”；可用的有 {'、'.join(known)}")


def _number(name: str, text: str, largest: int, smallest: int = 1) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    if not smallest <= number <= largest:
        raise BadParameter(name, f"参数 {name} 应是 {smallest} 到 {largest} 之间的整数，现在是“{shown(text)}”")
    return number
