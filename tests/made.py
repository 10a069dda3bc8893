"""Files of every format, made by the libraries that people's programs use, from one small text of ours."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Sequence
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

TITLE = "政府工作报告"
DELIVERY = "——2021年1月30日在郑州市第十五届人民代表大会第四次会议上"
BODY = (
    "各位代表：",
    "现在，我代表市人民政府向大会报告工作，请予审议，并请市政协委员和其他列席人员提出意见。",
    "一、2020年工作回顾",
    "过去一年，全市上下团结奋斗，经济社会发展取得新的成就，中欧班列开行数量再创新高。",
    "二、2021年重点工作",
    "（一）坚持创新驱动。加快建设国家创新高地，全社会研发投入强度达到百分之二点五。",
    "（二）扩大对外开放。拓展中欧班列线路，PM2.5浓度继续下降，人民生活品质不断改善。",
)
LINES = (TITLE, DELIVERY, *BODY)


def docx_file(lines: Sequence[str] = LINES, table: Sequence[Sequence[str]] = ()) -> bytes:
    document = docx.Document()
    for line in lines:
        style = "Heading 1" if line.startswith(("一、", "二、")) else None
        document.add_paragraph(line, style=style)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_file(pages: Sequence[Sequence[str]], *, columns: int = 1, width: int = 22) -> bytes:
    """Pages with a running head and a number; text hard-wrapped at ``width`` characters, in one column or two."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number, paragraphs in enumerate(pages, start=1):
        canvas.setFont("STSong-Light", 10)
        canvas.drawString(250, 810, "某某年鉴")
        canvas.drawString(280, 30, f"- {number} -")
        lines = [text[i : i + width] for text in paragraphs for i in range(0, len(text), width)]
        deep = -(-len(lines) // columns)
        placed = [(50 + 260 * (i // deep), 780 - 16 * (i % deep), line) for i, line in enumerate(lines)]
        for x, y, line in sorted(placed, key=lambda place: (-place[1], place[0])):
            canvas.drawString(x, y, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned_pdf(pages: int = 3) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for _ in range(pages):
        canvas.rect(50, 50, 400, 600, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def html_file(lines: Sequence[str] = LINES, encoding: str = "utf-8") -> bytes:
    body = "".join(f"<h2>{line}</h2>" if line.startswith(("一、", "二、")) else f"<p>{line}</p>" for line in lines[1:])
    page = f"""<!DOCTYPE html><html><head><meta charset="{encoding}"><title>{lines[0]}</title>
    <meta name="PubDate" content="2021-02-05 09:30"><script>var s = "脚本里的字。";</script></head>
    <body><nav><ul><li><a href="/">首页</a></li><li>政务公开</li></ul></nav>
    <div class="main"><div class="share">分享到：</div><div id="article"><h1>{lines[0]}</h1>{body}</div></div>
    <footer>主办单位：某某市人民政府办公室。网站标识码：0000。</footer></body></html>"""
    return page.encode("gbk" if encoding == "gb2312" else encoding)


ROWS = (
    {"标题": TITLE, "年份": "2021", "地区": "河南省/郑州市", "正文": "\n".join(BODY), "备注": "不用的列"},
    {"标题": TITLE, "年份": "2022", "地区": "河南省/洛阳市", "正文": "\n".join(BODY[:4]), "备注": ""},
)


def csv_file(encoding: str = "utf-8-sig") -> bytes:
    return csv_of([list(ROWS[0]), *(list(row.values()) for row in ROWS)], encoding)


def csv_of(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_file() -> bytes:
    return xlsx_of([list(ROWS[0]), *(list(row.values()) for row in ROWS)])


def xlsx_of(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook of sheets called 表1, 表2, …, each given row by row."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def jsonl_file(*, escaped: bool = False) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=escaped) for row in ROWS).encode()


def zip_file(members: dict[str, bytes], encoding: str = "utf-8") -> bytes:
    """A zip whose names are in ``encoding``; GBK ones undeclared, as Windows makes them."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name if encoding == "utf-8" else _placeholder(name, encoding), data)
    plain = out.getvalue()
    for name in members if encoding != "utf-8" else ():
        plain = plain.replace(_placeholder(name, encoding).encode(), name.encode(encoding))
    return plain


def _placeholder(name: str, encoding: str) -> str:
    """An ASCII name of the same length in bytes: ASCII names are written without the sign that says UTF-8."""
    return "x" * (len(name.encode(encoding)) - 4) + f"{abs(hash(name)) % 10_000:04}"


def tar_file(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as packed:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    return out.getvalue()
