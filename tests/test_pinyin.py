"""How Chinese sounds: which syllables, in which phrases, and what counts as nearly the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.pinyin import MOST_READINGS, MOST_SPELLINGS, blurred, initials, readings, spellings


@pytest.mark.parametrize(
    ("text", "syllables", "letters"),
    [
        ("中欧班列", "zhong ou ban lie", "zobl"),
        ("高质量发展", "gao zhi liang fa zhan", "gzlfz"),
        ("重庆", "chong qing", "cq"),
        ("重点", "zhong dian", "zd"),
        ("银行", "yin hang", "yh"),
        ("行政", "xing zheng", "xz"),
        ("长江", "chang jiang", "cj"),
        ("校长", "xiao zhang", "xz"),
        ("绿色", "lv se", "ls"),
        ("调整", "tiao zheng", "tz"),
        ("六安", "lu an", "la"),
        ("pm2.5", "p m 2 . 5", "pm2.5"),
        ("", "", ""),
    ],
)
def test_a_text_is_spelled_as_it_is_most_likely_read(text: str, syllables: str, letters: str) -> None:
    likeliest = spellings(text)[0]
    assert (" ".join(likeliest), initials(likeliest)) == (syllables, letters)


@pytest.mark.parametrize(
    ("text", "ways"), [("长三角", {"zhang san jiao", "chang san jiao"}), ("银行", {"yin hang"}), ("中", {"zhong"})]
)
def test_a_character_outside_a_phrase_is_read_in_its_two_commonest_ways(text: str, ways: set[str]) -> None:
    assert {" ".join(way) for way in spellings(text)} == ways


@pytest.mark.parametrize(
    ("syllable", "same"),
    [("zhi", "zi"), ("chang", "can"), ("sheng", "sen"), ("ning", "lin"), ("nan", "lan"), ("zhong", "zong")],
)
def test_what_many_do_not_tell_apart_is_one(syllable: str, same: str) -> None:
    assert blurred(syllable) == blurred(same)


@pytest.mark.parametrize(("one", "other"), [("zhi", "chi"), ("fa", "ha"), ("liang", "lin"), ("xin", "xi")])
def test_what_anyone_tells_apart_is_not(one: str, other: str) -> None:
    assert blurred(one) != blurred(other)


@given(st.text(max_size=12))
def test_any_text_has_a_few_spellings_of_one_syllable_a_character(text: str) -> None:
    ways = spellings(text)
    assert 1 <= len(ways) <= MOST_SPELLINGS
    assert all(len(way) == len(text) and all(way) for way in ways)


@given(st.characters())
def test_any_character_has_a_few_readings_and_a_han_one_is_spelled_in_letters(char: str) -> None:
    told = readings(char)
    assert 1 <= len(told) <= MOST_READINGS
    assert told == (char,) or all(reading.isascii() and reading.islower() for reading in told)
