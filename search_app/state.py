"""One page's state, immutable: read from parameters, written to URLs; it makes its own links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import quote, urlencode

from indexer.engines import Filter, Sort
from indexer.errors import BadParameter, shown
from indexer.fields import BY_NAME, FIELDS

PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 200
"""Units. More is an export."""
LARGEST_CONTEXT, SMALLEST_CONTEXT, CONTEXT = 60, 5, 20
"""Characters on either side of an occurrence: those of some two printed lines, a word, a clause."""
MOST_VALUES = 100
"""Of one facet. Every link of the page carries them all."""
_LARGEST_NUMBER = 1_000_000_000

View = Literal["paragraphs", "reports", "kwic"]
Order = Sort | Literal["left", "right"]
"""How a view is sorted; by context only where each line has one."""

VIEW_LABELS: dict[View, str] = {"paragraphs": "段落", "reports": "按报告", "kwic": "语境"}
PAGE_SIZES: dict[View, int] = {"paragraphs": PAGE_SIZE, "reports": PAGE_SIZE, "kwic": 50}
"""Of what a view lists: units, reports, occurrences (a line each)."""

SORTS: tuple[Sort, ...] = get_args(Sort)
CONTEXT_LABELS: dict[Order, str] = {"left": "左边的字", "right": "右边的字"}
ORDERS: tuple[Order, ...] = (*SORTS, *CONTEXT_LABELS)
SORT_LABELS: dict[Sort, str] = {"relevance": "相关度", "newest": "年份从新到旧", "oldest": "年份从旧到新"}

Values = Mapping[str, Iterable[str]]
"""From a parameter's name to the values given for it, in order."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the search, as help and API describe it."""

    name: str
    many: bool
    meaning: str
    values: tuple[str, ...] = ()
    kind: Literal["string", "integer"] = "string"
    required: bool = False


PARAMETERS = (
    Parameter("q", False, "查询，语法见帮助页；空着就是全部"),
    *(Parameter(field.name, True, f"{field.label}：{field.why}。可重复，几个值之间是“或”") for field in FIELDS),
    Parameter(
        "view",
        False,
        "怎么列：" + "、".join(f"{key} {label}" for key, label in VIEW_LABELS.items()),
        tuple(VIEW_LABELS),
    ),
    Parameter(
        "sort",
        False,
        "排序："
        + "、".join(f"{key} {label}" for key, label in (SORT_LABELS | CONTEXT_LABELS).items())
        + "；后两种只用于语境",
        ORDERS,
    ),
    Parameter("page", False, "第几页，从 1 起", kind="integer"),
    Parameter(
        "size",
        False,
        f"每页几段，{PAGE_SIZE} 到 {LARGEST_PAGE_SIZE} 段为宜，最多 {LARGEST_PAGE_SIZE}；按报告时是几篇，语境时是几处",
        kind="integer",
    ),
    Parameter(
        "context", False, f"语境里左右各几个字，{SMALLEST_CONTEXT} 到 {LARGEST_CONTEXT}，默认 {CONTEXT}", kind="integer"
    ),
)
PARAMETERS_OF: dict[View, tuple[Parameter, ...]] = {
    view: tuple(
        replace(each, values=SORTS) if each.name == "sort" and view != "kwic" else each
        for each in PARAMETERS
        if each.name != "view" and (each.name != "context" or view == "kwic")
    )
    for view in VIEW_LABELS
}
"""Those of one view, for who names the view otherwise."""


