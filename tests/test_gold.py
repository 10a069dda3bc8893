"""The five sample reports against tests/gold/seeds.json, made by hand by someone who read them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.structure import Draft
from indexer.text import fold

GOLD_FILE = Path(__file__).parent / "gold" / "seeds.json"
GOLD: dict[str, dict[str, Any]] = json.loads(GOLD_FILE.read_text(encoding="utf-8"))
del GOLD["_about"]

INCOMPLETE = {"001_dbb9741114ef63d7.txt", "002_07fe77ea2e16e151.txt"}

EACH = pytest.mark.parametrize("name", sorted(GOLD))
OCCURRENCES = [(name, term, count) for name in sorted(GOLD) for term, count in GOLD[name]["occurrences"].items()]
JOINED = [(name, text) for name in sorted(GOLD) for text in GOLD[name]["joined"]]
NOT_PARAGRAPHS = [(name, line) for name in sorted(GOLD) for line in GOLD[name]["not_paragraphs"]]


def folded_units(draft: Draft) -> list[str]:
    return [fold(passage.text) for passage in draft.passages]


def solid(text: str) -> Counter[str]:
    return Counter(fold(text).replace(" ", ""))


def test_the_gold_speaks_of_every_seed_and_no_other(drafts: dict[str, Draft]) -> None:
    assert set(GOLD) == set(drafts)


@EACH
@pytest.mark.parametrize("field", ["title", "year", "level", "type"])
def test_what_the_report_says_of_itself_is_read(drafts: dict[str, Draft], name: str, field: str) -> None:
    assert getattr(drafts[name].metadata, field) == GOLD[name][field]


@EACH
def test_the_region_is_the_place_in_its_province(drafts: dict[str, Draft], name: str) -> None:
    region = drafts[name].metadata.region
    assert (region[0], region[-1]) == (GOLD[name]["province"], GOLD[name]["region"])


@EACH
def test_the_date_is_the_day_it_was_given_or_published(drafts: dict[str, Draft], name: str) -> None:
    date = drafts[name].metadata.date
    assert (date and date.isoformat()) == GOLD[name]["date"]


@EACH
def test_the_headings_are_found_in_order_with_their_depth(drafts: dict[str, Draft], name: str) -> None:
    assert [[heading.depth, heading.text] for heading in drafts[name].outline] == GOLD[name]["headings"]


@EACH
def test_every_heading_is_in_force_over_some_unit_and_every_unit_lies_below_known_headings(
    drafts: dict[str, Draft], name: str
) -> None:
    in_force = {heading for passage in drafts[name].passages for heading in passage.headings}
    assert {(heading.depth, heading.text) for heading in in_force} == {tuple(row) for row in GOLD[name]["headings"]}


@pytest.mark.parametrize(("name", "text"), JOINED)
def test_what_the_page_broke_lies_inside_one_unit(drafts: dict[str, Draft], name: str, text: str) -> None:
    assert sum(fold(text) in unit for unit in folded_units(drafts[name])) == 1


@pytest.mark.parametrize(("name", "line"), NOT_PARAGRAPHS)
def test_what_the_page_put_there_is_in_no_unit_but_is_told_as_dropped(
    drafts: dict[str, Draft], name: str, line: str
) -> None:
    assert not any(fold(line) in unit for unit in folded_units(drafts[name]))
    assert line in drafts[name].dropped


@pytest.mark.parametrize(("name", "term", "count"), OCCURRENCES)
def test_a_term_occurs_as_often_as_counted_by_hand(drafts: dict[str, Draft], name: str, term: str, count: int) -> None:
    assert sum(unit.count(fold(term)) for unit in folded_units(drafts[name])) == count


@EACH
def test_a_report_that_starts_or_goes_on_elsewhere_is_known_as_incomplete(drafts: dict[str, Draft], name: str) -> None:
    assert drafts[name].complete is (name not in INCOMPLETE)


def test_the_fragment_a_scan_opens_with_is_kept_as_its_own_unit(drafts: dict[str, Draft]) -> None:
    draft = drafts["001_dbb9741114ef63d7.txt"]
    fragment = next(passage for passage in draft.passages if passage.kind == "paragraph")
    assert fragment.text == "业强镇、乡村治理示范乡镇。"
    assert fragment.headings == ()


@EACH
def test_no_character_is_lost_and_none_is_made_up(drafts: dict[str, Draft], seeds_folder: Path, name: str) -> None:
    kept = "".join(passage.text for passage in drafts[name].passages)
    dropped = "".join(drafts[name].dropped)
    assert solid(kept) + solid(dropped) == solid((seeds_folder / name).read_text(encoding="utf-8"))


@EACH
def test_the_units_stand_in_the_order_of_the_file(drafts: dict[str, Draft], seeds_folder: Path, name: str) -> None:
    whole = fold((seeds_folder / name).read_text(encoding="utf-8")).replace(" ", "")
    at = 0
    for unit in folded_units(drafts[name]):
        at = whole.index(unit.replace(" ", "")[:12], at)


@EACH
def test_units_are_numbered_from_one_and_carry_their_reports_id(drafts: dict[str, Draft], name: str) -> None:
    document = drafts[name].document("an-id")
    assert [unit.ordinal for unit in document.units] == list(range(1, len(document.units) + 1))
    assert {unit.report_id for unit in document.units} == {document.report.id} == {"an-id"}


@EACH
def test_no_unit_is_blank_and_a_heading_unit_is_the_last_of_its_own_path(drafts: dict[str, Draft], name: str) -> None:
    for passage in drafts[name].passages:
        assert fold(passage.text)
        if passage.kind == "heading" and passage.text != drafts[name].metadata.title:
            assert passage.headings[-1].text == passage.text
