"""Whoosh reads our index: whatever it asks, it is answered as over an index that it wrote itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import pytest
import whoosh.index
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields, query, sorting
from whoosh.index import TOC, FileIndex
from whoosh.query import spans
from whoosh.reading import IndexReader, TermNotFound
from whoosh.searching import Searcher
from whoosh.util.numeric import byte_to_length, length_to_byte
from whoosh.writing import CLEAR, SegmentWriter

from indexer.engines import create_engine, open_engine
from indexer.engines.columnar.codec import ColumnarCodec
from indexer.engines.columnar.lengths import as_kept
from indexer.engines.columnar.schema import schema
from indexer.errors import IndexUnavailable
from indexer.fields import FACETS
from indexer.model import Document, Heading, Report, Source, Unit
from indexer.text import Segmenter, characters, fold, pairs

Batch = tuple[Sequence[Document], Sequence[str]]
"""What one commit puts in, and the ids of what it takes away."""

NUMBERS = ("ordinal", "length", "stretch")
COLUMNS = (*NUMBERS, "folded", "headings", "report", *FACETS)
SCORED = ("words", "grams", "characters")
INDEXED = (*SCORED, "report", *FACETS)


def ours(folder: Path, batches: Sequence[Batch]) -> FileIndex:
    engine = create_engine(str(folder))
    for documents, removed in batches:
        engine.update(documents, removed)
    engine.close()
    return whoosh.index.open_dir(str(folder))


def theirs(folder: Path, like: FileIndex, documents: Sequence[Document]) -> FileIndex:
    """An index by Whoosh's own writer with the reports of each segment of another one, what is deleted there put in and
    deleted too: the numbers by which Whoosh scores count them."""
    folder.mkdir()
    index, by_id, segmenter = whoosh.index.create_in(str(folder), schema()), {}, Segmenter()
    by_id = {document.report.id: document for document in documents}
    for segment in TOC.read(like.storage, like.indexname).segments:
        opened = segment.open(Path(like.storage.folder))
        rows = [row for each in opened.reports for row in unit_rows(by_id[each], segmenter)]
        if rows:
            writer = index.writer()
            for row in rows:
                writer.add_document(**row)
            before = writer.searcher().reader().doc_count_all()
            writer.commit(merge=False)
            deleter = index.writer()
            for number in segment.deleted:
                deleter.delete_document(before + number)
            deleter.commit(merge=False)
    return index


def unit_rows(document: Document, segmenter: Segmenter) -> Iterator[dict[str, object]]:
    report = document.report
    for stretch, (headings, units) in enumerate(groupby(document.units, key=lambda unit: unit.headings)):
        for unit in units:
            folded = fold(unit.text)
            yield {
                "report": report.id, "ordinal": unit.ordinal, "stretch": stretch, "length": len(folded),
                "words": list(segmenter.words(folded)), "grams": list(pairs(folded)),
                "characters": list(characters(folded)), "folded": folded.encode(),
                "headings": "\n".join(fold(heading.text) for heading in headings).encode(),
                "record": msgspec.json.encode(unit), "year": str(report.year), "level": report.level,
                "section": "/".join(unit.section), "region": "/".join(report.region), "type": report.type,
            }  # fmt: skip


Both = tuple[FileIndex, FileIndex]


@pytest.fixture(scope="module", params=["one commit", "several", "taken away", "merged"])
def both(
    request: pytest.FixtureRequest, documents: tuple[Document, ...], tmp_path_factory: pytest.TempPathFactory
) -> Both:
    first, second, third, *others = few = [Document(each.report, each.units[:30]) for each in documents]
    short = [shortened(document, number) for number, document in enumerate(documents * 3)]
    batches: dict[str, list[Batch]] = {
        "one commit": [(documents, ())],
        "several": [([first], ()), ([second, third], ()), (others, ())],
        "taken away": [
            (few[:3], ()),
            (few[3:], ()),
            ([second], [first.report.id]),
            ([], [others[0].report.id]),
        ],
        "merged": [([document], ()) for document in short] + [([], [short[0].report.id])],
    }
    folder = tmp_path_factory.mktemp("both")
    chosen = batches[request.param]
    index = ours(folder / "ours", chosen)
    return index, theirs(folder / "theirs", index, [document for put_in, _ in chosen for document in put_in])


def shortened(document: Document, number: int) -> Document:
    """Some of a report's units, as another report."""
    return Document(
        replace(document.report, id=f"{number}"),
        tuple(replace(unit, report_id=f"{number}") for unit in document.units[number : number + 8]),
    )


