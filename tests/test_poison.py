"""Files made to harm: whatever the bytes, reading them ends soon, in reports or in a sentence, and in little memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import stat
import struct
import subprocess
import sys
import tarfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import made
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import FileRefused
from indexer.readers import SUFFIXES, Line, RawText, Refused, bounds, tables
from indexer.readers.files import parts_of_bytes, read_bytes, read_part

TEXT = "\n".join(made.LINES)
TEXT_BYTES = TEXT.encode()
SECONDS = 20
"""Far above what any of these takes: of what was mended here, most took minutes."""


def read(name: str, data: bytes) -> list[RawText | Refused]:
    began = time.monotonic()
    found = list(read_bytes(name, data))
    assert time.monotonic() - began < SECONDS
    return found


def refusal(name: str, data: bytes) -> str:
    (found,) = read(name, data)
    assert isinstance(found, Refused), found
    assert "；" in found.reason
    return found.reason


def lines(name: str, data: bytes) -> list[str]:
    (found,) = read(name, data)
    assert isinstance(found, RawText), found
    return [line.text for line in found.lines]


# Any bytes

VALID: dict[str, bytes] = {
    ".txt": TEXT_BYTES,
    ".html": made.html_file(),
    ".htm": made.html_file(encoding="gb2312"),
    ".docx": made.docx_file(table=[("指标", "目标")]),
    ".pdf": made.pdf_file([made.LINES]),
    ".csv": made.csv_file(),
    ".xlsx": made.xlsx_file(),
    ".jsonl": made.jsonl_file(),
    ".zip": made.zip_file({"郑州2021.txt": TEXT_BYTES, "内/页.html": made.html_file()}),
    ".tar": made.tar_file({"郑州2021.txt": TEXT_BYTES}, "w:"),
    ".tgz": made.tar_file({"郑州2021.txt": TEXT_BYTES}),
    ".tar.gz": made.tar_file({"包.zip": made.zip_file({"郑州2021.txt": TEXT_BYTES})}),
}
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=6)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """``data`` with bytes cut out and others put in their place, at shares of its length."""
    for share, cut, put in edits:
        at = int(share * len(data))
        data = data[:at] + put + data[at + cut :]
    return data


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as before, ZipFile(out, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return out.getvalue()


def test_there_is_a_valid_file_of_every_format_to_spoil() -> None:
    assert set(VALID) == set(SUFFIXES)
    for suffix, data in VALID.items():
        assert any(isinstance(found, RawText) for found in read_bytes(f"x{suffix}", data)), suffix


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(edits=EDITS)
def test_a_spoiled_file_ends_in_reports_or_refusals(suffix: str, edits: list[tuple[float, int, bytes]]) -> None:
    for found in read_bytes(f"x{suffix}", edited(VALID[suffix], edits)):
        assert isinstance(found, RawText | Refused)


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(part=st.integers(0, 30), edits=EDITS)
def test_a_package_with_a_spoiled_part_ends_in_reports_or_refusals(
    suffix: str, part: int, edits: list[tuple[float, int, bytes]]
) -> None:
    names = ZipFile(io.BytesIO(VALID[suffix])).namelist()
    spoiled = names[part % len(names)]
    data = repacked(VALID[suffix], lambda name, part: edited(part, edits) if name == spoiled else part)
    for found in read_bytes(f"x{suffix}", data):
        assert isinstance(found, RawText | Refused)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("other", SUFFIXES)
def test_a_file_under_the_suffix_of_another_format_ends_in_reports_or_refusals(suffix: str, other: str) -> None:
    assert all(isinstance(found, RawText | Refused) for found in read(f"x{suffix}", VALID[other]))


# Pages


def page(body: str, head: str = '<meta charset="utf-8">') -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


PROSE = made.BODY[1] * 3
DEEP = 2_000
PAGES: dict[str, tuple[str, int]] = {
    # The smallest element with nine tenths of the sentences is the main text.
    "elements one in another": ("<div>" * DEEP + f"{PROSE}</div>" * DEEP, DEEP * 9 // 10),
    "titles one in another": ("<div><h1>政府工作报告</h1>" * DEEP + PROSE, 2),
    "scripts between the words": (f"<p>{'<script>x</script>政府工作报告。' * 50_000}", 1),
    "a script that never ends": (f"<p>{PROSE * 3}{'<script>' * 100_000}", 1),
    "signs that begin no tag": (f"<p>{PROSE * 10_000}{'<1' * 100_000}", 1),
    "a text without a break": (f"<p>{PROSE * 30_000}", 1),
    "an attribute without an end": (f"<p class='{'政' * 5_000_000}'>{PROSE}", 1),
}


@pytest.mark.parametrize(("body", "number"), PAGES.values(), ids=PAGES)
def test_a_page_made_to_be_slow_is_read_to_its_end(body: str, number: int) -> None:
    assert len(lines("页.html", page(body))) == number


def test_a_page_too_deep_to_be_read_whole_is_refused_not_cut() -> None:
    assert "太深" in refusal("页.html", page("<div>政府工作报告。" * 100_000))


def test_a_page_of_a_tag_of_too_many_attributes_is_refused() -> None:
    assert "属性" in refusal("页.html", page(f"<p {' '.join(f'a{n}' for n in range(50_000))}>{PROSE}"))
    tight = "".join(f"a{n}='1'" for n in range(50_000))
    assert "属性" in refusal("页.html", page(f"<p {tight}>{PROSE}"))
    assert lines("页.html", page(f"<img src='data:{'a/b= ' * 10_000}'>{PROSE}")) == [PROSE]


def test_a_page_of_too_many_tags_is_refused() -> None:
    assert "标记" in refusal("页.html", page(PROSE + "<br>" * bounds.MOST_TAGS))


@pytest.mark.parametrize("codec", ["idna", "punycode", "undefined", "rot13", "hex", "zlib", "utf-7", "no-such"])
def test_a_page_that_says_it_is_in_what_is_no_encoding_of_pages_is_read(codec: str) -> None:
    assert lines("页.html", page(f"<p>{PROSE}", f'<meta charset="{codec}">')) == [PROSE]


def test_what_follows_a_comment_in_a_page_is_read() -> None:
    assert lines("页.html", page(f"<p>甲<!-- x。 -->乙<?pi x?>丙</p>{PROSE}")) == ["甲乙丙", PROSE]


# Word files and workbooks

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ENTITIES = "".join(f'<!ENTITY {chr(i + 1)} "{f"&{chr(i)};" * 10}">' for i in range(ord("a"), ord("j")))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY a "政府工作报告">{ENTITIES}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
NOISE = f"<!--{os.urandom(100_000).hex()}-->"
"""What does not pack, so that the rest may be many times its packed size."""


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word(body: str, before: str = "") -> bytes:
    document = f"{before}<w:document {W}><w:body>{paragraph(PROSE)}{body}</w:body></w:document>{NOISE}"
    return repacked(VALID[".docx"], lambda name, part: document.encode() if name == "word/document.xml" else part)


def book(rows: str, before: str = "", size: str = "A1") -> bytes:
    head = f'<row r="1">{cell("A1", "正文")}</row>'
    sheet = f'{before}<worksheet {S}><dimension ref="{size}"/><sheetData>{head}{rows}</sheetData></worksheet>{NOISE}'
    return repacked(VALID[".xlsx"], lambda name, part: sheet.encode() if name.endswith("sheet1.xml") else part)


def cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


WORD = {
    "100,000 empty paragraphs": ("<w:p/>" * 100_000, [PROSE]),
    "50,000 runs": (f"<w:p>{'<w:r><w:t>政</w:t></w:r>' * 50_000}</w:p>", [PROSE, "政" * 50_000]),
    "a row of 100,000 cells": (f"<w:tbl><w:tr>{'<w:tc/>' * 100_000}</w:tr></w:tbl>", [PROSE, ""]),
    "a cell two thousand million columns wide": (
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>{paragraph("甲")}</w:tc></w:tr></w:tbl>',
        [PROSE, "甲"],
    ),
    "tables one in another": (
        "<w:tbl><w:tr><w:tc>" * 60 + paragraph("甲") + "</w:tc></w:tr></w:tbl>" * 60,
        [PROSE, "甲"],
    ),
}


@pytest.mark.parametrize(("body", "read"), WORD.values(), ids=WORD)
def test_a_word_file_made_to_be_slow_is_read_whole(body: str, read: list[str]) -> None:
    assert [line for line in lines("文.docx", word(body)) if line or not read[-1]] == read


WORD_REFUSED = {
    "entities of entities": (paragraph("&j;"), DOCTYPE, "打不开"),
    "tables a thousand deep": ("<w:tbl><w:tr><w:tc>" * 1000 + "</w:tc></w:tr></w:tbl>" * 1000, "", "打不开"),
    "a million tags": ("<w:p/>" * bounds.MOST_TAGS, "", "标记"),
}


@pytest.mark.parametrize(("body", "before", "why"), WORD_REFUSED.values(), ids=WORD_REFUSED)
def test_a_word_file_made_to_be_endless_is_refused(body: str, before: str, why: str) -> None:
    assert why in refusal("文.docx", word(body, before))


def test_an_entity_from_outside_stays_outside() -> None:
    assert lines("文.docx", word(paragraph("&j;"), OUTSIDE))[:1] == [PROSE]
    assert "root:" not in "".join(lines("文.docx", word(paragraph("&j;"), OUTSIDE)))
    assert "打不开" in refusal("表.xlsx", book(f'<row r="2">{cell("A2", "&j;")}</row>', OUTSIDE))


@pytest.mark.parametrize("size", ["A1", "A1:XFD1048576", "C7:D9"])
def test_a_sheet_is_read_by_its_cells_whatever_size_it_says_it_has(size: str) -> None:
    rows = (
        f'<row r="2">{cell("A2", "甲")}</row><row r="1048576">{cell("A1048576", "乙")}{cell("ZZZ1048576", "丙")}</row>'
    )
    first, second = read("表.xlsx", book(rows, size=size))
    assert isinstance(first, RawText)
    assert isinstance(second, RawText)
    assert (first.lines, second.lines) == ((Line("甲"),), (Line("乙"),))


BOOKS = {
    "rows far below any sheet": (f'<row r="999999999">{cell("A999999999", "甲")}</row>', "", "没有报告"),
    "100,000 empty rows": ("<row/>" * 100_000, "", "没有报告"),
    "rows wide and empty": ("".join(f'<row><c r="XFD{n}"/></row>' for n in range(2, 20_000)), "", "没有报告"),
    "a column beyond the last": (f'<row r="2">{cell("ZZZZ2", "甲")}</row>', "", "打不开"),
    "a text that is not in the list": ('<row r="2"><c r="A2" t="s"><v>99999</v></c></row>', "", "打不开"),
    "a number of 5,000 digits": (f'<row r="2"><c r="A2"><v>{"9" * 5000}</v></c></row>', "", "打不开"),
    "a million tags": ("<row/>" * bounds.MOST_TAGS, "", "标记"),
    "entities of entities": (f'<row r="2">{cell("A2", "&j;")}</row>', DOCTYPE, "打不开"),
}


@pytest.mark.parametrize(("rows", "before", "why"), BOOKS.values(), ids=BOOKS)
def test_a_workbook_made_to_be_endless_is_refused(rows: str, before: str, why: str) -> None:
    assert why in refusal("表.xlsx", book(rows, before))


def test_a_part_that_a_workbook_names_again_and_again_is_read_once() -> None:
    def again(sheet: re.Match[bytes]) -> bytes:
        return b"".join(sheet[0].replace(b'"1"', f'"{number}"'.encode()) for number in range(1, 50))

    data = repacked(
        book(f'<row r="2">{cell("A2", "甲")}</row>'),
        lambda name, part: re.sub(b"<sheet .*?/>", again, part) if name == "xl/workbook.xml" else part,
    )
    assert [type(found) for found in read("表.xlsx", data)] == [RawText]


def test_a_workbook_of_nothing_but_styles_is_refused() -> None:
    styles = f"<styleSheet {S}><cellXfs>{'<xf/>' * 450_000}</cellXfs></styleSheet>{NOISE}".encode()
    data = repacked(VALID[".xlsx"], lambda name, part: styles if name == "xl/styles.xml" else part)
    assert "样式" in refusal("表.xlsx", data)


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "xl/workbook.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("content", [b"", b"<a/>", b"no markup"])
def test_a_workbook_whose_parts_are_others_is_refused_or_read(part: str, content: bytes) -> None:
    data = repacked(VALID[".xlsx"], lambda name, before: content if name == part else before)
    assert all(isinstance(found, RawText | Refused) for found in read("表.xlsx", data))


# Tables of text


def test_a_table_without_a_report_is_refused() -> None:
    for name, data in (("表.csv", "正文,年份\n".encode()), ("表.xlsx", book(""))):
        assert "没有报告" in refusal(name, data)


def test_a_csv_of_a_row_too_wide_is_refused_and_a_text_of_many_commas_is_not() -> None:
    wide = "正文\n" + "政," * (tables.MOST_COMMAS + 1)
    assert "太宽" in refusal("表.csv", wide.encode())
    over_lines = '正文\n"' + '政\n","' * (tables.MOST_COMMAS + 1) + '"'
    assert "太宽" in refusal("表.csv", over_lines.encode())
    text = ("政,\n" * 50_000).strip()
    assert len(lines("表.csv", f'正文\n"{text}"'.encode())) == 50_000


def test_a_table_is_read_up_to_the_most_rows_and_told_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    for name, row in (("表.csv", "{}"), ("表.jsonl", '{{"正文":"{}"}}')):
        head = "正文\n" if name == "表.csv" else ""
        *texts, refused = read(name, (head + "\n".join(row.format(text) for text in "甲乙丙")).encode())
        assert [line.text for found in texts if isinstance(found, RawText) for line in found.lines] == ["甲", "乙"]
        assert isinstance(refused, Refused)
        assert "分成几个表" in refused.reason


OBJECT = json.dumps({"正文": TEXT * 30}, ensure_ascii=False)
"""Long enough that the file is Chinese text, whatever follows."""
JSON_REFUSED = {
    "lists without an end": '{"正文":' + "[" * 10_000,
    "objects without an end": '{"正文":' * 10_000,
    "lists one in another": '{"正文":' + "[" * 400 + "]" * 400 + "}",
    "a number of 5,000 digits": '{"正文":"甲","年份":' + "9" * 5_000 + "}",
    "a list as the text": '{"正文":["甲"]}',
    "a year without an end": '{"正文":"甲","年份":1e999}',
}


@pytest.mark.parametrize("line", JSON_REFUSED.values(), ids=JSON_REFUSED)
def test_a_line_of_json_made_to_harm_is_refused_alone(line: str) -> None:
    before, refused, behind = read("表.jsonl", f"{OBJECT}\n\n{line}\n{OBJECT}".encode())
    assert isinstance(refused, Refused)
    assert refused.path == "表.jsonl#3"
    assert (type(before), type(behind)) == (RawText, RawText)


def test_a_row_that_says_what_cannot_be_is_refused_alone() -> None:
    first, wrong, last = read("表.csv", "正文,年份\n甲,2021\n乙,99999\n丙,2022".encode())
    assert isinstance(wrong, Refused)
    assert (type(first), wrong.path, type(last)) == (RawText, "表.csv#3", RawText)
    assert "年份" in wrong.reason


def test_a_row_of_quotes_that_do_not_match_is_refused_alone_and_the_rows_behind_it_are_read() -> None:
    first, wrong, last = read("表.csv", '正文,年份\n甲,2021\n"乙"乙,2021\n丙,2022'.encode())
    assert isinstance(wrong, Refused)
    assert (type(first), wrong.path, type(last)) == (RawText, "表.csv#3", RawText)
    assert "引号" in wrong.reason


def test_no_rows_are_made_of_a_text_whose_quotes_do_not_match() -> None:
    first, wrong, rest = read("表.csv", '正文,年份\n甲,2021\n"乙"乙\n丙\n丁",2021\n戊,2022'.encode())
    assert isinstance(first, RawText)
    assert isinstance(wrong, Refused)
    assert isinstance(rest, Refused)
    assert (wrong.path, rest.path) == ("表.csv#3", "表.csv")
    assert "从第 4 行起没有读" in rest.reason


def test_a_file_none_of_whose_lines_are_json_is_refused_once_it_is_clear() -> None:
    found = read("表.jsonl", "各位代表，现在我代表市人民政府向大会报告工作。\n".encode() * 1_000)
    assert len(found) == tables._MOST_BAD
    assert isinstance(found[-1], Refused)
    assert found[-1].path == "表.jsonl"


def test_half_a_character_in_json_becomes_the_sign_for_a_broken_one() -> None:
    assert lines("表.jsonl", f'{OBJECT[:-2]}\\ud800"}}'.encode())[-1].endswith("\ufffd")


def test_a_separator_of_lines_in_json_does_not_end_its_line() -> None:
    assert len(lines("表.jsonl", '{"正文":"甲\u2028乙"}'.encode())) == 2


# Archives


def raw_zip(members: list[tuple[ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for info, data in members:
            packed.writestr(info, data)
    return out.getvalue()


def directory(data: bytes) -> int:
    """Where a zip's own table begins."""
    return ZipFile(io.BytesIO(data)).start_dir


