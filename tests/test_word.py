"""Word files: which lines are headings by their look, and that all a reader of the file sees is in the lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import made
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from indexer.readers.lines import Line
from indexer.readers.word import read_docx

Run = tuple[str, bool | None, float | None, str | None]
"""A text, whether it is bold, its size in points, its face; None where the run says nothing."""

PROSE = "过去一年，全市上下团结奋斗，经济社会发展取得新的成就，中欧班列开行数量再创新高，人民生活品质不断改善。"


def plain(text: str) -> list[Run]:
    return [(text, None, None, None)]


def bold(text: str) -> list[Run]:
    return [(text, True, None, None)]


def sized(text: str, size: float) -> list[Run]:
    return [(text, None, size, None)]


def faced(text: str, face: str) -> list[Run]:
    return [(text, None, None, face)]


def written(paragraphs: Sequence[Sequence[Run]], *, face: str = "仿宋_GB2312", right: Sequence[str] = ()) -> bytes:
    """A Word file in 16 points of ``face``, as reports are set; paragraphs in ``right`` stand at the right margin."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for text, is_bold, size, own_face in runs:
            run = paragraph.add_run(text)
            run.bold = is_bold
            run.font.size = None if size is None else Pt(size)
            if own_face:
                run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), own_face)
        if paragraph.text in right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def headings(data: bytes) -> list[str]:
    return [line.text for line in read_docx(data).lines if line.depth is not None]


def between(line: Sequence[Run]) -> list[Sequence[Run]]:
    """A report with ``line`` in the middle of its text."""
    return [plain("政府工作报告"), plain("各位代表："), plain(PROSE), line, plain(PROSE)]


NAME = "创新驱动发展"
HEADINGS: dict[str, list[Run]] = {
    "bold": bold(NAME),
    "bold, in several runs with a blank between": [*bold("创新驱动"), *plain(" "), *bold("发展")],
    "larger": sized(NAME, 18),
    "in 黑体": faced(NAME, "黑体"),
    "in 楷体": faced(NAME, "楷体_GB2312"),
    "numbered": faced("一、创新驱动发展", "黑体"),
    "bold, and announcing": bold("今年的主要目标："),
}
NO_HEADINGS: dict[str, list[Run]] = {
    "set as the text is": plain(NAME),
    "larger by what nobody sees": sized(NAME, 16.5),
    "smaller": sized(NAME, 12),
    "bold only where it begins": [*bold("创新驱动。"), *plain("加快建设国家创新高地。")],
    "a bold sentence": bold("加快建设国家创新高地。"),
    "a bold clause": bold("加快建设国家创新高地，"),
    "two bold sentences": bold("创新驱动。加快建设国家创新高地"),
    "too long": bold(NAME * 7),
    "a salutation": bold("各位代表："),
    "a date": bold("2021年1月30日"),
    "a date in Chinese numbers": bold("二〇二一年一月三十日"),
    "a line of delivery": bold("——在郑州市第十五届人民代表大会上"),
    "a number": bold("2021"),
    "nothing but signs": bold("＊＊＊"),
    "empty": bold("  "),
}


@pytest.mark.parametrize("line", HEADINGS.values(), ids=HEADINGS)
def test_a_short_line_that_stands_out_of_the_text_is_a_heading(line: list[Run]) -> None:
    assert headings(written(between(line))) == ["".join(text for text, *_ in line)]


@pytest.mark.parametrize("line", NO_HEADINGS.values(), ids=NO_HEADINGS)
def test_any_other_line_is_none(line: list[Run]) -> None:
    assert headings(written(between(line))) == []


def test_title_date_and_speaker_are_no_headings_however_large() -> None:
    masthead = [sized("政府工作报告", 22), bold("2021年1月30日"), faced("市长 某某某", "楷体"), bold("各位代表：")]
    assert headings(written([*masthead, plain(PROSE), bold(NAME), plain(PROSE)])) == [NAME]
    assert headings(written([*masthead[:3], plain(PROSE), bold(NAME), plain(PROSE)])) == [NAME]


def test_a_signature_is_no_heading() -> None:
    lines = [*between(bold(NAME)), bold("郑州市人民政府")]
    assert headings(written(lines)) == [NAME]
    assert headings(written([*lines, plain(PROSE)], right=["郑州市人民政府"])) == [NAME]


