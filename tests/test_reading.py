"""A report as it is read: numbers that agree with the result, steps that lead through them, and what lies beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from faces import Page, plain
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Engine
from indexer.model import Document, Heading, Report, Unit
from indexer.query import sought
from indexer.text import fold
from search_app import create_app, reading
from search_app.aligned import MOST_CHAPTERS, Chapter, aligned, chapters
from search_app.beside import beside
from search_app.grouped import grouped_page
from search_app.reading import ReadUnit, only_about_hits, read
from search_app.state import SearchState
from search_app.syntax import parse

QUERIES = ["中欧班列", "发展", "创新 OR 人才 OR 科技创新", "人人 OR 人", "高*发展", "没有的词", "年:2021"]


def steps(unit: ReadUnit) -> list[int]:
    return [number for each in (*unit.lead, *unit.rest) for number in each.steps]


class TestNumbers:
    @pytest.mark.parametrize("q", QUERIES)
    def test_they_agree_with_the_result_page(self, engine: Engine, q: str) -> None:
        for group in grouped_page(engine, SearchState(q, view="reports")).groups:
            told = read(engine.document(group.report.id), sought(parse(q)))
            assert told.occurrences == group.occurrences
            assert told.marked == group.units or not told.occurrences

    @pytest.mark.parametrize("q", QUERIES)
    def test_every_occurrence_has_its_number_in_the_unit_it_stands_in(
        self, documents: tuple[Document, ...], q: str
    ) -> None:
        for document in documents:
            told = read(document, sought(parse(q)))
            assert [n for unit in told.units for n in steps(unit)] == list(range(1, told.occurrences + 1))
            assert all(unit.step == next(iter(steps(unit)), 0) for unit in told.units)

    def test_the_number_of_an_occurrence_is_how_many_stand_before_it(self, documents: tuple[Document, ...]) -> None:
        for document in documents:
            before = 0
            for unit in read(document, sought(parse("创新"))).units:
                count = fold(unit.unit.text).count("创新")
                assert steps(unit) == list(range(before + 1, before + count + 1))
                before += count

    def test_beyond_the_most_there_are_marks_without_steps(
        self, documents: tuple[Document, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = read(documents[0], sought(parse("发展")))
        monkeypatch.setattr(reading, "MOST_STEPS", 5)
        told = read(documents[0], sought(parse("发展")))
        assert (told.occurrences, told.steps) == (whole.occurrences, 5)
        assert [n for unit in told.units for n in steps(unit)] == [1, 2, 3, 4, 5]

    def test_only_what_is_about_hits_has_one_unit_on_either_side(self, documents: tuple[Document, ...]) -> None:
        told = read(documents[1], sought(parse("中欧班列")))
        shown = only_about_hits(told)
        assert [unit.unit.ordinal for unit in shown] == [5, 6, 7, 16, 17, 18]
        assert [unit.skipped for unit in shown] == [4, 0, 0, 8, 0, 0]


URL = "/report/2021-郑州市-政府工作报告"


class TestPage:
    def test_every_step_leads_to_the_one_before_and_after(self, client: FlaskClient) -> None:
        page = Page(client.get(f"{URL}?q=创新").text)
        ids = [element["id"] for element in page.elements if re.fullmatch(r"h\d+", element["id"])]
        assert ids == [f"h{n}" for n in range(1, 33)]
        links = [link[1:] for link in page.links if re.fullmatch(r"#h\d+", link)]
        assert set(links) == set(ids)
        assert "第 32 处，共 32 处" in [plain(step.text).removeprefix("‹ 上一处") for step in page.all("span.step")]

    @pytest.mark.parametrize(
        "given", ["q=创新&level=市&year=2021&sort=newest&page=2&size=5", "year=2021", "view=reports"]
    )
    def test_what_one_came_from_is_where_one_goes_back(self, client: FlaskClient, given: str) -> None:
        page = Page(client.get(f"/search?{given}").text)
        report = next(link for link in page.links if link.startswith("/report/"))
        back = Page(client.get(report.partition("#")[0]).text)
        link = next(each["href"] for each in back.all("a") if "返回" in each.text)
        assert SearchState.read(parse_qs(urlsplit(link).query)) == SearchState.read(parse_qs(given))

    def test_the_outline_comes_after_the_title(self, client: FlaskClient) -> None:
        text = client.get(URL).text
        assert text.index("<h1>") < text.index('class="outline"') < text.index('id="p1"')

    def test_on_paper_stands_the_source_with_its_address(self, engine: Engine) -> None:
        client = create_app(engine, "https://baogao.example.cn").test_client()
        foot = Page(client.get(URL).text).one("p.on-paper").text
        assert foot.startswith("2021年郑州市政府工作报告（") and "https://baogao.example.cn/report/2021-" in foot

    def test_two_reports_side_by_side_are_both_whole_and_marked(self, client: FlaskClient) -> None:
        right = "2025-荥阳市-政府工作报告"
        page = Page(client.get(f"/compare?left=2021-郑州市-政府工作报告&right={right}&q=创新").text)
        sizes = [
            len(client.get(f"/api/v1/report/{each}").json["units"]) for each in ("2021-郑州市-政府工作报告", right)
        ]
        ids = [unit["id"].partition("-")[0] for unit in page.all("div.unit")]
        assert [ids.count("left"), ids.count("right")] == sizes
        assert [plain(count.text) for count in page.all("p.marked-count")] == ["16 段，共 32 处", "6 段，共 15 处"]


OPENING = ("", "未标")
PAST, AIMS, TASKS = ("一、过去五年的工作", "回顾"), ("二、总体要求", "总体要求与目标"), ("三、重点工作", "重点任务")


Headed = list[tuple[str, str]]
drawn = st.lists(st.sampled_from([OPENING, PAST, AIMS, TASKS, ("四、其他", "未标"), ("附件", "附件")]), max_size=8)


def told(*headed: tuple[str, str]) -> tuple[Chapter, ...]:
    """The chapters of a report with two paragraphs below each heading, which files them so; "" is no heading."""
    units = [
        Unit("r", 2 * n + k, "paragraph", (Heading(1, text),) * bool(text), (section,), "甲")
        for n, (text, section) in enumerate(headed)
        for k in (1, 2)
    ]
    return chapters(tuple(ReadUnit(unit, (), (), 0) for unit in units))


class TestSideBySide:
    @pytest.mark.parametrize(
        ("left", "right", "rows"),
        [
            ([OPENING, PAST, AIMS, TASKS], [OPENING, PAST, AIMS, TASKS], "00 11 22 33"),
            ([PAST, AIMS, TASKS], [AIMS, TASKS], "0- 10 21"),
            ([AIMS, TASKS], [PAST, AIMS, TASKS], "-0 01 12"),
            ([OPENING, PAST], [PAST], "0- 10"),
            ([("一、2024年", "回顾")], [("二、去年", "回顾")], "00"),
            ([("一、甲", "回顾")], [("一、乙", "重点任务")], "0- -0"),
            ([("二、甲", "未标")], [("一、乙", "未标"), ("第二部分 丙", "未标")], "-0 01"),
            ([("甲", "未标")], [("甲乙", "未标")], "0- -0"),
            ([PAST, TASKS], [TASKS, PAST], "0- 10 -1"),
            ([("一、甲", "重点任务"), ("二、乙", "重点任务")], [("二、丙", "重点任务")], "0- 10"),
            ([], [PAST], "-0"),
        ],
    )
    def test_chapters_that_belong_together_share_a_row(
        self, left: list[tuple[str, str]], right: list[tuple[str, str]], rows: str
    ) -> None:
        one, other = told(*left), told(*right)
        places = {id(chapter): str(n) for side in (one, other) for n, chapter in enumerate(side)}
        found = aligned(one, other)
        assert " ".join("".join(places.get(id(cell), "-") for cell in row) for row in found) == rows

    @given(drawn, drawn)
    def test_each_report_is_whole_and_in_its_own_order(self, left: Headed, right: Headed) -> None:
        sides = told(*left), told(*right)
        rows = aligned(*sides)
        for side, cells in zip(sides, zip(*rows, strict=True) if rows else ((), ()), strict=True):
            assert tuple(filter(None, cells)) == side
        assert (None, None) not in rows

    def test_a_report_of_very_many_chapters_is_whole_too(self) -> None:
        many = told(*((f"第{n}篇", "未标") for n in range(MOST_CHAPTERS * 2)))
        assert len(many) == MOST_CHAPTERS
        assert [read.unit.ordinal for chapter in many for read in chapter.units] == [*range(1, MOST_CHAPTERS * 4 + 1)]


def made(model: Report, year: int, *region: str, type_: str = "政府工作报告", copy: str = "") -> Report:
    return replace(model, id=f"{year}-{region[-1]}-{type_}{copy}", year=year, region=region, type=type_)


ZHENGZHOU = ("河南省", "郑州市")


class TestBeside:
    @pytest.mark.parametrize(
        ("others", "expected"),
        [
            ([], []),
            (
                [(2019, *ZHENGZHOU), (2020, *ZHENGZHOU), (2023, *ZHENGZHOU), (2024, *ZHENGZHOU)],
                ["前一份 2020", "后一份 2023"],
            ),
            ([(2021, "河南省"), (2021, "全国"), (2020, "河南省")], ["上级同年 2021"]),
            ([(2021, "全国"), (2021, "湖北省")], ["上级同年 2021"]),
            ([(2020, "河南省", "郑州市", "荥阳市"), (2020, "河南省", "洛阳市")], []),
        ],
    )
    def test_it_is_the_nearest_years_of_the_place_and_the_nearest_place_above(
        self, documents: tuple[Document, ...], others: list[tuple[int, str]], expected: list[str]
    ) -> None:
        model = documents[0].report
        held = [made(model, year, *region) for year, *region in others]
        here = made(model, 2021, *ZHENGZHOU)
        assert [f"{each.relation} {each.report.year}" for each in beside(here, [*held, here])] == expected

    def test_its_own_type_goes_before_another_and_copies_are_told(self, documents: tuple[Document, ...]) -> None:
        model = documents[0].report
        here = made(model, 2021, *ZHENGZHOU)
        other = made(model, 2020, *ZHENGZHOU, type_="规划评估报告")
        same = made(model, 2020, *ZHENGZHOU)
        copy = made(model, 2021, *ZHENGZHOU, copy="-1a2b")
        assert [each.report for each in beside(here, [here, other, same, copy])] == [same, copy]
        assert [each.report for each in beside(here, [here, other])] == [other]

    def test_a_place_that_was_renamed_is_the_same_place(self, documents: tuple[Document, ...]) -> None:
        model = documents[0].report
        here, before = made(model, 2012, "湖北省", "襄阳市"), made(model, 2008, "湖北省", "襄樊市")
        assert [each.report for each in beside(here, [here, before])] == [before]