def lying(data: bytes, size: int) -> bytes:
    """A zip whose first member says it has ``size`` bytes."""
    at = directory(data) + 24
    return data[:at] + struct.pack("<L", size) + data[at + 4 :]


def overlapping(data: bytes, times: int) -> bytes:
    """A zip whose table names its first member ``times`` times over."""
    start = directory(data)
    entry = data[start : data.rindex(b"PK\x05\x06")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, times % 65536, times % 65536, len(entry) * times, start, 0)
    return data[:start] + entry * times + end


def nameless(data: bytes) -> bytes:
    """A zip with its one-letter name made empty, which zip libraries read but do not write."""
    spoiled = bytearray(data)
    for at in (26, directory(data) + 28):
        spoiled[at : at + 4] = struct.pack("<HH", 0, 1)
    return bytes(spoiled)


ONE = made.zip_file({"a.txt": TEXT_BYTES})
LARGE = made.zip_file({"a.txt": bytes(9_000_000)})


def test_a_table_naming_one_member_over_and_over_is_added_up() -> None:
    assert "太大" in refusal("包.zip", overlapping(LARGE, 15_000))
    assert "超过 20000 个" in refusal("包.zip", overlapping(ONE, 20_001))
    assert "超过 20000 个" in refusal("包.zip", overlapping(ONE, 1_000_000))


