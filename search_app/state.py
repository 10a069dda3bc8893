"""One page's state, immutable: read from parameters, written to URLs; it makes its own links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import quote, unquote, urlencode

from indexer.engines import Filter, Mode, Sort
from indexer.errors import BadParameter, shown
from indexer.fields import BY_NAME, FIELDS, PATH_SEPARATOR, Field

PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 200
"""Units. More is an export."""
MOST_VALUES = 100
"""Of one facet. Every link of the page carries them all."""
_LARGEST_NUMBER = 1_000_000_000

SORTS: tuple[Sort, ...] = get_args(Sort)
SORT_LABELS: dict[Sort, str] = {"relevance": "相关度", "newest": "年份从新到旧", "oldest": "年份从旧到新"}

MODES: tuple[Mode, ...] = get_args(Mode)
MODE_LABELS: dict[Mode, str] = {"exact": "精确", "loose": "宽松"}

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


NOT = "not_"
"""Begins the parameter of what a facet excludes."""

EXCLUSIONS = tuple(
    Parameter(NOT + field.name, True, f"不要{field.label}是这些值的段落。可重复，一个也不要") for field in FIELDS
)

PARAMETERS = (
    Parameter("q", False, "查询，语法见帮助页；空着就是全部"),
    *(Parameter(field.name, True, f"{field.label}：{field.why}。可重复，几个值之间是“或”") for field in FIELDS),
    *EXCLUSIONS,
    Parameter("mode", False, "方式：exact 精确（默认），loose 宽松，引号外的词有一半（少见的字算得重）即可", MODES),
    Parameter("sort", False, "排序：" + "、".join(f"{key} {SORT_LABELS[key]}" for key in SORTS), SORTS),
    Parameter("page", False, "第几页，从 1 起", kind="integer"),
    Parameter(
        "size", False, f"每页几段，{PAGE_SIZE} 到 {LARGEST_PAGE_SIZE} 段为宜，最多 {LARGEST_PAGE_SIZE}", kind="integer"
    ),
)


@dataclass(frozen=True, slots=True)
class SearchState:
    """What a reader asks to see. ``filters`` holds the selected and excluded values of each facet that has any, in
    FIELDS' order and sorted: one selection has one address, however it came about."""

    q: str = ""
    filters: tuple[Filter, ...] = ()
    sort: Sort = "relevance"
    page: int = 1
    size: int = PAGE_SIZE
    mode: Mode = "exact"

    @classmethod
    def read(cls, given: Values) -> SearchState:
        """The state that parameters say. Raises BadParameter for an unknown name or a value that cannot be."""
        values = read_parameters(PARAMETERS, given)
        return cls(
            q=_one(values, "q", ""),
            filters=tuple(read_filters(values)),
            sort=_sort(_one(values, "sort", "relevance")),
            page=_number("page", _one(values, "page", "1"), _LARGEST_NUMBER),
            size=_number("size", _one(values, "size", str(PAGE_SIZE)), LARGEST_PAGE_SIZE),
            mode=_mode(_one(values, "mode", "exact")),
        )

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

    def on_page(self, page: int) -> SearchState:
        return replace(self, page=page)

    def sorted_by(self, sort: Sort) -> SearchState:
        return replace(self, sort=sort, page=1)

    def in_mode(self, mode: Mode) -> SearchState:
        return replace(self, mode=mode, page=1)

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The state as parameters, what is by default left out: the same state always gives the same ones."""
        given = [("q", self.q)] if self.q else []
        for chosen in self.filters:
            given += [(chosen.field, value) for value in chosen.values]
            given += [(NOT + chosen.field, value) for value in chosen.excluded]
        ordinary = SearchState()
        for name in ("mode", "sort", "page", "size"):
            if getattr(self, name) != getattr(ordinary, name):
                given.append((name, str(getattr(self, name))))
        return tuple(given)

    def url(self, path: str = "/search") -> str:
        """The address of this state's page."""
        given = "&".join(_encoded(name, value) for name, value in self.parameters())
        return f"{path}?{given}" if given else path


def lies_in(value: str, other: str) -> bool:
    """Whether a path (or plain value) is another one or lies below it."""
    return value == other or value.startswith(other + PATH_SEPARATOR)


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
    """The filters among parameters, in FIELDS' order. Raises BadParameter for a value its field cannot have, and for
    one that is both wanted and excluded."""
    for field in FIELDS:
        wanted, excluded = (_values(field, name, values.get(name, ())) for name in (field.name, NOT + field.name))
        _check_together(field, wanted, excluded)
        if wanted or excluded:
            yield Filter(field.name, wanted, excluded)


def _values(field: Field, name: str, given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) > MOST_VALUES:
        raise BadParameter(name, f"{field.label}一次最多选 {MOST_VALUES} 个，现在是 {len(given)} 个；请去掉一些")
    for value in given:
        if not field.accepts(value):
            raise BadParameter(name, f"{field.label}“{shown(value)}”不对，应是{field.expectation()}")
    return tuple(sorted(given))


def _check_together(field: Field, wanted: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    for value in wanted:
        for other in excluded:
            if lies_in(value, other):
                within = "" if value == other else f"（它在“{shown(other)}”里面）"
                message = f"{field.label}“{shown(value)}”{within}既选了又排除了；请去掉一个"
                raise BadParameter(NOT + field.name, message)


def _one(values: Mapping[str, tuple[str, ...]], name: str, ordinary: str) -> str:
    return next(iter(values.get(name, ())), ordinary)


def _sort(value: str) -> Sort:
    for sort in SORTS:
        if value == sort:
            return sort
    raise BadParameter("sort", f"没有排序“{shown(value)}”；可用的有 {'、'.join(SORTS)}")


def _mode(value: str) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise BadParameter("mode", f"没有检索方式“{shown(value)}”；可用的有 {'、'.join(MODES)}")


def _number(name: str, text: str, largest: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    if not 1 <= number <= largest:
        raise BadParameter(name, f"参数 {name} 应是 1 到 {largest} 之间的整数，现在是“{shown(text)}”")
    return number
