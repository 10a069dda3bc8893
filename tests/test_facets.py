"""Facets as a reader sees them: every field's own order, what is chosen always in sight, and honest numbers."""

from __future__ import annotations

import pytest
from faces import Page, plain
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Engine, FacetCounts, FacetValue, SearchRequest
from indexer.fields import BY_NAME, CHAPTERS, FACETS, LEVELS, TOPICS, UNMARKED
from search_app.facets import MOST_SHOWN, Choice, Facet, every_value, facets_of
from search_app.search import SearchPage, search_page
from search_app.state import SearchState


def facet(name: str, counted: dict[str, int], years: tuple[int, ...] = (), **chosen: list[str]) -> Facet:
    """The facet made of units counted by value, in a state with ``chosen`` values."""
    return facets_of((FacetCounts.of(name, values_of(counted)),), SearchState.read(chosen), years)[name]


def values_of(counted: dict[str, int]) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(value, units, units * 10) for value, units in counted.items())


def shown(made: Facet) -> list[tuple[str, int]]:
    return [(choice.value, choice.units) for choice in made.choices]


def page(engine: Engine, **given: list[str]) -> SearchPage:
    return search_page(engine, SearchState.read(given))


class TestYears:
    def test_they_stand_in_order_with_the_empty_ones_between(self) -> None:
        made = facet("year", {"2025": 3, "2021": 2, "2023": 1}, years=(2021, 2023, 2025))
        assert shown(made) == [("2021", 2), ("2022", 0), ("2023", 1), ("2024", 0), ("2025", 3)]

    def test_every_year_of_the_corpus_is_there_even_where_nothing_was_found(self) -> None:
        assert shown(facet("year", {}, years=(2021, 2023))) == [("2021", 0), ("2022", 0), ("2023", 0)]

    def test_a_chosen_year_outside_the_corpus_is_there_and_does_not_fill_the_gap(self) -> None:
        made = facet("year", {}, years=(2021, 2022), year=["1999"])
        assert shown(made) == [("1999", 0), ("2021", 0), ("2022", 0)]

    def test_an_empty_corpus_has_none(self) -> None:
        assert facet("year", {}).choices == ()

    def test_they_can_all_be_toggled_the_empty_ones_too(self) -> None:
        made = facet("year", {"2021": 2}, years=(2021, 2023), q=["甲"])
        assert [choice.url for choice in made.choices] == [
            f"/search?q=%E7%94%B2&year={year}" for year in (2021, 2022, 2023)
        ]


class TestChoices:
    def test_levels_stand_from_the_nation_down_whatever_their_numbers(self) -> None:
        assert shown(facet("level", {"乡": 9, "省": 2, "县": 5, "国家": 1, "市": 7})) == [
            ("国家", 1), ("省", 2), ("市", 7), ("县", 5), ("乡", 9),
        ]  # fmt: skip

    def test_a_level_without_a_unit_is_left_out_unless_it_is_chosen(self) -> None:
        assert shown(facet("level", {"市": 7})) == [("市", 7)]
        assert shown(facet("level", {"市": 7}, level=["国家"])) == [("国家", 0), ("市", 7)]

    @given(st.dictionaries(st.sampled_from(LEVELS), st.integers(1, 99)))
    def test_the_order_never_depends_on_the_numbers(self, counted: dict[str, int]) -> None:
        values = [value for value, _ in shown(facet("level", counted))]
        assert values == [level for level in LEVELS if level in counted]


class TestSections:
    def test_chapters_and_their_topics_stand_in_the_vocabularys_order(self) -> None:
        counted = {"政府自身建设": 9, "重点任务/开放": 1, "重点任务/创新": 1, "重点任务": 2, "回顾": 1, "回顾/民生": 1}
        made = facet("section", counted)
        assert [(choice.depth, choice.label) for choice in made.choices] == [
            (0, "回顾"), (1, "民生"), (0, "重点任务"), (1, "创新"), (1, "开放"), (0, "政府自身建设"),
        ]  # fmt: skip

    def test_what_no_rule_decided_stands_last_on_either_depth(self) -> None:
        counted = dict.fromkeys([UNMARKED, *CHAPTERS, *(f"回顾/{topic}" for topic in (UNMARKED, *TOPICS))], 1)
        values = [value.value for value in every_value(FacetCounts.of("section", values_of(counted)), SearchState())]
        assert values == [CHAPTERS[0], *(f"回顾/{topic}" for topic in TOPICS), *CHAPTERS[1:]]
        assert (TOPICS[-1], CHAPTERS[-1]) == (UNMARKED, UNMARKED)


