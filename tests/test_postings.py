"""The short way into Whoosh: whatever it is given, the index is the one that Whoosh's own writer makes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from hypothesis import given
from hypothesis import strategies as st
from whoosh.formats import Format, Frequency, Positions
from whoosh.writing import SegmentWriter

from indexer.engines.whoosh import postings
from indexer.engines.whoosh.merging import merge_small
from indexer.engines.whoosh.postings import with_counts, with_places
from indexer.engines.whoosh.schema import report_document, schema, unit_documents
from indexer.engines.whoosh.writer import UnitWriter
from indexer.model import Document
from indexer.text import Segmenter

TOKENS = st.lists(st.text("中欧班列a ", min_size=1, max_size=2), max_size=40)


@given(tokens=TOKENS)
@pytest.mark.parametrize(("ours", "theirs"), [(with_places, Positions()), (with_counts, Frequency())])
def test_the_postings_of_any_tokens_are_those_that_whoosh_makes(tokens: list[str], ours: Any, theirs: Format) -> None:
    expected = [(term, count, value) for term, count, _, value in theirs.word_values(tokens, None, mode="index")]
    assert sorted(ours(tokens)) == sorted(expected)


def test_tokens_far_into_a_long_text_keep_their_places() -> None:
    tokens = [str(number // 2 if number % 3 else number) for number in range(20_000)]
    expected = [(term, count, value) for term, count, _, value in Positions().word_values(tokens, None, mode="index")]
    assert sorted(with_places(tokens)) == sorted(expected)


Fields = dict[str, object]


def commit(writer: SegmentWriter, rows: Iterable[Fields]) -> None:
    for row in rows:
        writer.add_document(**row)
    writer.commit(mergetype=merge_small)


def everything(folder: Path) -> list[object]:
    """All that Whoosh reads of an index: terms with what is known of them and postings; lengths, columns, records."""
    with whoosh.index.open_dir(str(folder)).reader() as reader:
        found: list[object] = [reader.doc_count_all(), sorted(reader.schema.names())]
        for field, term in reader.all_terms():
            info = reader.term_info(field, term)
            found.append((field, term, info.weight(), info.doc_frequency(), info.min_length(), info.max_length()))
            found.append((info.max_weight(), info.min_id(), info.max_id()))
            matcher = reader.postings(field, term)
            while matcher.is_active():
                found.append((matcher.id(), matcher.weight(), matcher.value()))
                matcher.next()
        for doc in reader.all_doc_ids():
            lengths = [reader.doc_field_length(doc, field) for field in ("words", "grams", "characters", "report")]
            columns = [reader.column_reader(name)[doc] for name in ("folded", "length", "ordinal", "year", "section")]
            found.append((doc, lengths, columns, reader.stored_fields(doc)))
        found += [(field, reader.field_length(field), reader.max_field_length(field)) for field in ("words", "grams")]
    return found


@pytest.fixture(scope="module")
def batches(documents: tuple[Document, ...]) -> list[list[Fields]]:
    """What one commit after another adds: more small ones than may stand beside one another."""
    segmenter = Segmenter()
    whole = [[report_document(each.report), *unit_documents(each, segmenter)] for each in documents]
    rows = [row for each in whole for row in each]
    return [rows[:200], *(rows[200 + at : 205 + at] for at in range(0, 55, 5))]


@pytest.mark.parametrize(
    "most_held", [pytest.param(postings.MOST_HELD, id="all in memory"), pytest.param(2_000, id="in runs")]
)
def test_an_index_is_the_one_that_whoosh_makes(
    tmp_path: Path, batches: list[list[Fields]], monkeypatch: pytest.MonkeyPatch, most_held: int
) -> None:
    monkeypatch.setattr(postings, "MOST_HELD", most_held)
    ours, theirs = (whoosh.index.create_in(str(tmp_path / name), schema()) for name in made_in(tmp_path))
    for batch in batches:
        commit(UnitWriter(ours, 1.0), batch)
        commit(SegmentWriter(theirs), batch)
    assert len(whoosh.index.open_dir(str(tmp_path / "ours"))._segments()) < len(batches)
    assert everything(tmp_path / "ours") == everything(tmp_path / "theirs")


def made_in(folder: Path) -> tuple[str, str]:
    for name in ("ours", "theirs"):
        (folder / name).mkdir()
    return "ours", "theirs"


def test_no_file_of_an_index_names_a_class_of_ours(seeds_index: Path) -> None:
    """Whoosh's files are pickles: what they name must be there to read them."""
    files = [path.read_bytes() for path in seeds_index.iterdir() if "MAIN" in path.name]
    assert any(b"whoosh" in content for content in files)
    assert not any(b"indexer" in content for content in files)
