"""What a query could also look for: synonyms that a reader may add to it, and take away again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.errors import QuerySyntaxError
from indexer.query import And, Node, Or, Term
from indexer.synonyms import Synonyms
from indexer.text import fold
from search_app.state import SearchState
from search_app.syntax import parse, unparse

MOST_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Synonym:
    """``also`` means what the query's ``word`` does. ``query`` and ``url`` are those with it, or where it is ``chosen``
    already, without it."""

    word: str
    also: str
    chosen: bool
    query: str
    url: str


def synonyms_of(node: Node, state: SearchState, known: Synonyms) -> tuple[Synonym, ...]:
    """The synonyms of the plain words of ``node``, the query of ``state``; none of what is quoted, denied or inside an
    operator. Words that stand in an OR of plain words are taken for one."""
    group_of = {fold(word): group for group in known for word in group}
    parts = node.parts if isinstance(node, And) else (node,)
    found: list[Synonym] = []
    for place, part in enumerate(parts):
        for word, also, changed in _changes(part, group_of):
            query = unparse(And((*parts[:place], changed, *parts[place + 1 :])) if len(parts) > 1 else changed)
            if _can_be_asked(query):
                chosen = fold(also) in map(fold, _words(part))
                found.append(Synonym(word, also, chosen, query, state.with_q(query).url()))
    return tuple(found[:MOST_OFFERED])


def _words(part: Node) -> tuple[str, ...]:
    """The plain words that are alternatives in ``part``; none where it is anything else."""
    members = part.parts if isinstance(part, Or) else (part,)
    words = tuple(member.text for member in members if isinstance(member, Term))
    return words if len(words) == len(members) else ()


def _changes(part: Node, group_of: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str, Node]]:
    """For the first word that has synonyms, each of them, and ``part`` with it if it was without, or without it."""
    words = _words(part)
    word = next((each for each in words if fold(each) in group_of), None)
    if word is None:
        return
    for also in group_of[fold(word)]:
        if fold(also) == fold(word):
            continue
        rest = tuple(each for each in words if fold(each) != fold(also))
        changed = rest if len(rest) < len(words) else (*words, also)
        yield word, also, Or(tuple(map(Term, changed))) if len(changed) > 1 else Term(changed[0])


def _can_be_asked(query: str) -> bool:
    """Whether a query with a word more is not too long, nor a word of it an operator."""
    try:
        return unparse(parse(query)) == query
    except QuerySyntaxError:
        return False
