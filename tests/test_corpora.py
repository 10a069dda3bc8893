"""Real reports as found, faults included: what is understood of them, and that nothing is lost."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from indexer.catalog import NOTHING_SAID
from indexer.readers import RawText, read
from indexer.structure import Draft, build
from indexer.text import Segmenter, fold

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Known:
    """A report, the truth about it, and what is read of it: with its name hidden, and with it."""

    file: str
    truth: tuple[str, str, str]
    raw: RawText
    from_text: Draft
    with_name: Draft


def known(corpora: Path) -> Iterator[Known]:
    segmenter = Segmenter()
    with (corpora / "catalog.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        (raw,) = read(corpora / row["file"])
        assert isinstance(raw, RawText), raw
        nameless = replace(raw, source=replace(raw.source, path="x"))
        named = replace(raw, source=replace(raw.source, path=row["file"]))
        drafts = [build(each, NOTHING_SAID, segmenter) for each in (nameless, named)]
        yield Known(row["file"], (row["year"], row["level"], row["region"]), raw, *drafts)


@pytest.fixture(scope="module")
def reports(corpora: Path) -> dict[str, Known]:
    return {each.file: each for each in known(corpora)}


def understood(draft: Draft) -> tuple[str, str, str]:
    return str(draft.metadata.year), draft.metadata.level, draft.metadata.region[-1]


def test_the_text_alone_tells_whose_report_it_is_and_of_which_year(reports: dict[str, Known]) -> None:
    wrong = [each.file for each in reports.values() if understood(each.from_text) != each.truth]
    assert len(wrong) <= 0.05 * len(reports), wrong


def test_text_and_names_together_hardly_ever_err(reports: dict[str, Known]) -> None:
    wrong = [each.file for each in reports.values() if understood(each.with_name) != each.truth]
    assert len(wrong) <= 0.01 * len(reports), wrong


def test_no_character_is_lost_and_none_is_made_up(reports: dict[str, Known]) -> None:
    for each in reports.values():
        whole = Counter(fold("".join(line.text for line in each.raw.lines)))
        kept = Counter(fold("".join(passage.text for passage in each.with_name.passages)))
        assert kept + Counter(fold("".join(each.with_name.dropped))) == whole, each.file


def test_little_is_taken_for_furniture(reports: dict[str, Known]) -> None:
    """A sentence of the body among what was dropped would be a loss, though a told one. 四川 was pasted twice."""
    for each in reports.values():
        sentences = [line for line in each.with_name.dropped if line.count("。") > 1]
        assert not sentences or each.file.endswith("四川省.txt"), (each.file, sentences[:2])


def test_units_are_of_a_length_that_can_be_read(reports: dict[str, Known]) -> None:
    for each in reports.values():
        lengths = [len(passage.text) for passage in each.with_name.passages]
        assert max(lengths) <= 2000 and len(lengths) >= 20, (each.file, len(lengths), max(lengths))


def units(reports: dict[str, Known], file: str) -> list[str]:
    return [fold(passage.text) for passage in reports[file].with_name.passages]


def test_a_phrase_across_a_hard_line_end_is_whole_again(reports: dict[str, Known]) -> None:
    assert any("会议确定的目标任务。全市地区生产总值" in unit for unit in units(reports, "formats/承德.docx"))
    assert not any("—1—" in unit or unit == "-1-" for unit in units(reports, "formats/承德.docx"))


def test_a_report_in_one_paragraph_becomes_units_under_its_headings(reports: dict[str, Known]) -> None:
    draft = reports["formats/枣庄.docx"].with_name
    assert len(draft.passages) > 50
    assert [heading.text for heading in draft.outline][:1] == ["一、2023年工作回顾"]


@pytest.mark.parametrize("file", ["formats/台州.docx", "formats/襄阳.docx"])
def test_a_file_that_holds_another_report_than_its_name_says_is_told(reports: dict[str, Known], file: str) -> None:
    draft = reports[file].with_name
    assert understood(draft) == ("2024", "国家", "全国")
    assert any("地区不一致" in warning for warning in draft.metadata.warnings)


def test_the_years_and_types_that_names_hide_are_found(reports: dict[str, Known]) -> None:
    assert reports["formats/池州.docx"].with_name.metadata.year == 2023
    assert reports["formats/日照.docx"].with_name.metadata.type == "政府工作报告摘编"