@dataclass(frozen=True, slots=True)
class SearchState:
    """What a reader asks to see. ``filters`` holds the selected values of each facet that has any, in FIELDS' order and
    sorted: one selection has one address, however it came about."""

    q: str = ""
    filters: tuple[Filter, ...] = ()
    sort: Order = "relevance"
    page: int = 1
    size: int = PAGE_SIZE
    view: View = "paragraphs"
    context: int = CONTEXT

    @classmethod
    def read(cls, given: Values) -> SearchState:
        """The state that parameters say. Raises BadParameter for an unknown name or a value that cannot be."""
        values = read_parameters(PARAMETERS, given)
        view = _view(_one(values, "view", "paragraphs"))
        return cls(
            q=_one(values, "q", ""),
            filters=tuple(read_filters(values)),
            sort=_order(_one(values, "sort", "relevance"), view),
            page=_number("page", _one(values, "page", "1"), _LARGEST_NUMBER),
            size=_number("size", _one(values, "size", str(PAGE_SIZES[view])), LARGEST_PAGE_SIZE),
            view=view,
            context=_number("context", _one(values, "context", str(CONTEXT)), LARGEST_CONTEXT, SMALLEST_CONTEXT),
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
        return next((chosen.values for chosen in self.filters if chosen.field == field), ())

    def toggle(self, field: str, value: str) -> SearchState:
        """With the value selected if it was not, and not if it was; on the first page."""
        before = self.selected(field)
        after = tuple(v for v in before if v != value) if value in before else (*before, value)
        return self._with_values(field, after)

    def clear(self, field: str) -> SearchState:
        """Without any selection of the facet; on the first page."""
        return self._with_values(field, ())

    def with_q(self, q: str) -> SearchState:
        """With another query; on the first page."""
        return replace(self, q=q, page=1)

    def clear_all(self) -> SearchState:
        """Without any filter; on the first page."""
        return replace(self, filters=(), page=1)

    def _with_values(self, field: str, values: tuple[str, ...]) -> SearchState:
        chosen = {each.field: each for each in self.filters} | {field: Filter(field, tuple(sorted(values)))}
        filters = tuple(chosen[name] for name in BY_NAME if name in chosen and chosen[name].values)
        return replace(self, filters=filters, page=1)

    def viewed(self, view: View) -> SearchState:
        """The same in another view; on its first page, and of its size and order where this one's are not its own."""
        size = PAGE_SIZES[view] if self.size == PAGE_SIZES[self.view] else self.size
        return replace(self, view=view, sort=self.sort if view == "kwic" else self.engine_sort, page=1, size=size)

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

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The state as parameters, what is by default left out: the same state always gives the same ones."""
        given = [("q", self.q)] if self.q else []
        given += [(chosen.field, value) for chosen in self.filters for value in chosen.values]
        ordinary = SearchState(size=PAGE_SIZES[self.view])
        for name in ("view", "sort", "page", "size", "context"):
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


@lru_cache(maxsize=4096)
def _encoded(name: str, value: str) -> str:
    """One parameter of a URL. A page has some sixty links, made of the same few parameters."""
    return urlencode(((name, value),))


def report_url(report_id: str, q: str = "", anchor: str = "") -> str:
    """The address of a report's page, its hits of ``q`` marked, at a unit."""
    query = f"?{urlencode({'q': q})}" if q else ""
    return f"/report/{quote(report_id, safe='')}{query}{'#' if anchor else ''}{anchor}"


def read_parameters(parameters: Iterable[Parameter], given: Values) -> dict[str, tuple[str, ...]]:
    """The values given for known parameters, each once. Raises BadParameter for an unknown one."""
    known = {parameter.name: parameter for parameter in parameters}
    values = {name: tuple(dict.fromkeys(each)) for name, each in given.items()}
    for name, each in values.items():
        if name not in known:
            raise BadParameter(name, f"没有参数“{shown(name)}”；可用的有 {'、'.join(known)}")
        if len(each) > 1 and not known[name].many:
            raise BadParameter(name, f"参数 {name} 只能给一个值")
        if name != "q" and not all(value.isprintable() for value in each):
            raise BadParameter(name, f"参数 {name} 里有看不见的字符；请删去重输")
    return values


def read_filters(values: Mapping[str, tuple[str, ...]]) -> Iterable[Filter]:
    """The filters among parameters, in FIELDS' order. Raises BadParameter for a value its field cannot have."""
    for field in FIELDS:
        chosen = values.get(field.name, ())
        if len(chosen) > MOST_VALUES:
            message = f"{field.label}一次最多选 {MOST_VALUES} 个，现在是 {len(chosen)} 个；请去掉一些"
            raise BadParameter(field.name, message)
        for value in chosen:
            if not field.accepts(value):
                raise BadParameter(field.name, f"{field.label}“{shown(value)}”不对，应是{field.expectation()}")
        if chosen:
            yield Filter(field.name, tuple(sorted(chosen)))


def _one(values: Mapping[str, tuple[str, ...]], name: str, ordinary: str) -> str:
    return next(iter(values.get(name, ())), ordinary)


def _view(value: str) -> View:
    for view in VIEW_LABELS:
        if value == view:
            return view
    raise BadParameter("view", f"没有列法“{shown(value)}”；可用的有 {'、'.join(VIEW_LABELS)}")


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
