"""Which part of a report a text belongs to: chapter, then topic, by rules over its headings."""

from __future__ import annotations

import re

from indexer.fields import UNMARKED

_OWN_AFFAIRS = "政府自身建设"

CHAPTER_RULES: tuple[tuple[str, str], ...] = (
    ("附件", "附件|附表|名词解释|注释"),
    ("形势问题", "问题|挑战|形势|困难和不足"),
    (_OWN_AFFAIRS, "自身建设|人民满意的?政府|服务型政府"),
    ("总体要求与目标", "总体要求|指导思想|预期目标|主要目标|奋斗目标|总体考虑|今后五年"),
    ("回顾", "回顾|进展|总结|过去[一五]年|取得的?成[就绩]"),
    ("重点任务", "重点任务|重点工作|主要任务|工作安排|工作部署|重点抓好|工作任务"),
)
"""Chapter and what its heading says, first match first. The outermost heading that matches decides."""

TOPIC_RULES: tuple[tuple[str, str], ...] = (
    ("政府建设", "自身建设|人民满意的?政府|服务型政府|法治政府"),
    ("安全", "安全|风险|韧性|社会治理|平安"),
    ("开放", "(?:深化)?改革(?:扩大)?开放|开放|外贸|口岸"),
    ("乡村", "乡村|农业|农村|三农|粮食"),
    ("文旅", "文化|文明传承|历史文明|文旅|旅游"),
    ("生态", "生态|绿色|低碳|环境质量|污染|美丽"),
    ("民生", "民生|就业|教育|健康|福祉|社会保障|社会事业"),
    ("区域", "区域|都市圈"),
    ("城市", "城市|城镇|城乡"),
    ("创新", "创新|科技|人才|新质生产力"),
    ("产业", "产业|制造业|工业化|转型升级|实体经济"),
    ("内需", "内需|需求|消费|投资"),
    ("改革", "改革|营商环境"),
    ("综合", "经济运行|综合实力|经济社会发展"),
)
"""Topic and what its heading says. The innermost heading that matches decides; in it, the topic named first."""

_CHAPTERS = tuple((chapter, re.compile(rule)) for chapter, rule in CHAPTER_RULES)
_TOPICS = tuple((topic, re.compile(rule)) for topic, rule in TOPIC_RULES)
_OWN_RULE = dict(_CHAPTERS)[_OWN_AFFAIRS]
_YEAR = re.compile(r"\d{4}")


def section_of(headings: tuple[str, ...], report_year: int) -> tuple[str, ...]:
    """The section path of a text below ``headings`` (outermost first): chapter, and topic where a heading below the
    chapter's names one. 未标 stands for what no rule decides."""
    if any(map(_OWN_RULE.search, headings)):
        return (_OWN_AFFAIRS, "政府建设")
    chapter, below = _chapter(headings, report_year)
    if not below:
        return (chapter,)
    return (chapter, _topic(below))


def _chapter(headings: tuple[str, ...], report_year: int) -> tuple[str, tuple[str, ...]]:
    if headings and _YEAR.fullmatch(headings[0]):
        if int(headings[0]) < report_year:
            return "回顾", headings[1:]
        headings = headings[1:]
    for i, heading in enumerate(headings):
        for chapter, rule in _CHAPTERS:
            if rule.search(heading):
                return chapter, headings[i + 1 :]
    return UNMARKED, headings


def _topic(headings: tuple[str, ...]) -> str:
    for heading in reversed(headings):
        places = [(found.start(), topic) for topic, rule in _TOPICS if (found := rule.search(heading))]
        if places:
            return min(places, key=lambda place: place[0])[1]
    return UNMARKED
