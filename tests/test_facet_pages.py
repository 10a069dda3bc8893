"""From facets on: all values searched and sorted, several chosen at once, the years as bars and as a range."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import judge
import pytest
from faces import Page, one_chinese_sentence, plain
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Engine, FacetCounts, FacetValue, create_engine
from indexer.errors import BadParameter
from indexer.fields import FACETS, LEVELS
from indexer.model import Document, Report, Source, Unit
from indexer.query import Term
from search_app import create_app, year_range
from search_app.facet_list import Asked, FacetList, facet_list
from search_app.facet_pages import MOST_ROWS
from search_app.facets import Facet, facets_of
from search_app.histogram import HEIGHT, MOST_LABELS, MOST_RECENT, WIDTH, Bar, histogram
from search_app.search import search_page
from search_app.state import SearchState


def listed(engine: Engine, **given: list[str]) -> FacetList:
    return facet_list(engine, Asked.read(given))


def values(engine: Engine, **given: list[str]) -> list[str]:
    return [each.value for each in listed(engine, **given).values]


class TestList:
    @pytest.mark.parametrize("field", FACETS)
    @pytest.mark.parametrize(
        "chosen",
        [{}, {"year": ["2021", "2025"]}, {"not_level": ["市"]}, {"not_section": ["重点任务"], "level": ["市"]}],
    )
    def test_its_numbers_are_those_of_a_count_by_hand(
        self, engine: Engine, documents: tuple[Document, ...], field: str, chosen: dict[str, list[str]]
    ) -> None:
        state = SearchState.read({"q": ["发展"], **chosen})
        by_hand = judge.Scan(documents).facet(Term("发展"), state.filters, field)
        found = listed(engine, field=[field], q=["发展"], **chosen)
        told = {each.value: (each.units, each.occurrences) for each in found.values if each.units}
        assert told == by_hand
        assert found.total == len(found.values)

    @pytest.mark.parametrize(
        ("find", "expected"),
        [
            ("", ["河南省", "河南省/郑州市", "河南省/郑州市/荥阳市"]),
            ("郑州", ["河南省/郑州市", "河南省/郑州市/荥阳市"]),
            ("鄭州", ["河南省/郑州市", "河南省/郑州市/荥阳市"]),
            ("zz", ["河南省/郑州市"]),
            ("zhengzhou", ["河南省/郑州市"]),
            ("ZhengZ", ["河南省/郑州市"]),
            ("xy", ["河南省/郑州市/荥阳市"]),
            ("yangs", ["河南省/郑州市/荥阳市"]),
            ("hns", ["河南省"]),
            ("engz", []),
            ("火星", []),
        ],
    )
    def test_a_name_is_looked_for_by_its_characters_or_its_sound(
        self, engine: Engine, find: str, expected: list[str]
    ) -> None:
        assert values(engine, field=["region"], find=[find], order=["name"]) == expected

    def test_by_number_the_fullest_stands_first(self, engine: Engine) -> None:
        for field in FACETS:
            units = [each.units for each in listed(engine, field=[field]).values]
            assert units == sorted(units, reverse=True)

    def test_by_name_a_closed_vocabulary_keeps_its_order_and_years_begin_with_the_newest(self, engine: Engine) -> None:
        levels = values(engine, field=["level"], order=["name"])
        assert levels == [level for level in LEVELS if level in levels]
        assert values(engine, field=["year"], order=["name"]) == ["2025", "2024", "2023", "2021"]

    def test_what_is_chosen_is_listed_even_at_zero(self, engine: Engine) -> None:
        found = listed(engine, field=["year"], year=["1999"], not_year=["2021"], q=["中欧班列"])
        told = {each.value: (each.units, each.selected, each.excluded) for each in found.values}
        assert (told["1999"], told["2021"]) == ((0, True, False), (2, False, True))

    def test_the_label_of_a_field_names_it_too(self, engine: Engine) -> None:
        assert listed(engine, field=["地区"]).field == "region"

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({}, "field"),
            ({"field": ["colour"]}, "field"),
            ({"field": ["year", "level"]}, "field"),
            ({"field": ["year"], "order": ["size"]}, "order"),
            ({"field": ["year"], "find": ["长" * 61]}, "find"),
            ({"field": ["year"], "page": ["2"]}, "page"),
            ({"field": ["year"], "year": ["2021"], "not_year": ["2021"]}, "not_year"),
        ],
    )
    def test_a_mistake_is_told_in_a_sentence(self, given: dict[str, list[str]], name: str) -> None:
        with pytest.raises(BadParameter) as caught:
            Asked.read(given)
        assert (caught.value.name, one_chinese_sentence(caught.value.message)) == (name, True)


def sent(page: Page, *ticked: tuple[str, str]) -> dict[str, list[str]]:
    """What the form of values sends, its boxes as they stand and those of ``ticked`` changed."""
    given = [(box["name"], box["value"]) for box in page.all("input") if box["type"] == "hidden"]
    boxes = [box for box in page.all("input") if box["type"] == "checkbox"]
    for box in boxes:
        pair = (box["name"], box["value"])
        if ("checked" in box.attributes) != (pair in ticked):
            given.append(pair)
    assert set(ticked) <= {(box["name"], box["value"]) for box in boxes}
    asked: dict[str, list[str]] = {}
    for name, value in given:
        asked.setdefault(name, []).append(value)
    return asked


class TestPage:
    STATE = "/facet?field=region&q=创新&level=市&level=县&not_year=2021&sort=newest&size=5&region=河南省"

    def form(self, client: FlaskClient, url: str, *ticked: tuple[str, str]) -> SearchState:
        """Where applying the boxes leads. The box of the head is another form, but holds the same."""
        given = {name: list(dict.fromkeys(each)) for name, each in sent(Page(client.get(url).text), *ticked).items()}
        answer = client.get("/facet/apply", query_string=given)
        assert answer.status_code == 303 and urlsplit(answer.location).fragment == "f-region"
        return SearchState.read(parse_qs(urlsplit(answer.location).query))

    def test_it_lists_every_value_with_its_number(self, client: FlaskClient, engine: Engine) -> None:
        page = Page(client.get(self.STATE).text)
        found = listed(engine, **parse_qs(urlsplit(self.STATE).query))
        ticks = [box for box in page.all("input") if box["type"] == "checkbox" and box["name"] == "region"]
        assert [box["value"] for box in ticks] == [each.value for each in found.values]
        assert ["checked" in box.attributes for box in ticks] == [each.selected for each in found.values]
        assert [plain(n.text) for n in page.all("span.count")] == [f"{each.units} 段" for each in found.values]

    def test_several_are_chosen_at_once_and_all_else_survives(self, client: FlaskClient) -> None:
        was = SearchState.read({n: v for n, v in parse_qs(urlsplit(self.STATE).query).items() if n != "field"})
        city, county = "河南省/郑州市", "河南省/郑州市/荥阳市"
        assert self.form(client, self.STATE) == was
        assert self.form(client, self.STATE, ("region", city), ("not_region", county)) == was.toggle(
            "region", city
        ).exclude("region", county)

    def test_what_is_chosen_survives_a_search_that_does_not_show_it(self, client: FlaskClient) -> None:
        state = self.form(client, self.STATE + "&find=xys", ("region", "河南省/郑州市/荥阳市"))
        assert state.selected("region") == ("河南省", "河南省/郑州市/荥阳市")

    def test_a_facet_leads_to_it_and_it_leads_back(self, client: FlaskClient) -> None:
        results = Page(client.get("/search?q=创新&level=市").text)
        (link,) = [url for url in results.links if url.startswith("/facet") and "field=section" in url]
        page = Page(client.get(link).text)
        assert SearchState.read({"q": ["创新"], "level": ["市"]}).url() + "#f-section" in page.links

    def test_the_api_lists_the_same(self, client: FlaskClient, engine: Engine) -> None:
        answer = client.get("/api/v1/facet?field=region&find=zz").json
        assert answer["total"] == 3
        assert [each["value"] for each in answer["values"]] == ["河南省/郑州市"]

    def test_of_many_values_the_foremost_and_the_chosen_are_on_the_page_and_all_in_the_api(
        self, fresh_index: str
    ) -> None:
        engine = create_engine(fresh_index)
        engine.update(county(number) for number in range(MOST_ROWS + 50))
        browsed = create_app(engine).test_client()
        last = f"河南省/第{MOST_ROWS + 49}县"
        answer = browsed.get("/facet", query_string={"field": "region", "order": "name", "region": last})
        page = Page(answer.text)
        boxes = [box["value"] for box in page.all("input") if box["name"] == "region" and box["type"] == "checkbox"]
        assert MOST_ROWS <= len(boxes) <= MOST_ROWS + 1 and last in boxes
        assert f"只列出 {len(boxes)} 个" in page.one("p.more").text
        assert len(answer.data) < 45_000
        assert len(browsed.get("/api/v1/facet?field=region").json["values"]) == MOST_ROWS + 51
        engine.close()


def county(number: int) -> Document:
    report = Report(
        f"r{number}", None, 2021, "县", ("河南省", f"第{number}县"), "政府工作报告", None, None,
        Source("", "", "txt", "utf-8"), True, (),
    )  # fmt: skip
    return Document(report, (Unit(report.id, 1, "paragraph", (), ("未标",), "推动高质量发展。"),))


def bars_of(counted: dict[str, tuple[int, int]], occurrences: int, **chosen: list[str]) -> tuple[Facet, list[Bar]]:
    """The facet of years made of units and occurrences by year, and its bars."""
    given = FacetCounts.of("year", (FacetValue(year, *numbers) for year, numbers in counted.items()))
    corpus = tuple(sorted(map(int, counted)))
    made = facets_of((given,), SearchState.read(chosen), corpus)["year"]
    return made, list(histogram(made, occurrences).bars)


years = st.dictionaries(
    st.integers(1949, 2100).map(str), st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1
)


class TestHistogram:
    @given(years, st.booleans())
    def test_bars_are_as_high_as_their_numbers_and_stand_in_order_within_the_drawing(
        self, counted: dict[str, tuple[int, int]], sought: bool
    ) -> None:
        _, bars = bars_of(counted, sum(times for _, times in counted.values()) if sought else 0)
        by_times = sought and any(times for _, times in counted.values())
        assert [bar.choice.value for bar in bars] == sorted(counted)
        most = max(bar.number for bar in bars)
        for bar in bars:
            assert bar.number == counted[bar.choice.value][1 if by_times else 0]
            assert bar.height == (0 if not bar.number else pytest.approx(max(2, HEIGHT * bar.number / most), abs=0.01))
            assert bar.left - 0.01 <= bar.x and bar.x + bar.width <= bar.left + bar.room + 0.02
        for before, after in pairwise(bars):
            between = int(after.choice.value) - int(before.choice.value)
            assert after.left - before.left == pytest.approx(between * before.room, abs=0.02 * between)
        assert bars[-1].left + bars[-1].room <= WIDTH + 0.02

    @given(years)
    def test_few_years_are_named_and_their_names_do_not_meet(self, counted: dict[str, tuple[int, int]]) -> None:
        made, _ = bars_of(counted, 0)
        labels = histogram(made, 0).labels
        assert len(labels) <= MOST_LABELS
        assert all(12 <= label.x <= WIDTH - 12 for label in labels)
        assert all(after.x - before.x >= 26 for before, after in pairwise(labels))

    def test_seventy_three_years_have_links_side_by_side_over_the_whole_width(self) -> None:
        _, bars = bars_of({str(year): (1, 0) for year in range(1954, 2027)}, 0)
        assert len(bars) == 73
        assert sum(bar.room for bar in bars) == pytest.approx(WIDTH, abs=0.5)

    def test_the_recent_years_and_all_chosen_ones_are_listed_newest_first(self) -> None:
        counted = {str(year): (1, 0) for year in range(1990, 2027) if year != 2020}
        made, _ = bars_of(counted, 0, year=["1991"], not_year=["1993", "2020"])
        told = [choice.value for choice in histogram(made, 0).recent]
        assert told == [*(str(year) for year in range(2026, 2016, -1)), "1993", "1991"]
        assert len(told) == MOST_RECENT + 2

    @pytest.mark.parametrize(
        "url", ["/search?q=中欧班列", "/search?q=中欧班列&year=2021&not_year=2024", "/search", "/"]
    )
    def test_the_page_draws_and_tells_the_numbers_of_the_facet(
        self, client: FlaskClient, engine: Engine, url: str
    ) -> None:
        asked = SearchState.read(parse_qs(urlsplit(url).query))
        found = search_page(engine, asked)
        page = Page(client.get(url).text)
        telling = [c for c in found.facets["year"].choices if c.units or c.selected or c.excluded]
        measure = "处" if found.occurrences else "段"
        numbers = [c.occurrences if found.occurrences else c.units for c in telling]
        drawn = [title.text for title in page.all("title")[1:]]
        assert drawn == [f"{c.value} 年：{n:,} {measure}" for c, n in zip(telling, numbers, strict=True)]
        kinds = ["selected" if c.selected else "excluded" if c.excluded else "" for c in telling]
        assert [link["class"] for link in page.all("a") if link["tabindex"] == "-1"] == kinds
        table = [cell.text for cell in page.all("td") if url != "/"]
        rows = [(c.value, f"{c.units:,}", f"{c.occurrences:,}")[: 3 if found.occurrences else 2] for c in telling]
        assert table == [text for row in reversed(rows) for text in row] or url == "/"
        assert f"柱高是{measure}数" in page.one("p.measure").text


class TestRange:
    @pytest.mark.parametrize(
        ("q", "given", "query"),
        [
            ("中欧班列", {"from": "2021", "to": "2023"}, "中欧班列 年:2021..2023"),
            ("中欧班列", {"from": "2021", "to": ""}, "中欧班列 年:2021.."),
            ("中欧班列", {"to": "2023"}, "中欧班列 年:..2023"),
            ("中欧班列 年:2021..2023", {"from": "2024", "to": "2025"}, "中欧班列 年:2024..2025"),
            ("中欧班列 年:2021..2023", {"from": "", "to": ""}, "中欧班列"),
            ("年:2021..2023", {}, ""),
            ("", {"from": "2021", "to": "2021"}, None),
            ("光伏 OR 风电", {"from": "2021"}, "(光伏 OR 风电) 年:2021.."),
        ],
    )
    def test_it_stands_in_the_query_in_place_of_the_one_before(
        self, engine: Engine, q: str, given: dict[str, str], query: str | None
    ) -> None:
        state = year_range.read({"q": [q], **{name: [value] for name, value in given.items()}})
        if query is not None:
            assert search_page(engine, state).query == query
        found = {hit.report.year for hit in search_page(engine, state).hits}
        low, high = int(given.get("from") or 0), int(given.get("to") or 9999)
        assert all(low <= year <= high for year in found)

    def test_single_years_give_way_and_everything_else_stays(self) -> None:
        given = {"q": ["创新"], "year": ["2021"], "not_year": ["2023"], "level": ["市"], "sort": ["newest"]}
        state = year_range.read({**given, "from": ["2022"]})
        assert state == SearchState.read({"q": [state.q], "level": ["市"], "sort": ["newest"]})

    def test_the_page_shows_the_range_in_its_boxes(self, client: FlaskClient) -> None:
        answer = client.get("/years?q=创新&from=2021&to=2024", follow_redirects=True)
        boxes = {box["name"]: box["value"] for box in Page(answer.text).all("input") if box["type"] == "number"}
        assert boxes == {"from": "2021", "to": "2024"}

    @pytest.mark.parametrize(
        ("given", "name"),
        [({"from": "21"}, "from"), ({"to": "二〇二一"}, "to"), ({"from": "2023", "to": "2021"}, "from")],
    )
    def test_a_range_that_cannot_be_is_told_in_a_sentence(self, given: dict[str, str], name: str) -> None:
        with pytest.raises(BadParameter) as caught:
            year_range.read({key: [value] for key, value in given.items()})
        assert (caught.value.name, one_chinese_sentence(caught.value.message)) == (name, True)
