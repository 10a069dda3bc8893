"""Word files (docx): paragraphs and tables in their order; headings by their style, or by being short and bold."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from indexer.errors import FileRefused
from indexer.readers.bounds import check_zip
from indexer.readers.lines import Extract, Line

_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.I)


def read_docx(data: bytes) -> Extract:
    """The text of a Word file. Raises FileRefused when it is not one or is broken."""
    check_zip(data)
    try:
        document = docx.Document(io.BytesIO(data))
        lines = tuple(line for block in document.iter_inner_content() for line in _lines(block))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise FileRefused("这个 Word 文件打不开；请在 Word 里打开后另存为 docx") from error
    return Extract(lines, "docx")


def _lines(block: Paragraph | Table) -> Iterator[Line]:
    if isinstance(block, Table):
        for row in block.rows:
            cells = dict.fromkeys((cell._tc, cell.text.strip()) for cell in row.cells)
            yield Line("\t".join(text for _, text in cells if text))
        return
    depth = _depth(block)
    for text in block.text.splitlines():
        yield Line(text.strip(), depth)


def _depth(paragraph: Paragraph) -> int | None:
    style = _HEADING_STYLE.match(paragraph.style.name or "") if paragraph.style else None
    return int(style[1]) if style else None
