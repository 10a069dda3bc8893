"""A query with its filters, asked of the whole index and not page by page: what exports and feeds take."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Engine, Filter
from indexer.errors import BadParameter
from indexer.query import Node
from search_app import parameters
from search_app.parameters import Values, read_parameters
from search_app.state import SearchState
from search_app.syntax import parse, unparse
from search_app.whole_paths import check_whole

PARAMETERS = tuple(
    known for known in parameters.PARAMETERS if known.name not in ("view", "sort", "page", "size", "context")
)
"""Those of the search that say what is found. How a page shows it is unknown here, and so refused."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``q`` as typed, the tree it was read into, and the filters."""

    q: str
    node: Node
    filters: tuple[Filter, ...]

    @property
    def query(self) -> str:
        """The query in canonical writing."""
        return unparse(self.node)

    def url(self, path: str = "/search") -> str:
        """The address that asks the same of ``path``."""
        return SearchState(self.q, self.filters).url(path)


def read(engine: Engine, given: Values) -> Asked:
    """What parameters ask. Raises QuerySyntaxError, BadParameter."""
    read_parameters(PARAMETERS, given)
    asked = SearchState.read(given)
    if asked.mode != "exact":
        raise BadParameter("mode", "宽松检索的结果随全库的字频变动，不能导出或订阅；请换回精确检索（去掉 mode）")
    check_whole(asked.filters, engine.info())
    return Asked(asked.q, parse(asked.q), asked.filters)


def asked_alike(page: SearchState, path: str) -> str:
    """The address that asks of ``path`` what ``page`` asks, leaving out how it is shown."""
    return SearchState(page.q, page.filters).url(path)
