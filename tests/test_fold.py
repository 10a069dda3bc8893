"""Folding: what counts as the same writing, and the way back to the source."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import fold, fold_with_offsets

FOLDED: dict[str, list[tuple[str, str]]] = {
    "full width and half width are one": [
        ("ＧＤＰ", "gdp"),
        ("２０２１年", "2021年"),
        ("增长８％，", "增长8%,"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("（一）", "(一)"),
    ],
    "capital and small letters are one": [
        ("GDP", "gdp"),
        ("Straße", "strasse"),
        ("ΣΊΣΥΦΟΣ", fold("σίσυφος")),
    ],
    "compatibility forms are what they stand for": [
        ("①", "1"),
        ("㎡", "m2"),
        ("Ⅳ", "iv"),
        ("℃", "°c"),
        ("ﬁ", "fi"),
        ("⾼", "高"),
        ("\uf9dc", "隆"),
    ],
    "traditional characters are their simplified ones, each for itself": [
        ("國務院", "国务院"),
        ("政府工作報告", "政府工作报告"),
        ("發展", "发展"),
        ("頭髮", "头发"),
        ("支出定額标准", "支出定额标准"),
        ("\u85b4", "\u82ce"),
        ("\u82e7", "\u82ce"),
        ("𫗴", "𫗴"),
    ],
    "white space goes where Han characters are": [
        ("砥砺奋进 攻坚克难", "砥砺奋进攻坚克难"),
        ("2024年 主要预期目标", "2024年主要预期目标"),
        ("增长 5 %", "增长5%"),
        ("中欧\n班列", "中欧班列"),
        ("郑州\u3000上海\t北京", "郑州上海北京"),
        ("推广 O2O 模式", "推广o2o模式"),
        ("〇 八", "〇八"),
        ("東京 ひらがな", fold("東京ひらがな")),
    ],
    "white space stays, as one blank, between words of letters and between digits": [
        ("World Trade", "world trade"),
        ("World \r\n\t Trade", "world trade"),
        ("World\u00a0Trade", "world trade"),
        ("мир труд", "мир труд"),
        ("2021 2022", "2021 2022"),
        ("5 000", "5 000"),
    ],
    "white space at the ends goes": [(" World ", "world"), ("\u3000\n", ""), ("", "")],
    "a subscript, however it was read, is its letters": [
        ("PM2.5", "pm2.5"),
        ("PM_{2.5}", "pm2.5"),
        ("PM 2.5", "pm2.5"),
        ("PM\n2.5", "pm2.5"),
        ("PM₂.₅", "pm2.5"),
        ("ＰＭ２．５", "pm2.5"),
        ("ＰＭ＿｛２．５｝", "pm2.5"),
        ("10^{9}", "109"),
        ("CO_2", "co2"),
        ("CO₂", "co2"),
    ],
    "what is not seen is not there": [
        ("中\u200b欧\u200d班\ufeff列", "中欧班列"),
        ("\ufeff政府", "政府"),
        ("高\u00ad质量", "高质量"),
        ("葛\U000e0100城", "葛城"),
        ("劳\ufe00动", "劳动"),
        ("a\x00b\x7fc", "abc"),
        ("甲\ud800乙", "甲乙"),
        ("甲\ue000乙", "甲乙"),
    ],
    "an accent is the same written as one character or as two": [
        ("café", "cafe\u0301"),
        ("cafe\u0301", "cafe\u0301"),
        ("Ålesund", fold("A\u030alesund")),
    ],
    "what differs stays different": [
        ("“一带一路”", "“一带一路”"),
        ("《纲要》", "《纲要》"),
        ("郑州—卢森堡", "郑州—卢森堡"),
        ("二〇三五", "二〇三五"),
        ("1.5-2", "1.5-2"),
    ],
}

any_text = st.text() | st.text(alphabet="中欧 \u3000\n\tAbé\u03012.5_{}＿^①㎡\u200b\u00a8", max_size=30)


@pytest.mark.parametrize(
    ("written", "folded"),
    [pytest.param(*row, id=f"{why}: {row[0]!r}") for why, rows in FOLDED.items() for row in rows],
)
def test_folding_makes_one_of_writings_that_count_as_the_same(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_folding_any_single_character_again_changes_nothing() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    assert [hex(ord(char)) for char in characters if fold(fold(char)) != fold(char)] == []


@given(any_text)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_any_text_at_all_can_be_folded_and_then_written_as_utf8(text: str) -> None:
    assert fold(text).encode().decode() == fold(text)


@given(any_text)
def test_folded_text_has_no_white_space_but_single_blanks_inside(text: str) -> None:
    folded = fold(text)
    assert folded == folded.strip()
    assert "  " not in folded
    assert not any(char.isspace() and char != " " for char in folded)


@given(st.data(), any_text)
def test_the_fold_of_a_piece_occurs_in_the_fold_of_its_text(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert fold(text[start:end]) in fold(text)


@given(data=st.data())
def test_the_fold_of_a_piece_of_a_report_occurs_in_the_fold_of_the_report(
    data: st.DataObject, seed_texts: tuple[str, ...]
) -> None:
    text = data.draw(st.sampled_from(seed_texts))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(start + 200, len(text))))
    assert fold(text[start:end]) in fold(text)


@given(any_text)
def test_the_offset_map_goes_with_the_same_folded_text(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)


@given(any_text)
def test_offsets_never_go_back_and_stay_inside_the_source(text: str) -> None:
    folded = fold_with_offsets(text)
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))


@given(any_text)
def test_every_folded_character_stands_for_a_piece_of_the_source_that_folds_to_it(text: str) -> None:
    folded = fold_with_offsets(text)
    for char, start, end in zip(folded.text, folded.starts, folded.ends, strict=True):
        written = text[start:end]
        assert char in fold(written) or (char == " " and written.isspace())


@given(st.data(), any_text.filter(fold))
def test_what_is_found_in_the_folded_text_is_found_in_its_source_span(data: st.DataObject, text: str) -> None:
    folded = fold_with_offsets(text)
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.source_span(start, end)
    assert fold(folded.text[start:end]) in fold(text[first:last])


@pytest.mark.parametrize(
    ("source", "sought", "span"),
    [
        ("以降低PM_{2.5}浓度为主", "pm2.5", "PM_{2.5"),
        ("中欧\n班列", "中欧班列", "中欧\n班列"),
        ("國務院總理", "总理", "總理"),
        ("the World\u00a0 Trade", "world trade", "World\u00a0 Trade"),
        ("面积㎡计", "m2", "㎡"),
        ("面积㎡计", "2计", "㎡计"),
    ],
)
def test_a_find_is_shown_as_the_source_wrote_it(source: str, sought: str, span: str) -> None:
    folded = fold_with_offsets(source)
    at = folded.text.index(sought)
    first, last = folded.source_span(at, at + len(sought))
    assert source[first:last] == span


def test_the_text_of_the_seeds_folds_to_itself_but_for_width_case_and_blanks(seed_texts: tuple[str, ...]) -> None:
    """A guard against a table that changes what it should not: simplified text stays as it was written."""
    for text in seed_texts:
        plain = "".join(unicodedata.normalize("NFKD", text).casefold().split())
        changed = {(a, b) for a, b in zip(_without_marks(plain), _without_marks(fold(text)), strict=True) if a != b}
        assert changed <= {("額", "额")}


def _without_marks(text: str) -> str:
    return "".join(char for char in text if char not in "_{}^ " and unicodedata.category(char) != "Cf")


@pytest.fixture(scope="module")
def seed_texts(seeds_folder) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in sorted(seeds_folder.glob("*.txt")))