class TestRegions:
    def test_places_stand_below_what_they_lie_in_the_fullest_first(self) -> None:
        counted = {"河南省": 9, "河南省/郑州市": 7, "河南省/洛阳市": 2, "河南省/郑州市/荥阳市": 4, "湖北省": 10}
        assert [(choice.depth, choice.label, choice.units) for choice in facet("region", counted).choices] == [
            (0, "湖北省", 10), (0, "河南省", 9), (1, "郑州市", 7), (2, "荥阳市", 4), (1, "洛阳市", 2),
        ]  # fmt: skip

    def test_places_with_equal_numbers_stand_in_an_order_that_does_not_change(self) -> None:
        equal = {"湖北省": 1, "河南省": 1, "河南省/郑州市": 1, "湖北省/武汉市": 1}
        backwards = dict(reversed(equal.items()))
        assert shown(facet("region", equal)) == shown(facet("region", backwards))
        assert [choice.depth for choice in facet("region", equal).choices] == [0, 1, 0, 1]

    def test_what_a_chosen_place_lies_in_is_there_even_at_zero(self) -> None:
        made = facet("region", {"湖北省": 1}, region=["河南省/郑州市/荥阳市"])
        assert [(choice.value, choice.units, choice.selected) for choice in made.choices] == [
            ("湖北省", 1, False),
            ("河南省", 0, False),
            ("河南省/郑州市", 0, False),
            ("河南省/郑州市/荥阳市", 0, True),
        ]


CHOSEN = [
    ("year", "1999"), ("level", "国家"), ("section", "附件/内需"), ("region", "青海省/西宁市"), ("type", "其他"),
]  # fmt: skip


PLACES = [f"第{n}省" for n in range(40)] + [f"第{n}省/{m}市" for n in range(40) for m in range(5)]
MANY = {place: 1 + 7 * place.count("省") + n % 13 for n, place in enumerate(PLACES)}


class TestLongFacets:
    @given(
        st.lists(st.sampled_from(PLACES), max_size=15, unique=True),
        st.lists(st.sampled_from(PLACES), max_size=3, unique=True),
    )
    def test_what_is_chosen_or_excluded_is_always_shown_and_little_else(
        self, chosen: list[str], excluded: list[str]
    ) -> None:
        chosen = [value for value in chosen if not any(f"{value}/".startswith(f"{each}/") for each in excluded)]
        made = facet("region", MANY, region=chosen, not_region=excluded)
        values = [choice.value for choice in made.choices]
        needed = {*chosen, *excluded, *(value.partition("/")[0] for value in chosen + excluded)}
        assert needed <= {*values}
        assert len(values) == max(MOST_SHOWN, len(needed))
        assert made.values == len(PLACES)

    def test_the_top_ones_with_the_highest_numbers_are_shown_in_the_facets_order(self) -> None:
        tops = sorted((place for place in PLACES if "/" not in place), key=lambda place: (-MANY[place], place))
        numbers = [choice.units for choice in facet("region", MANY).choices]
        assert numbers == [MANY[place] for place in tops[:MOST_SHOWN]]

    def test_what_lies_in_a_chosen_place_comes_before_other_places(self) -> None:
        values = [choice.value for choice in facet("region", MANY, region=["第7省"]).choices]
        assert {"第7省", *(f"第7省/{m}市" for m in range(5))} <= {*values}

    def test_a_facet_of_few_values_shows_them_all(self) -> None:
        made = facet("region", dict.fromkeys(PLACES[:MOST_SHOWN], 1))
        assert (len(made.choices), made.values) == (MOST_SHOWN, MOST_SHOWN)

    def test_years_are_all_there(self) -> None:
        made = facet("year", {"1954": 1, "2026": 1}, years=(1954, 2026))
        assert (len(made.choices), made.values) == (73, 73)


class TestExclusion:
    @pytest.mark.parametrize(("name", "value"), [("level", "市"), ("section", "重点任务"), ("region", "河南省/郑州市")])
    def test_an_excluded_value_keeps_its_number_and_takes_away_what_it_says(
        self, engine: Engine, name: str, value: str
    ) -> None:
        free, without = page(engine, q=["创新"]), page(engine, q=["创新"], **{f"not_{name}": [value]})
        before, after = one(free.facets[name], value), one(without.facets[name], value)
        assert (before.units, before.occurrences) == (after.units, after.occurrences)
        assert (before.excluded, after.excluded, after.selected) == (False, True, False)
        assert without.total == free.total - before.units
        assert without.occurrences == free.occurrences - before.occurrences
        assert after.exclude_url == SearchState(q="创新").url()
        assert before.exclude_url == without.state.url()

    def test_the_page_says_what_is_excluded_and_takes_it_back(self, client: FlaskClient) -> None:
        shown_page = Page(client.get("/search?q=创新&year=2023&not_level=市&not_level=省").text)
        assert "含“创新”，年份 2023，级别不是 市 也不是 省" in shown_page.one("p.in-words").text
        chips = [plain(link.text) for link in shown_page.all("a") if "×" in link.text]
        assert chips == ["年份：2023×（去掉）", "不要 级别：市×（去掉）", "不要 级别：省×（去掉）"]
        assert SearchState.read({"q": ["创新"], "year": ["2023"], "not_level": ["省"]}).url() in shown_page.links


