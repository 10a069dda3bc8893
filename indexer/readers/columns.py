"""The columns of a table, known by their names, Chinese or English."""

from __future__ import annotations

from collections.abc import Sequence

COLUMNS: dict[str, tuple[str, ...]] = {
    "text": ("正文", "内容", "全文", "报告正文", "text", "content"),
    "title": ("标题", "题名", "title"),
    "year": ("年份", "年度", "年", "year"),
    "level": ("级别", "level"),
    "region": ("地区", "地名", "region"),
    "province": ("省份", "省", "省级", "省（自治区、直辖市）", "省市区", "省区市", "province"),
    "city": ("城市", "市", "地市", "地级市", "市州", "地市州", "地级", "市级", "city"),
    "county": (
        "区县",
        "县区",
        "县",
        "市县",
        "县市区",
        "县（市、区）",
        "县（区）",
        "区（县）",
        "县级",
        "county",
        "district",
    ),
    "type": ("文种", "类型", "type"),
    "date": ("日期", "发布日期", "date"),
    "organ": ("机关", "发文机关", "organ"),
}
NO_TEXTS = f"表里没有正文一列；列名应是 {'、'.join(names[0] for names in COLUMNS.values())}（正文必有）"
_BRACKETS = str.maketrans("()", "（）")


def columns_of(names: Sequence[str]) -> dict[str, int]:
    """Our names of the columns that are among ``names``, and where; none at all without one that holds the texts."""
    tidy = {name.strip().lower().translate(_BRACKETS): at for at, name in reversed(list(enumerate(names)))}
    known = {ours: tidy[name] for ours, written in COLUMNS.items() for name in reversed(written) if name in tidy}
    return known if "text" in known else {}
