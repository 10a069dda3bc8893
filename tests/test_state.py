"""The state of a page and its address: what parameters may say, what they make, and the links that lead on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from faces import abbreviated, one_chinese_sentence
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import Filter
from indexer.errors import BadParameter
from indexer.fields import CHAPTERS, FIELDS, FIRST_YEAR, LAST_YEAR, LEVELS, TOPICS, TYPES
from search_app.parameters import LARGEST_PAGE_SIZE, MODES, MOST_VALUES, NOT, PAGE_SIZE, PARAMETERS, SORTS
from search_app.state import SearchState, report_url

Given = Mapping[str, list[str]]

place = st.text(st.characters(categories=("L", "N", "P"), exclude_characters="/"), min_size=1, max_size=6)
values = {
    "year": st.integers(FIRST_YEAR, LAST_YEAR).map(str),
    "level": st.sampled_from(LEVELS),
    "section": st.sampled_from((*CHAPTERS, *(f"{chapter}/{topic}" for chapter in CHAPTERS for topic in TOPICS))),
    "region": st.lists(place, min_size=1, max_size=3).map("/".join),
    "type": st.sampled_from(TYPES),
}
a_choice = st.sampled_from(list(values)).flatmap(lambda name: st.tuples(st.just(name), values[name]))


def some_of(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(strategy, min_size=1, max_size=4)


def at_odds(given: Given) -> bool:
    """Whether a value is both wanted and excluded, or lies in one that is."""
    return any(
        f"{value}/".startswith(f"{other}/")
        for name in values
        for value in given.get(name, ())
        for other in given.get(NOT + name, ())
    )


parameters: st.SearchStrategy[Given] = st.fixed_dictionaries(
    {},
    optional={
        "q": st.text(max_size=30).map(lambda q: [q]),
        **{prefix + name: some_of(strategy) for name, strategy in values.items() for prefix in ("", NOT)},
        "mode": st.sampled_from(MODES).map(lambda mode: [mode]),
        "sort": st.sampled_from(SORTS).map(lambda sort: [sort]),
        "page": st.integers(1, 10**9).map(lambda page: [str(page)]),
        "size": st.integers(1, LARGEST_PAGE_SIZE).map(lambda size: [str(size)]),
    },
)
states = parameters.filter(lambda given: not at_odds(given)).map(SearchState.read)


def read_back(url: str) -> SearchState:
    return SearchState.read(parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing="?" in url))


class TestRoundTrip:
    @given(states)
    def test_an_address_leads_back_to_its_state(self, state: SearchState) -> None:
        assert read_back(state.url()) == state

    @given(states, st.randoms())
    def test_one_state_has_one_address_in_whatever_order_it_was_given(self, state: SearchState, random: object) -> None:
        shuffled = list(state.parameters())
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        given: dict[str, list[str]] = {}
        for name, value in shuffled:
            given.setdefault(name, []).append(value)
        assert SearchState.read(given).url() == state.url()

    def test_what_is_by_default_is_left_out_of_the_address(self) -> None:
        spelled_out = {"q": [""], "sort": ["relevance"], "page": ["1"], "size": [str(PAGE_SIZE)]}
        assert SearchState.read(spelled_out).url() == SearchState.read({}).url() == "/search"

    def test_a_value_given_twice_counts_once(self) -> None:
        state = SearchState.read({"year": ["2021", "2021"], "page": ["2", "2"]})
        assert state == SearchState(filters=(Filter("year", ("2021",)),), page=2)

    def test_filters_stand_in_the_order_of_the_fields(self) -> None:
        state = SearchState.read({"type": ["其他"], "year": ["2021"], "region": ["河南省"]})
        assert [chosen.field for chosen in state.filters] == ["year", "region", "type"]

    def test_the_offset_counts_the_units_of_the_pages_before(self) -> None:
        assert SearchState.read({"page": ["3"], "size": ["50"]}).offset == 100


def against(excluded: tuple[str, ...], value: str) -> bool:
    """Whether one of the excluded values is ``value`` or holds it."""
    return any(f"{value}/".startswith(f"{each}/") for each in excluded)


class TestLinks:
    @given(states, a_choice)
    def test_toggling_twice_is_the_identity_but_for_the_page(self, state: SearchState, choice: tuple[str, str]) -> None:
        agreed = state.toggle(*choice)
        assert agreed.toggle(*choice).toggle(*choice) == agreed
        if not against(state.excluded(choice[0]), choice[1]):
            assert agreed.toggle(*choice) == state.on_page(1)

    @given(states, a_choice)
    def test_excluding_twice_is_the_identity_but_for_the_page(
        self, state: SearchState, choice: tuple[str, str]
    ) -> None:
        agreed = state.exclude(*choice)
        assert agreed.exclude(*choice).exclude(*choice) == agreed
        if not any(against((choice[1],), value) for value in state.selected(choice[0])):
            assert agreed.exclude(*choice) == state.on_page(1)

    @given(states, st.lists(st.tuples(st.booleans(), a_choice), max_size=6))
    def test_whatever_is_chosen_and_excluded_in_turn_every_link_leads_to_its_page(
        self, state: SearchState, steps: list[tuple[bool, tuple[str, str]]]
    ) -> None:
        for excluding, choice in steps:
            state = (state.exclude if excluding else state.toggle)(*choice)
            assert read_back(state.url()) == state

    @given(states, a_choice)
    def test_excluding_changes_that_value_and_takes_back_what_lies_in_it(
        self, state: SearchState, choice: tuple[str, str]
    ) -> None:
        name, value = choice
        after = state.exclude(name, value)
        assert set(after.excluded(name)) == set(state.excluded(name)) ^ {value}
        assert after.selected(name) == tuple(v for v in state.selected(name) if not against((value,), v))

    @given(states, a_choice)
    def test_toggling_changes_that_value_and_nothing_else(self, state: SearchState, choice: tuple[str, str]) -> None:
        name, value = choice
        toggled = state.toggle(name, value)
        assert set(toggled.selected(name)) == set(state.selected(name)) ^ {value}
        assert (toggled.q, toggled.sort, toggled.size, toggled.page) == (state.q, state.sort, state.size, 1)
        others = [field.name for field in FIELDS if field.name != name]
        assert [toggled.selected(other) for other in others] == [state.selected(other) for other in others]

    @given(states, a_choice, a_choice)
    def test_one_selection_has_one_address_however_it_came_about(
        self, state: SearchState, one: tuple[str, str], other: tuple[str, str]
    ) -> None:
        assert state.toggle(*one).toggle(*other).url() == state.toggle(*other).toggle(*one).url()

    @given(states, st.sampled_from(list(values)))
    def test_clearing_a_facet_takes_all_its_values_and_no_others(self, state: SearchState, name: str) -> None:
        cleared = state.clear(name)
        assert cleared.filters == tuple(chosen for chosen in state.filters if chosen.field != name)
        assert (cleared.q, cleared.sort, cleared.size, cleared.page) == (state.q, state.sort, state.size, 1)

    @given(states)
    def test_clearing_all_keeps_the_query_and_how_it_is_shown(self, state: SearchState) -> None:
        assert state.clear_all() == replace(state, filters=(), page=1)

    @given(states, st.sampled_from(SORTS))
    def test_sorting_keeps_everything_else_and_goes_to_the_first_page(self, state: SearchState, sort: str) -> None:
        assert state.sorted_by(sort) == replace(state, sort=sort, page=1)  # type: ignore[arg-type]

    @given(states, st.sampled_from(MODES))
    def test_another_mode_keeps_everything_else_and_goes_to_the_first_page(self, state: SearchState, mode: str) -> None:
        changed = state.in_mode(mode)  # type: ignore[arg-type]
        assert changed == replace(state, mode=mode, page=1)  # type: ignore[arg-type]

    @given(states, st.text(max_size=10))
    def test_another_query_keeps_everything_else_and_goes_to_the_first_page(self, state: SearchState, q: str) -> None:
        assert state.with_q(q) == replace(state, q=q, page=1)

    @given(states, st.integers(1, 10**9))
    def test_turning_the_page_keeps_everything_else(self, state: SearchState, page: int) -> None:
        turned = state.on_page(page)
        assert turned.page == page
        assert turned.on_page(state.page) == state

    @pytest.mark.parametrize(
        ("address", "url"),
        [
            (("2021-郑州市-其他", "", ""), "/report/2021-%E9%83%91%E5%B7%9E%E5%B8%82-%E5%85%B6%E4%BB%96"),
            (("a", "甲 乙", "p12"), "/report/a?q=%E7%94%B2+%E4%B9%99#p12"),
            (("a", "", "p12"), "/report/a#p12"),
            (("a/b?c#d", "", ""), "/report/a%2Fb%3Fc%23d"),
            (("a", "x&q=y#z", ""), "/report/a?q=x%26q%3Dy%23z"),
        ],
    )
    def test_a_reports_address_escapes_what_would_end_it(self, address: tuple[str, str, str], url: str) -> None:
        assert report_url(*address) == url


LONG_NUMBER = "1" * 5000
"""Python refuses to read a number of so many digits."""

MISTAKES: dict[str, list[str]] = {
    "year": ["", "21", "二〇二一", "２０２１", "1948", "2101", "02021", "-2021", "2021.0", "2021 ", LONG_NUMBER],
    "level": ["", "直辖市", "市/县", "市 ", "city"],
    "section": ["", "/", "天气", "重点任务/", "/开放", "重点任务//开放", "重点任务 / 开放"],
    "region": ["", "/", "河南省/", "/郑州市", "河南省//郑州市", "郑州\x00市", "郑州\u200b市", "\ud800", "河南省\n"],
    "type": ["", "年报", "政府工作报告摘要"],
    "sort": ["", "best", "NEWEST", "newest "],
    "mode": ["", "fuzzy", "LOOSE", "宽松", "loose "],
    "page": ["", "0", "-1", "+1", "1.5", "１", "²", "x", "1e3", "1000000001", "999999999999", LONG_NUMBER],
    "size": ["", "0", "-1", "201", "20.0", "x", "all", LONG_NUMBER],
}  # fmt: skip


class TestMistakes:
    @pytest.mark.parametrize(
        ("name", "value"), [(name, value) for name, row in MISTAKES.items() for value in row], ids=abbreviated
    )
    def test_a_value_that_cannot_be_is_named_in_a_sentence(self, name: str, value: str) -> None:
        with pytest.raises(BadParameter) as caught:
            SearchState.read({name: [value]})
        assert caught.value.name == name
        assert one_chinese_sentence(caught.value.message)

    @pytest.mark.parametrize(
        "name", ["colour", "Q", "", "years", "year ", "page\n", "\x00", "\ud800", "很" * 5000], ids=abbreviated
    )
    def test_an_unknown_parameter_is_refused_never_ignored(self, name: str) -> None:
        with pytest.raises(BadParameter) as caught:
            SearchState.read({"q": ["中欧班列"], name: ["1"]})
        assert caught.value.name == name
        assert one_chinese_sentence(caught.value.message)
        assert all(parameter.name in caught.value.message for parameter in PARAMETERS)

    @pytest.mark.parametrize(
        ("name", "two"),
        [("q", ["甲", "乙"]), ("sort", ["newest", "oldest"]), ("page", ["1", "2"]), ("size", ["20", "50"])],
    )
    def test_a_parameter_with_room_for_one_value_refuses_two(self, name: str, two: list[str]) -> None:
        with pytest.raises(BadParameter) as caught:
            SearchState.read({name: two})
        assert caught.value.name == name
        assert one_chinese_sentence(caught.value.message)

    def test_more_values_than_a_page_can_link_are_refused(self) -> None:
        places = [f"第{n}区" for n in range(MOST_VALUES)]
        assert len(SearchState.read({"region": places}).selected("region")) == MOST_VALUES
        with pytest.raises(BadParameter) as caught:
            SearchState.read({"region": [*places, "又一区"]})
        assert (caught.value.name, one_chinese_sentence(caught.value.message)) == ("region", True)

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"year": ["2021"], "not_year": ["2021"]}, "年份“2021”既选了又排除了；请去掉一个"),
            ({"region": ["河南省/郑州市"], "not_region": ["河南省"]}, "河南省"),
            ({"section": ["回顾/开放"], "not_section": ["重点任务", "回顾/开放"]}, "回顾/开放"),
        ],
    )
    def test_what_is_both_wanted_and_excluded_is_a_mistake(self, given: Given, told: str) -> None:
        with pytest.raises(BadParameter, match=told) as caught:
            SearchState.read(given)
        assert caught.value.name.startswith(NOT)
        assert one_chinese_sentence(caught.value.message)

    def test_what_lies_in_a_chosen_place_may_be_excluded(self) -> None:
        state = SearchState.read({"region": ["河南省"], "not_region": ["河南省/郑州市", "河南"]})
        assert (state.selected("region"), state.excluded("region")) == (("河南省",), ("河南", "河南省/郑州市"))

    def test_one_bad_value_among_good_ones_is_enough(self) -> None:
        with pytest.raises(BadParameter, match="直辖市"):
            SearchState.read({"level": ["市", "直辖市"], "year": ["2021"]})

    def test_the_edges_themselves_are_allowed(self) -> None:
        edges = {"year": [str(FIRST_YEAR), str(LAST_YEAR)], "page": ["1000000000"], "size": [str(LARGEST_PAGE_SIZE)]}
        state = SearchState.read(edges)
        assert (state.selected("year"), state.page, state.size) == (("1949", "2100"), 10**9, 200)
