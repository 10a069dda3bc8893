"""Saved web pages: the main text, its headings and the day it was put there; menus and footers stay out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from lxml import html
from lxml.etree import ErrorTypes, ParserError, iterwalk

from indexer.errors import FileRefused
from indexer.readers.bounds import check_tags
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
_HAN = re.compile("[\u4e00-\u9fff]")
_SHORTEST = 100
"""Han characters: a page that says 正在加载 or 页面不存在 has fewer, the shortest digest of a report some hundreds."""
_SENTENCE = re.compile(r"[。；！？]")
_MAIN_SHARE = 0.9
"""The main text is the smallest element that holds this share of the page's sentences."""
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,20})", re.I)
_CHARSETS = ("utf-8", "utf8", "gb2312", "gbk", "gb18030", "big5", "big5-hkscs")
_CELLS = ("td", "th")
_CELL_MARK = "\x00"
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>|&#?\w{1,10};", re.I | re.S)
_MOST_ATTRIBUTES = 1_000
"""Of one tag: the parser compares each with all before it."""
_LONG_TAG = re.compile(rb"<[^<>]{2000,}")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_ATTRIBUTE = re.compile(rb"[\s/=]+[^\s/=]")
_DATES = (
    "//meta[@name='PubDate' or @name='pubdate' or @name='publishdate' or @property='article:published_time']/@content",
    "//time/@datetime",
)
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})")


def read_html(data: bytes) -> Extract:
    """The main text of a page. Raises FileRefused where there is none, or more of it than a page can have."""
    check_tags(data)
    if any(len(_ATTRIBUTE.findall(_QUOTED.sub(b"", tag))) > _MOST_ATTRIBUTES for tag in _LONG_TAG.findall(data)):
        raise FileRefused("网页里有一个标记的属性太多，读不完；请把正文复制到 Word 或文本文件里")
    text, encoding = decode(data, _declared(data), partial(_MARKUP.sub, " "))
    page = _parsed(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    published = _published(page)
    for element in page.xpath(" | ".join(f"//{tag}" for tag in _NOT_TEXT)):
        element.clear(keep_tail=True)
        element.tag = "span"
    lines = tuple(_lines(_main(page)))
    if (size := sum(len(_HAN.findall(line.text)) for line in lines)) < _SHORTEST:
        raise FileRefused(f"网页里只有 {size} 个汉字，没有报告的正文；请在浏览器里等正文显示出来，再另存一次")
    if page.find(".//h1") is None:
        lines = (*_titled(page), *lines)
    return Extract(lines, encoding, published=published)


def _declared(data: bytes) -> str | None:
    """The encoding a page says it is in, if pages come in it; Python knows others that are no encodings of text."""
    declared = _DECLARED.search(data[:4096])
    name = declared[1].decode("ascii", "replace").lower() if declared else None
    return name if name in _CHARSETS else None


def _parsed(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        page = html.document_fromstring(text, parser=parser)
    except (ParserError, ValueError) as error:
        raise FileRefused("网页里没有正文；请检查保存得是否完整") from error
    if any(error.type == ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise FileRefused("网页里的标记一层套一层，太深了，读不完；请把正文复制到 Word 或文本文件里")
    return page


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
    full, titled = _full(here), _around(here.iter("h1"))
    while True:
        inner = next((child for child in here if child in full), None)
        if inner is None or inner.tag in ("p", "br", *_HEADINGS) or (here in titled and inner not in titled):
            return here
        here = inner


def _full(body: html.HtmlElement) -> frozenset[html.HtmlElement]:
    """The elements in ``body`` that hold nearly all its sentences."""
    whole = sum(len(_SENTENCE.findall(text)) for text in body.itertext())
    full: set[html.HtmlElement] = set()
    before: list[int] = []
    seen = 0
    for event, element in iterwalk(body, events=("start", "end")):
        if event == "start":
            before.append(seen)
            seen += len(_SENTENCE.findall(element.text or ""))
            continue
        if whole and seen - before.pop() >= _MAIN_SHARE * whole:
            full.add(element)
        seen += len(_SENTENCE.findall(element.tail or ""))
    return frozenset(full)


def _around(elements: Iterable[html.HtmlElement]) -> frozenset[html.HtmlElement]:
    """The elements that ``elements`` lie in."""
    around: set[html.HtmlElement] = set()
    for element in elements:
        for outer in element.iterancestors():
            if outer in around:
                break
            around.add(outer)
    return frozenset(around)


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
