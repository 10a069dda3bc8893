"""From lines to a report: what is a heading, what belongs together, what the page put there, what the report is."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalog import CatalogEntry
from indexer.errors import FileRefused
from indexer.fields import BY_NAME
from indexer.model import Source
from indexer.readers import Line, RawText
from indexer.structure import Draft, build
from indexer.structure.sections import CHAPTER_RULES, TOPIC_RULES, section_of
from indexer.text import Segmenter, fold

SEGMENTER = Segmenter()
SOURCE = Source("报告.txt", "0" * 64, "txt", "utf-8")
SOMEWHERE = CatalogEntry(year=2021, region=("河南省", "郑州市"))

SENTENCE = "全市经济保持平稳，各项事业取得新的进展。"
OTHER = "坚持稳中求进，扎实做好各方面的工作。"


def structured(text: str, entry: CatalogEntry = SOMEWHERE) -> Draft:
    return build(RawText(SOURCE, tuple(map(Line, text.splitlines()))), entry, SEGMENTER)


def paragraphs(text: str) -> list[str]:
    return [passage.text for passage in structured(text).passages]


def outline(text: str) -> list[tuple[int, str]]:
    return [(heading.depth, heading.text) for heading in structured(text).outline]


HEADINGS: dict[str, list[tuple[str, list[tuple[int, str]]]]] = {
    "a numbered line without a full stop is a heading": [
        (f"一、过去一年的工作\n{SENTENCE}", [(1, "一、过去一年的工作")]),
        (f"十二、 其他工作\n{SENTENCE}", [(1, "十二、 其他工作")]),
        (f"（一）抓创新\n{SENTENCE}", [(2, "（一）抓创新")]),
        (f"(一)抓创新\n{SENTENCE}", [(2, "(一)抓创新")]),
        (f"关键词：民生 办好实事\n{SENTENCE}", [(1, "关键词：民生 办好实事")]),
        (f"重点工作之一: 抓创新\n{SENTENCE}", [(1, "重点工作之一: 抓创新")]),
        (f"2024\n{SENTENCE}", [(1, "2024")]),
    ],
    "one that runs into its paragraph ends at the first full stop or blank": [
        (f"（一）抓创新。{SENTENCE}", [(2, "（一）抓创新")]),
        (f"一、抓创新；{SENTENCE}", [(1, "一、抓创新")]),
        (f"（一）抓创新，促转型 {SENTENCE}", [(2, "（一）抓创新，促转型")]),
        (f"（一） 抓创新\u3000{SENTENCE}", [(2, "（一） 抓创新")]),
    ],
    "a line that only looks numbered is none": [
        (f"一是抓创新。{SENTENCE}", []),
        (f"一、{'很长' * 30}\n{SENTENCE}", []),
        (f"（一）{'很长' * 30}。{SENTENCE}", []),
        (f"关键词：民生。{SENTENCE}", []),
    ],
    "a short line without punctuation is a heading, unless it is the last": [
        (f"{OTHER}\n稳增长\n{SENTENCE}", [(1, "稳增长")]),
        (f"{OTHER}\n2024年 主要目标\n{SENTENCE}", [(1, "2024年 主要目标")]),
        (f"{OTHER}\n1.稳增长\n{SENTENCE}", [(3, "1.稳增长")]),
        (f"{OTHER}\n稳增长，促转型\n{SENTENCE}", []),
        (f"{OTHER}\n稳增长：\n{SENTENCE}", []),
        (f"{OTHER}\n{'稳' * 30}\n{SENTENCE}", [(1, "稳" * 30)]),
        (f"{OTHER}\n{'稳' * 31}\n{SENTENCE}", []),
        (f"{SENTENCE}\n市长", []),
    ],
    "a short line below the title or a year is its motto, not a heading": [
        (f"政府工作报告\n奋勇争先再上台阶\n{SENTENCE}", []),
        (f"政府工作报告\n奋勇争先再上台阶\n稳增长\n{SENTENCE}", [(1, "稳增长")]),
        (f"2023\n砥砺奋进 攻坚克难\n稳增长\n{SENTENCE}", [(1, "2023"), (2, "稳增长")]),
    ],
    "a style nests below those in force when it first comes, and closes what came since": [
        (
            f"一、回顾\n（一）创新\n{SENTENCE}\n（二）开放\n{SENTENCE}\n二、安排\n（一）民生\n{SENTENCE}",
            [(1, "一、回顾"), (2, "（一）创新"), (2, "（二）开放"), (1, "二、安排"), (2, "（一）民生")],
        ),
        (
            f"{OTHER}\n今年的工作\n重点工作之一:创新\n{SENTENCE}\n重点工作之二:开放\n{SENTENCE}",
            [(1, "今年的工作"), (2, "重点工作之一:创新"), (2, "重点工作之二:开放")],
        ),
        (
            f"2023\n{SENTENCE}\n稳增长\n{SENTENCE}\n2024\n{SENTENCE}\n九项工作\n关键词:创新\n{SENTENCE}",
            [(1, "2023"), (2, "稳增长"), (1, "2024"), (2, "九项工作"), (3, "关键词:创新")],
        ),
        (
            f"一、回顾\n{SENTENCE}\n稳增长\n{SENTENCE}\n（一）创新\n{SENTENCE}",
            [(1, "一、回顾"), (2, "稳增长"), (3, "（一）创新")],
        ),
    ],
    "（一） lies two deep even where its 一、 is lost": [
        (f"（四）改革\n{SENTENCE}\n二、安排\n{SENTENCE}", [(2, "（四）改革"), (1, "二、安排")]),
    ],
}


@pytest.mark.parametrize(
    ("text", "headings"),
    [pytest.param(*row, id=f"{why}: {row[0][:24]!r}") for why, rows in HEADINGS.items() for row in rows],
)
def test_headings_are_found_with_their_depth(text: str, headings: list[tuple[int, str]]) -> None:
    assert outline(text) == headings


def test_a_heading_on_its_own_line_is_a_unit_and_one_that_runs_in_is_part_of_its_paragraph() -> None:
    passages = structured(f"一、回顾\n（一）创新。{SENTENCE}\n{OTHER}").passages
    assert [(passage.kind, passage.text) for passage in passages] == [
        ("heading", "一、回顾"),
        ("paragraph", f"（一）创新。{SENTENCE}"),
        ("paragraph", OTHER),
    ]
    assert [[heading.text for heading in passage.headings] for passage in passages] == [
        ["一、回顾"],
        ["一、回顾", "（一）创新"],
        ["一、回顾", "（一）创新"],
    ]


def test_the_title_is_the_first_unit_and_stands_below_no_heading() -> None:
    first = structured(f"• 2021-02-01\n政府工作报告\n一、回顾\n{SENTENCE}").passages[0]
    assert (first.kind, first.text, first.headings) == ("heading", "政府工作报告", ())


JOINS: dict[str, list[tuple[str, list[str]]]] = {
    "a line that ends in a comma goes on": [
        ("消费增长五个百分点，\n城镇新增就业十万人。", ["消费增长五个百分点，城镇新增就业十万人。"]),
        ("完善水、电、\n气、暖设施。", ["完善水、电、气、暖设施。"]),
        ("坚持稳中求进,\n\n扎实工作。", ["坚持稳中求进,扎实工作。"]),
    ],
    "a long line without its full stop goes on": [
        (
            "我市坚持以高质量发展统揽全局，打造辐射全国、链接世界、服务\n全球的综合枢纽。",
            ["我市坚持以高质量发展统揽全局，打造辐射全国、链接世界、服务全球的综合枢纽。"],
        ),
    ],
    "a short line goes on when a word stands across its end": [
        ("普惠性幼\n儿园覆盖率提高。", ["普惠性幼儿园覆盖率提高。"]),
        ("一、乡村振\n兴", ["一、乡村振兴"]),
    ],
    "a line that ends a sentence, a quotation or a bracket does not go on": [
        (f"{SENTENCE}\n{OTHER}", [SENTENCE, OTHER]),
        ("坚持“创新、改革、开放”\n各项工作顺利。", ["坚持“创新、改革、开放”", "各项工作顺利。"]),
        ("坚持创新、改革、开放（见附件）\n各项工作顺利。", ["坚持创新、改革、开放（见附件）", "各项工作顺利。"]),
        ("目标如下：\n经济增长。", ["目标如下：", "经济增长。"]),
    ],
    "nothing goes on into a heading, and a heading on its own line does not go on": [
        ("坚持稳中求进，\n一、回顾\n各项工作顺利。", ["坚持稳中求进，", "一、回顾", "各项工作顺利。"]),
        ("2023\n各项工作顺利。", ["2023", "各项工作顺利。"]),
    ],
    "words of letters keep a blank between them, and all else is put together without": [
        ("扩大开放，加入 World Trade\nOrganization。", ["扩大开放，加入 World Trade Organization。"]),
        ("降低细颗粒物浓度，PM\n2.5 下降。", ["降低细颗粒物浓度，PM2.5 下降。"]),
        ("加强大气污染防治，控制PM2.\n5和臭氧。", ["加强大气污染防治，控制PM2.5和臭氧。"]),
        ("今年的主要预期目标是，国内生产总值增长5\n%左右。", ["今年的主要预期目标是，国内生产总值增长5%左右。"]),
    ],
    "blank lines and white space at the ends of a line are not text": [
        (f"\n\n　　{SENTENCE}　\n\t\n{OTHER} \n", [SENTENCE, OTHER]),
    ],
}


@pytest.mark.parametrize(
    ("text", "units"),
    [pytest.param(*row, id=f"{why}: {row[0][:24]!r}") for why, rows in JOINS.items() for row in rows],
)
def test_lines_are_joined_into_paragraphs(text: str, units: list[str]) -> None:
    assert paragraphs(text) == units


FURNITURE: list[tuple[str, str]] = [
    ("• 005252100/2025-00163", "• 005252100/2025-00163"),
    ("  • 某市发展和改革委员会", "• 某市发展和改革委员会"),
    ("本报记者 张三 李四", "本报记者 张三 李四"),
    ("某市全媒体记者 张三", "某市全媒体记者 张三"),
    ("主办单位:某市人民政府办公室 邮编:100000", "主办单位:某市人民政府办公室 邮编:100000"),
    ("主办单位：某市人民政府办公室", "主办单位：某市人民政府办公室"),
    ("（下转三版）", "（下转三版）"),
    ("——2021年1月30日在某市第十五届人民代表大会第四次会议上", "——2021年1月30日在某市第十五届人民代表大会第四次会议上"),
]


def test_a_list_of_short_sentences_is_not_taken_for_a_text_broken_by_a_margin() -> None:
    lines = ["2021年郑州市政府工作报告", *(f"第{number}项工作平稳。" for number in range(100))]
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize(("line", "dropped"), FURNITURE)
def test_what_the_page_put_there_is_dropped_and_told(line: str, dropped: str) -> None:
    draft = structured(f"政府工作报告\n{line}\n{SENTENCE}\n{OTHER}")
    assert [passage.text for passage in draft.passages] == ["政府工作报告", SENTENCE, OTHER]
    assert draft.dropped == (dropped,)


def test_a_jump_to_another_page_is_cut_off_its_paragraph() -> None:
    draft = structured(f"{SENTENCE}（下转三版）\n(上接第一版)\n{OTHER}")
    assert [passage.text for passage in draft.passages] == [SENTENCE, OTHER]
    assert draft.dropped == ("（下转三版）", "(上接第一版)")


NOT_FURNITURE = [
    "记者会后，各项工作展开。",
    "本报记者采访了有关部门，情况良好。",
    "干部要下沉一线（下转基层）开展工作。",
]


@pytest.mark.parametrize("line", NOT_FURNITURE)
def test_what_only_resembles_furniture_stays(line: str) -> None:
    draft = structured(line)
    assert [passage.text for passage in draft.passages] == [line]
    assert draft.dropped == ()


COMPLETE = [
    (f"一、回顾\n{SENTENCE}\n二、安排\n{SENTENCE}", True),
    (f"（一）创新\n{SENTENCE}", True),
    (f"{SENTENCE}\n{OTHER}", True),
    (f"2023\n{SENTENCE}", True),
    (f"二、安排\n{SENTENCE}", False),
    (f"（四）改革\n{SENTENCE}\n一、安排\n{SENTENCE}", False),
    (f"一、回顾\n{SENTENCE}（下转三版）", False),
    (f"（上接一版）\n{SENTENCE}", False),
]


@pytest.mark.parametrize(("text", "complete"), COMPLETE)
def test_a_report_is_complete_that_starts_at_one_and_goes_on_nowhere_else(text: str, complete: bool) -> None:
    assert structured(text).complete is complete


TITLES = [
    ("政府工作报告", "政府工作报告"),
    ("2021年某市政府工作报告", "政府工作报告"),
    ("政府工作报告摘编", "政府工作报告摘编"),
    ("政府工作报告摘要", "政府工作报告摘编"),
    ("《规划纲要》实施中期评估报告", "规划评估报告"),
    ("法院工作报告", "其他"),
]


@pytest.mark.parametrize(("title", "type_"), TITLES)
def test_the_type_is_read_off_the_title(title: str, type_: str) -> None:
    assert structured(f"{title}\n{SENTENCE}").metadata.type == type_


YEARS = [
    ("政府工作报告\n——2021年1月30日在某市第十五届人民代表大会第四次会议上\n2020年工作很好。", 2021),
    ("• 2025-08-01\n规划评估报告\n2023年工作很好。", 2025),
    ("• 2025-08-01\n2021年某市政府工作报告\n工作很好。", 2021),
    (f"• 2025-08-01\n政府工作报告\n一、2020年工作回顾\n{SENTENCE}\n二、2021年重点工作\n{SENTENCE}", 2021),
    (f"{SENTENCE}\n二、2025年重点工作\n{SENTENCE}\n三、2024年工作回顾\n{SENTENCE}", 2025),
    (f"一、2024年工作回顾\n{SENTENCE}\n二、今年安排\n{SENTENCE}", 2025),
    ("政府工作报告\n1月4日，市长回顾2023年工作，明确2024年任务。", 2024),
]


@pytest.mark.parametrize(("text", "year"), YEARS)
def test_the_year_is_of_the_day_it_was_given_else_of_the_work_it_plans(text: str, year: int) -> None:
    assert structured(text, CatalogEntry(region=("河南省",))).metadata.year == year


def test_a_page_put_there_in_another_year_keeps_its_day_and_is_told() -> None:
    known = structured(f"• 2025-08-01\n2021年河南省政府工作报告\n{SENTENCE}", CatalogEntry()).metadata
    assert (known.year, known.date) == (2021, datetime.date(2025, 8, 1))
    assert any("2025-08-01" in warning and "2021" in warning for warning in known.warnings)


DATES = [
    ("政府工作报告\n——2021年1月30日在某市第十五届人民代表大会第四次会议上", datetime.date(2021, 1, 30)),
    ("政府工作报告\n1月4日上午，在某市第十六届人民代表大会第一次会议上，市长作报告。", datetime.date(2021, 1, 4)),
    ("• 2025-08-01\n规划评估报告", datetime.date(2025, 8, 1)),
    ("• 2025-13-41\n规划评估报告", None),
    ("政府工作报告\n2月30日，在某市人大会议上，市长作报告。", None),
    ("政府工作报告", None),
]


@pytest.mark.parametrize(("text", "date"), DATES)
def test_the_date_is_the_day_it_was_given_or_published(text: str, date: datetime.date | None) -> None:
    entry = CatalogEntry(year=2021, region=("河南省",))
    assert structured(f"{text}\n{SENTENCE}", entry).metadata.date == date


REGIONS = [
    ("政府工作报告\n——2021年1月30日在郑州市第十五届人民代表大会第四次会议上", ("河南省", "郑州市"), "市"),
    ("政府工作报告\n1月28日，河南省十四届人大二次会议开幕。", ("河南省",), "省"),
    ("政府工作报告\n——2021年1月23日在上海市第十五届人民代表大会第五次会议上", ("上海市",), "省"),
    ("政府工作报告\n——2021年1月30日在内蒙古自治区第十三届人民代表大会第四次会议上", ("内蒙古自治区",), "省"),
    ("政府工作报告\n——2021年2月1日在大理白族自治州第十五届人大五次会议上", ("云南省", "大理白族自治州"), "市"),
    ("政府工作报告\n——2021年2月1日在吉林市第十六届人民代表大会第六次会议上", ("吉林省", "吉林市"), "市"),
    ("《洛阳市国民经济和社会发展第十四个五年规划》实施中期评估报告", ("河南省", "洛阳市"), "市"),
    ("政府工作报告\n——2021年2月1日在中牟县第十六届人民代表大会第六次会议上", ("河南省", "郑州市", "中牟县"), "县"),
]


@pytest.mark.parametrize(("text", "region", "level"), REGIONS)
def test_the_region_is_the_place_whose_congress_heard_it(text: str, region: tuple[str, ...], level: str) -> None:
    known = structured(f"{text}\n{SENTENCE}", CatalogEntry(year=2021)).metadata
    assert (known.region, known.level) == (region, level)


REFUSED = [
    ("", CatalogEntry(), "没有正文"),
    ("\n \n", SOMEWHERE, "没有正文"),
    ("• 重点工作\n本报记者 张三", SOMEWHERE, "没有正文"),
    (SENTENCE, CatalogEntry(), "看不出年份、地区；请在目录表 catalog.csv 里给它加一行，写明年份、地区"),
    (SENTENCE, CatalogEntry(region=("河南省",)), "看不出年份；请在目录表 catalog.csv 里给它加一行，写明年份"),
    (SENTENCE, CatalogEntry(year=2021), "看不出地区；请在目录表 catalog.csv 里给它加一行，写明地区"),
]


@pytest.mark.parametrize(("text", "entry", "reason"), REFUSED)
def test_a_file_without_text_year_or_region_is_refused_with_what_to_do(
    text: str, entry: CatalogEntry, reason: str
) -> None:
    with pytest.raises(FileRefused) as refusal:
        structured(text, entry)
    assert reason in refusal.value.message
    assert "；请" in refusal.value.message


def test_the_catalogue_has_the_last_word_and_each_value_tells_where_it_is_from() -> None:
    text = f"政府工作报告\n——2021年1月30日在郑州市第十五届人民代表大会第四次会议上\n{SENTENCE}"
    entry = CatalogEntry(
        title="工作报告", year=2020, level="县", region=("河南省", "中牟县"), type="其他",
        date=datetime.date(2020, 2, 1), organ="中牟县人民政府",
    )  # fmt: skip
    overruled = structured(text, entry).metadata
    assert all(getattr(overruled, name) == getattr(entry, name) for name, _ in overruled.origins)
    assert {origin for _, origin in overruled.origins} == {"目录表"}
    read = structured(text, CatalogEntry(organ="郑州市人民政府")).metadata
    assert dict(read.origins) == {
        "title": "正文", "year": "正文", "level": "正文", "region": "正文", "type": "正文", "date": "正文",
        "organ": "目录表",
    }  # fmt: skip


SECTIONS = [
    ((), 2021, ("未标",)),
    (("一、过去一年工作回顾",), 2021, ("回顾",)),
    (("一、过去一年工作回顾", "（三）坚持改革开放"), 2021, ("回顾", "开放")),
    (("一、过去一年工作回顾", "（三）不忘初心"), 2021, ("回顾", "未标")),
    (("二、面临的困难和挑战",), 2021, ("形势问题",)),
    (("二、“十四五”时期指导思想",), 2021, ("总体要求与目标",)),
    (("三、2021年重点工作",), 2021, ("重点任务",)),
    (("三、2021年重点工作", "（一）围绕创新驱动发展"), 2021, ("重点任务", "创新")),
    (("三、2021年重点工作", "（二）推动产业转型", "1.乡村振兴"), 2021, ("重点任务", "乡村")),
    (("三、2021年重点工作", "（二）推动产业转型", "1.其他"), 2021, ("重点任务", "产业")),
    (("四、加强政府自身建设",), 2021, ("政府自身建设", "政府建设")),
    (("三、2021年重点工作", "（十）打造人民满意政府"), 2021, ("政府自身建设", "政府建设")),
    (("附件：名词解释",), 2021, ("附件",)),
    (("2020",), 2021, ("回顾",)),
    (("2020", "民生事业全面进步"), 2021, ("回顾", "民生")),
    (("2021", "今年重点工作", "关键词:民生"), 2021, ("重点任务", "民生")),
    (("（四）改革开放纵深推进",), 2021, ("未标", "开放")),
    (("不忘初心",), 2021, ("未标", "未标")),
]


@pytest.mark.parametrize(("headings", "year", "section"), SECTIONS)
def test_the_section_is_decided_by_rules_over_the_headings(
    headings: tuple[str, ...], year: int, section: tuple[str, ...]
) -> None:
    assert section_of(headings, year) == section


any_heading = st.text(max_size=20) | st.sampled_from(["2020", "2021", "一、重点工作"])


@given(headings=st.lists(any_heading, max_size=4).map(tuple))
def test_a_section_is_always_one_of_the_chapters_and_topics(headings: tuple[str, ...]) -> None:
    assert BY_NAME["section"].accepts("/".join(section_of(headings, 2021)))


def test_every_rule_leads_to_a_chapter_or_topic_there_is() -> None:
    assert all(name in BY_NAME["section"].values for name, _ in (*CHAPTER_RULES, *TOPIC_RULES))


pieces = st.sampled_from([
    "政府工作报告", "——2021年1月30日在某市第十五届人民代表大会第四次会议上", "2024", "一、回顾", "（二）创新。坚持创新",
    "关键词:民生", "本报记者 张三", "• 2021-02-01", "（下转三版）", "World", "PM", "2.5", "普惠性幼", "儿园",
    "_{}", "\u200b", "，", "。",
])  # fmt: skip


@given(st.lists(st.text(max_size=40) | pieces | st.builds(str.__add__, pieces, pieces), max_size=12))
def test_any_lines_end_in_a_report_or_in_a_refusal_and_no_character_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        draft = structured(text)
    except FileRefused:
        return
    kept = "".join((*(passage.text for passage in draft.passages), *draft.dropped))
    assert sorted(fold(kept).replace(" ", "")) == sorted(fold(text).replace(" ", ""))
