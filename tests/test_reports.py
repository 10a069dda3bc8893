"""The Python API, as a researcher uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from faces import abbreviated, one_chinese_sentence

from indexer.engines import CountTable, IndexInfo
from indexer.errors import BadParameter, IndexMissing, NotFound, QuerySyntaxError
from indexer.model import Document
from search_app import Reports, create_app


@pytest.fixture(scope="module")
def reports(seeds_index: Path) -> Reports:
    return Reports.open(str(seeds_index))


class TestSearch:
    def test_the_page_of_the_design_reads_as_written_there(self, seeds_index: Path) -> None:
        with Reports.open(str(seeds_index)) as reports:
            page = reports.search("中欧班列", year=[2021, 2023], level="市", section="重点任务/开放")
        assert page.total == 1
        assert page.hits[0].unit.text.startswith("【巩固扩大枢纽优势】")
        assert page.hits[0].report.title == "政府工作报告摘编"
        assert page.hits[0].report.name == "2023年郑州市政府工作报告摘编"
        assert {choice.value: choice.units for choice in page.facets["year"].choices}["2025"] == 1

    def test_without_anything_it_gives_everything(self, reports: Reports) -> None:
        assert reports.search().total == 259

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"year": 2021}, {"year": "2021"}),
            ({"year": 2021}, {"year": [2021]}),
            ({"year": [2021, 2023]}, {"year": ("2023", "2021")}),
            ({"year": range(2021, 2024)}, {"year": iter(["2021", 2022, 2023])}),
            ({"page": 2, "size": 5}, {"page": "2", "size": "5"}),
            ({"level": "市"}, {"level": {"市"}}),
            ({"region": []}, {}),
        ],
    )
    def test_numbers_and_strings_one_and_several_are_all_taken(
        self, reports: Reports, one: dict[str, object], other: dict[str, object]
    ) -> None:
        a, b = reports.search("创新", **one), reports.search("创新", **other)  # type: ignore[arg-type]
        assert (a.total, a.hits, a.state) == (b.total, b.hits, b.state)

    @pytest.mark.parametrize(
        ("parameters", "name"),
        [
            ({"years": 2021}, "years"),
            ({"Level": "市"}, "Level"),
            ({"year": 20210}, "year"),
            ({"year": None}, "year"),
            ({"year": 2021.0}, "year"),
            ({"year": True}, "year"),
            ({"year": [2021, None]}, "year"),
            ({"level": "城市"}, "level"),
            ({"page": 0}, "page"),
            ({"page": [1, 2]}, "page"),
            ({"size": 201}, "size"),
            ({"sort": "best"}, "sort"),
            ({"region": "\ud800"}, "region"),
        ],
    )
    def test_a_mistake_is_a_sentence_that_names_the_parameter(
        self, reports: Reports, parameters: dict[str, object], name: str
    ) -> None:
        with pytest.raises(BadParameter) as caught:
            reports.search("创新", **parameters)  # type: ignore[arg-type]
        assert caught.value.name == name
        assert one_chinese_sentence(str(caught.value))

    def test_a_mistake_in_the_query_says_where(self, reports: Reports) -> None:
        with pytest.raises(QuerySyntaxError) as caught:
            reports.search("中欧班列 (郑州")
        assert (caught.value.start, caught.value.end) == (5, 6)
        assert one_chinese_sentence(str(caught.value))

    def test_all_hits_can_be_walked_through_page_by_page(self, reports: Reports) -> None:
        first = reports.search("高质量发展", size=10)
        addresses = [
            hit.address
            for number in range(1, first.pages + 1)
            for hit in reports.search("高质量发展", size=10, page=number).hits
        ]
        assert len(addresses) == len(set(addresses)) == first.total > 20


class TestCount:
    def test_terms_by_year_make_a_table(self, reports: Reports) -> None:
        table = reports.count("中欧班列", "营商环境", by="year")
        assert isinstance(table, CountTable)
        assert table.request.terms == ("中欧班列", "营商环境")
        assert {row.group: row.occurrences for row in table.rows} == {
            ("2021",): (3, 3), ("2023",): (1, 1), ("2024",): (2, 4), ("2025",): (3, 8),
        }  # fmt: skip
        assert table.total.occurrences == (9, 16)

    def test_filters_are_those_of_the_search(self, reports: Reports) -> None:
        filters = {"year": [2021, 2025], "level": "市", "region": "河南省/郑州市"}
        table, page = reports.count("创新", **filters), reports.search("创新", **filters)  # type: ignore[arg-type]
        assert (table.total.units, table.total.occurrences) == ((page.total,), (page.occurrences,))

    def test_fields_may_be_called_by_their_chinese_names_and_each_counts_once(self, reports: Reports) -> None:
        table = reports.count("创新", by=["年", "year", "级别"])
        assert table.request.group_by == ("year", "level")
        assert all(len(row.group) == 2 for row in table.rows)

    def test_the_rows_sum_up_to_the_total(self, reports: Reports) -> None:
        table = reports.count("创新", "改革", by=["year", "section"])
        for i in range(2):
            assert sum(row.occurrences[i] for row in table.rows) == table.total.occurrences[i]
            assert sum(row.units[i] for row in table.rows) == table.total.units[i]
        assert sum(row.of_units for row in table.rows) == table.total.of_units
        assert sum(row.of_characters for row in table.rows) == table.total.of_characters

    @pytest.mark.parametrize(
        ("terms", "parameters", "name"),
        [
            ((), {}, "term"),
            (("",), {}, "term"),
            ((" ",), {}, "term"),
            (("\u200b",), {}, "term"),
            (("中\x00欧",), {}, "term"),
            (("\ud800",), {}, "term"),
            (("长" * 101,), {}, "term"),
            (tuple(map(str, range(201))), {}, "term"),
            (("创新",), {"by": "title"}, "by"),
            (("创新",), {"by": ["year", ""]}, "by"),
            (("创新",), {"by": "很" * 5000}, "by"),
            (("创新",), {"q": "创新"}, "q"),
            (("创新",), {"year": 1900}, "year"),
        ],
        ids=abbreviated,
    )
    def test_a_mistake_is_a_sentence_that_names_the_parameter(
        self, reports: Reports, terms: tuple[str, ...], parameters: dict[str, object], name: str
    ) -> None:
        with pytest.raises(BadParameter) as caught:
            reports.count(*terms, **parameters)  # type: ignore[arg-type]
        assert caught.value.name == name
        assert one_chinese_sentence(str(caught.value))

    def test_the_longest_term_and_the_most_terms_are_taken(self, reports: Reports) -> None:
        table = reports.count("长" * 100, *(f"词{n}" for n in range(199)))
        assert len(table.total.occurrences) == 200


class TestTheRest:
    def test_a_hits_report_can_be_read_whole(self, reports: Reports) -> None:
        hit = reports.search("中欧班列").hits[0]
        document = reports.report(hit.report.id)
        assert isinstance(document, Document)
        assert document.report == hit.report
        assert document.units[hit.unit.ordinal - 1] == hit.unit

    @pytest.mark.parametrize("report_id", ["2021-火星-其他", "", "a\x00b", "\ud800", "长" * 5000], ids=abbreviated)
    def test_a_report_that_is_not_there_is_not_found(self, reports: Reports, report_id: str) -> None:
        with pytest.raises(NotFound) as caught:
            reports.report(report_id)
        assert one_chinese_sentence(str(caught.value))

    def test_info_tells_what_the_index_holds(self, reports: Reports) -> None:
        held = reports.info()
        assert isinstance(held, IndexInfo)
        assert (held.reports, held.units, held.years) == (5, 259, (2021, 2023, 2024, 2025))

    def test_a_path_is_as_good_as_a_string(self, seeds_index: Path) -> None:
        with Reports.open(seeds_index) as reports:
            assert reports.info().reports == 5

    def test_a_folder_without_an_index_cannot_be_opened(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing):
            Reports.open(str(tmp_path / "nothing"))

    def test_an_engine_of_ones_own_can_be_given(self, seeds_index: Path) -> None:
        from indexer import open_engine

        with Reports(open_engine(str(seeds_index))) as reports:
            assert reports.search("中欧班列").total == 8

    def test_a_block_that_ends_closes_the_index(self, seeds_index: Path) -> None:
        before = held_open(seeds_index)
        with Reports.open(str(seeds_index)) as reports:
            reports.search("中欧班列")
            assert held_open(seeds_index) > before
        assert held_open(seeds_index) == before

    def test_a_block_that_fails_closes_it_too(self, seeds_index: Path) -> None:
        before = held_open(seeds_index)
        with pytest.raises(QuerySyntaxError), Reports.open(str(seeds_index)) as reports:
            reports.search('"')
        assert held_open(seeds_index) == before

    def test_the_package_offers_two_names_and_starts_without_the_web(self) -> None:
        code = "import sys, search_app; search_app.Reports; print('flask' in sys.modules, search_app.__all__)"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert ran.stdout == "False ['Reports', 'create_app']\n"
        assert callable(create_app)


def held_open(folder: Path) -> int:
    """How many files of ``folder`` this process has mapped or open."""
    maps = Path("/proc/self/maps")
    if not maps.is_file():
        pytest.skip("only Linux tells which files a process holds")
    mapped = sum(str(folder) in line for line in maps.read_text(encoding="utf-8").splitlines())
    opened = sum(str(folder) in str(fd.resolve()) for fd in Path("/proc/self/fd").iterdir())
    return mapped + opened
