"""Every format reports come in: the same text out of each, or one sentence why not."""

from __future__ import annotations

import datetime
import io
import tarfile
import time
from collections.abc import Callable

import made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.readers import SUFFIXES, RawText, Refused
from indexer.readers.files import read_bytes
from indexer.structure import build
from indexer.text import Segmenter, fold

SEGMENTER = Segmenter()
TEXT = "\n".join(made.LINES)


def reports(name: str, data: bytes) -> list[RawText]:
    found = list(read_bytes(name, data))
    assert not [each for each in found if isinstance(each, Refused)], found
    return [each for each in found if isinstance(each, RawText)]


def refusal(name: str, data: bytes) -> str:
    (found,) = read_bytes(name, data)
    assert isinstance(found, Refused)
    return found.reason


def units(raw: RawText) -> list[str]:
    return [fold(passage.text) for passage in build(raw, raw.stated, SEGMENTER).passages]


SAME: dict[str, tuple[str, Callable[[], bytes]]] = {
    "utf-8": ("报告.txt", lambda: TEXT.encode()),
    "gb18030": ("报告.txt", lambda: TEXT.encode("gb18030")),
    "utf-16 without a mark": ("报告.txt", lambda: TEXT.encode("utf-16-le")),
    "a saved page": ("报告.html", made.html_file),
    "a saved page in gb2312": ("报告.htm", lambda: made.html_file(encoding="gb2312")),
    "word": ("报告.docx", made.docx_file),
    "pdf in one column": ("报告.pdf", lambda: made.pdf_file([made.LINES[:4], made.LINES[4:]], width=48)),
}


@pytest.mark.parametrize(("name", "make"), SAME.values(), ids=SAME)
def test_one_report_is_the_same_out_of_every_format(name: str, make: Callable[[], bytes]) -> None:
    (raw,) = reports(name, make())
    draft = build(raw, raw.stated, SEGMENTER)
    assert (draft.metadata.year, draft.metadata.region, draft.metadata.level) == (2021, ("河南省", "郑州市"), "市")
    assert draft.metadata.title == made.TITLE
    assert [fold(passage.text) for passage in draft.passages] == [fold(made.TITLE), *map(fold, made.BODY)]
    assert [heading.text for heading in draft.outline] == [
        "一、2020年工作回顾", "二、2021年重点工作", "（一）坚持创新驱动", "（二）扩大对外开放",
    ]  # fmt: skip


def test_a_phrase_that_crosses_the_lines_of_a_pdf_is_one_again() -> None:
    (raw,) = reports("报告.pdf", made.pdf_file([made.LINES * 4, made.LINES * 4, made.LINES * 4]))
    assert any("中欧班列开行数量再创新高" in text for text in units(raw))


def test_two_columns_are_read_one_after_the_other() -> None:
    (raw,) = reports("报告.pdf", made.pdf_file([made.LINES * 3] * 3, columns=2, width=20))
    lines = [line.text for line in raw.lines]
    assert lines.index(made.BODY[1][:20]) + 1 == lines.index(made.BODY[1][20:40])
    assert not any(made.TITLE in line and len(line) > len(made.TITLE) for line in lines)


def test_page_numbers_and_running_heads_are_dropped_and_told() -> None:
    (raw,) = reports("报告.pdf", made.pdf_file([made.LINES, made.BODY[::-1], made.BODY[2:]], width=48))
    assert not any("年鉴" in line.text or line.text.startswith("- ") for line in raw.lines)
    assert sorted(raw.dropped) == ["- 1 -", "- 2 -", "- 3 -", *["某某年鉴"] * 3]


def test_the_main_text_of_a_page_is_without_menus_scripts_and_footers() -> None:
    (raw,) = reports("报告.html", made.html_file())
    text = "\n".join(line.text for line in raw.lines)
    assert "首页" not in text
    assert "脚本" not in text
    assert "网站标识码" not in text
    assert raw.published == "2021-02-05"


