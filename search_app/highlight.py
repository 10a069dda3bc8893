"""What a reader sees marked: from folded matches back to the source's own characters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.query import Sought
from indexer.text import fold_with_offsets, occurrences

SHOWN_WHOLE = 260
"""Characters. A longer text is cut in a list of hits; nine in ten paragraphs of the sample reports are shorter."""
_BEFORE_MARK = 60


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """Fragments of a text; ``cut_before`` and ``cut_after`` tell whether there is more."""

    fragments: tuple[Fragment, ...]
    cut_before: bool
    cut_after: bool

    @property
    def text(self) -> str:
        return "".join(fragment.text for fragment in self.fragments)


def highlight(text: str, sought: tuple[Sought, ...]) -> tuple[Fragment, ...]:
    """Cut ``text`` into fragments with every occurrence of what is ``sought`` marked; joined they are ``text``."""
    return _fragments(text, _spans(text, sought), 0, len(text))


def snippet(text: str, sought: tuple[Sought, ...]) -> Snippet:
    """As ``highlight``; of a long text the part around the first mark."""
    spans = _spans(text, sought)
    if len(text) <= SHOWN_WHOLE:
        return Snippet(_fragments(text, spans, 0, len(text)), False, False)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - _BEFORE_MARK, len(text) - SHOWN_WHOLE))
    end = start + SHOWN_WHOLE
    return Snippet(_fragments(text, spans, start, end), start > 0, end < len(text))


def split(fragments: tuple[Fragment, ...], at: int) -> tuple[tuple[Fragment, ...], tuple[Fragment, ...]]:
    """Cut fragments in two at the offset ``at`` of their joined text; a fragment that lies across it is cut too."""
    left: list[Fragment] = []
    right: list[Fragment] = []
    start = 0
    for fragment in fragments:
        cut = max(0, min(len(fragment.text), at - start))
        left.append(replace(fragment, text=fragment.text[:cut]))
        right.append(replace(fragment, text=fragment.text[cut:]))
        start += len(fragment.text)
    return tuple(piece for piece in left if piece.text), tuple(piece for piece in right if piece.text)


def _spans(text: str, sought: tuple[Sought, ...]) -> list[tuple[int, int]]:
    """The source spans to mark, in order, those that touch made one."""
    if not sought:
        return []
    folded = fold_with_offsets(text)
    places = (place for each in sought for place in occurrences(folded.text, each))
    found = sorted(_with_its_brace(text, *folded.source_span(*place)) for place in places)
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _with_its_brace(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the brace that closes one opened inside it: PM_{2.5}, not PM_{2.5."""
    left_open = text.count("{", start, end) > text.count("}", start, end)
    return start, end + (left_open and text.startswith("}", end))


def _fragments(text: str, spans: list[tuple[int, int]], start: int, end: int) -> tuple[Fragment, ...]:
    fragments: list[Fragment] = []
    at = start
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        fragments += [Fragment(text[at:first], False), Fragment(text[first:last], True)]
        at = last
    fragments.append(Fragment(text[at:end], False))
    return tuple(fragment for fragment in fragments if fragment.text)
