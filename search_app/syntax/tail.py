"""The last word of a query that is still being typed: what a suggestion completes, and where it stands."""

from __future__ import annotations

import re

from indexer.errors import QuerySyntaxError
from indexer.query import Span
from search_app.syntax.leaves import HEADING_ALIASES
from search_app.syntax.lexer import WORD_STOP
from search_app.syntax.parser import parse

_LEAD = re.compile(r"[-－−]*(?:(?P<name>[^:：]+)[:：])?")


def last_word(typed: str) -> Span | None:
    """The span of the word that ends ``typed``, without a sign before it; of a heading's label (标题:改革) what follows
    it. None where nothing is begun, or a value is that only its field can complete (年:20)."""
    stops = [stop.end() for stop in WORD_STOP.finditer(typed)]
    start = stops[-1] if stops else 0
    lead = _LEAD.match(typed, start)
    assert lead is not None
    if lead["name"] and lead["name"] not in HEADING_ALIASES:
        return None
    return (lead.end(), len(typed)) if lead.end() < len(typed) else None


def completes(query: str) -> bool:
    """Whether a query can be searched for as it stands."""
    try:
        parse(query)
    except QuerySyntaxError:
        return False
    return True