PAGES = {
    "the title beside the text": (
        "<body><form><div><h1>{title}</h1><div>来源：某报</div><div id='c'>{body}</div></div></form></body>"
    ),
    "the title in the article's header": "<body><article><header><h1>{title}</h1></header>{body}</article></body>",
    "the title only in the window's name": "<title>{title}_某市政府网</title><body><div><div>{body}</div></div></body>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_keeps_its_title_wherever_it_stands(page: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in made.LINES[1:])
    (raw,) = reports("报告.html", f"<html>{page.format(title=made.TITLE, body=body)}</html>".encode())
    draft = build(raw, raw.stated, SEGMENTER)
    assert draft.metadata.title == made.TITLE
    assert [fold(passage.text) for passage in draft.passages] == [fold(made.TITLE), *map(fold, made.BODY)]


@pytest.mark.parametrize(
    "said",
    ["正在加载", "404 页面不存在", "抱歉，您访问的页面不存在或已被删除！请检查网址，或返回首页。5 秒后自动跳转。"],
)
def test_a_page_that_holds_no_report_is_refused_whatever_its_title(said: str) -> None:
    page = f"<title>2021年郑州市政府工作报告</title><h1>2021年郑州市政府工作报告</h1><p>{said}</p>"
    assert "没有报告的正文" in refusal("报告.html", page.encode())


def test_tables_of_a_word_file_are_flattened_row_by_row() -> None:
    (raw,) = reports("报告.docx", made.docx_file(table=[("指标", "目标"), ("生产总值", "增长7%")]))
    assert [line.text for line in raw.lines[-2:]] == ["指标\t目标", "生产总值\t增长7%"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("库.csv", made.csv_file()),
        ("库.csv", made.csv_file("gb18030")),
        ("库.xlsx", made.xlsx_file()),
        ("库.jsonl", made.jsonl_file()),
        ("库.jsonl", made.jsonl_file(escaped=True)),
    ],
    ids=["csv", "csv in gb18030", "xlsx", "jsonl", "jsonl in ASCII"],
)
def test_a_table_holds_a_report_a_row_with_what_its_columns_say(name: str, data: bytes) -> None:
    first, second = reports(name, data)
    above = 0 if name.endswith(".jsonl") else 1
    assert (first.source.path, second.source.path) == (f"{name}#{above + 1}", f"{name}#{above + 2}")
    assert (first.stated.year, first.stated.region) == (2021, ("河南省", "郑州市"))
    draft = build(second, second.stated, SEGMENTER)
    assert (draft.metadata.year, draft.metadata.region) == (2022, ("河南省", "洛阳市"))
    assert dict(draft.metadata.origins)["year"] == "表格"
    assert fold(made.BODY[1]) in units(first)


@pytest.mark.parametrize("make", [made.csv_of, made.xlsx_of], ids=["csv", "xlsx"])
def test_a_row_is_named_by_the_number_a_spreadsheet_shows_before_it(make: Callable[..., bytes]) -> None:
    name = "库.csv" if make is made.csv_of else "库.xlsx"
    first, second = reports(name, make([["正文"], [""], [made.BODY[1]], ["", ""], ["两行\n的正文"]]))
    assert (first.source.path, second.source.path) == (f"{name}#3", f"{name}#5")


HEAD, TEXT_ROW = ["标题", "正文"], [made.TITLE, made.BODY[1]]


def test_every_sheet_with_a_column_of_texts_is_read_and_any_other_told_unless_it_is_empty() -> None:
    first, told, other = read_bytes(
        "库.xlsx", made.xlsx_of([HEAD, TEXT_ROW], [], [["说明"], ["2021年"]], [HEAD, TEXT_ROW])
    )
    assert isinstance(first, RawText)
    assert isinstance(told, Refused)
    assert isinstance(other, RawText)
    assert (first.source.path, told.path, other.source.path) == ("库.xlsx#2", "库.xlsx#表3", "库.xlsx#表4#2")
    assert "没有正文一列" in told.reason


@pytest.mark.parametrize("make", [made.csv_of, made.xlsx_of], ids=["csv", "xlsx"])
def test_a_title_and_a_note_may_stand_above_the_head_of_a_table(make: Callable[..., bytes]) -> None:
    name = "库.csv" if make is made.csv_of else "库.xlsx"
    (report,) = reports(name, make([["2021年各市政府工作报告", ""], ["", ""], ["（来源：年鉴）", ""], HEAD, TEXT_ROW]))
    assert (report.source.path, report.stated.title) == (f"{name}#5", made.TITLE)