def term(field: str, text: str) -> query.Term:
    return query.Term(field, text)


发展, 中欧 = term("words", "发展"), term("grams", "中欧")

QUERIES: dict[str, query.Query] = {
    "a word": 发展,
    "a pair": 中欧,
    "a character": term("characters", "的"),
    "a year": term("year", "2021"),
    "a level": term("level", "市"),
    "a section": term("section", "重点任务/开放"),
    "a type": term("type", "政府工作报告"),
    "a word that is nowhere": term("words", "量子猫"),
    "a pair with a character that is nowhere": term("grams", "中㐀"),
    "a term too long for its field": term("grams", "中欧班列"),
    "a term of no signs": term("grams", ""),
    "a phrase": query.Phrase("grams", ["中欧", "欧班", "班列"]),
    "a phrase with gaps": query.Phrase("grams", ["改革", "开放"], slop=8),
    "a phrase that is nowhere": query.Phrase("grams", ["改革", "欧班"]),
    "near": spans.SpanNear(term("grams", "改革"), term("grams", "发展"), slop=30, ordered=False),
    "and": query.And([发展, term("words", "改革"), term("year", "2021")]),
    "or": query.Or([发展, 中欧, term("characters", "粮"), term("region", "河南省/郑州市")]),
    "or of many": query.Or([term("characters", each) for each in "坚持以人民为中心的发展思想"]),
    "not": query.Not(term("characters", "的")),
    "and not": query.AndNot(发展, term("words", "改革")),
    "and maybe": query.AndMaybe(发展, term("grams", "改革")),
    "otherwise": query.Otherwise(term("words", "量子猫"), 发展),
    "prefix": query.Prefix("words", "发"),
    "prefix of a path": query.Prefix("section", "重点任务/"),
    "wildcard": query.Wildcard("words", "*设"),
    "pattern": query.Regex("words", "[发开].$"),
    "fuzzy": query.FuzzyTerm("words", "发展", maxdist=1),
    "everything": query.Every(),
    "whatever has a region": query.Every("region"),
    "range": query.TermRange("year", "2019", "2021"),
    "range of words": query.TermRange("words", "发", "开", endexcl=True),
    "constant score": query.ConstantScoreQuery(发展, 2.5),
    "best of several": query.DisjunctionMax([发展, 中欧, term("characters", "改")], tiebreak=0.1),
    "boosted": query.Or([query.Term("words", "发展", boost=3.0), term("words", "改革")]),
    "nothing": query.NullQuery,
}  # fmt: skip

WAYS: dict[str, dict[str, Any]] = {
    "best ten": {},
    "best three": {"limit": 3},
    "all": {"limit": None},
    "worst": {"limit": 5, "reverse": True},
    "in order of a number": {"limit": None, "sortedby": "length"},
    "the other way": {"limit": 20, "sortedby": sorting.FieldFacet("ordinal", reverse=True)},
    "in order of a path": {"limit": None, "sortedby": "region"},
    "the other way round a path": {"limit": 20, "sortedby": sorting.FieldFacet("section", reverse=True)},
    "in two orders": {"limit": 30, "sortedby": ["year", "length"]},
    "best first in each year": {"limit": None, "sortedby": ["year", sorting.ScoreFacet()]},
    "by year": {"groupedby": "year"},
    "by path and number": {"groupedby": ["section", "stretch"], "limit": None},
    "one of each report": {"collapse": "report", "limit": None},
    "within a filter": {"filter": term("year", "2021"), "mask": 中欧},
    "with terms": {"terms": True, "limit": 20},
}