@pytest.mark.parametrize(
    "every", [bold, lambda text: sized(text, 22), lambda text: faced(text, "黑体")], ids=["bold", "large", "in 黑体"]
)
def test_where_all_stands_out_nothing_does(every: Callable[[str], list[Run]]) -> None:
    assert headings(written([every("各位代表："), every(PROSE), every(NAME), every(PROSE)])) == []


def test_in_a_text_in_a_heading_face_that_face_makes_no_heading() -> None:
    assert headings(written(between(faced(NAME, "黑体")), face="楷体")) == []


def test_bold_comes_from_styles_too_and_a_run_may_take_it_back() -> None:
    document = docx.Document()
    document.styles.add_style("导语", 1).font.bold = True
    document.styles.add_style("小导语", 1).base_style = document.styles["导语"]
    for text, style in (("各位代表：", None), (PROSE, None), (NAME, "小导语"), (PROSE, None), ("改革开放", "小导语")):
        document.add_paragraph(text, style=style)
    document.paragraphs[-1].runs[0].bold = False
    document.add_paragraph(PROSE)
    out = io.BytesIO()
    document.save(out)
    assert headings(out.getvalue()) == [NAME]


def test_a_style_based_on_itself_says_what_it_says() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="A"/></w:style>'
    body = paragraph("政府工作报告", '<w:pPr><w:pStyle w:val="A"/></w:pPr>')
    assert texts(package(body, styles)) == ["政府工作报告"]


def test_cells_are_never_headings() -> None:
    table = "<w:tbl><w:tr><w:tc>" + paragraph("指标", run="<w:b/>") + "</w:tc></w:tr></w:tbl>"
    lines = read_docx(package(paragraph(PROSE) + table + paragraph(PROSE))).lines
    assert lines == (Line(PROSE), Line("指标"), Line(PROSE))


SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
BOX = '<mc:X xmlns:mc="urn:mc"><mc:{0}><w:txbxContent>{1}</w:txbxContent></mc:{0}></mc:X>'


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def package(body: str, styles: str = "", space: str = SPACE, numbering: str = "") -> bytes:
    """A Word file with this body, all other parts as programs make them."""
    parts = {
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {space}>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering {space}>{numbering}</w:numbering>",
    }
    out = io.BytesIO()
    with ZipFile(io.BytesIO(made.docx_file())) as plain_file, ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name in plain_file.namelist():
            packed.writestr(name, parts.get(name, plain_file.read(name)))
    return out.getvalue()


def texts(data: bytes) -> list[str]:
    return [line.text for line in read_docx(data).lines]


