"""Text for XML: without the characters that XML 1.0 has no way to write."""

from __future__ import annotations

import re

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything outside the production Char of XML 1.0 (fifth edition, §2.2)."""


def writable(text: str) -> str:
    """``text`` without what an XML file cannot hold: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return _UNWRITABLE.sub("", text)