def found(searcher: Searcher, asked: query.Query, way: dict[str, Any]) -> list[object]:
    results = searcher.search(asked, **way)
    hits: list[object] = [(hit.docnum, hit.score, hit.fields()) for hit in results]
    groups = [results.groups(name) for name in results.facet_names()]
    matched = [sorted(hit.matched_terms()) for hit in results] if way.get("terms") else []
    return [hits, len(results), groups, matched]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("asked", QUERIES.values(), ids=QUERIES)
def test_a_query_finds_the_same(both: Both, asked: query.Query, way: dict[str, Any]) -> None:
    with both[0].searcher() as here, both[1].searcher() as there:
        assert found(here, asked, way) == found(there, asked, way)


def test_the_queries_find_something(both: Both) -> None:
    """Else they would say nothing when they agree."""
    nowhere = {name for name in QUERIES if "nowhere" in name or "no " in name or "too long" in name}
    with both[0].searcher() as here:
        assert {name for name, asked in QUERIES.items() if not here.search(asked)} - nowhere <= {"nothing", "near"}


def told(read: Callable[[], Any]) -> object:
    """An answer, or that there is no such term."""
    try:
        answer = read()
    except TermNotFound:
        return TermNotFound
    return list(answer) if isinstance(answer, Iterator) else answer


def info(reader: IndexReader, field: str, text: str | bytes) -> tuple[object, ...]:
    known = reader.term_info(field, text)
    return (
        known.weight(), known.doc_frequency(), known.min_length(), known.max_length(), known.max_weight(),
        known.min_id(), known.max_id(),
    )  # fmt: skip


def posted(reader: IndexReader, field: str, text: str | bytes) -> list[object]:
    matcher, found = reader.postings(field, text), []
    while matcher.is_active():
        found.append((matcher.id(), matcher.weight(), matcher.value()))
        matcher.next()
    return found


OF_A_READER: dict[str, Callable[[IndexReader], Any]] = {
    "documents": lambda reader: (reader.doc_count(), reader.doc_count_all(), reader.has_deletions()),
    "numbers": lambda reader: reader.all_doc_ids(),
    "records": lambda reader: reader.iter_docs(),
    "all records": lambda reader: reader.all_stored_fields(),
    "indexed fields": lambda reader: sorted(reader.indexed_field_names()),
    "terms": lambda reader: reader.all_terms(),
    "segments": lambda reader: [(base, leaf.doc_count_all()) for leaf, base in reader.leaf_readers()],
}
OF_A_FIELD: dict[str, Callable[[IndexReader, str], Any]] = {
    "lexicon": lambda reader, field: reader.lexicon(field),
    "terms in characters": lambda reader, field: reader.field_terms(field),
    "terms from": lambda reader, field: reader.terms_from(field, "发".encode()),
    "a beginning": lambda reader, field: reader.expand_prefix(field, "国"),
    "a beginning that is nowhere": lambda reader, field: reader.expand_prefix(field, "㐀"),
    "most frequent": lambda reader, field: reader.most_frequent_terms(field, 20),
    "most distinctive": lambda reader, field: reader.most_distinctive_terms(field, 20),
    "terms with numbers": lambda reader, field: [
        (text, known.weight(), known.doc_frequency()) for text, known in reader.iter_field(field)
    ],
    "length": lambda reader, field: reader.field_length(field),
    "lengths": lambda reader, field: [
        reader.doc_field_length(number, field) or 0 for number in range(reader.doc_count_all())
    ],
    "cursor": lambda reader, field: [
        [cursor.text(), cursor.find("发"), cursor.next(), cursor.is_valid(), cursor.first()]
        for cursor in (leaf.cursor(field) for leaf, _ in reader.leaf_readers())
    ],
    "cursor at the end": lambda reader, field: [
        [cursor.next(), cursor.find("\U0010ffff"), cursor.next(), cursor.is_valid(), cursor.text()]
        for cursor in (leaf.cursor(field) for leaf, _ in reader.leaf_readers())
    ],
    "vector": lambda reader, field: reader.has_vector(0, field),
}


@pytest.mark.parametrize("read", OF_A_READER.values(), ids=OF_A_READER)
def test_a_reader_tells_the_same(both: Both, read: Callable[[IndexReader], Any]) -> None:
    with both[0].reader() as here, both[1].reader() as there:
        assert told(lambda: read(here)) == told(lambda: read(there))