@pytest.mark.parametrize("size", [0, 10, 2**32 - 1])
def test_a_member_of_another_size_than_it_says_is_refused(size: int) -> None:
    assert all(isinstance(found, Refused) for found in read("包.zip", lying(LARGE, size)))


def test_a_member_is_unpacked_no_further_than_it_says() -> None:
    with bounds.open_zip(lying(LARGE, 1_000)) as packed, pytest.raises(FileRefused):
        bounds.unpacked(packed, packed.infolist()[0])
    with bounds.open_zip(ONE) as packed, pytest.raises(FileRefused, match="超过"):
        bounds.unpacked(packed, packed.infolist()[0], most=len(TEXT_BYTES) - 1)


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_methods_that_cannot_be_unpacked_piece_by_piece_are_refused(method: int) -> None:
    info = ZipInfo("a.txt")
    info.compress_type = method
    assert "压缩方法" in refusal("包.zip", raw_zip([(info, TEXT_BYTES)]))


def test_one_spoiled_file_in_an_archive_leaves_the_others() -> None:
    data = bytearray(raw_zip([(ZipInfo(name), TEXT_BYTES) for name in ("a.txt", "b.txt", "c.txt")]))
    data[data.index(b"b.txt") + 50] ^= 255
    first, spoiled, last = read("包.zip", bytes(data))
    assert isinstance(spoiled, Refused)
    assert (type(first), type(last), spoiled.path) == (RawText, RawText, "包.zip!b.txt")