SAID: list[tuple[str, object, str, object]] = [
    ("年份", 2017, "year", 2017),
    ("年份", 2017.0, "year", 2017),
    ("年份", "2018年", "year", 2018),
    ("年份", "２０１８", "year", 2018),
    ("年份", datetime.datetime(2018, 1, 1), "year", 2018),
    ("级别", "市级", "level", "市"),
    ("级别", "省级", "level", "省"),
    ("级别", "地级市", "level", "市"),
    ("日期", datetime.datetime(2021, 1, 30), "date", datetime.date(2021, 1, 30)),
    ("日期", "2021年1月30日", "date", datetime.date(2021, 1, 30)),
    ("日期", "2021/1/30", "date", datetime.date(2021, 1, 30)),
]


@pytest.mark.parametrize(("column", "cell", "field", "value"), SAID)
def test_a_cell_of_a_table_is_understood_as_people_and_spreadsheets_write_it(
    column: str, cell: object, field: str, value: object
) -> None:
    (report,) = reports("库.xlsx", made.xlsx_of([["正文", column], [made.BODY[1], cell]]))
    assert getattr(report.stated, field) == value


PLACES = [
    ("河南/安阳", "河南省/安阳市"),
    ("河南省开封市", "河南省/开封市"),
    ("安阳", "河南省/安阳市"),
    ("河南省/安阳市/某县/某镇", "河南省/安阳市/某县/某镇"),
]


@pytest.mark.parametrize(("cell", "path"), PLACES)
def test_the_place_in_a_table_is_the_one_that_is_meant(cell: str, path: str) -> None:
    (report,) = reports("库.csv", made.csv_of([["正文", "年份", "地区"], [made.BODY[1], "2021", cell]]))
    assert "/".join(report.stated.region or ()) == path


COLUMNS = [
    ({"省份": "河南省", "城市": "安阳市"}, "河南省/安阳市"),
    ({"城市": "安阳", "省份": "河南"}, "河南省/安阳市"),
    ({"省": "河南省", "市": "安阳市", "县": "林州市"}, "河南省/安阳市/林州市"),
    ({"省份": "河南省", "城市": "安阳市", "县(市、区)": ""}, "河南省/安阳市"),
    ({"省份": "河南省", "城市": ""}, "河南省"),
    ({"省份": "北京市", "城市": "市辖区", "区县": "朝阳区"}, "北京市/朝阳区"),
    ({"省份": "吉林", "城市": "吉林"}, "吉林省/吉林市"),
    ({"省份": "河南省", "地区": "安阳市"}, "河南省/安阳市"),
    ({"地区": "中部", "省份": "河南省", "城市": "安阳市"}, "河南省/安阳市"),
    ({"province": "河南省", "city": "安阳市", "county": "林州市"}, "河南省/安阳市/林州市"),
]


@pytest.mark.parametrize(("cells", "path"), COLUMNS)
def test_columns_of_provinces_cities_and_counties_name_one_place(cells: dict[str, str], path: str) -> None:
    (report,) = reports("库.csv", made.csv_of([["正文", "年份", *cells], [made.BODY[1], "2021", *cells.values()]]))
    assert "/".join(report.stated.region or ()) == path


@pytest.mark.parametrize(
    ("cell", "why"), [("朝阳", "可能是 北京市/朝阳区、辽宁省/朝阳市、吉林省/长春市/朝阳区"), ("华东", "不是知道的地名")]
)
def test_a_place_in_a_table_that_is_not_clear_is_asked_for(cell: str, why: str) -> None:
    said = refusal("库.csv", made.csv_of([["正文", "地区"], [made.BODY[1], cell]]))
    assert why in said
    assert "；请写" in said


MEMBERS = {
    "河南/郑州2021.txt": TEXT.encode("gb18030"),
    "河南/说明.doc": b"\xd0\xcf\x11\xe0old",
    "__MACOSX/._x.txt": b"x",
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("包.zip", made.zip_file(MEMBERS)),
        ("包.zip", made.zip_file(MEMBERS, "gbk")),
        ("包.tar.gz", made.tar_file(MEMBERS)),
        ("外.zip", made.zip_file({"包.zip": made.zip_file(MEMBERS)})),
    ],
    ids=["names in utf-8", "names in gbk", "tar.gz", "a zip in a zip"],
)
def test_an_archive_gives_its_reports_under_their_names(name: str, data: bytes) -> None:
    report, refused = read_bytes(name, data)
    assert isinstance(report, RawText)
    assert report.source.path.endswith("!河南/郑州2021.txt")
    assert isinstance(refused, Refused)
    assert "另存为 docx" in refused.reason