@pytest.mark.parametrize("field", INDEXED)
@pytest.mark.parametrize("read", OF_A_FIELD.values(), ids=OF_A_FIELD)
def test_a_reader_tells_the_same_of_a_field(both: Both, read: Callable[[IndexReader, str], Any], field: str) -> None:
    with both[0].reader() as here, both[1].reader() as there:
        assert told(lambda: read(here, field)) == told(lambda: read(there, field))


@pytest.mark.parametrize("field", SCORED)
def test_a_reader_tells_the_same_extremes_of_a_field(both: Both, field: str) -> None:
    with both[0].reader() as here, both[1].reader() as there:
        for (leaf, _), (other, _) in zip(here.leaf_readers(), there.leaf_readers(), strict=True):
            assert leaf.min_field_length(field) == other.min_field_length(field)
            assert leaf.max_field_length(field) == other.max_field_length(field)


OF_A_TERM: dict[str, Callable[[IndexReader, str, Any], Any]] = {
    "known": lambda reader, field, text: info(reader, field, text),
    "postings": lambda reader, field, text: posted(reader, field, text),
    "first": lambda reader, field, text: reader.first_id(field, text),
    "frequency": lambda reader, field, text: (reader.frequency(field, text), reader.doc_frequency(field, text)),
    "there": lambda reader, field, text: (field, text) in reader,
}


