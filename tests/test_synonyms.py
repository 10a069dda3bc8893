"""Synonyms: what a table may say, where it is kept, and what a query is offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from faces import one_chinese_sentence
from flask.testing import FlaskClient

from indexer.engines import Engine, create_engine, open_engine
from indexer.errors import SynonymsError
from indexer.pipeline import discover
from indexer.synonyms import read_synonyms
from search_app.state import SearchState
from search_app.synonyms import MOST_OFFERED, synonyms_of
from search_app.syntax import parse

KNOWN = (("双碳", "碳达峰碳中和", "3060目标"), ("国企", "国有企业"), ("与", "以及"))


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "lexicon" / "synonyms.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_line_is_a_group_and_remarks_and_blank_lines_are_none(tmp_path: Path, encoding: str) -> None:
    path = table(tmp_path, "# 说明\n双碳\t碳达峰碳中和\r\n\n国企\t 国有企业 \tSOE\n", encoding)
    assert read_synonyms(path) == (("双碳", "碳达峰碳中和"), ("国企", "国有企业", "SOE"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("双碳", 1),
        ("# 说明\n双碳 碳达峰", 2),
        ("双碳,碳达峰", 1),
        ("甲\t乙\n双碳\t", 2),
        ("双碳\t碳 达 峰", 1),
        ("双碳\t“碳达峰”", 1),
        ("双碳\t(碳达峰", 1),
        ("双碳\t碳*峰", 1),
        ("双碳\t" + "长" * 41, 1),
        ("双碳\t___", 1),
        ("双碳\t雙碳", 1),
        ("双碳\t碳达峰\n国企\t国有企业\n碳达峰\t碳中和", 3),
    ],
)
def test_a_line_that_is_no_group_is_refused_with_its_number(tmp_path: Path, text: str, line: int) -> None:
    table(tmp_path, text)
    (tmp_path / "a.txt").write_text("字", encoding="utf-8")
    with pytest.raises(SynonymsError, match=f"第 {line} 行") as caught:
        discover([tmp_path])
    assert one_chinese_sentence(caught.value.message)


def test_a_table_in_another_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(SynonymsError, match="UTF-8") as caught:
        read_synonyms(table(tmp_path, "双碳\t碳达峰", "gb18030"))
    assert one_chinese_sentence(caught.value.message)


def test_the_index_keeps_them_and_takes_others_without_being_made_anew(fresh_index: str) -> None:
    engine = create_engine(fresh_index)
    fingerprint = engine.info().fingerprint
    assert engine.synonyms() == ()
    engine.keep_synonyms(KNOWN)
    other = open_engine(fresh_index)
    assert other.synonyms() == KNOWN
    engine.keep_synonyms(KNOWN[:1])
    assert other.synonyms() == KNOWN[:1]
    assert other.info().fingerprint == fingerprint
    engine.close()
    other.close()


@pytest.mark.parametrize(
    ("q", "offered"),
    [
        ("双碳", {"(双碳 OR 碳达峰碳中和)", "(双碳 OR 3060目标)"}),
        ("雙碳 郑州", {"(雙碳 OR 碳达峰碳中和) 郑州", "(雙碳 OR 3060目标) 郑州"}),
        ("郑州 国企", {"郑州 (国企 OR 国有企业)"}),
        ("国有企业 年:2021", {"(国有企业 OR 国企) 年:2021"}),
        ("国企 双碳", {"(国企 OR 国有企业) 双碳", "国企 (双碳 OR 碳达峰碳中和)", "国企 (双碳 OR 3060目标)"}),
        ("国企 OR 民企", {"国企 OR 民企 OR 国有企业"}),
        ('"双碳"', set()),
        ("-双碳", set()),
        ("郑州 -国企", set()),
        ("国企 NEAR/5 郑州", set()),
        ("国企改革", set()),
        ("标题:国企", set()),
        ('(国企 OR "改革") 郑州', set()),
        ("以及", set()),
        ("", set()),
    ],
)
def test_a_plain_word_is_offered_its_synonyms(q: str, offered: set[str]) -> None:
    found = synonyms_of(parse(q), SearchState(q=q), KNOWN)
    assert {parse(each.query) for each in found if not each.chosen} == {parse(query) for query in offered}
    assert all(each.url == SearchState(q=each.query).url() for each in found)


@pytest.mark.parametrize("q", ["双碳", "双碳 郑州", "郑州 国企 年:2021", "国企 OR 民企"])
def test_a_synonym_that_was_added_can_be_taken_away_again(q: str) -> None:
    for added in synonyms_of(parse(q), SearchState(q=q), KNOWN):
        back = synonyms_of(parse(added.query), SearchState(q=added.query), KNOWN)
        assert [parse(each.query) for each in back if each.chosen] == [parse(q)]


def test_each_word_of_the_table_brought_along_is_offered_the_others_of_its_group(engine: Engine) -> None:
    known = engine.synonyms()
    assert len(known) >= 25
    for group in known:
        for word in group:
            offered = {each.also for each in synonyms_of(parse(word), SearchState(q=word), known)}
            assert offered == {*group} - {word}


def test_no_query_is_offered_more_than_fit_on_a_page_nor_one_that_is_too_long() -> None:
    many = (("词", *(f"词{n}" for n in range(30))),)
    assert len(synonyms_of(parse("词"), SearchState(q="词"), many)) == MOST_OFFERED
    long = "国企 " + "长" * 496
    assert synonyms_of(parse(long), SearchState(q=long), KNOWN) == ()


def test_a_reader_adds_a_synonym_and_takes_it_away(client: FlaskClient) -> None:
    def found(url: str) -> dict[str, object]:
        return client.get("/api/v1" + url).json  # type: ignore[no-any-return]

    first = found(SearchState(q="双碳").url())
    (offer,) = first["synonyms"]  # type: ignore[misc]
    assert (offer["also"], offer["chosen"]) == ("碳达峰碳中和", False)
    assert "也查 碳达峰碳中和" in client.get(SearchState(q="双碳").url()).text
    second = found(offer["url"])
    assert second["query"] == "双碳 OR 碳达峰碳中和"
    assert second["in_words"] == "含“双碳”或“碳达峰碳中和”"
    assert second["total"] >= first["total"]  # type: ignore[operator]
    (chosen,) = second["synonyms"]  # type: ignore[misc]
    assert "已加 碳达峰碳中和" in client.get(offer["url"]).text
    assert (chosen["chosen"], chosen["url"]) == (True, SearchState(q="双碳").url())
