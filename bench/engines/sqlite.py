"""SQLite FTS5: a column of pairs and one of characters, so that a term is a phrase; facets by one statement.

NEAR is FTS5's own, over pairs: of words of two characters the same as the product's.
"""

from __future__ import annotations

import sqlite3
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.engines.base import Answer, Panel, by_own_selection, passing, size_of, with_ancestors
from bench.feed import BLANK, Feed, Tokens, joined
from bench.questions import FACETS, SIZE, Question
from indexer import Filter
from indexer.query import And, Near, Node, Not, Or, Term
from indexer.text import fold, pairs

_SIGNS = (string.punctuation + BLANK).replace("'", "''")
_TOKENIZER = f"ascii tokenchars '{_SIGNS}'".replace("'", "''")
"""Only blanks part tokens."""

_SCHEMA = (
    f"create virtual table postings using fts5(pairs, characters, content='', tokenize='{_TOKENIZER}')",
    f"create table filed (id integer primary key, {', '.join(f'{field} integer' for field in FACETS)})",
    "create table units (id integer primary key, address text, text text)",
    "create table codes (field text, value text, code integer)",
)
_FOUND = """with found as materialized (select filed.* from postings join filed on filed.id = postings.rowid
where postings match ?) """
_FIRST = """select address, text from units join (select postings.rowid as id, postings.rank as worth
from postings join filed on filed.id = postings.rowid where postings match ? and {} order by postings.rank limit ?)
using (id) order by worth"""


class Sqlite:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, feed: Feed) -> None:
        database = sqlite3.connect(self._folder / "index.db")
        database.execute("pragma journal_mode = off")
        database.execute("pragma synchronous = off")
        for statement in _SCHEMA:
            database.execute(statement)
        codes: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for number, unit in enumerate(feed.tokens(), start=1):
            _insert(database, number, unit, codes)
        rows = ((field, value, code) for field, of in codes.items() for value, code in of.items())
        database.executemany("insert into codes values (?, ?, ?)", rows)
        database.execute("insert into postings(postings) values ('optimize')")
        database.commit()
        database.close()

    def open(self) -> None:
        self._database = sqlite3.connect(self._folder / "index.db")
        self._codes: dict[str, dict[str, int]] = {field: {} for field in FACETS}
        for field, value, code in self._database.execute("select field, value, code from codes"):
            self._codes[field][value] = code

    def search(self, question: Question) -> Answer:
        matching = _compiled(question.query)
        first = self._database.execute(_FIRST.format(self._where(question.filters)), (matching, SIZE)).fetchall()
        selects = [f"select 'total', 0, count(*) from found where {self._where(question.filters)}"]

        def count(filters: tuple[Filter, ...], fields: list[str]) -> None:
            where = self._where(filters)
            selects.extend(f"select '{each}', {each}, count(*) from found where {where} group by 2" for each in fields)

        by_own_selection(question.filters, FACETS, count)
        counted: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for field, code, units in self._database.execute(_FOUND + " union all ".join(selects), (matching,)):
            counted[field][code] = units
        facets = {field: self._named(field, counted[field]) for field in FACETS}
        return Answer(counted["total"][0], tuple(address for address, _ in first), facets)

    def panel(self, words: Iterable[str]) -> Panel:
        sql = _FOUND + "select year, count(*) from found group by 1"
        return {
            word: self._named("year", dict(self._database.execute(sql, (_compiled(Term(word)),)))) for word in words
        }

    def _named(self, field: str, counts: dict[int, int]) -> dict[str, int]:
        named = {value: counts[code] for value, code in self._codes[field].items() if code in counts}
        return with_ancestors(field, named)

    def _where(self, filters: tuple[Filter, ...]) -> str:
        return " and ".join(["true", *map(self._filter, filters)])

    def _filter(self, chosen: Filter) -> str:
        codes = self._codes[chosen.field]
        return f"{chosen.field} in ({', '.join(str(codes[value]) for value in passing(chosen, codes))})"

    def size(self) -> int:
        return size_of(self._folder)


def _insert(database: sqlite3.Connection, number: int, unit: Tokens, codes: dict[str, dict[str, int]]) -> None:
    filed = [codes[field].setdefault(unit.filed[field], len(codes[field])) for field in FACETS]
    postings = (number, unit.pairs, unit.characters)
    database.execute("insert into postings(rowid, pairs, characters) values (?, ?, ?)", postings)
    database.execute("insert into filed values (?, ?, ?, ?, ?)", (number, *filed))
    database.execute("insert into units values (?, ?, ?)", (number, unit.address, unit.text))


def _compiled(node: Node) -> str:
    match node:
        case Term(text):
            folded = fold(text)
            return f"pairs:{_quoted(joined(pairs(folded)))}" if len(folded) > 1 else f"characters:{_quoted(folded)}"
        case And(parts):
            positive = " AND ".join(_parts(part for part in parts if not isinstance(part, Not)))
            return " NOT ".join([f"({positive})", *_parts(part.part for part in parts if isinstance(part, Not))])
        case Or(parts):
            return f"({' OR '.join(_parts(parts))})"
        case Near(Term(first), Term(second), distance):
            return f"pairs:NEAR({_quoted(fold(first))} {_quoted(fold(second))}, {distance + 1})"
    raise NotImplementedError(node)


def _parts(nodes: Iterable[Node]) -> Iterator[str]:
    return map(_compiled, nodes)


def _quoted(tokens: str) -> str:
    return '"' + tokens.replace('"', '""') + '"'


def engine(folder: Path) -> Sqlite:
    folder.mkdir(parents=True, exist_ok=True)
    return Sqlite(folder)
