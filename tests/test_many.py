"""Many texts analysed at once give what each gives alone, whatever stands before and after it."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.model import Document
from indexer.text import Segmenter, fold
from indexer.text.many import analyse, spell

BORDER = "\uffff"
SIGNS = "国务院会议强调高质量发展的國務院一龘㐀𠀀 。，％%-·._#+&a1Zé５ß㎡Ⅳ…가ア①😀\n\t\u3000\u200b\ud800\x00" + BORDER
TEXTS = st.lists(st.text(st.sampled_from(SIGNS), max_size=30), max_size=40)


@pytest.fixture(scope="module", params=[False, True], ids=["rjieba", "jieba"])
def segmenter(request: pytest.FixtureRequest) -> Segmenter:
    return Segmenter(("万人助万企",), reference=request.param)


def check(texts: list[str], segmenter: Segmenter) -> None:
    analysed = list(analyse(texts, segmenter))
    assert [folded for folded, _ in analysed] == [fold(text) for text in texts]
    assert [sorted(words) for _, words in analysed] == [sorted(segmenter.words(fold(text))) for text in texts]
    assert list(spell(texts, segmenter)) == [(folded, " ".join(words)) for folded, words in analysed]


@given(texts=TEXTS)
@example(texts=[])
@example(texts=[""])
@example(texts=["", "", BORDER])
@example(texts=["World ", " Trade", "5", " 000", "中 ", " 欧"])
@example(texts=["增长8.5%左右", "GDP·", "-3", ".5"])
def test_texts_side_by_side_are_folded_and_cut_as_each_alone(texts: list[str], segmenter: Segmenter) -> None:
    check(texts, segmenter)


def test_more_texts_than_are_analysed_at_once(segmenter: Segmenter) -> None:
    check([f"第{number}条：万人助万企 {number}.5％" for number in range(100)], segmenter)


def test_words_of_letters_and_digits_come_after_the_others(segmenter: Segmenter) -> None:
    assert list(analyse(["GDP增长8.5%，推动中欧班列"], segmenter)) == [
        ("gdp增长8.5%,推动中欧班列", ["增长", "推动", "中欧", "班列", "gdp", "8.5"])
    ]


def test_any_character_is_folded_as_alone_and_folding_it_again_changes_nothing() -> None:
    """What folds to several characters is replaced before the others are folded."""
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    folded = [fold(f"a{char}a") for char in every]
    assert [text for text, _ in analyse([f"a{char}a" for char in every], Segmenter())] == folded
    assert [fold(text) for text in folded] == folded


def test_the_seeds_are_folded_and_cut_as_unit_by_unit(segmenter: Segmenter, documents: tuple[Document, ...]) -> None:
    for document in documents:
        check([unit.text for unit in document.units], segmenter)


def test_very_many_characters_that_do_not_fold_to_one_are_folded_at_once() -> None:
    """Each looked for in all of the text, these would take minutes."""
    text = "".join(map(chr, range(0xAC00, 0xD7A4))) + "".join(map(chr, range(0xF0000, 0xFFFFF)))
    check([text * 2, "中欧班列"], Segmenter())


@pytest.mark.slow
def test_the_corpora_are_folded_and_cut_as_unit_by_unit(corpora_documents: tuple[Document, ...]) -> None:
    segmenter = Segmenter()
    for document in corpora_documents:
        check([unit.text for unit in document.units], segmenter)
