"""What every engine is asked: real terms of one to eight characters, rare to everywhere, alone and together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer import Filter
from indexer.query import And, Near, Node, Not, Or, Term

FACETS = ("year", "level", "section", "region")
SIZE = 20

_TERMS = (
    "的 水 税 癌 渔 "
    "发展 经济 教育 粮食 内卷 瓷器 暴雨 创新 "
    "现代化 互联网 碳达峰 有期徒 养老金 "
    "乡村振兴 营商环境 人民政府 中欧班列 数字经济 生态环境 免申即享 "
    "高质量发展 新质生产力 社会保险费 PM2.5 稳中求进工 "
    "全面深化改革 最高人民法院 国内生产总值 城镇新增就业 "
    "中华人民共和国 社会主义现代化 居民人均可支配 "
    "社会主义市场经济 粮食综合生产能力 基本公共卫生服务"
)
TERMS = tuple(_TERMS.split())

_PANEL = (
    "改革 开放 创新 协调 绿色 共享 安全 稳定 就业 收入 消费 投资 出口 外贸 农业 工业 服务业 制造业 高技术 数字经济 "
    "人工智能 大数据 互联网 乡村振兴 脱贫攻坚 粮食 耕地 水利 能源 煤炭 电力 新能源 碳达峰 生态环境 污染防治 教育 高校 "
    "医疗 医保 养老 社会保险 住房 房地产 城镇化 城市更新 交通 铁路 高速公路 机场 港口 物流 旅游 文化 体育 法治 监督 "
    "廉政 债务 财政 金融"
)
PANEL = tuple(_PANEL.split())

_TOGETHER = (
    ("发展", "经济", "创新"), ("乡村振兴", "粮食", "农业"), ("教育", "医疗", "养老"), ("营商环境", "改革", "企业"),
    ("数字经济", "产业", "平台"), ("人民政府", "规定", "部门"), ("生态环境", "污染", "治理"), ("的", "水", "利"),
)  # fmt: skip

_NEAR = (
    ("创新", "人才", 10), ("粮食", "安全", 5), ("教育", "医疗", 20), ("环境", "保护", 3), ("改革", "开放", 2),
    ("污染", "治理", 8), ("企业", "贷款", 15), ("项目", "投资", 6),
)  # fmt: skip

_FILTERS = (
    (Filter("year", tuple(map(str, range(2019, 2027)))), Filter("level", ("国家", "省"))),
    (Filter("section", ("重点任务", "未标")), Filter("region", ("河南省", "全国"))),
    (Filter("year", ("2018", "2020", "2026")), Filter("region", ("全国",), ())),
    (Filter("level", (), ("县",)), Filter("section", (), ("附件",))),
)


@dataclass(frozen=True, slots=True)
class Question:
    """``kind`` is the class it is counted in."""

    kind: str
    name: str
    query: Node
    filters: tuple[Filter, ...] = ()


def questions() -> tuple[Question, ...]:
    """Each query without filters, then each with two."""
    plain = tuple(_plain())
    filtered = (
        Question(f"{each.kind}, filtered", f"{each.name} +{n % 4}", each.query, _FILTERS[n % 4])
        for n, each in enumerate(plain)
    )
    return (*plain, *filtered)


def _plain() -> Iterator[Question]:
    for text in TERMS:
        yield Question("single", text, Term(text))
    for texts in _TOGETHER:
        first, second, third = map(Term, texts)
        yield Question("AND of 2", " ".join(texts[:2]), And((first, second)))
        yield Question("AND of 3", " ".join(texts), And((first, second, third)))
        yield Question("OR", " OR ".join(texts[:2]), Or((first, second)))
        yield Question("NOT", f"{texts[0]} -{texts[2]}", And((first, Not(third))))
    for one, other, distance in _NEAR:
        yield Question("NEAR", f"{one} NEAR/{distance} {other}", Near(Term(one), Term(other), distance))
