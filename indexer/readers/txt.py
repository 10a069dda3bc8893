"""Plain text, in the encodings Chinese reports come in."""

from __future__ import annotations

import codecs

from indexer.errors import FileRefused

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ("utf-8", "gb18030")

_TEXT_CONTROLS = frozenset("\t\n\r\f\v\x1a")
_LEAST_HAN = 0.1
"""Of a report's characters at least one in ten is Han; bytes wrongly decoded have few common ones."""


def read_txt(data: bytes) -> tuple[str, str]:
    """Decode ``data``; give its text and the encoding's name. Raises FileRefused for what is no Chinese text."""
    if not data.strip():
        raise FileRefused("文件是空的；请换成有正文的文件")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_chinese_text(text):
            return text, encoding.removesuffix("-sig")
    raise FileRefused("内容不是中文文本（可能是改了后缀的其他文件）；请另存为 UTF-8 编码的 txt")


def _encodings(data: bytes) -> tuple[str, ...]:
    marked = tuple(encoding for mark, encoding in _MARKS if data.startswith(mark))
    return marked or _UNMARKED


def _is_chinese_text(text: str) -> bool:
    controls = sum(1 for char in text if char < " " and char not in _TEXT_CONTROLS)
    solid = [char for char in text if not char.isspace()]
    common_han = sum(1 for char in solid if "一" <= char <= "鿿")
    return not controls and bool(solid) and common_han >= _LEAST_HAN * len(solid)
