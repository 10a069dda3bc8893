"""FIELDS: one table from which schemas, syntax, facets, parameters, help page and tests derive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["year", "choice", "path"]

LEVELS = ("国家", "省", "市", "县", "乡")

REPORT, DIGEST, EVALUATION, OTHER_TYPE = "政府工作报告", "政府工作报告摘编", "规划评估报告", "其他"
TYPES = (REPORT, DIGEST, EVALUATION, OTHER_TYPE)

UNMARKED = "未标"
CHAPTERS = ("回顾", "形势问题", "总体要求与目标", "重点任务", "政府自身建设", "附件", "其他", UNMARKED)
TOPICS = (
    "创新", "产业", "内需", "改革", "开放", "城市", "区域", "乡村",
    "文旅", "生态", "民生", "安全", "政府建设", "综合", UNMARKED,
)  # fmt: skip

FIRST_YEAR, LAST_YEAR = 1949, 2100

PATH_SEPARATOR = "/"
DEEPEST, LONGEST = 4, 60
"""Of a path: parts (省/市/县/乡), and characters. The longest path of a place in China has some thirty."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a unit is filed under.

    ``kind``: ``year`` is a number; ``choice`` one of ``values``; ``path`` a hierarchy whose parts are joined by "/".
    ``values`` is the closed vocabulary in its order, by depth for a path; empty where it is open.
    """

    name: str
    label: str
    aliases: tuple[str, ...]
    kind: FieldKind
    values: tuple[str, ...]
    example: str
    why: str

    def accepts(self, value: str) -> bool:
        """Whether ``value`` can stand in this field at all."""
        if self.kind == "year":
            return len(value) == 4 and value.isascii() and value.isdigit() and FIRST_YEAR <= int(value) <= LAST_YEAR
        parts = value.split(PATH_SEPARATOR) if self.kind == "path" else [value]
        fits = len(parts) <= DEEPEST and len(value) <= LONGEST
        return fits and all(parts) and (not self.values or all(part in self.values for part in parts))

    def order(self, value: str) -> tuple[tuple[int, str], ...]:
        """A key that sorts values: of a closed vocabulary in its order, of an open one by number or character; what a
        path lies in stands before it."""
        parts = value.split(PATH_SEPARATOR) if self.kind == "path" else [value]
        last_place = {part: place for place, part in enumerate(self.values)}  # 未标 ends the chapters and the topics
        return tuple((last_place.get(part, 0), part) for part in parts)

    def expectation(self) -> str:
        """What a reader may put here, in words."""
        if self.kind == "year":
            return f"{FIRST_YEAR} 到 {LAST_YEAR} 之间的四位数字"
        if self.values:
            return "、".join(dict.fromkeys(self.values))
        return f"地名，如 {self.example}"


FIELDS = (
    Field("year", "年份", ("年", "年份", "year"), "year", (), "2021", "报告所属的年份，即报告部署工作的那一年"),
    Field("level", "级别", ("级别", "level"), "choice", LEVELS, "市", "作报告的是哪一级政府"),
    Field(
        "section", "章节", ("章节", "section"), "path", CHAPTERS + TOPICS, "重点任务/开放",
        "段落属于报告的哪一部分、哪个主题，由它上面的标题推定；推定不了的归“未标”",
    ),
    Field("region", "地区", ("地区", "region"), "path", (), "河南省/郑州市", "哪个地方的报告，省、市、县逐级展开"),
    Field("type", "文种", ("文种", "type"), "choice", TYPES, REPORT, "全文、摘编还是评估报告"),
)  # fmt: skip

OF_UNITS = "section"
"""The field in which units of one report may differ; in all others they are filed as their report is."""

FACETS = tuple(field.name for field in FIELDS)
BY_NAME = {field.name: field for field in FIELDS}
BY_ALIAS = {alias: field for field in FIELDS for alias in field.aliases}
