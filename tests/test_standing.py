"""What stands together is found by the cluster's own positions where, and only where, a scan finds it: over texts of so
few characters that things sought overlap themselves and one another in every way."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opensearch import OpenSearch
from test_engine import document

from indexer.engines import Engine, Filter, SearchRequest, create_engine
from indexer.query import And, Near, Node, Not, Or, Phrase, SameSentence, Sought, Term, Wildcard, sought
from indexer.text import distinct, fold, occurrences, stand_in_one_sentence, stand_near

pytestmark = pytest.mark.opensearch

SIGNS = "甲乙乙丙 a。！"
LONGEST = 30


def drawn(many: int) -> list[str]:
    chance = Random(20261123)
    return ["".join(chance.choices(SIGNS, k=chance.randrange(1, LONGEST))) for _ in range(many)]


TEXTS = drawn(1500)
FOLDED = list(map(fold, TEXTS))
YEARS = (2021, 2023)
"""The texts lie in the reports of two years by turns."""


def year_of(number: int) -> int:
    return YEARS[number % 2]


@pytest.fixture(scope="module")
def engine(opensearch: OpenSearch) -> Iterator[Engine]:
    with opensearch.named() as address:
        made = create_engine(address)
        made.update(document(str(year), *TEXTS[start::2], year=year) for start, year in enumerate(YEARS))
        yield made


def found(engine: Engine, query: Node) -> set[int]:
    result = engine.search(SearchRequest(query, size=len(TEXTS), sort="newest"))
    assert result.total == len(result.hits)
    return {(hit.unit.ordinal - 1) * 2 + YEARS.index(hit.report.year) for hit in result.hits}


def holds(folded: str, query: Node) -> bool:
    match query:
        case Near(first, second, distance):
            return stand_near(folded, first, second, distance)
        case SameSentence(parts):
            return stand_in_one_sentence(folded, parts)
        case And(parts):
            return all(holds(folded, part) for part in parts)
        case Or(parts):
            return any(holds(folded, part) for part in parts)
        case Not(part):
            return not holds(folded, part)
        case Term() | Phrase() | Wildcard():
            return bool(occurrences(folded, query))
    raise NotImplementedError(query)


PIECES = st.text(SIGNS, min_size=1, max_size=4)
WORDS: st.SearchStrategy[Sought] = st.builds(Term, PIECES) | st.builds(Phrase, PIECES)
WILDCARDS = st.builds(lambda one, sign, other: Wildcard(one + sign + other), PIECES, st.sampled_from("*?"), PIECES)
TOGETHER: st.SearchStrategy[Node] = st.one_of(
    st.builds(Near, WORDS, WORDS, st.integers(0, 6)),
    st.builds(Near, WORDS, WORDS | WILDCARDS, st.integers(0, 6)),
    st.lists(WORDS, min_size=2, max_size=4).map(lambda parts: SameSentence(tuple(parts))),
    WILDCARDS,
)


@settings(max_examples=400)
@given(query=TOGETHER)
def test_what_stands_together_is_what_a_scan_finds(engine: Engine, query: Node) -> None:
    assert found(engine, query) == {number for number, folded in enumerate(FOLDED) if holds(folded, query)}


PARTS = st.lists(WORDS | TOGETHER | WORDS.map(Not), min_size=2, max_size=4).map(tuple)


@settings(max_examples=200)
@given(query=st.builds(And, PARTS) | st.builds(Or, PARTS))
def test_occurrences_are_those_of_a_scan_together_and_apart(engine: Engine, query: Node) -> None:
    """In all, of each thing sought, and by a facet that does not heed its own filter."""
    wanted = distinct(sought(query))
    result = engine.search(SearchRequest(query, (Filter("year", ("2021",)),), ("year", "level"), size=0))
    rows = [number for number, folded in enumerate(FOLDED) if holds(folded, query)]
    by_year = {year: [FOLDED[number] for number in rows if year_of(number) == year] for year in YEARS}
    apart = {year: [times(texts, each) for each in wanted] for year, texts in by_year.items()}
    assert (result.total, list(result.by_sought)) == (len(by_year[2021]), apart[2021])
    of_years, of_levels = (set(counts.values) for counts in result.facets)
    assert of_years == {(str(year), len(by_year[year]), sum(apart[year])) for year in YEARS if by_year[year]}
    assert of_levels == {("市", len(by_year[2021]), sum(apart[2021])) for _ in by_year[2021][:1]}


def times(texts: list[str], one: Sought) -> int:
    return sum(len(occurrences(folded, one)) for folded in texts)
