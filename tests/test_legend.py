"""Facets counted by values that hold several fields: what is told by field is what counting each alone gives."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Filter
from indexer.engines.opensearch.facets import Table, tables
from indexer.engines.opensearch.layout import FILED_TOGETHER
from indexer.engines.opensearch.legend import Counts, Legend
from indexer.errors import IndexUnavailable

LEVEL, REGION = Filter("level", ("市",), ()), Filter("region", ("河南省",), ())

FILED = st.fixed_dictionaries(
    {
        "level": st.sampled_from(["省", "市"]),
        "region": st.sampled_from(["", "全国", "河南省", "河南省/郑州市", "河南省/郑州市/荥阳市", "湖北省"]),
        "type": st.sampled_from(["其他", '带"引号", 和逗号']),
    }
)
UNITS = st.lists(st.tuples(FILED, st.integers(0, 9)), max_size=30)


def test_the_fields_that_go_with_a_region_are_those_of_reports_but_for_the_year() -> None:
    assert FILED_TOGETHER == ("level", "region", "type")


@pytest.mark.parametrize(
    ("names", "filters", "expected"),
    [
        (("year", "level", "section", "region"), (), [("year",), ("level", "region"), ("section",)]),
        (("level", "region", "type"), (), [("level", "region", "type")]),
        (("level", "type"), (), [("level",), ("type",)]),
        (("level", "region", "type"), (REGION,), [("level",), ("region",), ("type",)]),
        (("level", "region", "type"), (LEVEL,), [("level",), ("region", "type")]),
        (("level", "region", "type"), (LEVEL, REGION), [("level",), ("region",), ("type",)]),
        (("type", "year"), (LEVEL,), [("type",), ("year",)]),
        ((), (LEVEL,), []),
    ],
)
def test_fields_that_heed_the_same_filters_are_counted_together(
    names: tuple[str, ...], filters: tuple[Filter, ...], expected: list[tuple[str, ...]]
) -> None:
    made = tables(names, filters)
    assert [table.names for table in made] == expected
    for table in made:
        assert all(table.filters == tuple(each for each in filters if each.field != name) for name in table.names)


def answered(names: tuple[str, ...], units: list[tuple[dict[str, str], int]]) -> dict[str, Any]:
    """What a cluster says that counts ``units`` by one value of all their fields."""
    many, times = Counter[str](), Counter[str]()
    for filed, occurrences in units:
        together = msgspec.json.encode([filed[name] for name in FILED_TOGETHER]).decode()
        key = together if len(names) > 1 else filed[names[0]]
        many[key] += 1
        times[key] += occurrences
    buckets = [{"key": key, "doc_count": count, "sum": {"value": float(times[key])}} for key, count in many.items()]
    told = {"buckets": buckets, "sum_other_doc_count": 0, "doc_count_error_upper_bound": 0}
    return {f"by_{'_'.join(names)}": told}


@given(st.sampled_from([("level", "region", "type"), ("level", "region"), ("region",), ("type",)]), UNITS, UNITS)
def test_each_value_has_the_units_and_occurrences_of_all_that_lies_in_it(
    names: tuple[str, ...], before: list[tuple[dict[str, str], int]], units: list[tuple[dict[str, str], int]]
) -> None:
    table, known = Table(names, ()), dict[tuple[str, ...], Legend]()
    table.told(answered(names, before), known)
    told = table.told(answered(names, units), known)
    assert table.whole(answered(names, units)) == sum(occurrences for _, occurrences in units)
    for name in names:
        assert counted(told[name]) == scanned(name, units)


def counted(counts: Counts) -> dict[str, tuple[int, int]]:
    return {
        name: (units, times) for name, units, times in zip(counts.names, counts.units, counts.occurrences, strict=True)
    }


def scanned(name: str, units: list[tuple[dict[str, str], int]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for filed, occurrences in units:
        value = filed[name]
        ends = [at for at, sign in enumerate(value) if sign == "/"] if name == "region" else []
        for each in (*(value[:end] for end in ends), value):
            many, times = found.get(each, (0, 0))
            found[each] = many + 1, times + occurrences
    return found


def test_values_left_out_of_a_count_are_an_error() -> None:
    answer = answered(("type",), [({"level": "省", "region": "全国", "type": "其他"}, 1)])
    answer["by_type"]["sum_other_doc_count"] = 1
    with pytest.raises(IndexUnavailable, match="数清"):
        Table(("type",), ()).told(answer, {})
