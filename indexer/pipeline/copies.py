"""Two texts compared: how much of the shorter one also stands in the longer one."""

from __future__ import annotations

from indexer.model import Document
from indexer.text import fold

SHINGLE = 8
"""Characters. Two texts on one subject share phrases of four and five; of eight, only what was copied."""
NEAR = 0.5
"""Share of the shorter text, found in the longer, from which two reports of one place and year are near copies."""
_SUMMARY = 0.6
"""A near copy shorter than this part of the other is called a summary, not an edition."""


def near_copy(new: Document, old: Document) -> str | None:
    """A sentence that names ``old`` where ``new`` is mostly the same text, or a summary of it, or what it sums up."""
    mine, other = _shingles(new), _shingles(old)
    if not mine or not other:
        return None
    shared = len(mine & other) / min(len(mine), len(other))
    if shared < NEAR:
        return None
    name = f"{old.report.id}（{old.report.source.path}）"
    return f"和 {name}的文字有 {shared:.0%} 相同，{_kind(len(mine), len(other))}；两篇都收了"


def _kind(mine: int, other: int) -> str:
    if mine < _SUMMARY * other:
        return "像是它的摘编"
    return "它像是这一篇的摘编" if other < _SUMMARY * mine else "像是同一报告的另一个版本"


def _shingles(document: Document) -> frozenset[str]:
    """The distinct runs of SHINGLE characters in each unit (Broder 1997, "On the resemblance and containment of
    documents")."""
    texts = [fold(unit.text) for unit in document.units]
    return frozenset(text[i : i + SHINGLE] for text in texts for i in range(len(text) - SHINGLE + 1))