def test_links_in_a_zip_are_passed_over() -> None:
    link = ZipInfo("a.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert read("包.zip", raw_zip([(link, TEXT_BYTES)])) == []


def test_a_file_without_a_name_in_a_zip_is_told() -> None:
    (found,) = read("包.zip", nameless(made.zip_file({"x": TEXT_BYTES})))
    assert isinstance(found, Refused)
    assert found.path == "包.zip!无名"


@pytest.mark.parametrize("name", ["政" * 10_000 + ".txt", "a/" * 5_000 + "b.txt", "行\n行\u202e.txt", "\ud800.txt"])
@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_a_name_made_to_harm_is_shown_short_and_harmless(suffix: str, name: str) -> None:
    if suffix == ".zip":
        data = made.zip_file({name.encode(errors="replace").decode(): TEXT_BYTES})
    else:
        data = made.tar_file({name.encode(errors="replace").decode(): TEXT_BYTES}, "w:")
    (found,) = read(f"包{suffix}", data)
    assert isinstance(found, RawText)
    assert len(found.source.path) <= 1_010
    assert found.source.path.isprintable()
    assert found.source.path.endswith(".txt")


def test_what_is_unpacked_is_counted_through_the_archives_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = made.zip_file({f"{n}.txt": TEXT_BYTES for n in range(4)})
    outer = made.zip_file({f"{n}.zip": inner for n in range(4)})
    assert len(read("包.zip", outer)) == 16
    allowance = bounds.Allowance(6 * len(TEXT_BYTES) + 2 * len(inner))
    found = list(map(read_part, parts_of_bytes("包.zip", outer, 0, allowance)))
    assert [type(each) for each in found] == [RawText] * 6 + [Refused] * 2
    assert [each.path for each in found if isinstance(each, Refused)] == ["包.zip!1.zip", "包.zip"]


def header(name: str, kind: bytes, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf()


def sparse(size: str, holes: str) -> bytes:
    info = tarfile.TarInfo("a.txt")
    info.size = len(TEXT_BYTES)
    info.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.size": size,
        "GNU.sparse.map": holes,
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as packed:
        packed.addfile(info, io.BytesIO(TEXT_BYTES))
    return out.getvalue()


TARS = {
    "a file that says it is of eight thousand million bytes": (header("a.txt", tarfile.REGTYPE, 8 * 10**9), "太大"),
    "a file of holes": (header("a.txt", tarfile.GNUTYPE_SPARSE, 0) + bytes(1024), "不像报告"),
    "a file of a million million bytes of holes": (sparse(str(10**12), f"0,{len(TEXT_BYTES)}"), "太大"),
    "holes that are no numbers": (sparse("x", "y,z"), "打不开"),
    "long names for one another": ((header("x", tarfile.GNUTYPE_LONGNAME, 512) + b"a" * 512) * 5_000, "打不开"),
    "a name of ten million characters": (header("x", tarfile.GNUTYPE_LONGNAME, 10**7) + b"a" * 10**7, "不像报告"),
    "a header of ten million bytes": (header("x", tarfile.XHDTYPE, 10**7) + b"a" * 10**7, "不像报告"),
    "a hundred thousand empty gzips": (gzip.compress(b"") * 100_000, "超过 20000 个"),
    "gzip in gzip": (gzip.compress(gzip.compress(made.tar_file({"a.txt": TEXT_BYTES}, "w:"))), "打不开"),
    "another packing": (made.tar_file({"a.txt": TEXT_BYTES}, "w:xz"), "打不开"),
}


@pytest.mark.parametrize(("data", "why"), TARS.values(), ids=TARS)
def test_a_tar_made_to_harm_is_refused(data: bytes, why: str) -> None:
    assert why in refusal("包.tar", data)


def test_links_and_devices_in_a_tar_are_passed_over() -> None:
    kinds = (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
    data = b"".join(header("a.txt", kind, 0) for kind in kinds) + header("b.txt", tarfile.REGTYPE, len(TEXT_BYTES))
    (found,) = read("包.tar", data + TEXT_BYTES + bytes(2048))
    assert found.source.path == "包.tar!b.txt"  # type: ignore[union-attr]


# PDF

RESOURCES = "/Resources<</Font<</F 4 0 R>>/XObject<</X 6 0 R>>>>"
PAGE = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{RESOURCES}/Contents 5 0 R>>"
FORM = f"/Type/XObject/Subtype/Form/BBox[0 0 600 900]{RESOURCES}"
WORDS = "BT /F 10 Tf 50 700 Td (government work report of 2021) Tj ET"


def portable(pages: str = "/Kids[3 0 R]/Count 1", page: str = PAGE, content: str = WORDS, end: str = "") -> bytes:
    """A PDF of six objects: catalogue, tree of pages, a page, a font, the page's content, a form that draws itself."""
    drawn = ((content, ""), (f"{WORDS} /X Do", FORM))
    streams = [f"<</Length {len(each)}{kind}>>stream\n{each}\nendstream" for each, kind in drawn]
    tree = f"<</Type/Pages{pages}>>"
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    out, at = "%PDF-1.7\n", []
    for number, each in enumerate(("<</Type/Catalog/Pages 2 0 R>>", tree, page, font, *streams), start=1):
        at.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n"
    table = "0000000000 65535 f \n" + "".join(f"{offset:010} 00000 n \n" for offset in at)
    return f"{out}xref\n0 7\n{table}trailer<</Size 7/Root 1 0 R{end}>>\nstartxref\n{len(out)}\n%%EOF".encode()


def pieces(number: int) -> str:
    """A page's content of so many words, each in a place of its own."""
    places = (f"1 0 0 1 {n * 7 % 590} {n * 13 % 840} Tm (ab) Tj" for n in range(number))
    return f"BT /F 1 Tf {' '.join(places)} ET"


PDFS = {
    "as it should be": (portable(), None),
    "a form that draws itself": (portable(content=f"/X Do {WORDS}"), None),
    "a page as large as a country": (portable(page=PAGE.replace("595 842", "1e30 1e30")), None),
    "letters as large as a country": (portable(content=WORDS.replace("10 Tf", "1e30 Tf")), "扫描件"),
    "a million pages, it says": (portable("/Kids[3 0 R]/Count 1000000"), "超过 3000 页"),
    "pages it does not have": (portable("/Kids[3 0 R]/Count 2999"), "打不开"),
    "pages that hold themselves": (portable("/Kids[2 0 R 3 0 R]/Count 2"), "打不开"),
    "no pages": (portable("/Kids[]/Count 0"), "打不开"),
    "locked in a way nobody knows": (portable(end="/Encrypt<</Filter/Standard/V 99/R 99>>"), "打不开"),
    "cut in the middle": (VALID[".pdf"][: len(VALID[".pdf"]) // 2], "打不开"),
    "a text in crumbs": (portable(content=pieces(20_000)), "太碎"),
    "one page a thousand times over": (
        portable(f"/Kids[{'3 0 R ' * 1000}]/Count 1000", content=WORDS * 1_000), "太碎",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "why"), PDFS.values(), ids=PDFS)
def test_a_pdf_made_to_harm_is_read_or_refused(data: bytes, why: str | None) -> None:
    if why is None:
        assert lines("文.pdf", data)[0].startswith("government work report")
    else:
        assert why in refusal("文.pdf", data)


# Memory

MEASURE = """
import resource, sys
from pathlib import Path
from indexer.readers import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = [type(each).__name__ for each in read(Path(sys.argv[1]))]
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, *sorted(set(found)))
"""
MOST_MEGABYTES = 600

LARGE_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a zip that unpacks to more than it says": (
        "a.zip", lambda: lying(made.zip_file({"a.txt": bytes(500_000_000)}), 9),
    ),
    "a Word file that unpacks to more than it says": ("a.docx", lambda: word(" " * 250_000_000)),
    "a page of nearly all tags allowed": ("a.html", lambda: page(f"<p>{PROSE[:15]}" * (bounds.MOST_TAGS - 10))),
    "a sheet of rows wide and empty": (
        "a.xlsx", lambda: book("".join(f'<row><c r="CV{n}"/></row>' for n in range(2, 100_000))),
    ),
    "a tar that unpacks without an end": (
        "a.tar.gz", lambda: gzip.compress(os.urandom(3_000_000) + bytes(500_000_000)),
    ),
    "a CSV of one cell": ("a.csv", lambda: ("正文\n\"" + "政" * 60_000_000).encode()),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the most memory a process held is counted in kilobytes there only")
@pytest.mark.parametrize(("name", "make"), LARGE_FILES.values(), ids=LARGE_FILES)
def test_a_large_file_is_read_in_bounded_memory(tmp_path: Path, name: str, make: Callable[[], bytes]) -> None:
    (tmp_path / name).write_bytes(make())
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", MEASURE, str(tmp_path / name)]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True).stdout.split()
    assert int(said[0]) < MOST_MEGABYTES
    assert said[1:] in (["Refused"], ["RawText"])