class TestSelection:
    @pytest.mark.parametrize(("name", "value"), CHOSEN)
    def test_a_chosen_value_with_zero_hits_stays_in_sight_to_be_taken_back(
        self, engine: Engine, name: str, value: str
    ) -> None:
        found = page(engine, q=["中欧班列"], **{name: [value]})
        assert found.total == 0
        choice = one(found.facets[name], value)
        assert (choice.units, choice.occurrences, choice.selected) == (0, 0, True)
        assert choice.url == SearchState(q="中欧班列").url()
        assert found.facets[name].selected == (value,)

    @pytest.mark.parametrize(("name", "value"), CHOSEN)
    def test_it_stays_in_sight_on_the_page(self, client: FlaskClient, name: str, value: str) -> None:
        body = client.get("/search", query_string={"q": "中欧班列", name: value}).text
        assert body.count('aria-current="true"') >= 1
        assert f"{BY_NAME[name].label}：{value}" in body

    def test_a_facet_does_not_heed_its_own_selection_but_the_others_do(self, engine: Engine) -> None:
        free, chosen = page(engine, q=["中欧班列"]), page(engine, q=["中欧班列"], level=["省"])
        assert shown(chosen.facets["level"]) == shown(free.facets["level"]) == [("省", 2), ("市", 6)]
        units_by_year = [("2021", 0), ("2022", 0), ("2023", 0), ("2024", 2), ("2025", 0)]
        assert shown(chosen.facets["year"]) == units_by_year

    def test_a_choices_number_is_the_total_one_gets_by_choosing_it_alone(self, engine: Engine) -> None:
        found = page(engine, q=["创新"], level=["市"])
        for name in FACETS:
            for choice in found.facets[name].choices:
                alone = {"level": ["市"], name: [choice.value]}
                there = page(engine, q=["创新"], **alone)
                assert (there.total, there.occurrences) == (choice.units, choice.occurrences), choice

    def test_every_link_leads_to_the_page_with_that_value_toggled_and_the_first_page(self, engine: Engine) -> None:
        state = SearchState.read({"q": ["创新"], "level": ["市"], "sort": ["newest"], "size": ["5"], "page": ["2"]})
        for name, made in search_page(engine, state).facets.items():
            assert made.clear_url == state.clear(name).url()
            for choice in made.choices:
                assert choice.url == state.toggle(name, choice.value).url()
                assert "page=" not in choice.url and "sort=newest" in choice.url and "size=5" in choice.url


class TestNumbers:
    def test_the_facets_of_an_empty_query_describe_the_corpus(self, engine: Engine) -> None:
        found = page(engine)
        assert found.total == engine.info().units
        for name in ("year", "level", "type"):
            assert sum(choice.units for choice in found.facets[name].choices) == found.total
        for name in ("section", "region"):
            tops = [choice for choice in found.facets[name].choices if choice.depth == 0]
            assert sum(choice.units for choice in tops) == found.total
        assert all(choice.occurrences == 0 for made in found.facets.values() for choice in made.choices)

    def test_a_path_counts_at_least_what_lies_below_it(self, engine: Engine) -> None:
        for name in ("section", "region"):
            choices = page(engine, q=["发展"]).facets[name].choices
            for choice in choices:
                below = [c for c in choices if c.value.startswith(choice.value + "/") and c.depth == choice.depth + 1]
                assert sum(c.units for c in below) <= choice.units
                assert sum(c.occurrences for c in below) <= choice.occurrences

    def test_only_the_facets_asked_for_are_made(self, engine: Engine) -> None:
        counted = engine.search(SearchRequest(facets=("level",))).facets
        assert list(facets_of(counted, SearchState(), ())) == ["level"]


def one(made: Facet, value: str) -> Choice:
    (choice,) = (choice for choice in made.choices if choice.value == value)
    return choice
