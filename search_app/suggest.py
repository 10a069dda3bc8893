"""Suggestions while typing: the corpus's own words and headings, by their characters, their pinyin or its initials."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.engines import Engine
from indexer.errors import BadParameter
from indexer.text import fold
from search_app.latest import Latest
from search_app.lexicon import Kind, Lexicon
from search_app.parameters import Parameter, Values, read_parameters
from search_app.syntax import MAX_CHARACTERS, completes, last_word

LONGEST = 40
"""Characters of a word to complete, in pinyin; nothing suggested is longer."""

PARAMETERS = (Parameter("q", False, "正在输入的查询；补全的是最后一个词", required=True),)

_BREAKS = re.compile(r"['’ ]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` in place of the word being typed gives ``query``; a search for ``text`` alone, in the whole index, finds
    ``units``. ``kind`` is heading where it stands in the headings of reports."""

    text: str
    units: int
    kind: Kind
    query: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """For ``q`` as typed. The word from ``start`` to ``end`` (characters, end exclusive) is what suggestions complete;
    ``whole`` tells whether each ``query`` can be searched for as it stands, with no quote or parenthesis open."""

    q: str
    start: int
    end: int
    whole: bool
    suggestions: tuple[Suggestion, ...]


lexicons = Latest(Lexicon)


def suggest(engine: Engine, given: Values) -> Suggestions:
    """What may complete the query that the parameters hold. Raises BadParameter for a query longer than one may be."""
    q = next(iter(read_parameters(PARAMETERS, given).get("q", ())), "")
    if len(q) > MAX_CHARACTERS:
        raise BadParameter("q", f"查询有 {len(q)} 个字，最多 {MAX_CHARACTERS} 个，请删去一些")
    start, end = last_word(q) or (len(q), len(q))
    typed = _BREAKS.sub("", fold(q[start:end])).replace("ü", "v")
    found = lexicons.of(engine).find(typed) if 0 < len(typed) <= LONGEST else []
    completed = tuple(Suggestion(each.text, each.units, each.kind, q[:start] + each.text) for each in found)
    return Suggestions(q, start, end, all(completes(each.query) for each in completed), completed)
