"""Places of China: names as they were in a year, and what several places share."""

from __future__ import annotations

import pytest

from indexer.places import NATION, level_of, places_called, present_path, resolve


@pytest.mark.parametrize(
    ("name", "year", "paths"),
    [
        ("郑州市", 2021, ["河南省/郑州市"]),
        ("郑州", 2021, ["河南省/郑州市"]),
        ("襄樊市", 2008, ["湖北省/襄樊市"]),
        ("襄樊市", 2015, []),
        ("襄阳市", 2015, ["湖北省/襄阳市"]),
        ("莱芜市", 2018, ["山东省/莱芜市"]),
        ("莱芜区", 2024, ["山东省/济南市/莱芜区"]),
        ("吉林省", 2024, ["吉林省"]),
        ("吉林市", 2024, ["吉林省/吉林市"]),
        ("吉林", 2024, ["吉林省", "吉林省/吉林市"]),
        ("朝阳市", 2024, ["辽宁省/朝阳市"]),
        ("朝阳区", 2024, ["北京市/朝阳区", "吉林省/长春市/朝阳区"]),
        ("黔东南州", 2024, ["贵州省/黔东南苗族侗族自治州"]),
        ("内蒙古", 2024, ["内蒙古自治区"]),
        ("海拉尔区", 2013, ["内蒙古自治区/呼伦贝尔市/海拉尔区"]),
        ("没有这个地方", 2024, []),
    ],
)
def test_a_name_means_the_places_that_had_it_in_the_year(name: str, year: int, paths: list[str]) -> None:
    assert ["/".join(place.path) for place in places_called(name, year)] == paths


@pytest.mark.parametrize(
    ("path", "level"),
    [
        (NATION, "国家"),
        (("河南省",), "省"),
        (("北京市",), "省"),
        (("河南省", "郑州市"), "市"),
        (("贵州省", "黔东南苗族侗族自治州"), "市"),
        (("北京市", "朝阳区"), "县"),
        (("湖北省", "仙桃市"), "县"),
        (("河南省", "郑州市", "荥阳市"), "县"),
        (("河南省", "郑州市", "荥阳市", "乔楼镇"), "乡"),
    ],
)
def test_the_level_of_a_government_follows_from_its_place(path: tuple[str, ...], level: str) -> None:
    assert level_of(path) == level


@pytest.mark.parametrize(
    ("then", "now"),
    [("湖北省/襄樊市", "湖北省/襄阳市"), ("山东省/莱芜市", "山东省/济南市/莱芜区"), ("河南省/郑州市", "河南省/郑州市")],
)
def test_a_place_that_was_renamed_or_merged_leads_to_what_it_is_today(then: str, now: str) -> None:
    assert "/".join(present_path(tuple(then.split("/")))) == now


def test_every_path_of_today_hangs_on_a_province_of_the_table() -> None:
    provinces = {name for name in ("河南省", "北京市", "台湾省", "西藏自治区") if places_called(name)}
    assert len(provinces) == 4
    assert all(places_called(place.path[0]) for name in ("新华区", "鼓楼区", "城区") for place in places_called(name))


WRITTEN = [
    ("河南省/开封市", 2021, None, ["河南省/开封市"]),
    ("河南省开封市", 2021, None, ["河南省/开封市"]),
    ("河南/安阳", 2021, None, ["河南省/安阳市"]),
    ("河南安阳", 2021, None, ["河南省/安阳市"]),
    ("河南 安阳 安阳", 2021, None, ["河南省/安阳市/安阳县"]),
    ("安阳", 2021, None, ["河南省/安阳市"]),
    ("河南", 2021, None, ["河南省"]),
    ("广东省深圳市南山区", 2021, None, ["广东省/深圳市/南山区"]),
    ("广东南山区", 2021, None, ["广东省/深圳市/南山区"]),
    ("吉林", 2021, None, ["吉林省"]),
    ("吉林", 2021, "市", ["吉林省/吉林市"]),
    ("吉林 吉林", 2021, None, ["吉林省/吉林市"]),
    ("北京市 北京市 朝阳区", 2021, None, ["北京市/朝阳区"]),
    ("北京市 市辖区 朝阳区", 2021, None, ["北京市/朝阳区"]),
    ("莱芜", 2018, None, ["山东省/莱芜市"]),
    ("莱芜", 2024, None, ["山东省/济南市/莱芜区"]),
    ("湖北襄樊", 2015, None, ["湖北省/襄樊市"]),
    ("全国", 2021, None, ["全国"]),
    ("朝阳", 2021, None, ["北京市/朝阳区", "辽宁省/朝阳市", "吉林省/长春市/朝阳区"]),
    ("朝阳", 2021, "市", ["辽宁省/朝阳市"]),
    ("河南省朝阳区", 2021, None, []),
    ("华东", 2021, None, []),
    ("市", 2021, None, []),
    ("", 2021, None, []),
    ("河南" * 100_000, 2021, None, []),
]


@pytest.mark.parametrize(("text", "year", "level", "paths"), WRITTEN)
def test_what_a_person_writes_means_the_places_it_can_mean(
    text: str, year: int, level: str | None, paths: list[str]
) -> None:
    assert ["/".join(path) for path in resolve(text, year, level)] == paths


def test_the_whole_path_of_every_place_of_today_means_that_place() -> None:
    paths = [path for name in ("郑州市", "朝阳区", "鼓楼区", "吉林") for path in (p.path for p in places_called(name))]
    assert paths
    assert all(resolve(joint.join(path), 2026) == (path,) for path in paths for joint in ("/", "", " "))