def test_an_archive_in_an_archive_in_an_archive_stays_shut() -> None:
    inner = made.zip_file({"报告.txt": TEXT.encode()})
    assert "先解开" in refusal("三.zip", made.zip_file({"二.zip": made.zip_file({"一.zip": inner})}))


@pytest.mark.parametrize("name", ["../../etc/报告.txt", "/报告.txt", "C:\\报告.txt", "a/../../报告.txt"])
@pytest.mark.parametrize("pack", [made.zip_file, made.tar_file])
def test_a_name_that_leads_out_of_the_archive_does_not(name: str, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    suffix = ".zip" if pack is made.zip_file else ".tar.gz"
    (report,) = reports(f"包{suffix}", pack({name: TEXT.encode()}))
    inside = report.source.path.partition("!")[2]
    assert not inside.startswith("/")
    assert ".." not in inside
    assert ":" not in inside


def test_links_in_an_archive_are_passed_over() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        link = tarfile.TarInfo("报告.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    assert list(read_bytes("包.tar.gz", out.getvalue())) == []


def test_an_archive_of_too_many_files_is_refused() -> None:
    members = {f"{n}.txt": b"" for n in range(100_000)}
    assert "超过 20000 个" in refusal("包.zip", made.zip_file(members))


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("炸弹.zip", lambda data: made.zip_file({"报告.txt": data})),
        ("炸弹.tar.gz", lambda data: made.tar_file({"报告.txt": data})),
    ],
    ids=["zip", "tar.gz"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(name: str, pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(300_000_000))
    began = time.monotonic()
    assert "太大" in refusal(name, bomb)
    assert time.monotonic() - began < 5


REFUSED = [
    ("旧.doc", b"\xd0\xcf\x11\xe0", "另存为 docx"),
    ("旧.wps", b"\xd0\xcf\x11\xe0", "另存为 docx"),
    ("扫描.pdf", made.scanned_pdf(), "扫描件"),
    ("坏.pdf", b"%PDF-1.7 nothing more", "打不开"),
    ("坏.docx", b"PK\x03\x04 nothing more", "打不开"),
    ("别的.docx", made.zip_file({"a.txt": b"x"}), "打不开"),
    ("坏.xlsx", b"PK\x03\x04 nothing more", "打不开"),
    ("坏.zip", b"PK\x03\x04 nothing more", "打不开"),
    ("坏.tar.gz", b"\x1f\x8b nothing more", "打不开"),
    ("空.html", b"<html><body></body></html>", "文本"),
    ("无正文.csv", "标题,年份\n政府工作报告,2021".encode(), "正文"),
    ("坏.jsonl", "现在我代表市人民政府向大会报告工作\n".encode(), "不是 JSON"),
    ("图.png", b"\x89PNG", "图片（.png）里的字读不了"),
]


@pytest.mark.parametrize(("name", "data", "why"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_read_is_refused_in_a_sentence(name: str, data: bytes, why: str) -> None:
    assert why in refusal(name, data)


def test_a_pdf_whose_characters_are_numbers_is_refused() -> None:
    rubbish = made.pdf_file([["(cid:12)(cid:305)(cid:77)" * 8] * 20] * 3)
    assert "乱码" in refusal("乱码.pdf", rubbish)


beginnings = st.sampled_from(
    [b"", b"PK\x03\x04", b"%PDF-1.4\n", b"\x1f\x8b\x08", b"<html>", b'{"', "正文\n".encode(), *(
        make()[:400] for make in (made.docx_file, made.xlsx_file, lambda: made.pdf_file([["政府"]]), made.html_file)
    )]
)  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=st.builds(bytes.__add__, beginnings, st.binary(max_size=300)))
def test_any_bytes_as_any_format_end_in_reports_or_refusals(suffix: str, data: bytes) -> None:
    for found in read_bytes(f"x{suffix}", data):
        assert isinstance(found, RawText | Refused)
