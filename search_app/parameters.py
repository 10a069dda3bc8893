"""The parameters a search can be asked by: their names, what each may be, and the filters among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from indexer.engines import Filter, Mode, Sort
from indexer.errors import BadParameter, shown
from indexer.fields import FIELDS, PATH_SEPARATOR, Field

PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 200
"""Units. More is an export."""
LARGEST_CONTEXT, SMALLEST_CONTEXT, CONTEXT = 60, 5, 20
"""Characters on either side of an occurrence: those of some two printed lines, a word, a clause."""
MOST_VALUES = 100
"""Of one facet. Every link of the page carries them all."""

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


def lies_in(value: str, other: str) -> bool:
    """Whether a path (or plain value) is another one or lies below it."""
    return value == other or value.startswith(other + PATH_SEPARATOR)
