"""Suggestions while typing: what completes a word, in which order, and that every number is what a search gives."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import cast

import pytest
from faces import baogao, one_chinese_sentence
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Engine, IndexInfo, SearchRequest, Vocabulary, create_engine
from indexer.model import Document
from indexer.query import Phrase
from indexer.text import fold
from search_app import Reports
from search_app.latest import Latest
from search_app.lexicon import MOST, Lexicon
from search_app.suggest import Suggestions, suggest

Offered = dict[str, int]


@pytest.fixture(scope="module")
def folded(documents: tuple[Document, ...]) -> list[str]:
    return [fold(unit.text) for document in documents for unit in document.units]


def suggested(engine: Engine, q: str) -> Suggestions:
    return suggest(engine, {"q": [q]})


def texts(engine: Engine, q: str) -> list[str]:
    return [each.text for each in suggested(engine, q).suggestions]


class TestWhatCompletes:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("中欧", "中欧班列"),
            ("中欧班", "中欧班列"),
            ("中歐", "中欧班列"),
            ("zobl", "中欧班列"),
            ("ZOBL", "中欧班列"),
            ("zhongoubanlie", "中欧班列"),
            ("zhongoub", "中欧班列"),
            ("zhong'ou", "中欧班列"),
            ("中欧banl", "中欧班列"),
            ("中欧bl", "中欧班列"),
            ("gzlfz", "高质量发展"),
            ("gaozhiliangfazhan", "高质量发展"),
            ("xinzhishengchanli", "新质生产力"),
            ("lvse", "绿色"),
            ("营商", "营商环境"),
            ("丝绸", "空中丝绸之路"),
        ],
    )
    def test_by_characters_pinyin_and_initials(self, engine: Engine, typed: str, first: str) -> None:
        assert first in texts(engine, typed)[:3]

    @pytest.mark.parametrize(
        ("typed", "first", "absent"),
        [
            ("z", ["郑州", "重点", "中心"], ["中欧"]),
            ("m", ["目标", "模式", "民生"], ["万人", "万亩"]),
            ("c", ["产业", "持续", "城市"], ["重点"]),
            ("中", ["中心", "中国", "中原"], ["中欧"]),
            ("乡", ["乡村", "乡镇", "乡村振兴"], []),
            ("营", ["营商环境"], ["营商"]),
        ],
    )
    def test_one_letter_or_character_gives_the_frequent_words_and_no_beginnings_of_words(
        self, engine: Engine, typed: str, first: list[str], absent: list[str]
    ) -> None:
        offered = texts(engine, typed)
        assert offered[: len(first)] == first
        assert not {*absent} & {*offered}

    @pytest.mark.parametrize("word", ["中欧", "高新技术"])
    def test_a_beginning_of_a_word_is_offered_to_who_typed_just_that(self, engine: Engine, word: str) -> None:
        assert word in texts(engine, word)

    @pytest.mark.parametrize(
        ("typed", "heading"), [("改革开放纵", "改革开放纵深推进"), ("守牢安全", "持续守牢安全发展底线")]
    )
    def test_a_heading_is_told_as_one(self, engine: Engine, typed: str, heading: str) -> None:
        kinds = {each.text: each.kind for each in suggested(engine, typed).suggestions}
        assert kinds[heading] == "heading"

    @pytest.mark.parametrize("typed", ["qqqq", "没有的词", "。", "", " ", "中欧班列 ", "年:20", "级别:市", "高?量"])
    def test_nothing_completes_what_is_not_begun_or_not_there(self, engine: Engine, typed: str) -> None:
        assert texts(engine, typed) == []

    def test_the_kind_of_match_goes_before_the_number_of_units(self, engine: Engine) -> None:
        found = suggested(engine, "发").suggestions
        begins = [each.text.startswith("发") for each in found]
        assert begins == sorted(begins, reverse=True)
        assert [each.units for each in found if each.text.startswith("发")] == sorted(
            (each.units for each in found if each.text.startswith("发")), reverse=True
        )

    def test_they_are_few_and_each_is_there_once(self, engine: Engine) -> None:
        for typed in "zjfx发建":
            offered = texts(engine, typed)
            assert len(offered) == len(set(offered)) == MOST


class TestTheWordBeingTyped:
    @pytest.mark.parametrize(
        ("q", "start", "query", "whole"),
        [
            ("zobl", 0, "中欧班列", True),
            ("郑州 zobl", 3, "郑州 中欧班列", True),
            ("郑州　中欧班", 3, "郑州　中欧班列", True),
            ("郑州 -zobl", 4, "郑州 -中欧班列", True),
            ("(郑州 OR zobl", 7, "(郑州 OR 中欧班列", False),
            ("“zobl", 1, "“中欧班列", False),
            ("年:2021 zobl", 7, "年:2021 中欧班列", True),
            ("标题:zobl", 3, "标题:中欧班列", True),
        ],
    )
    def test_is_completed_and_what_precedes_it_is_kept(
        self, engine: Engine, q: str, start: int, query: str, whole: bool
    ) -> None:
        found = suggested(engine, q)
        assert (found.start, found.end, found.whole) == (start, len(q), whole)
        assert query in [each.query for each in found.suggestions]


class TestNumbers:
    @given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz中发建高质量经济民生安全"), min_size=1, max_size=3))
    def test_every_number_is_that_of_a_scan_and_of_a_search(
        self, engine: Engine, folded: list[str], typed: str
    ) -> None:
        for each in suggested(engine, typed).suggestions:
            assert each.units == sum(each.text in text for text in folded) > 0
            assert each.units == engine.search(SearchRequest(Phrase(each.text), size=0)).total

    def test_the_vocabulary_holds_no_number_but_those_of_a_scan(self, engine: Engine, folded: list[str]) -> None:
        said: Vocabulary = engine.vocabulary()
        wrong = {
            text: units
            for text, units in {**said.words, **said.headings}.items()
            if units != sum(text in unit for unit in folded)
        }
        assert wrong == {}
        assert len(said.words) > 3000 and len(said.headings) > 50

    def test_the_pairs_are_those_of_the_folded_text(self, engine: Engine, folded: list[str]) -> None:
        assert engine.pairs() == {text[at : at + 2] for text in folded for at in range(len(text) - 1)}


BAD = {
    "control characters": "\x00\x07",
    "right to left": "\u202eלצ\u202c",
    "emoji": "👩‍👩‍👧‍👦",
    "sql": "' OR 1=1; --",
    "markup": "<script>alert(1)</script>",
    "regular expression": "(((([a-z]+)*",
    "half a character": "\ud83d",
    "long": "z" * 500,
    "blanks": "\u3000 \t\n",
}


class TestBadInput:
    @pytest.mark.parametrize("q", BAD.values(), ids=BAD)
    def test_what_completes_nothing_is_answered_with_nothing(self, engine: Engine, q: str) -> None:
        found = suggested(engine, q)
        assert (found.q, found.suggestions) == (q, ())

    @given(st.text(max_size=20))
    def test_anything_at_all_is_answered_with_a_span_inside_what_was_typed(self, engine: Engine, q: str) -> None:
        found = suggested(engine, q)
        assert 0 <= found.start <= found.end == len(q)
        assert all(each.query.startswith(q[: found.start]) for each in found.suggestions)

    @pytest.mark.parametrize(
        ("url", "parameter"),
        [("?q=中&size=3", "size"), ("?q=中&year=2021", "year"), ("?q=中&q=欧", "q"), (f"?q={'z' * 501}", "q")],
    )
    def test_what_cannot_be_asked_is_told(self, client: FlaskClient, url: str, parameter: str) -> None:
        answer = client.get(f"/api/v1/suggest{url}")
        assert (answer.status_code, answer.json["error"]["parameter"]) == (400, parameter)
        assert one_chinese_sentence(answer.json["error"]["message"])


def test_every_face_gives_the_same(client: FlaskClient, seeds_index: Path) -> None:
    with Reports.open(seeds_index) as reports:
        found = reports.suggest("郑州 zobl")
    served = client.get("/api/v1/suggest", query_string={"q": "郑州 zobl"}).json
    printed = baogao("suggest", "郑州 zobl", "--json", "--index", str(seeds_index)).stdout
    assert served == json.loads(printed)
    assert [each["text"] for each in served["suggestions"]] == [each.text for each in found.suggestions]
    assert baogao("suggest", "zobl", "--index", str(seeds_index)).stdout.startswith("中欧班列")
    nothing = baogao("suggest", "qqqq", "--index", str(seeds_index))
    assert (nothing.returncode, nothing.stdout.count("\n")) == (0, 1)


class TestOnceForEachState:
    def test_many_who_ask_at_once_wait_for_one(self, engine: Engine) -> None:
        made: list[int] = []

        def make(_: Engine) -> int:
            made.append(1)
            time.sleep(0.1)
            return len(made)

        latest = Latest(make)
        asking = [threading.Thread(target=latest.of, args=(engine,)) for _ in range(8)]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
        assert (latest.of(engine), len(made)) == (1, 1)

    def test_while_the_first_is_made_it_can_be_done_without(self, engine: Engine) -> None:
        making, go_on = threading.Event(), threading.Event()

        def make(_: Engine) -> str:
            making.set()
            go_on.wait(10)
            return "made"

        latest = Latest(make)
        asking = threading.Thread(target=latest.of, args=(engine,))
        asking.start()
        making.wait(10)
        assert latest.ready(engine) is None
        go_on.set()
        asking.join()
        assert latest.ready(engine) == "made"

    def test_after_a_commit_it_is_made_anew_while_the_one_before_still_answers(
        self, fresh_index: str, documents: tuple[Document, ...]
    ) -> None:
        engine = create_engine(fresh_index)
        go_on = threading.Event()
        engine.update(documents[:1])
        states: list[int] = []

        def make(of: Engine) -> int:
            if states:
                go_on.wait(10)
            states.append(of.info().units)
            return states[-1]

        latest = Latest(make)
        before = latest.of(engine)
        engine.update(documents[1:2])
        assert latest.of(engine) == latest.of(engine) == before
        go_on.set()
        until = time.monotonic() + 10
        while latest.of(engine) == before and time.monotonic() < until:
            time.sleep(0.01)
        assert latest.of(engine) == engine.info().units > before
        assert len(states) == 2
        engine.close()

    def test_who_saw_the_state_before_and_comes_late_does_not_make_it_again(
        self, fresh_index: str, documents: tuple[Document, ...]
    ) -> None:
        engine = create_engine(fresh_index)
        engine.update(documents[:1])
        asked, go_on, made = threading.Event(), threading.Event(), list[int]()

        class Watched:
            """Tells one thread its state late."""

            def info(self) -> IndexInfo:
                told = engine.info()
                if threading.current_thread().name == "late":
                    asked.set()
                    go_on.wait(10)
                return told

        def make(of: Engine) -> int:
            made.append(of.info().units)
            return made[-1]

        latest, watched = Latest(make), cast(Engine, Watched())
        before = latest.of(watched)
        engine.update(documents[1:2])
        late = threading.Thread(target=latest.of, args=(watched,), name="late")
        late.start()
        asked.wait(10)
        until = time.monotonic() + 10
        while latest.of(watched) == before and time.monotonic() < until:
            time.sleep(0.01)
        others = set(threading.enumerate()) - {late}
        go_on.set()
        late.join()
        for thread in set(threading.enumerate()) - others:
            thread.join(10)
        assert len(made) == 2
        engine.close()

    def test_an_empty_index_has_nothing_to_suggest(self, fresh_index: str) -> None:
        engine = create_engine(fresh_index)
        assert Lexicon(engine).find("z") == []
        engine.close()
