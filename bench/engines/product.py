"""This product, by its public interface."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.engines.base import Answer, Panel, size_of
from bench.feed import Feed
from bench.questions import FACETS, SIZE, Question
from indexer import CountRequest, Document, SearchRequest, SearchResult, create_engine, open_engine
from indexer.query import sought
from search_app.highlight import snippet


class Product:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, feed: Feed) -> None:
        """In one commit."""
        engine = create_engine(str(self._folder))
        engine.update(feed.documents())
        engine.close()

    def open(self) -> None:
        self._engine = open_engine(str(self._folder))

    def search(self, question: Question) -> Answer:
        result = self._result(question)
        facets = {each.field: dict(zip(each.names, each.units, strict=True)) for each in result.facets}
        return Answer(result.total, tuple(hit.unit.address for hit in result.hits), facets)

    def shown(self, question: Question) -> None:
        """A search with its hits highlighted, as a page shows them."""
        wanted = sought(question.query)
        for hit in self._result(question).hits:
            snippet(hit.unit.text, wanted)

    def _result(self, question: Question) -> SearchResult:
        return self._engine.search(SearchRequest(question.query, question.filters, FACETS, size=SIZE))

    def panel(self, words: Iterable[str]) -> Panel:
        terms = tuple(words)
        rows = self._engine.count(CountRequest(terms, ("year",))).rows
        return {
            term: {row.group[0]: row.units[place] for row in rows if row.units[place]}
            for place, term in enumerate(terms)
        }

    def add(self, document: Document) -> None:
        """Add one report to the index opened."""
        self._engine.update([document])

    def size(self) -> int:
        return size_of(self._folder)


def engine(folder: Path) -> Product:
    return Product(folder)
