"""tantivy-py: pairs with positions, so that a term is a phrase of them; characters and words by frequency.

A facet that is filtered is an aggregation of its own. NEAR is the phrase of two pairs with slop, in both orders: of
words of two characters the same as the product's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from bench.engines.base import Answer, Panel, by_own_selection, size_of, with_ancestors
from bench.feed import BLANK, Feed
from bench.questions import FACETS, SIZE, Question
from indexer import Filter
from indexer.query import And, Near, Node, Not, Or, Term
from indexer.text import fold, pairs

HEAP = 512_000_000
MOST_VALUES = 100_000


class Tantivy:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, feed: Feed) -> None:
        index = self._index()
        writer = index.writer(heap_size=HEAP)
        for unit in feed.tokens():
            document = tantivy.Document()
            for name in ("address", "text"):
                document.add_bytes(name, getattr(unit, name).encode())
            for name in ("pairs", "characters", "words"):
                document.add_text(name, getattr(unit, name))
            for field, value in unit.filed.items():
                document.add_text(field, value)
                for above in with_ancestors(field, {value: 1}):
                    document.add_text("under", _under(field, above))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def _index(self) -> tantivy.Index:
        self._schema = _schema()
        index = tantivy.Index(self._schema, path=str(self._folder))
        index.register_tokenizer("blanks", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        return index

    def open(self) -> None:
        self._searcher = self._index().searcher()

    def search(self, question: Question) -> Answer:
        query = self._compiled(question.query)
        found: Any = self._searcher.search(self._filtered(query, question.filters), limit=SIZE)
        facets: dict[str, dict[str, int]] = {}

        def count(filters: tuple[Filter, ...], fields: list[str]) -> None:
            facets.update(self._counted(self._filtered(query, filters), fields))

        by_own_selection(question.filters, FACETS, count)
        first = tuple(bytes(self._searcher.doc(address)["address"][0]).decode() for _, address in found.hits)
        return Answer(found.count, first, {field: with_ancestors(field, facets[field]) for field in FACETS})

    def panel(self, words: Iterable[str]) -> Panel:
        return {word: self._counted(self._compiled(Term(word)), ["year"])["year"] for word in words}

    def _counted(self, query: Query, fields: Iterable[str]) -> dict[str, dict[str, int]]:
        wanted = {field: {"terms": {"field": field, "size": MOST_VALUES}} for field in fields}
        told: dict[str, Any] = self._searcher.aggregate(query, wanted)
        return {field: {each["key"]: each["doc_count"] for each in told[field]["buckets"]} for field in wanted}

    def _filtered(self, query: Query, filters: tuple[Filter, ...]) -> Query:
        if not filters:
            return query
        clauses = (clause for each in filters for clause in self._filter(each))
        return Query.boolean_query([(Occur.Must, query), *clauses])

    def _filter(self, chosen: Filter) -> Iterator[tuple[Occur, Query]]:
        """Clauses that say nothing of the order."""
        if chosen.values:
            yield Occur.Must, Query.const_score_query(self._any_of(chosen.field, chosen.values), 0.0)
        if chosen.excluded:
            yield Occur.MustNot, self._any_of(chosen.field, chosen.excluded)

    def _any_of(self, field: str, values: tuple[str, ...]) -> Query:
        terms = (Query.term_query(self._schema, "under", _under(field, value), "basic") for value in values)
        return Query.boolean_query([(Occur.Should, term) for term in terms])

    def _compiled(self, node: Node) -> Query:
        match node:
            case Term(text):
                return self._term(fold(text))
            case And(parts):
                return Query.boolean_query([self._clause(part) for part in parts])
            case Or(parts):
                return Query.boolean_query([(Occur.Should, self._compiled(part)) for part in parts])
            case Near(Term(first), Term(second), distance):
                orders = ((first, second), (second, first))
                near = (Query.phrase_query(self._schema, "pairs", list(each), distance + 1) for each in orders)
                return Query.boolean_query([(Occur.Should, each) for each in near])
        raise NotImplementedError(node)

    def _clause(self, node: Node) -> tuple[Occur, Query]:
        if isinstance(node, Not):
            return Occur.MustNot, self._compiled(node.part)
        return Occur.Must, self._compiled(node)

    def _term(self, folded: str) -> Query:
        tokens = [pair.replace(" ", BLANK) for pair in pairs(folded)]
        if len(tokens) > 1:
            return Query.phrase_query(self._schema, "pairs", list(tokens))
        return Query.term_query(self._schema, *(("pairs", tokens[0]) if tokens else ("characters", folded)))

    def size(self) -> int:
        return size_of(self._folder)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("pairs", tokenizer_name="blanks", index_option="position")
    for name in ("characters", "words"):
        builder.add_text_field(name, tokenizer_name="blanks", index_option="freq")
    for name in ("address", "text"):
        builder.add_bytes_field(name, stored=True)
    builder.add_text_field("under", tokenizer_name="raw", index_option="basic")
    for field in FACETS:
        builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _under(field: str, value: str) -> str:
    return f"{field}:{value}"


def engine(folder: Path) -> Tantivy:
    folder.mkdir(parents=True, exist_ok=True)
    return Tantivy(folder)
