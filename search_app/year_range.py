"""From one year to another: a condition in the query, 年:2010..2020.

Not a filter of its own values: a filter is carried by every link of a page, and seventy years would make each link
longer than the query. In the query the range stands where a reader sees it and can change it, and exports, feeds,
citations and the API have it without knowing of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from indexer.errors import BadParameter, shown
from indexer.fields import BY_NAME
from indexer.query import All, And, Node, Range
from search_app import parameters
from search_app.parameters import Parameter, Values, read_parameters
from search_app.state import SearchState
from search_app.syntax import parse, unparse

PATH = "/years"
PARAMETERS = (
    *(known for known in parameters.PARAMETERS if known.name != "page"),
    Parameter("from", False, "从哪一年，空着就是不限"),
    Parameter("to", False, "到哪一年，空着就是不限"),
)


def read(given: Values) -> SearchState:
    """The page of hits that parameters ask for: the query with the range in place of the one it had, if any, and
    without a choice of single years. Raises BadParameter, QuerySyntaxError."""
    values = read_parameters(PARAMETERS, given)
    low, high = (_year(name, next(iter(values.get(name, ())), "")) for name in ("from", "to"))
    if low is not None and high is not None and low > high:
        raise BadParameter("from", f"从 {low} 年到 {high} 年没有一年；请把两个年份对调")
    asked = SearchState.read({name: each for name, each in values.items() if name not in ("from", "to")})
    return replace(asked.clear("year"), q=_with_range(parse(asked.q), low, high))


def range_in(node: Node) -> tuple[int | None, int | None]:
    """The range of years that a query holds as a whole; None is open."""
    for part in _parts(node):
        if _is_years(part):
            return part.low, part.high
    return None, None


def _with_range(node: Node, low: int | None, high: int | None) -> str:
    parts = [part for part in _parts(node) if not _is_years(part)]
    if low is not None or high is not None:
        parts.append(Range("year", low, high))
    return unparse(And(tuple(parts)) if len(parts) > 1 else parts[0]) if parts else ""


def _parts(node: Node) -> tuple[Node, ...]:
    parts = node.parts if isinstance(node, And) else (node,)
    return tuple(part for part in parts if not isinstance(part, All))


def _is_years(node: Node) -> TypeGuard[Range]:
    return isinstance(node, Range) and node.field == "year"


def _year(name: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not BY_NAME["year"].accepts(text.strip()):
        raise BadParameter(name, f"年份“{shown(text)}”不对，应是{BY_NAME['year'].expectation()}")
    return int(text)
