"""What is marked: the source's own characters, every occurrence, and of a long text the part worth seeing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import Phrase, Sought, Term, Wildcard
from indexer.text import fold
from search_app import highlight as marking
from search_app.highlight import MOST_PLACES, SHOWN_WHOLE, Fragment, Occurrence, Snippet, split

LETTERS = "中欧班列國国 \u3000\u200b\n_{}^PpMmＰ2２.５5ßﬁİ①²ｶﾞ郑州-é"
"""Characters that folding drops, joins, widens, simplifies or leaves."""

text = st.text(LETTERS, max_size=40) | st.text(max_size=40)
sought = st.lists(st.text(LETTERS, max_size=4) | st.text(max_size=4), max_size=3)


def highlight(text: str, sought: Iterable[str]) -> tuple[Fragment, ...]:
    return marking.highlight(text, tuple(map(Term, sought)))


def snippet(text: str, sought: Iterable[str]) -> Snippet:
    return marking.snippet(text, tuple(map(Term, sought)))


def marked(fragments: tuple[Fragment, ...]) -> str:
    """Fragments as a reader sees them, marks in brackets."""
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in fragments)


def pieces_of(cut: Snippet) -> list[str]:
    """The texts of a snippet between its gaps."""
    ends = (*cut.gaps, len(cut.fragments))
    return ["".join(each.text for each in cut.fragments[a:b]) for a, b in pairwise((0, *ends))]


def stretches_of_one_kind(found: Iterable[Occurrence]) -> set[tuple[int, int, int]]:
    """The stretches of characters that occurrences of one kind cover."""
    covered = sorted({(each.kind, at) for each in found for at in range(each.start, each.end)})
    runs: list[list[tuple[int, int]]] = []
    for kind, at in covered:
        if runs and runs[-1][-1] == (kind, at - 1):
            runs[-1].append((kind, at))
        else:
            runs.append([(kind, at)])
    return {(run[0][1], run[-1][1] + 1, run[0][0]) for run in runs}


def marks(fragments: tuple[Fragment, ...]) -> list[str]:
    return [piece.text for piece in fragments if piece.marked]


class TestAnyText:
    @given(text, sought)
    def test_the_fragments_joined_are_the_text(self, text: str, sought: list[str]) -> None:
        assert "".join(piece.text for piece in highlight(text, sought)) == text

    @given(text, sought)
    def test_every_stretch_of_marks_holds_a_sought_text(self, text: str, sought: list[str]) -> None:
        pieces = list(filter(None, map(fold, sought)))
        for touching, run in groupby(highlight(text, sought), lambda piece: piece.marked):
            joined = fold("".join(piece.text for piece in run))
            assert not touching or any(piece in joined for piece in pieces)

    @given(text, sought)
    def test_a_character_has_the_kind_of_the_longest_stretch_of_occurrences_over_it(
        self, text: str, sought: list[str]
    ) -> None:
        """Character by character, without intervals: the reference says whose the character is."""
        stretches = stretches_of_one_kind(marking.found_in(text, tuple(map(Term, sought))))
        shown = [piece.kind for piece in highlight(text, sought) for _ in piece.text]
        for at, kind in enumerate(shown):
            over = [(start - end, start, each) for start, end, each in stretches if start <= at < end]
            assert kind == (min(over)[2] if over else None)

    @given(text, sought)
    def test_as_many_occurrences_are_found_as_are_counted(self, text: str, sought: list[str]) -> None:
        folded = {fold(each) for each in sought} - {""}
        assert len(marking.found_in(text, tuple(map(Term, sought)))) == sum(map(fold(text).count, folded))

    @given(text, sought)
    def test_something_is_marked_if_and_only_if_the_folded_text_holds_it(self, text: str, sought: list[str]) -> None:
        holds = any(piece and piece in fold(text) for piece in map(fold, sought))
        assert bool(marks(highlight(text, sought))) == holds

    @given(text, text, st.sampled_from("国中欧PM5Ａ"), text)
    def test_a_piece_copied_from_the_text_is_marked_in_it(self, left: str, copied: str, seen: str, right: str) -> None:
        copied += seen
        text = left + copied + right
        assert any(fold(copied) in fold(mark) for mark in marks(highlight(text, [copied])))

    @given(text, sought)
    def test_no_fragment_is_empty_and_unmarked_ones_never_touch(self, text: str, sought: list[str]) -> None:
        fragments = highlight(text, sought)
        assert all(piece.text and piece.marked == (piece.kind is not None) for piece in fragments)
        assert all(before.marked or after.marked for before, after in pairwise(fragments))

    @given(text, sought, st.integers(0, 50))
    def test_split_cuts_at_the_place_and_loses_nothing(self, text: str, sought: list[str], at: int) -> None:
        left, right = split(highlight(text, sought), at)
        assert "".join(piece.text for piece in left) == text[:at]
        assert "".join(piece.text for piece in right) == text[at:]
        assert sum(len(mark) for mark in marks(left + right)) == sum(map(len, marks(highlight(text, sought))))


class TestMarks:
    @pytest.mark.parametrize(
        ("text", "sought", "seen"),
        [
            ("开行中欧班列。", ["中欧班列"], "开行[中欧班列]。"),
            ("中欧班列和中欧班列", ["中欧班列"], "[中欧班列]和[中欧班列]"),
            ("中欧班列", [], "中欧班列"),
            ("中欧班列", ["", " ", "\u200b"], "中欧班列"),
            ("中欧班列", ["中亚班列"], "中欧班列"),
            ("", ["中欧班列"], ""),
        ],
    )
    def test_every_occurrence_is_marked_and_nothing_else(self, text: str, sought: list[str], seen: str) -> None:
        assert marked(highlight(text, sought)) == seen

    @pytest.mark.parametrize(
        ("text", "sought", "seen"),
        [
            ("乡村振兴战略", ["乡村", "振兴"], "[乡村][振兴]战略"),
            ("乡村振兴战略", ["乡村振兴", "振兴战略"], "[乡村振兴][战略]"),
            ("乡村振兴战略", ["乡村振", "振兴战略"], "[乡村][振兴战略]"),
            ("乡村振兴战略", ["村振", "乡村振兴战"], "[乡村振兴战]略"),
            ("乡村振兴战略", ["乡村", "乡村"], "[乡村]振兴战略"),
            ("GDP和gdp", ["gdp", "GDP"], "[GDP]和[gdp]"),
            ("乡村振兴战略", ["乡村振兴战略", "振兴"], "[乡村振兴战略]"),
            ("乡村和振兴", ["振兴", "乡村"], "[乡村]和[振兴]"),
            ("人人人", ["人人"], "[人人]人"),
            ("人人人人", ["人人"], "[人人人人]"),
        ],
    )
    def test_marks_of_one_kind_that_touch_are_one_and_of_two_kinds_the_longer_is_whole(
        self, text: str, sought: list[str], seen: str
    ) -> None:
        assert marked(highlight(text, sought)) == seen

    @pytest.mark.parametrize(
        ("text", "sought", "seen"),
        [
            ("城市PM_{2.5}浓度", "PM2.5", "城市[PM_{2.5}]浓度"),
            ("CO_2和CO_{2}e", "co2", "[CO_2]和[CO_{2}]e"),
            ("{中欧班列}", "中欧班列", "{[中欧班列]}"),
            ("ＧＤＰ增长", "gdp", "[ＧＤＰ]增长"),
            ("中 欧\u3000班\n列", "中欧班列", "[中 欧\u3000班\n列]"),
            ("中\u200b欧班列", "中欧", "[中\u200b欧]班列"),
            ("發展經濟", "发展", "[發展]經濟"),
            ("发展经济", "發展", "[发展]经济"),
            ("第①项", "1", "第[①]项"),
            ("ﬁrst", "i", "[ﬁ]rst"),
            ("Straße", "STRASSE", "[Straße]"),
            ("New York", "new york", "[New York]"),
        ],
    )
    def test_what_is_marked_is_as_the_source_wrote_it(self, text: str, sought: str, seen: str) -> None:
        assert marked(highlight(text, [sought])) == seen

    @pytest.mark.parametrize(
        ("text", "sought", "seen"),
        [
            ("高质量发展和高速发展", Wildcard("高*发展"), "[高质量发展]和[高速发展]"),
            ("高质量发展和高速发展", Wildcard("高?发展"), "高质量发展和[高速发展]"),
            ("高。发展！高；发展", Wildcard("高*发展"), "高。发展！高；发展"),
            ("高。发展！高；发展", Wildcard("高?发展"), "高。发展！高；发展"),
            ("高高发展", Wildcard("高*发展"), "[高高发展]"),
            ("甲乙甲乙甲", Wildcard("甲?甲"), "[甲乙甲]乙甲"),
            ("城市PM_{2.5}浓度", Wildcard("市*2.5"), "城[市PM_{2.5}]浓度"),
            ("ＧＤＰ 增 长", Wildcard("g?p增*长"), "[ＧＤＰ 增 长]"),
            ("所谓？*", Wildcard("所?？"), "[所谓？]*"),
            ("甲?乙 甲丙乙", Phrase("甲?乙"), "[甲?乙] 甲丙乙"),
        ],
    )
    def test_a_wildcard_marks_what_its_signs_stand_for_in_one_sentence(
        self, text: str, sought: Sought, seen: str
    ) -> None:
        assert marked(marking.highlight(text, (sought,))) == seen


class TestSnippet:
    @given(st.text(LETTERS + "甲乙丙丁" * 3, max_size=900), sought)
    def test_without_gaps_it_is_a_piece_of_the_text_as_long_as_the_limit(self, text: str, sought: list[str]) -> None:
        cut = snippet(text, sought)
        if cut.gaps:
            return
        assert len(cut.text) == min(len(text), SHOWN_WHOLE)
        places = (start for start in range(len(text) + 1) if text.startswith(cut.text, start))
        cuts = {(start > 0, start + len(cut.text) < len(text)) for start in places}
        assert (cut.cut_before, cut.cut_after) in cuts

    @given(st.text(LETTERS + "甲乙丙丁" * 9, min_size=SHOWN_WHOLE, max_size=900), sought)
    def test_its_pieces_stand_in_the_text_in_this_order_and_are_no_longer_than_the_limit(
        self, text: str, sought: list[str]
    ) -> None:
        cut = snippet(text, sought)
        pieces = pieces_of(cut)
        assert len(pieces) <= MOST_PLACES and sum(map(len, pieces)) <= SHOWN_WHOLE
        at = 0
        for piece in pieces:
            assert piece in text[at:]
            at = text.index(piece, at) + len(piece)

    @pytest.mark.parametrize(
        ("text", "seen"),
        [
            ("甲" + "空" * 600 + "乙" + "空" * 600, ["甲", "乙"]),
            ("甲" + "空" * 600 + "甲" + "空" * 600 + "乙" + "空" * 600, ["甲", "甲", "乙"]),
            ("甲" + ("空" * 300 + "甲") * 4 + "空" * 300 + "乙", ["甲", "甲", "乙"]),
            ("甲" + "空" * 200 + "乙" + "空" * 600, ["甲", "乙"]),
        ],
    )
    def test_marks_far_apart_are_shown_each_in_its_place_and_every_kind_before_a_second_of_one(
        self, text: str, seen: list[str]
    ) -> None:
        cut = snippet(text, ["甲", "乙"])
        assert marks(cut.fragments) == seen
        assert [mark in piece for piece, mark in zip(pieces_of(cut), seen, strict=False)].count(False) == 0

    @given(st.integers(0, 1500), st.integers(0, 1500))
    def test_the_first_mark_is_always_in_it_whole(self, before: int, after: int) -> None:
        cut = snippet("空" * before + "中欧班列" + "白" * after, ["中欧班列"])
        assert marks(cut.fragments) == ["中欧班列"]

    @pytest.mark.parametrize(
        ("before", "after", "cuts"),
        [
            (0, 0, (False, False)),
            (0, SHOWN_WHOLE - 4, (False, False)),
            (0, SHOWN_WHOLE, (False, True)),
            (SHOWN_WHOLE, 0, (True, False)),
            (SHOWN_WHOLE, SHOWN_WHOLE, (True, True)),
        ],
    )
    def test_the_cuts_tell_on_which_sides_there_is_more(self, before: int, after: int, cuts: tuple[bool, bool]) -> None:
        cut = snippet("空" * before + "中欧班列" + "白" * after, ["中欧班列"])
        assert (cut.cut_before, cut.cut_after) == cuts

    def test_some_text_before_the_first_mark_is_shown(self) -> None:
        cut = snippet("空" * 600 + "中欧班列" + "白" * 600, ["中欧班列"])
        assert 40 <= len(cut.fragments[0].text) <= SHOWN_WHOLE / 2

    def test_without_a_mark_it_is_the_beginning(self) -> None:
        cut = snippet("甲" * 300 + "乙" * 300, ["中欧班列"])
        assert cut.text == "甲" * SHOWN_WHOLE
        assert (cut.cut_before, cut.cut_after) == (False, True)

    def test_a_mark_longer_than_the_snippet_is_shown_as_far_as_it_goes(self) -> None:
        cut = snippet("前" * 100 + "长" * 400, ["长" * 400])
        assert cut.fragments[-1] == Fragment("长" * (SHOWN_WHOLE - len(cut.fragments[0].text)), True, 0)
