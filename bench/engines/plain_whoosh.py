"""Whoosh as it comes: its own codec, writer, phrases and groups. NEAR is its span query, unordered, over pairs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh import fields, index
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.query import compound, positional, qcore, terms, wrappers
from whoosh.query.spans import SpanNear
from whoosh.sorting import Count, FieldFacet

from bench.engines.base import Answer, Panel, by_own_selection, passing, size_of, with_ancestors
from bench.feed import BLANK, Feed
from bench.questions import FACETS, SIZE, Question
from indexer import Filter
from indexer.query import And, Near, Node, Not, Or, Term
from indexer.text import fold, pairs

MEGABYTES = 512


class PlainWhoosh:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, feed: Feed) -> None:
        writer = index.create_in(str(self._folder), _schema()).writer(limitmb=MEGABYTES)
        for unit in feed.tokens():
            tokens = {"pairs": unit.pairs, "characters": unit.characters, "words": unit.words}
            writer.add_document(address=unit.address, text=unit.text, **tokens, **unit.filed)
        writer.commit()

    def open(self) -> None:
        self._searcher = index.open_dir(str(self._folder)).searcher()
        reader = self._searcher.reader()
        self._values = {field: tuple(value.decode() for value in reader.lexicon(field)) for field in FACETS}

    def search(self, question: Question) -> Answer:
        compiled = _compiled(question.query)
        facets: dict[str, dict[str, int]] = {}
        found: list[tuple[int, tuple[str, ...]]] = []

        def count(filters: tuple[Filter, ...], fields: list[str]) -> None:
            groups = {field: FieldFacet(field, maptype=Count) for field in fields}
            results = self._searcher.search(compiled, limit=SIZE, filter=self._filter(filters), groupedby=groups)
            found.append((len(results), tuple(hit["address"] for hit in results)))
            facets.update({field: dict(results.groups(field)) for field in fields})

        by_own_selection(question.filters, FACETS, count)
        total, first = found[0]
        return Answer(total, first, {field: with_ancestors(field, facets[field]) for field in FACETS})

    def panel(self, words: Iterable[str]) -> Panel:
        return {word: self._by_year(_compiled(Term(word))) for word in words}

    def _by_year(self, compiled: qcore.Query) -> dict[str, int]:
        by_year = {"year": FieldFacet("year", maptype=Count)}
        return dict(self._searcher.search(compiled, limit=1, groupedby=by_year).groups("year"))

    def _filter(self, filters: tuple[Filter, ...]) -> qcore.Query | None:
        chosen = [self._chosen(each) for each in filters]
        return compound.And(chosen) if chosen else None

    def _chosen(self, chosen: Filter) -> qcore.Query:
        return compound.Or([terms.Term(chosen.field, each) for each in passing(chosen, self._values[chosen.field])])

    def size(self) -> int:
        return size_of(self._folder)


def _schema() -> fields.Schema:
    blanks = SpaceSeparatedTokenizer()
    return fields.Schema(
        address=fields.STORED(),
        text=fields.STORED(),
        pairs=fields.TEXT(analyzer=blanks, phrase=True),
        characters=fields.TEXT(analyzer=blanks, phrase=False),
        words=fields.TEXT(analyzer=blanks, phrase=False),
        **{field: fields.ID(sortable=True) for field in FACETS},
    )


def _compiled(node: Node) -> qcore.Query:
    match node:
        case Term(text):
            return _term(fold(text))
        case And(parts):
            return compound.And([_compiled(part) for part in parts])
        case Or(parts):
            return compound.Or([_compiled(part) for part in parts])
        case Not(part):
            return wrappers.Not(_compiled(part))
        case Near(first, second, distance):
            return SpanNear(_compiled(first), _compiled(second), slop=distance + 2, ordered=False)
    raise NotImplementedError(node)


def _term(folded: str) -> qcore.Query:
    tokens = [pair.replace(" ", BLANK) for pair in pairs(folded)]
    if len(tokens) > 1:
        return positional.Phrase("pairs", tokens)
    return terms.Term(*(("pairs", tokens[0]) if tokens else ("characters", folded)))


def engine(folder: Path) -> PlainWhoosh:
    folder.mkdir(parents=True, exist_ok=True)
    return PlainWhoosh(folder)
