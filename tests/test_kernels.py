"""The compiled passes give what Python gives, in segments of either width, and whatever lies behind one another."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.columnar import kernels, layout, tables
from indexer.engines.columnar.contents import Contents
from indexer.engines.columnar.kernels import library
from indexer.engines.columnar.kernels.kinds import NARROW, PLACE, REAL, UNIT, WIDE
from indexer.engines.columnar.kernels.library import address
from indexer.engines.columnar.layout import File
from indexer.engines.columnar.postings import Postings
from indexer.engines.columnar.segment import Segment
from indexer.engines.scoring import closeness
from indexer.errors import IndexUnavailable
from indexer.model import Document, Report, Source, Unit
from indexer.text import Segmenter

LETTERS = "一二三人\U00020000"
TEXTS = st.lists(st.text(LETTERS, max_size=30), min_size=1, max_size=4)
SEVERAL = st.lists(TEXTS, min_size=1, max_size=3)
SOUGHT = st.text(LETTERS + "无", min_size=1, max_size=5)
WIDTHS = st.sampled_from([NARROW, WIDE])
_NUMBER = count()
_SEGMENTER = Segmenter(())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("segments")


def segment(
    folder: Path, texts: Sequence[str], width: np.dtype, in_places: frozenset[str] = tables.IN_PLACES
) -> Segment:
    """A segment of one report, its text and postings written so wide."""
    report = Report("a", None, 2024, "市", (), "政府工作报告", None, None, Source("a", "a", "txt", "utf-8"), True, ())
    units = tuple(Unit("a", at, "paragraph", (), ("未标",), text) for at, text in enumerate(texts, 1))
    contents = Contents(_SEGMENTER)
    contents.add(Document(report, units))
    files = folder / f"{next(_NUMBER)}.units", folder / f"{next(_NUMBER)}.reports"
    with mock.patch.object(tables, "_width", lambda *most: width), mock.patch("os.fsync"):
        for file, arrays in zip(
            files, (contents.tables().unit_arrays(), contents.tables().report_arrays()), strict=True
        ):
            layout.write(file, arrays, in_places)
    return Segment(*map(File, files))


def postings(folder: Path, several: Sequence[Sequence[str]], widths: Sequence[np.dtype]) -> Postings:
    return Postings([segment(folder, texts, width) for texts, width in zip(several, widths, strict=False)])


class TestText:
    @given(several=SEVERAL, widths=st.tuples(WIDTHS, WIDTHS, WIDTHS), sought=SOUGHT)
    def test_a_text_is_counted_as_python_counts(
        self, folder: Path, several: list[list[str]], widths: tuple[np.dtype, ...], sought: str
    ) -> None:
        units, times = postings(folder, several, widths).counts(sought)
        texts = [text for each in several for text in each]
        expected = {unit: text.count(sought) for unit, text in enumerate(texts) if sought in text}
        assert dict(zip(units.tolist(), times.tolist(), strict=True)) == expected
        assert units.tolist() == sorted(units.tolist())

    @given(several=SEVERAL, widths=st.tuples(WIDTHS, WIDTHS, WIDTHS), sought=SOUGHT)
    def test_a_text_is_found_wherever_it_begins_also_across_itself(
        self, folder: Path, several: list[list[str]], widths: tuple[np.dtype, ...], sought: str
    ) -> None:
        units, places = postings(folder, several, widths).standings(sought)
        texts = [text for each in several for text in each]
        begins = np.cumsum([0, *(len(text) + 1 for text in texts)])
        expected = [
            (unit, int(begins[unit]) + at)
            for unit, text in enumerate(texts)
            for at in range(len(text))
            if text.startswith(sought, at)
        ]
        assert list(zip(units.tolist(), places.tolist(), strict=True)) == expected

    @given(
        several=SEVERAL,
        widths=st.tuples(WIDTHS, WIDTHS, WIDTHS),
        wanted=st.lists(SOUGHT, min_size=2, max_size=3, unique=True),
    )
    def test_closeness_is_what_the_formula_says(
        self, folder: Path, several: list[list[str]], widths: tuple[np.dtype, ...], wanted: list[str]
    ) -> None:

        texts = [text for each in several for text in each]
        shares = postings(folder, several, widths).closeness(np.arange(len(texts), dtype=UNIT), wanted)
        assert shares.tolist() == [closeness(text, [re.compile(re.escape(each)) for each in wanted]) for text in texts]

    @given(several=SEVERAL, widths=st.tuples(WIDTHS, WIDTHS, WIDTHS))
    def test_a_word_is_worth_what_the_formula_says(
        self, folder: Path, several: list[list[str]], widths: tuple[np.dtype, ...]
    ) -> None:
        texts = [text for each in several for text in each]
        words = [Counter(_SEGMENTER.words(text)) for text in texts]
        known = sorted({word for each in words for word in each} | {"没有", ""})
        every = postings(folder, several, widths)
        found, live = every.words(known), np.arange(len(texts)) % 2 == 0
        assert every.holders(found, live).tolist() == [sum(word in each for each in words) for word in known]
        units, norms = np.flatnonzero(live).astype(UNIT), np.linspace(0.5, 2, len(texts))
        scores, weights = np.zeros(len(units)), np.linspace(1, 3, len(known))
        every.add_worth(units, norms[units], found, weights, 2.2, scores)
        expected = [
            sum(
                weight * words[unit][word] * 2.2 / (words[unit][word] + norms[unit])
                for word, weight in zip(known, weights, strict=True)
            )
            for unit in units.tolist()
        ]
        assert scores.tolist() == pytest.approx(expected)

    @pytest.mark.parametrize("in_places", [tables.IN_PLACES, frozenset[str]()])
    @pytest.mark.parametrize("width", [NARROW, WIDE])
    def test_postings_and_texts_of_many_blocks(self, folder: Path, width: np.dtype, in_places: frozenset[str]) -> None:
        texts = ["一二三" * 40] * 400 + ["三二一人"] * 3
        every = Postings([segment(folder, texts, width, in_places), segment(folder, texts, width)])
        assert every.counts("一二三一")[1].sum() == 2 * 400 * 20
        assert every.counts("二一人")[0].tolist() == [400, 401, 402, 803, 804, 805]
        assert len(every.standings("一二")[0]) == 2 * 400 * 40


NUMBERS = st.lists(st.integers(0, 60), unique=True, max_size=40).map(sorted)


class TestArrays:
    @given(units=NUMBERS, holders=st.lists(st.integers(0, 3000), unique=True, max_size=400).map(sorted))
    def test_what_is_looked_up_among_others(self, units: list[int], holders: list[int]) -> None:
        times = [each * 3 + 1 for each in holders]
        found = kernels.among(*(np.array(each, UNIT) for each in (units, holders, times)))
        assert found.tolist() == [each * 3 + 1 if each in holders else 0 for each in units]

    def test_the_last_of_many_is_found_among_them(self) -> None:
        holders = np.arange(0, 100_000, 7, UNIT)
        assert kernels.among(holders[-1:], holders, holders).tolist() == holders[-1:].tolist()

    @given(units=NUMBERS)
    def test_units_and_masks_are_two_ways_of_saying_it(self, units: list[int]) -> None:
        mask = kernels.marked(np.array(units, UNIT), 61)
        assert np.flatnonzero(mask).tolist() == units
        assert kernels.members(mask).tolist() == units

    @given(scores=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0]), max_size=60), most=st.integers(0, 10))
    def test_none_of_the_highest_is_left_out(self, scores: list[float], most: int) -> None:
        kept = kernels.highest(np.array(scores, REAL), most).tolist()
        assert kept == sorted(kept)
        assert kernels.highest(np.array(scores, REAL), 10**15).tolist() == list(range(len(scores)))
        least = sorted(scores, reverse=True)[: max(most, 1)][-1:]
        assert {at for at, score in enumerate(scores) if [score] >= least} <= set(kept)

    @given(st.data(), st.integers(1, 6))
    def test_sums_by_run_and_by_code(self, data: st.DataObject, runs: int) -> None:
        run_of = sorted(data.draw(st.lists(st.integers(0, runs - 1), min_size=1, max_size=30)))
        units = data.draw(st.lists(st.integers(0, len(run_of) - 1), unique=True).map(sorted))
        arrays = np.array(units, UNIT), np.array([unit + 1 for unit in units], UNIT), np.array(run_of, UNIT)
        there, many = kernels.tally(arrays[0], arrays[2])
        assert there.tolist() == sorted({run_of[unit] for unit in units})
        assert many.tolist() == [sum(run_of[unit] == run for unit in units) for run in there]
        again, also, times = kernels.tally_times(arrays[0], arrays[2], arrays[1])
        assert (again.tolist(), also.tolist()) == (there.tolist(), many.tolist())
        assert times.tolist() == [sum(unit + 1 for unit in units if run_of[unit] == run) for run in there]
        passes, codes = np.arange(runs) % 2 == 0, np.arange(runs, dtype=UNIT) // 2
        found = kernels.sums(there, many, times, passes, codes, runs)
        for each, sums in zip((many, times), found, strict=True):
            passed = {run: number for run, number in zip(there.tolist(), each.tolist(), strict=True) if run % 2 == 0}
            assert sums.tolist() == [passed.get(2 * code, 0) for code in range(runs)]
        kept = kernels.passing(arrays[0], arrays[2], passes)
        assert kept.tolist() == [unit for unit in units if run_of[unit] % 2 == 0]

    @given(NUMBERS, NUMBERS, st.integers(1, 4), st.integers(0, 9))
    def test_what_stands_near_stands_behind_the_end(
        self, places: list[int], others: list[int], length: int, distance: int
    ) -> None:
        mask = np.zeros(10, bool)
        both = [(np.array([at // 7 for at in each], UNIT), np.array(each, PLACE)) for each in (places, others)]
        kernels.mark_near(both[0], length, both[1], distance, mask)
        expected = {
            at // 7
            for at in places
            for other in others
            if other // 7 == at // 7 and 0 <= other - at - length <= distance
        }
        assert set(np.flatnonzero(mask).tolist()) == expected


class TestWrongUse:
    @pytest.mark.parametrize("array", [np.zeros(4, np.int64), np.zeros(8, UNIT)[::2]])
    def test_an_array_of_another_kind_is_refused(self, array: np.ndarray) -> None:
        with pytest.raises(TypeError):
            address(array, UNIT)

    def test_a_library_compiled_from_other_sources_is_not_called(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(library, "_sources", lambda: 1)
        with pytest.raises(IndexUnavailable, match="部件没有装好"):
            library._library.__wrapped__()

    def test_a_library_that_was_not_compiled_is_told_in_one_sentence(self, seeds_index: Path) -> None:
        code = (
            "from pathlib import Path; from indexer.engines.columnar.kernels import library;"
            "library._FILE = Path('none.lib');"
            "from search_app.cli import main; main()"
        )
        ran = subprocess.run(
            [sys.executable, "-c", code, "search", "中欧班列", "--index", str(seeds_index)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 1
        assert ran.stderr.count("\n") == 1
        assert "部件没有装好" in ran.stderr
