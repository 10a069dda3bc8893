"""synonyms.tsv: words that mean the same, a group a line, which a reader may add to a query."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.errors import SynonymsError, shown
from indexer.model import path_text
from indexer.text import fold

Synonyms = tuple[tuple[str, ...], ...]
"""Groups of words; no word stands in two."""

_WORD = re.compile(r"[\w·.%+]{1,40}")
"""What can be typed without quotes; forty characters are a long name."""


def read_synonyms(path: Path) -> Synonyms:
    """The groups of a file in UTF-8, words between tabs; lines that begin with # are remarks.

    Raises SynonymsError, with the line's number, for a line that is no group.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SynonymsError(f"同义词表 {path_text(path)} 读不出来；请另存为 UTF-8 编码的 tsv") from error
    groups: list[tuple[str, ...]] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        group = tuple(word.strip() for word in line.split("\t"))
        mistake = _mistake(group, line_of)
        if mistake:
            raise SynonymsError(f"同义词表 {path_text(path)} 第 {number} 行{mistake}")
        line_of |= {fold(word): number for word in group}
        groups.append(group)
    return tuple(groups)


def _mistake(group: tuple[str, ...], line_of: dict[str, int]) -> str | None:
    """What is wrong with a line, if anything; ``line_of`` says where folded words stood before."""
    if len(group) < 2:
        return "只有一个词；请在词之间按 Tab 键隔开，一行至少两个"
    folded = [fold(word) for word in group]
    for word, plain in zip(group, folded, strict=True):
        if not (_WORD.fullmatch(word) and plain):
            return f"的“{shown(word)}”不能作同义词；请只用字母、汉字和数字，不超过 40 个，不留空格"
        if plain in line_of:
            return f"的“{shown(word)}”在第 {line_of[plain]} 行已经有了；请并成一行"
    return "里有重复的词；请删去一个" if len(set(folded)) < len(folded) else None
