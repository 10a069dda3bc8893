"""Word files (docx): paragraphs and tables in their order; headings by their style, or by their look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZipFile

from lxml import etree

from indexer.errors import FileRefused
from indexer.readers.bounds import check_tags, open_zip, unpacked
from indexer.readers.lines import Extract, Line
from indexer.readers.looks import Look, Paragraph, headings_by_look
from indexer.readers.numbering import Numbers, read_numbers
from indexer.readers.typeset import HIDDEN, Styles, local, named, read_styles

_MAIN = "word/document.xml"
_MOST_XML = 100_000_000
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_DEPTH_BY_LOOK = 1
"""A look says that a line is a heading, not how deep it lies."""
_SPACES = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or a row of a table, which is never a heading."""

    set: Paragraph
    depth: int | None = None
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class _Setting:
    """What stands beside the text: its styles, and the lists that number it."""

    styles: Styles
    numbers: Numbers


def read_docx(data: bytes) -> Extract:
    """The text of a Word file. Raises FileRefused when it is not one, is broken, or is more than can be read."""
    with open_zip(data) as packed:
        main = _main_part(packed)
        document = _xml(packed, main)
        beside = PurePosixPath(main)
        setting = _Setting(
            read_styles(_xml(packed, str(beside.with_name("styles.xml")))),
            read_numbers(_xml(packed, str(beside.with_name("numbering.xml")))),
        )
    body = None if document is None else next(named(document, "body"), None)
    if body is None:
        raise FileRefused("这个 Word 文件打不开；请在 Word 里打开后另存为 docx")
    return Extract(tuple(_lines(tuple(_blocks(body, setting)))), "docx")


def _main_part(packed: ZipFile) -> str:
    """The name of the part that holds the text; programs other than Word call it otherwise."""
    relations = _xml(packed, "_rels/.rels")
    for relation in () if relations is None else relations:
        if str(relation.get("Type")).endswith("/officeDocument"):
            return str(relation.get("Target")).lstrip("/")
    return _MAIN


def _xml(packed: ZipFile, name: str) -> etree._Element | None:
    """A part's root; None where there is no such part."""
    try:
        part = packed.getinfo(name)
    except KeyError:
        return None
    markup = unpacked(packed, part, _MOST_XML)
    check_tags(markup)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileRefused("这个 Word 文件打不开；请在 Word 里打开后另存为 docx") from error


def _blocks(container: etree._Element, setting: _Setting) -> Iterator[_Block]:
    """What stands in a body, a cell or a box, through whatever wraps it (content controls, insertions)."""
    for child in container:
        name = local(child)
        if name == "p":
            yield _paragraph(child, setting)
            if any(True for _ in child.iter("{*}txbxContent")):
                for box in _inside(child, "txbxContent"):
                    yield from _blocks(box, setting)
        elif name == "tr":
            cells = ("\n".join(block.set.text for block in _blocks(cell, setting)) for cell in named(child, "tc"))
            row = "\t".join(filter(None, map(str.strip, cells)))
            yield _Block(Paragraph(((row, Look()),)), is_row=True)
        elif name not in HIDDEN:
            yield from _blocks(child, setting)


def _paragraph(paragraph: etree._Element, setting: _Setting) -> _Block:
    if not len(paragraph):
        return _Block(Paragraph(()))
    style = setting.styles.of(paragraph)
    pieces = tuple((_text(run), setting.styles.look(run, style)) for run in _inside(paragraph, "r"))
    number = setting.numbers.next(style.numbers, style.level or 0)
    if number and any(text.strip() for text, _ in pieces):
        pieces = ((number, next(look for text, look in pieces if text.strip())), *pieces)
    heading = _HEADING_STYLE.match(style.name)
    return _Block(Paragraph(pieces, bool(style.right)), int(heading[1]) if heading else None)


def _text(run: etree._Element) -> str:
    return "".join(map(_written, run))


def _written(element: etree._Element) -> str:
    name = local(element)
    if name == "t":
        return element.text or ""
    if name == "br":
        return "" if any(kind in ("page", "column") for kind in element.attrib.values()) else "\n"
    return _SPACES.get(name, "")


def _inside(paragraph: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """The runs, or the boxes, of a paragraph: not what was deleted, and not what stands in its boxes."""
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        name = local(element)
        if name == wanted and element is not paragraph:
            yield element
        if name in HIDDEN or name == "txbxContent":
            walk.skip_subtree()


def _lines(blocks: tuple[_Block, ...]) -> Iterator[Line]:
    texts = [block for block in blocks if not block.is_row]
    by_look = dict(zip(map(id, texts), headings_by_look([block.set for block in texts]), strict=True))
    for block in blocks:
        if block.is_row:
            yield Line(block.set.text)
            continue
        depth = block.depth or (_DEPTH_BY_LOOK if by_look[id(block)] else None)
        yield from (Line(text.strip(), depth) for text in block.set.text.splitlines())
