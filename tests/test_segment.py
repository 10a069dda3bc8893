"""Words: two builds of one segmenter that agree, a lexicon of one's own, and nothing changed for others."""

from __future__ import annotations

import inspect
import re
from collections import Counter

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model import Document
from indexer.pipeline import Found
from indexer.text import Segmenter, fold

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@pytest.fixture(scope="module")
def lexicon(seeds_found: Found) -> tuple[str, ...]:
    assert seeds_found.lexicon
    return seeds_found.lexicon


@pytest.fixture(scope="module")
def fast(lexicon: tuple[str, ...]) -> Segmenter:
    return Segmenter(lexicon)


@pytest.fixture(scope="module")
def reference(lexicon: tuple[str, ...]) -> Segmenter:
    return Segmenter(lexicon, reference=True)


def folded_units(documents: tuple[Document, ...]) -> list[str]:
    return [fold(unit.text) for document in documents for unit in document.units]


def test_the_two_builds_are_two(fast: Segmenter, reference: Segmenter) -> None:
    """Where rjieba is missing both would be jieba, and agreeing would prove nothing."""
    assert type(_tokenizer(fast)) is not jieba.Tokenizer
    assert type(_tokenizer(reference)) is jieba.Tokenizer


def _tokenizer(segmenter: Segmenter) -> object:
    return inspect.getclosurevars(segmenter._cuts.plain).nonlocals["tokenizer"]


def test_both_builds_agree_token_for_token_on_the_seeds(
    fast: Segmenter, reference: Segmenter, documents: tuple[Document, ...]
) -> None:
    for text in folded_units(documents):
        assert list(fast.words(text)) == list(reference.words(text))


@pytest.mark.slow
def test_both_builds_agree_token_for_token_on_the_corpora(
    fast: Segmenter, reference: Segmenter, corpora_documents: tuple[Document, ...]
) -> None:
    for text in folded_units(corpora_documents):
        assert list(fast.words(text)) == list(reference.words(text))


SIGNS = st.sampled_from("国务院会议强调高质量发展的一了龘㐀𠀀 。，%-·._#+&a1Zé가ア①😀\n")


def run_by_run(segmenter: Segmenter, text: str) -> list[str]:
    """The words of each run of Han characters, cut as if there were no others."""
    return [word for run in re.findall(f"{HAN.pattern}+", text) for word in segmenter.words(run)]


@given(text=st.text(SIGNS, max_size=40))
@pytest.mark.parametrize("build", ["fast", "reference"])
def test_a_run_of_han_characters_is_cut_alike_whatever_stands_around_it(
    build: str, text: str, request: pytest.FixtureRequest
) -> None:
    segmenter: Segmenter = request.getfixturevalue(build)
    assert [word for word in segmenter.words(text) if HAN.match(word)] == run_by_run(segmenter, text)


COMMON_HAN = [char for char in map(chr, range(0x4E00, 0x9FD6)) if fold(char) == char]
"""The folded characters that jieba cuts at all: the first block of Unicode's Han."""


@given(text=st.text(alphabet=st.sampled_from(COMMON_HAN), max_size=40))
def test_both_builds_agree_on_any_text_of_common_characters(fast: Segmenter, reference: Segmenter, text: str) -> None:
    assert list(fast.words(text)) == list(reference.words(text))


def test_every_word_of_the_lexicon_is_a_word(fast: Segmenter, lexicon: tuple[str, ...]) -> None:
    assert [word for word in lexicon if word not in fast.words(fold(word))] == []


@pytest.mark.parametrize("reference", [False, True], ids=["rjieba", "jieba"])
def test_a_word_of_the_lexicon_stays_whole_in_its_sentence(reference: bool) -> None:
    sentence = "深入开展万人助万企活动"
    assert "万人助万企" not in Segmenter(reference=reference).words(sentence)
    assert "万人助万企" in Segmenter(["万人助万企"], reference=reference).words(sentence)


@pytest.mark.parametrize("reference", [False, True], ids=["rjieba", "jieba"])
def test_the_lexicon_may_be_written_in_full_width_or_traditional_characters(reference: bool) -> None:
    assert "万人助万企" in Segmenter(["萬人助萬企"], reference=reference).words("开展万人助万企活动")


@pytest.mark.parametrize("reference", [False, True], ids=["rjieba", "jieba"])
def test_what_one_segmenter_learns_no_other_knows(reference: bool) -> None:
    Segmenter(["万人助万企"], reference=reference)
    assert "万人助万企" not in Segmenter(reference=reference).words("深入开展万人助万企活动")


def test_the_global_tokenizer_of_jieba_has_not_been_given_the_lexicon(
    reference: Segmenter, lexicon: tuple[str, ...]
) -> None:
    stock = jieba.Tokenizer()
    stock.initialize()
    jieba.dt.initialize()
    assert jieba.dt.FREQ == stock.FREQ
    assert [word for word in lexicon if not stock.FREQ.get(word)]


WORDS = [
    ("高质量发展", ["高质", "质量", "高质量", "发展"]),
    ("pm2.5浓度下降5%", ["pm2.5", "浓度", "下降", "5"]),
    ("gdp增长6.5%", ["gdp", "增长", "6.5"]),
    ("5g基站", ["5g", "基站"]),
    ("covid-19", ["covid-19"]),
    ("world trade", ["world", "trade"]),
    ("“一带一路”", ["一带", "一路"]),
    ("，。、", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_are_those_of_search_mode_and_runs_of_letters_and_digits(text: str, words: list[str]) -> None:
    assert Counter(Segmenter().words(text)) == Counter(words)


def test_the_words_cover_every_han_character(fast: Segmenter, documents: tuple[Document, ...]) -> None:
    for text in folded_units(documents):
        assert Counter(HAN.findall(text)) <= Counter("".join(fast.words(text)))


@given(st.text(alphabet=st.sampled_from("郑州市中欧班列高质量发展〇の2.5gdp ，"), max_size=40))
def test_the_words_of_any_text_cover_it_and_stand_in_it(fast: Segmenter, text: str) -> None:
    folded = fold(text)
    words = list(fast.words(folded))
    assert all(word in folded for word in words)
    assert Counter(HAN.findall(folded)) <= Counter("".join(words))


CROSSES = [
    ("推进项目建", "设。开工建设", True),
    ("幼", "儿园覆盖率", True),
    ("拓展商业航", "天、低空经济", True),
    ("全国重地加", "快建设", True),
    ("强化土壤污", "染源头防控", True),
    ("决", "议决定", True),
    ("经济运行", "整体向好", False),
    ("郑州", "上海", False),
    ("乡村振兴", "经济发展", False),
    ("", "经济", False),
    ("经济", "", False),
    ("", "", False),
]


@pytest.mark.parametrize(("left", "right", "crosses"), CROSSES)
@pytest.mark.parametrize("reference", [False, True], ids=["rjieba", "jieba"])
def test_whether_a_word_stands_across_a_border(left: str, right: str, crosses: bool, reference: bool) -> None:
    assert Segmenter(reference=reference).crosses(left, right) is crosses