@pytest.mark.parametrize("field", INDEXED)
@pytest.mark.parametrize("read", OF_A_TERM.values(), ids=OF_A_TERM)
def test_a_reader_tells_the_same_of_a_term(
    both: Both, read: Callable[[IndexReader, str, Any], Any], field: str
) -> None:
    with both[0].reader() as here, both[1].reader() as there:
        terms = [*there.lexicon(field)]
        for text in [*terms[:: 1 + len(terms) // 300], terms[-1], "", "㐀", "没有", "\U0010ffff"]:
            assert told(lambda text=text: read(here, field, text)) == told(lambda text=text: read(there, field, text))


@pytest.mark.parametrize("field", COLUMNS)
def test_a_column_holds_the_same(both: Both, field: str) -> None:
    with both[0].reader() as here, both[1].reader() as there:
        assert here.has_column(field) and there.has_column(field)
        mine, other = here.column_reader(field), there.column_reader(field)
        assert len(mine) == len(other) and list(mine) == list(other) and list(mine.load()) == list(other.load())
        for number in range(0, len(mine), 7):
            assert (mine[number], mine.sort_key(number)) == (other[number], other.sort_key(number))


@pytest.mark.parametrize("field", ["words", "grams", "characters", "record"])
def test_what_is_no_column_is_none(both: Both, field: str) -> None:
    with both[0].reader() as here, both[1].reader() as there:
        assert here.has_column(field) == there.has_column(field) == False  # noqa: E712


@given(data=st.data())
def test_a_matcher_goes_where_it_is_sent(both: Both, data: st.DataObject) -> None:
    """Steps, and leaps to any unit, of a term that is in many."""
    with both[0].reader() as here, both[1].reader() as there:
        last, field, text = here.doc_count_all(), *data.draw(st.sampled_from([("grams", "发展"), ("characters", "的")]))
        mine, other = here.postings(field, text), there.postings(field, text)
        for leap in data.draw(st.lists(st.none() | st.integers(0, last), max_size=30)):
            assert mine.is_active() == other.is_active()
            if not mine.is_active():
                break
            assert (mine.id(), mine.weight(), mine.value()) == (other.id(), other.weight(), other.value())
            for matcher in (mine, other):
                matcher.next() if leap is None else matcher.skip_to(leap)


ALPHABET = "中欧班列a1 ，。\U00020000"
TEXTS = st.text(ALPHABET, min_size=1, max_size=12).filter(fold) | st.sampled_from(["中" * 300, "中欧" * 200])
HEADINGS = st.sampled_from([(), (Heading(1, "一、开放"),), (Heading(1, "一、开放"), Heading(2, "（一）班列"))])


@st.composite
def reports(draw: st.DrawFn) -> list[Document]:
    """A few reports, some without units."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        source = Source(f"{number}.txt", str(number), "txt", "utf-8")
        year, region = draw(st.sampled_from([(2020, ("河南省",)), (2021, ("河南省", "郑州市"))]))
        report = Report(f"{9 - number}", None, year, "省", region, "其他", None, None, source, True, ())
        units = tuple(
            Unit(report.id, ordinal, "paragraph", draw(HEADINGS), ("未标",), text)
            for ordinal, text in enumerate(draw(st.lists(TEXTS, max_size=4)), start=1)
        )
        made.append(Document(report, units))
    return made


def everything(index: FileIndex) -> list[object]:
    """All that can be read of an index, but for segments without units."""
    with index.reader() as reader, index.searcher() as searcher:
        terms = list(reader.all_terms())
        numbers = list(reader.all_doc_ids())
        columns = [[reader.column_reader(name)[number] for number in numbers] for name in COLUMNS if numbers]
        scores = [found(searcher, query.Term(*each), {"limit": limit}) for each in terms for limit in (2, None)]
        phrase = found(searcher, query.Phrase("grams", ["中欧", "欧中"]), {})
        known = [(each, info(reader, *each), posted(reader, *each)) for each in terms]
        return [numbers, list(reader.iter_docs()), columns, scores, phrase, known]


@settings(max_examples=30)
@given(drawn=reports(), data=st.data())
def test_any_reports_are_read_the_same(drawn: list[Document], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(drawn)))
    again = data.draw(st.lists(st.sampled_from(drawn), max_size=2, unique_by=lambda each: each.report.id))
    gone = data.draw(st.lists(st.sampled_from([each.report.id for each in drawn]), max_size=2))
    with TemporaryDirectory() as folder:
        here = ours(Path(folder) / "ours", [(drawn[:cut], ()), (drawn[cut:], ()), (again, gone)])
        assert everything(here) == everything(theirs(Path(folder) / "theirs", here, drawn))


@given(length=st.integers(0, 200_000))
def test_a_length_is_kept_as_nearly_as_whoosh_keeps_it(length: int) -> None:

    assert as_kept(np.array([length])).tolist() == [byte_to_length(length_to_byte(length))]


def test_a_reader_opened_during_a_commit_sees_the_next_one(
    documents: tuple[Document, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoosh looks again when a file has gone that the table of contents named."""
    short = shortened(documents[0], 1)
    index = ours(tmp_path, [([short], ())])
    tables = iter([index._read_toc(), index._read_toc()])
    ours(tmp_path, [([Document(short.report, short.units[:2])], ())])
    now = index._read_toc
    monkeypatch.setattr(index, "_read_toc", lambda: next(tables, None) or now())
    with index.reader() as reader:
        assert reader.doc_count() == 2


WRITING: dict[str, Callable[[SegmentWriter], object]] = {
    "nothing": lambda writer: None,
    "a document": lambda writer: writer.add_document(report="a", words="发展"),
    "without a document": lambda writer: writer.delete_by_term("report", "1"),
    "another field": lambda writer: writer.add_field("another", fields.TEXT),
    "one segment": lambda writer: setattr(writer, "optimize", True),
    "no segments but its own": lambda writer: setattr(writer, "mergetype", CLEAR),
}


@pytest.mark.parametrize("write", WRITING.values(), ids=WRITING)
def test_whoosh_does_not_write_here(
    documents: tuple[Document, ...], tmp_path: Path, write: Callable[[SegmentWriter], object]
) -> None:
    index = ours(tmp_path, [([shortened(documents[0], number)], ()) for number in (1, 2)])
    with index.reader() as reader:
        before = list(reader.iter_docs())
    with pytest.raises(IndexUnavailable, match="baogao index"), index.writer() as writer:
        write(writer)
    with index.reader() as reader:
        assert list(reader.iter_docs()) == before
    with closing(open_engine(str(tmp_path))) as engine:
        engine.update([shortened(documents[0], 3)])
        assert engine.info().units == len(before) + 8
    assert not list(tmp_path.glob("*.seg"))


def test_whoosh_does_not_write_with_our_codec(both: Both) -> None:
    with pytest.raises(IndexUnavailable, match="baogao index"):
        both[0].writer(codec=ColumnarCodec())
