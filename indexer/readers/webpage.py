"""Saved web pages: the main text, its headings and the day it was put there; menus and footers stay out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html
from lxml.etree import ParserError, iterwalk

from indexer.errors import FileRefused
from indexer.readers.decoding import decode
from indexer.readers.lines import Extract, Line

_NOT_TEXT = ("script", "style", "noscript", "template", "nav", "footer", "aside", "button", "select", "iframe", "svg")
"""Not form, in which older sites wrap the whole page, nor header, in which an article may have its title."""
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_HEADINGS = {f"h{depth}": depth for depth in range(1, 7)}
_SENTENCE = re.compile(r"[。；！？]")
_MAIN_SHARE = 0.9
"""The main text is the smallest element that holds this share of the page's sentences."""
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,20})", re.I)
_CELLS = ("td", "th")
_CELL_MARK = "\x00"
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>|&#?\w{1,10};", re.I | re.S)
_DATES = (
    "//meta[@name='PubDate' or @name='pubdate' or @name='publishdate' or @property='article:published_time']/@content",
    "//time/@datetime",
)
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})")


def read_html(data: bytes) -> Extract:
    """The main text of a page. Raises FileRefused where there is none."""
    declared = _DECLARED.search(data[:4096])
    text, encoding = decode(data, declared[1].decode("ascii", "replace") if declared else None, _MARKUP)
    try:
        page = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (ParserError, ValueError) as error:
        raise FileRefused("网页里没有正文；请检查保存得是否完整") from error
    published = _published(page)
    for element in page.xpath(" | ".join(f"//{tag}" for tag in _NOT_TEXT)):
        element.drop_tree()
    lines = tuple(_lines(_main(page)))
    if not lines:
        raise FileRefused("网页里没有正文；请检查保存得是否完整")
    if page.find(".//h1") is None:
        lines = (*_titled(page), *lines)
    return Extract(lines, encoding, published=published)


def _titled(page: html.HtmlElement) -> Iterator[Line]:
    """The name of the page's window, of a page without a marked title: 政府工作报告_某某市人民政府."""
    name = re.split(r"[_|-]", page.findtext(".//title") or "")[0].strip()
    if "报告" in name:
        yield Line(name)


def _published(page: html.HtmlElement) -> str | None:
    contents = (str(content) for path in _DATES for content in page.xpath(path))
    days = (_DAY.search(content) for content in contents)
    return next((f"{int(d[1]):04}-{int(d[2]):02}-{int(d[3]):02}" for d in days if d), None)


def _main(page: html.HtmlElement) -> html.HtmlElement:
    """Walk down from the body as long as one child holds nearly all sentences, and the page's title if it is marked."""
    body = page.find("body")
    here = page if body is None else body
    whole = _sentences(here)
    while True:
        inner = max((child for child in here if isinstance(child.tag, str)), key=_sentences, default=None)
        if inner is None or _sentences(inner) < _MAIN_SHARE * whole or inner.tag in ("p", "br", *_HEADINGS):
            return here
        if here.find(".//h1") is not None and inner.find(".//h1") is None:
            return here
        here = inner


def _sentences(element: html.HtmlElement) -> int:
    return sum(len(_SENTENCE.findall(text)) for text in element.itertext())


def _lines(main: html.HtmlElement) -> Iterator[Line]:
    """Block elements and line breaks end lines; the cells of a row stand in one."""
    text: list[str] = [main.text or ""]
    depth: int | None = None
    cells = 0
    for event, element in iterwalk(main, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        cells += (tag in _CELLS) * (1 if event == "start" else -1)
        if tag in _CELLS and event == "start":
            text.append(_CELL_MARK)
        elif tag in _BLOCKS and not (cells and tag != "tr"):
            yield from _line(text, depth)
            text = []
        if element is not main:
            text.append((element.text if event == "start" and tag else element.tail if event == "end" else "") or "")
        depth = _HEADINGS.get(tag) if event == "start" and tag in _HEADINGS else None if tag in _HEADINGS else depth
    yield from _line(text, depth)


def _line(pieces: list[str], depth: int | None) -> Iterator[Line]:
    cells = (_BLANKS.sub(" ", cell).strip() for cell in "".join(pieces).split(_CELL_MARK))
    text = "\t".join(filter(None, cells))
    if text:
        yield Line(text, depth)