def cells(*inside: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{each}</w:tc>" for each in inside) + "</w:tr>"


ONE, TWO = "<w:r><w:t>甲</w:t></w:r>", "<w:r><w:t>乙</w:t></w:r>"
P_ONE, P_TWO = f"<w:p>{ONE}</w:p>", f"<w:p>{TWO}</w:p>"
MERGED = "<w:tcPr><w:vMerge/></w:tcPr><w:p/>"
SEEN = {
    "a content control": (f"<w:sdt><w:sdtPr/><w:sdtContent>{P_ONE}</w:sdtContent></w:sdt>", ["甲"]),
    "an insertion not yet accepted": (f"<w:p><w:ins>{ONE}</w:ins></w:p>", ["甲"]),
    "a deletion not yet accepted": (f"<w:p><w:del>{TWO}</w:del>{ONE}</w:p>", ["甲"]),
    "a date marked as one": (f"<w:p><w:smartTag>{ONE}</w:smartTag></w:p>", ["甲"]),
    "a link": (f"<w:p><w:hyperlink>{ONE}</w:hyperlink></w:p>", ["甲"]),
    "a line break": (f"<w:p>{ONE}<w:r><w:br/></w:r>{TWO}</w:p>", ["甲", "乙"]),
    "a page break": (f'<w:p>{ONE}<w:r><w:br w:type="page"/></w:r>{TWO}</w:p>', ["甲乙"]),
    "a tab": (f"<w:p>{ONE}<w:r><w:tab/></w:r>{TWO}</w:p>", ["甲\t乙"]),
    "a box, once though drawn twice": (
        f"<w:p>{ONE}<w:r>{BOX.format('Choice', P_TWO)}{BOX.format('Fallback', P_TWO)}</w:r></w:p>",
        ["甲", "乙"],
    ),
    "a table in a table": (f"<w:tbl>{cells(P_ONE + f'<w:tbl>{cells(P_TWO)}</w:tbl>')}</w:tbl>", ["甲\n乙"]),
    "a cell merged over two rows, once": (
        f"<w:tbl>{cells(P_ONE, P_TWO)}{cells(MERGED, P_TWO)}</w:tbl>",
        ["甲\t乙", "乙"],
    ),
}


@pytest.mark.parametrize(("body", "lines"), SEEN.values(), ids=SEEN)
def test_what_a_reader_of_the_file_sees_is_in_the_lines(body: str, lines: list[str]) -> None:
    assert texts(package(body)) == lines


def test_the_strict_dialect_of_the_format_is_read() -> None:
    assert texts(package(paragraph("政府工作报告"), space=STRICT)) == ["政府工作报告"]


def level(at: int, kind: str, text: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{at}"><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>'


def lists(*levels: str, override: str = "") -> str:
    """A list of these levels under the number 1, and another of the same family under 2 that may differ."""
    family = f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
    of_family = '<w:abstractNumId w:val="7"/>'
    return f'{family}<w:num w:numId="1">{of_family}</w:num><w:num w:numId="2">{of_family}{override}</w:num>'


def item(at: int = 0, text: str = "甲", number: int = 1) -> str:
    return paragraph(text, f'<w:pPr><w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>')


OUTLINE = (
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCountingThousand", "（%2）"),
    level(2, "decimal", "%3."),
)
NUMBERED = {
    "levels that begin again below each other": (
        lists(*OUTLINE),
        [item(0), item(1), item(1), item(2), item(0), item(1), item(2), item(2)],
        ["一、甲", "（一）甲", "（二）甲", "1.甲", "二、甲", "（一）甲", "1.甲", "2.甲"],
    ),
    "a level above all others": (lists(level(1, "decimal", "%1.%2")), [item(1), item(1)], ["1.1 甲", "1.2 甲"]),
    "a start of its own": (
        lists(level(0, "chineseCounting", "第%1章", '<w:start w:val="19"/>')),
        [item(), item(), item()],
        ["第十九章 甲", "第二十章 甲", "第二十一章 甲"],
    ),
    "a blank only behind a number without a sign": (
        lists(level(0, "decimal", "%1"), level(1, "decimal", "%2", '<w:suff w:val="nothing"/>')),
        [item(0), item(1)],
        ["1 甲", "1甲"],
    ),
    "a list of the same family, which goes on": (lists(*OUTLINE), [item(), item(number=2)], ["一、甲", "二、甲"]),
    "a list of the same family that begins anew": (
        lists(*OUTLINE, override='<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
        [item(), item(number=2), item(number=2)],
        ["一、甲", "一、甲", "二、甲"],
    ),
    "circles": (lists(level(0, "decimalEnclosedCircle", "%1")), [item(), item()], ["①甲", "②甲"]),
    "bullets and kinds not known": (
        lists(level(0, "bullet", "•"), level(1, "hebrew1", "%2.")),
        [item(0), item(1)],
        ["甲", "甲"],
    ),
    "a list that is not there, and none": (lists(*OUTLINE), [item(number=9), item(number=0)], ["甲", "甲"]),
    "a text without an end": (lists(level(0, "decimal", "%1" * 100_000)), [item()], ["甲"]),
    "an empty paragraph, which counts": (lists(*OUTLINE), [item(), item(text=""), item()], ["一、甲", "三、甲"]),
}


@pytest.mark.parametrize(("numbering", "items", "lines"), NUMBERED.values(), ids=NUMBERED)
def test_the_numbers_that_word_puts_before_paragraphs_are_in_the_lines(
    numbering: str, items: list[str], lines: list[str]
) -> None:
    assert texts(package("".join(items), numbering=numbering)) == lines


def test_a_style_may_number_its_paragraphs_and_a_paragraph_take_itself_out() -> None:
    style = '<w:style w:styleId="A"><w:name w:val="A"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    styled = '<w:pPr><w:pStyle w:val="A"/>{}</w:pPr>'
    out = styled.format('<w:numPr><w:numId w:val="0"/></w:numPr>')
    body = paragraph("甲", styled.format("")) + paragraph("乙", out) + paragraph("丙", styled.format(""))
    assert texts(package(body, style, numbering=lists(*OUTLINE))) == ["一、甲", "乙", "二、丙"]


@pytest.mark.parametrize(
    ("start", "written"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
    ],
)
def test_chinese_numbers_are_written_as_in_reports(start: int, written: str) -> None:
    numbering = lists(level(0, "chineseCounting", "%1、", f'<w:start w:val="{start}"/>'))
    assert texts(package(item(), numbering=numbering)) == [f"{written}、甲"]
