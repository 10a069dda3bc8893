"""The promise: what is typed is found wherever it stands and nowhere else, and every number can be counted again.

The judge is a scan of every unit (judge.py). The engine must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import whoosh.index
import whoosh.query
import whoosh.searching
from drawn import HALF, filterings, substrings
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import Row, Scan, addresses, count, hits

from indexer.engines import CountRequest, CountRow, Engine, Filter, SearchRequest
from indexer.fields import BY_NAME, FACETS
from indexer.model import Document, Unit
from indexer.query import All, And, Exact, Node, Not, Or, Phrase, Range, Term
from indexer.text import fold, pairs


def tabulated(group: tuple[str, ...], terms: tuple[str, ...], rows: list[Row]) -> CountRow:
    return CountRow(
        group=group,
        occurrences=tuple(count(Term(term), rows) for term in terms),
        units=tuple(sum(fold(term) in row.folded for row in rows) for term in terms),
        of_units=len(rows),
        of_characters=sum(len(row.folded) for row in rows),
        of_reports=len({row.report.id for row in rows}),
    )


def shuffled(documents: tuple[Document, ...]) -> st.SearchStrategy[str]:
    """Texts made of characters that occur, in an order that as a rule does not."""
    alphabet = sorted({char for each in documents for unit in each.units for char in unit.text})
    return st.text(st.sampled_from(alphabet), min_size=1, max_size=12)


def leaves(documents: tuple[Document, ...]) -> st.SearchStrategy[Node]:
    texts = substrings(documents, 6) | shuffled(documents)
    paths = sorted({("region", row.path("region")) for row in Scan(documents).rows})
    paths += sorted({("section", row.path("section")) for row in Scan(documents).rows})
    pieces = [(field, "/".join(path[a:b])) for field, path in paths for b in range(len(path) + 1) for a in range(b)]
    others = [(name, value) for name in ("level", "type") for value in BY_NAME[name].values]
    years = st.integers(1950, 2030)
    return st.one_of(
        st.builds(Term, texts),
        st.builds(Term, substrings(documents, 2)),
        st.builds(Phrase, texts),
        st.builds(lambda pair: Exact(*pair), st.sampled_from([*pieces, *others, ("region", "河南")])),
        st.builds(lambda year: Exact("year", str(year)), years),
        st.builds(Range, st.just("year"), st.none() | years, st.none() | years),
        st.just(All()),
    )


def trees(documents: tuple[Document, ...]) -> st.SearchStrategy[Node]:
    def branch(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        parts = st.lists(nodes, min_size=1, max_size=3).map(tuple)
        return st.builds(And, parts) | st.builds(Or, parts) | st.builds(Not, nodes)

    return st.recursive(leaves(documents), branch, max_leaves=6)


@dataclass(frozen=True, repr=False)
class Case:
    """An engine, the judge over the same documents, and what to ask them."""

    engine: Engine
    scan: Scan
    pieces: st.SearchStrategy[str]
    nonsense: st.SearchStrategy[str]
    queries: st.SearchStrategy[Node]
    filters: st.SearchStrategy[tuple[Filter, ...]]


def case_of(engine: Engine, documents: tuple[Document, ...]) -> Case:
    nonsense = shuffled(documents) | st.text(min_size=1)
    return Case(engine, Scan(documents), substrings(documents), nonsense, trees(documents), filterings(documents))


@pytest.fixture(scope="module")
def seeds(engine: Engine, documents: tuple[Document, ...]) -> Case:
    return case_of(engine, documents)


@pytest.fixture(scope="module")
def case(judged: tuple[Engine, tuple[Document, ...]]) -> Case:
    return case_of(*judged)


@HALF
@given(data=st.data())
def test_any_piece_of_a_text_is_found_where_a_scan_finds_it_and_nowhere_else(data: st.DataObject, case: Case) -> None:
    term = Term(data.draw(case.pieces))
    rows = case.scan.found(term)
    assert rows
    assert hits(case.engine, term) == addresses(rows)
    assert case.engine.search(SearchRequest(term)).occurrences == count(term, rows)


@given(data=st.data())
def test_a_text_that_may_occur_nowhere_is_found_where_a_scan_finds_it(data: st.DataObject, case: Case) -> None:
    term = Term(data.draw(case.nonsense))
    assert hits(case.engine, term) == addresses(case.scan.found(term))


@pytest.mark.parametrize("text", ["?", "？", "*", "发展？"])
def test_a_sign_that_a_wildcard_has_is_a_character_in_a_term(text: str, case: Case) -> None:
    assert hits(case.engine, Term(text)) == addresses(case.scan.found(Term(text)))


@HALF
@given(data=st.data())
def test_any_query_with_any_filters_finds_and_counts_what_a_scan_does(data: st.DataObject, case: Case) -> None:
    """Total, hits, occurrences and every facet."""
    query, filters = data.draw(case.queries), data.draw(case.filters)
    result = case.engine.search(SearchRequest(query, filters, FACETS, "newest", size=len(case.scan.rows)))
    rows = case.scan.found(query, filters)
    assert result.total == len(rows)
    assert [(hit.report.id, hit.unit.ordinal) for hit in result.hits] == addresses(rows)
    assert result.occurrences == count(query, rows)
    for counts in result.facets:
        counted = {value.value: (value.units, value.occurrences) for value in counts.values}
        assert counted == case.scan.facet(query, filters, counts.field)


def check_table(case: Case, request: CountRequest) -> None:
    """Each group, and the whole."""
    table = case.engine.count(request)
    rows = case.scan.found(All(), request.filters)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows if request.group_by else ():
        groups.setdefault(tuple("/".join(row.path(field)) for field in request.group_by), []).append(row)
    in_order = sorted(table.rows, key=lambda row: row.group)
    assert in_order == [tabulated(group, request.terms, groups[group]) for group in sorted(groups)]
    assert table.total == tabulated((), request.terms, rows)


@HALF
@given(data=st.data())
def test_any_table_counts_what_a_scan_does(data: st.DataObject, case: Case) -> None:
    terms = tuple(data.draw(st.lists(case.pieces, min_size=1, max_size=3)))
    fields = tuple(data.draw(st.lists(st.sampled_from(FACETS), max_size=2, unique=True)))
    check_table(case, CountRequest(terms, fields, data.draw(case.filters)))


@pytest.mark.parametrize("by", [(), ("year",), ("region", "year"), ("section", "level")])
def test_a_table_of_words_that_can_stand_across_themselves_counts_what_a_scan_does(
    by: tuple[str, ...], case: Case
) -> None:
    check_table(case, CountRequest(("人人", "一一", "方方面面", "%", "发展"), by))


def test_every_pair_of_characters_is_found_where_a_scan_finds_it(seeds: Case) -> None:
    holders: dict[str, list[Row]] = {}
    for row in seeds.scan.rows:
        for pair in set(pairs(row.folded)):
            holders.setdefault(pair, []).append(row)
    for pair in (pair for pair in holders if " " not in pair):
        assert hits(seeds.engine, Term(pair)) == addresses(holders[pair])


# -- what the samples are known to say ---------------------------------------------------------------------------------


def test_the_trains_to_europe_are_counted_as_by_hand(seeds: Case) -> None:
    result = seeds.engine.search(SearchRequest(Term("中欧班列"), facets=FACETS))
    assert result.occurrences == 9
    rows = seeds.engine.count(CountRequest(("中欧班列",), ("year",))).rows
    assert {row.group: row.occurrences for row in rows} == {
        ("2021",): (3,), ("2023",): (1,), ("2024",): (2,), ("2025",): (3,),
    }  # fmt: skip
    for counts in result.facets:
        counted = {value.value: (value.units, value.occurrences) for value in counts.values}
        assert counted == seeds.scan.facet(Term("中欧班列"), (), counts.field)
        assert sum(occurrences for value, (_, occurrences) in counted.items() if "/" not in value) == 9


def test_a_subscript_is_found_by_its_plain_writing_and_shown_as_the_source_wrote_it(seeds: Case) -> None:
    page = seeds.engine.search(SearchRequest(Term("PM2.5"))).hits
    as_written = [row.unit for row in seeds.scan.rows if "PM_{2.5}" in row.unit.text]
    assert as_written
    assert set(as_written) <= {hit.unit for hit in page}
    assert all("PM_{2.5}" in hit.unit.text or "PM2.5" in hit.unit.text for hit in page)


# -- another reader of the same index ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vanilla(seeds_index: Path) -> Iterator[whoosh.searching.Searcher]:
    """Whoosh itself, without anything of ours."""
    with whoosh.index.open_dir(str(seeds_index)).searcher() as searcher:
        yield searcher


@settings(max_examples=40)
@given(data=st.data())
def test_a_phrase_of_vanilla_whoosh_over_the_pairs_finds_the_same_units(
    data: st.DataObject, seeds: Case, vanilla: whoosh.searching.Searcher, documents: tuple[Document, ...]
) -> None:
    text = data.draw(substrings(documents, shortest=3))
    phrase = whoosh.query.Phrase("grams", list(pairs(fold(text))))
    found = [msgspec.json.decode(hit["record"], type=Unit) for hit in vanilla.search(phrase, limit=None)]
    assert sorted((unit.report_id, unit.ordinal) for unit in found) == sorted(hits(seeds.engine, Term(text)))


def test_the_positions_of_a_unit_are_consecutive(vanilla: whoosh.searching.Searcher, seeds: Case) -> None:
    positions: dict[int, list[int]] = {}
    reader = vanilla.reader()
    for term in reader.field_terms("grams"):
        matcher = reader.postings("grams", term)
        while matcher.is_active():
            positions.setdefault(matcher.id(), []).extend(matcher.value_as("positions"))
            matcher.next()
    assert len(positions) == len(seeds.scan.rows)
    assert all(sorted(each) == list(range(len(each))) for each in positions.values())


def test_one_text_in_two_writings_is_counted_once(engine: Engine) -> None:
    alone = engine.search(SearchRequest(Term("PM2.5")))
    both = engine.search(SearchRequest(Or((Term("PM2.5"), Term("ｐｍ２．５")))))
    assert (both.total, both.occurrences) == (alone.total, alone.occurrences)
    assert alone.occurrences > 0
