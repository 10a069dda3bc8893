"""What a reader sees marked: from folded matches back to the source's own characters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from indexer.query import Sought, Span
from indexer.text import distinct, fold_with_offsets, occurrences

SHOWN_WHOLE = 260
"""Characters. A longer text is cut in a list of hits; nine in ten paragraphs of the sample reports are shorter."""
MOST_PLACES = 3
"""Of one text in a list of hits: each then has some 80 characters, two lines on a page."""
_BEFORE_MARK = 60
_BEFORE_EACH = 20
"""Characters shown before the mark of a place, of one place and of several."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where something sought stands in a text: source offsets, and its ``kind``, which is its place among what is
    sought (``text.distinct``)."""

    start: int
    end: int
    kind: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text, marked or not; ``kind`` tells what was sought there, by its place among what is sought."""

    text: str
    marked: bool
    kind: int | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """Fragments of a text. Text is left out before the fragments that ``gaps`` numbers (from 0), and, as ``cut_before``
    and ``cut_after`` tell, before the first and after the last."""

    fragments: tuple[Fragment, ...]
    cut_before: bool
    cut_after: bool
    gaps: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """As one reads it: an ellipsis wherever text is left out between fragments, none at the ends."""
        return "".join("…" * (number in self.gaps) + each.text for number, each in enumerate(self.fragments))


def found_in(text: str, sought: tuple[Sought, ...]) -> tuple[Occurrence, ...]:
    """Every occurrence of what is ``sought``, by where it begins: as many as are counted in the text."""
    if not sought:
        return ()
    folded = fold_with_offsets(text)
    places = ((place, kind) for kind, each in enumerate(distinct(sought)) for place in occurrences(folded.text, each))
    spans = ((_with_its_brace(text, *folded.source_span(*place)), kind) for place, kind in places)
    return tuple(Occurrence(*span, kind) for span, kind in sorted(spans))


def highlight(text: str, sought: tuple[Sought, ...]) -> tuple[Fragment, ...]:
    """Cut ``text`` into fragments with every occurrence of what is ``sought`` marked; joined they are ``text``.

    Marks of one kind that touch are one. Where different kinds overlap, the longer occurrence is shown whole (of equal
    ones the first), and of the other what it leaves over.
    """
    return _fragments(text, marks(found_in(text, sought)), (0, len(text)))


def snippet(text: str, sought: tuple[Sought, ...]) -> Snippet:
    """As ``highlight``; of a long text the parts around its marks, three at most."""
    marked = marks(found_in(text, sought))
    windows = [(0, len(text))] if len(text) <= SHOWN_WHOLE else _windows(marked, len(text))
    pieces = [_fragments(text, marked, window) for window in windows]
    starts = [sum(map(len, pieces[:number])) for number in range(1, len(pieces))]
    fragments = tuple(fragment for piece in pieces for fragment in piece)
    return Snippet(fragments, windows[0][0] > 0, windows[-1][1] < len(text), tuple(starts))


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


def marks(found: Iterable[Occurrence]) -> list[Occurrence]:
    """What is marked, in order and without overlap: see ``highlight``."""
    longest_last = sorted(_merged(found), key=lambda each: (each.end - each.start, -each.start, -each.kind))
    owner: dict[int, Occurrence] = {}
    for each in longest_last:
        owner |= dict.fromkeys(range(each.start, each.end), each)
    seen: list[Occurrence] = []
    for at, of in sorted(owner.items(), key=lambda item: item[0]):
        if seen and seen[-1].end == at and owner[at - 1] is of:
            seen[-1] = replace(seen[-1], end=at + 1)
        else:
            seen.append(Occurrence(at, at + 1, of.kind))
    return seen


def _merged(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Occurrences of one kind that touch made one."""
    merged: list[Occurrence] = []
    for each in sorted(found, key=lambda each: (each.kind, each.start)):
        if merged and merged[-1].kind == each.kind and each.start <= merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(each.end, merged[-1].end))
        else:
            merged.append(each)
    return merged


def _windows(marked: list[Occurrence], length: int) -> list[Span]:
    """The parts of a long text to show, in order: together SHOWN_WHOLE characters."""
    first = marked[0].start if marked else 0
    start = max(0, min(first - _BEFORE_MARK, length - SHOWN_WHOLE))
    whole = (start, start + SHOWN_WHOLE)
    outside = [each for each in marked if each.end > whole[1]]
    if not outside or marked[0].end > whole[1]:
        return [whole]
    places = min(MOST_PLACES, 1 + len(outside))
    size = SHOWN_WHOLE // places
    windows: list[Span] = []
    for each in sorted(marked, key=lambda each: (_is_repeated(each, marked), each.start)):
        if len(windows) < places and not any(a <= each.start and each.end <= b for a, b in windows):
            begin = max(0, min(each.start - _BEFORE_EACH, length - size))
            after_a_mark_cut = next((other.end for other in marked if other.start < begin < other.end), begin)
            windows.append((after_a_mark_cut, begin + size))
    return _joined(windows)


def _is_repeated(one: Occurrence, marked: list[Occurrence]) -> bool:
    """Whether another mark of its kind stands before it: what is shown first are all kinds."""
    return any(each.kind == one.kind and each.start < one.start for each in marked)


def _joined(windows: list[Span]) -> list[Span]:
    """Windows in order, those that touch made one."""
    joined: list[Span] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _with_its_brace(text: str, start: int, end: int) -> Span:
    """The span with the brace that closes one opened inside it: PM_{2.5}, not PM_{2.5."""
    left_open = text.count("{", start, end) > text.count("}", start, end)
    return start, end + (left_open and text.startswith("}", end))


def _fragments(text: str, marked: list[Occurrence], window: Span) -> tuple[Fragment, ...]:
    fragments: list[Fragment] = []
    at, end = window
    for each in marked:
        first, last = max(each.start, window[0]), min(each.end, end)
        if first < last:
            fragments += [Fragment(text[at:first], False), Fragment(text[first:last], True, each.kind)]
            at = last
    fragments.append(Fragment(text[at:end], False))
    return tuple(fragment for fragment in fragments if fragment.text)
