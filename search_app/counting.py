"""Counting occurrences: what a reader asks, checked, and the engine's table."""

from __future__ import annotations

from indexer.engines import CountRequest, CountTable, Engine
from indexer.errors import BadParameter, shown
from indexer.fields import BY_ALIAS, FIELDS
from indexer.text import fold
from search_app.parameters import EXCLUSIONS, Parameter, Values, read_filters, read_parameters
from search_app.whole_paths import check_whole

MOST_TERMS = 200
"""A word list of published studies has 15 to 100 words."""
LONGEST_TERM = 100

PARAMETERS = (
    Parameter("term", True, "要数的词，可重复", required=True),
    Parameter("by", True, "按什么分组，可重复：" + "、".join(field.name for field in FIELDS), tuple(BY_ALIAS)),
    *(Parameter(field.name, True, f"只数{field.label}是这些值的段落。可重复，几个值之间是“或”") for field in FIELDS),
    *EXCLUSIONS,
)


def count(engine: Engine, given: Values) -> CountTable:
    """The table of occurrences that parameters ask for. Raises BadParameter."""
    values = read_parameters(PARAMETERS, given)
    terms = _terms(values.get("term", ()))
    groups = tuple(dict.fromkeys(_field(name) for name in values.get("by", ())))
    filters = tuple(read_filters(values))
    check_whole(filters, engine.info())
    return engine.count(CountRequest(terms, groups, filters))


def _terms(terms: tuple[str, ...]) -> tuple[str, ...]:
    if not terms:
        raise BadParameter("term", "请至少给一个要数的词")
    if len(terms) > MOST_TERMS:
        raise BadParameter("term", f"一次最多数 {MOST_TERMS} 个词，现在是 {len(terms)} 个；请分几次数")
    for term in terms:
        if len(term) > LONGEST_TERM:
            raise BadParameter("term", f"要数的词最长 {LONGEST_TERM} 个字，“{shown(term)}”有 {len(term)} 个字")
        if not fold(term):
            raise BadParameter("term", f"“{term}”里没有可以数的字；请换一个词")
    return terms


def _field(name: str) -> str:
    if name not in BY_ALIAS:
        raise BadParameter("by", f"不能按“{shown(name)}”分组；可用的有 {'、'.join(field.name for field in FIELDS)}")
    return BY_ALIAS[name].name
