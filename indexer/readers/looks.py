"""Which paragraphs of a Word file look like headings: short, alone, and bolder, larger or in another face."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 40
"""Characters. The headings of real reports without a number have 4 to 25."""
_LARGER = 2
"""Half-points: 三号 (16 pt) over 小三 (15 pt) is seen, less is not."""
_HEADING_FACE = re.compile("黑|楷|标宋|SimHei|KaiTi|Heiti|YaHei", re.I)
_SENTENCE = re.compile("[。；！？!?;]|[，、,]$")
_SALUTATION = re.compile("各位|同志们|主席团|委员们")
_DATE = re.compile(
    r"[\d〇○零一二三四五六七八九十\s]{4,}年[\d一二三四五六七八九十\s]+月[\d一二三四五六七八九十\s]+日?\W*"
)
_NOT_A_HEADING = re.compile(r"[-—–―─(（]|\W*$|[\d\W]+$")


@dataclass(frozen=True, slots=True)
class Look:
    """How characters are set; ``size`` in half-points, ``face`` the font of Chinese characters."""

    bold: bool = False
    size: int = 20
    face: str = ""

    def stands_out_of(self, body: Look) -> bool:
        """Whether it is visibly more than the body's look."""
        other_face = _HEADING_FACE.search(self.face) is not None and _HEADING_FACE.search(body.face) is None
        return (self.bold and not body.bold) or self.size >= body.size + _LARGER or other_face


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as it is set: its pieces, each in one look; whether it stands at the right, as signatures do."""

    pieces: tuple[tuple[str, Look], ...]
    at_right: bool = False

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces).strip()


def headings_by_look(paragraphs: Sequence[Paragraph]) -> tuple[bool, ...]:
    """For each paragraph, whether it is a heading by its look.

    Nothing is before the text has begun, which is where title, date and speaker stand; nor what no text follows.
    """
    body = _body(paragraphs)
    texts = [at for at, paragraph in enumerate(paragraphs) if paragraph.pieces and _is_text(paragraph.text)]
    if body is None or not texts:
        return (False,) * len(paragraphs)
    return tuple(
        texts[0] < at < texts[-1] and bool(paragraph.pieces) and _could_be(paragraph) and _stands_out(paragraph, body)
        for at, paragraph in enumerate(paragraphs)
    )


def _body(paragraphs: Sequence[Paragraph]) -> Look | None:
    """The look of most characters of the text itself."""
    counts: Counter[Look] = Counter()
    for paragraph in paragraphs:
        if paragraph.pieces and len(paragraph.text) > _LONGEST:
            for text, look in paragraph.pieces:
                counts[look] += len(text)
    return max(counts, key=lambda look: counts[look], default=None)


def _is_text(text: str) -> bool:
    return _SALUTATION.match(text) is not None or (_SENTENCE.search(text) is not None and len(text) > _LONGEST)


def _could_be(paragraph: Paragraph) -> bool:
    text = paragraph.text
    no_heading = (_SENTENCE.search(text), _SALUTATION.match(text), _DATE.fullmatch(text), _NOT_A_HEADING.match(text))
    return len(text) <= _LONGEST and not paragraph.at_right and not any(no_heading)


def _stands_out(paragraph: Paragraph, body: Look) -> bool:
    return all(look.stands_out_of(body) for text, look in paragraph.pieces if text.strip())
