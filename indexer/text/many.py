"""Many texts folded and cut into words at once, as indexing has them: what ``fold`` and ``Segmenter.words`` give, in
less time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.text.normalise import fold_characters, without_idle_blanks
from indexer.text.segment import HAN_RUN, JOINTS, LATIN, LETTERS, Segmenter

Codes = npt.NDArray[np.uint32]

_AT_ONCE = 32
"""What more of them make is not in the processor's cache any more when it is looked at again."""

_FEW = 16
"""Characters of a text that fold to none or to several, as … does."""

_BORDER, _BLANK = "\uffff", " "
"""Between two texts. It is no character, by Unicode's own word: folding leaves it out."""
_THREE_BLANKS = 3 * _BLANK
"""What comes of a blank where pieces are joined by blanks."""

_UTF_32 = "utf-32-le"
_ALL = 0x110000

_folded, _han, _letters = (np.zeros(_ALL, np.uint32) for _ in range(3))
"""Of the characters met so far what each folds to, if it is one; and of folded ones what is left where only runs of
Han characters are, or only runs of letters, and all else is blank."""
for _table in (_folded, _han, _letters):
    _table[ord(_BORDER)] = ord(_BORDER)

_LETTERS_OR_BORDER = re.compile(f"{LETTERS.pattern}|{_BORDER}")
_LETTER_OR_JOINT = re.compile(f"{LATIN}|[{JOINTS}]")


def analyse(texts: Sequence[str], segmenter: Segmenter) -> Iterator[tuple[str, list[str]]]:
    """Of each text, in order: it folded, and its words, those of letters and digits after the others."""
    for some in _analysed(texts, segmenter):
        for text, words, letters in zip(some.folded, _by_text(some.words), _by_text(some.letters), strict=True):
            yield text, [word for word in words if word != _BLANK] + letters


def spell(texts: Sequence[str], segmenter: Segmenter) -> Iterator[tuple[str, str]]:
    """The same, the words in one text with a blank between one and the next."""
    for some in _analysed(texts, segmenter):
        lines = (_BLANK.join(pieces).replace(_THREE_BLANKS, _BLANK) for pieces in (some.words, some.letters))
        for text, words, letters in zip(some.folded, *(line.split(_BORDER) for line in lines), strict=True):
            yield text, f"{words.strip(_BLANK)} {letters.strip(_BLANK)}".strip(_BLANK)


@dataclass(frozen=True, slots=True)
class _Analysed:
    """Some texts: each folded; the words of all, and apart those of letters and digits. Borders stand between the words
    of one text and the next, blanks between runs of Han characters."""

    folded: list[str]
    words: list[str]
    letters: list[str]


def _analysed(texts: Sequence[str], segmenter: Segmenter) -> Iterator[_Analysed]:
    for start in range(0, len(texts), _AT_ONCE):
        joined = _BORDER.join([text.replace(_BORDER, "") for text in texts[start : start + _AT_ONCE]])
        folded = without_idle_blanks(_fold_each(joined))
        codes = _codes(folded)
        words = segmenter.cut(_squeezed(_han[codes]))
        letters = _LETTERS_OR_BORDER.findall(_squeezed(_letters[codes]))
        yield _Analysed(folded.split(_BORDER), words, letters)


def _fold_each(text: str) -> str:
    """Each character folded. Those that do not fold to one go first: what comes of folding, it leaves as it is."""
    found = _folded[_codes(text)]
    if found.all():
        return _text(found)
    unknown = set(_codes(text)[found == 0].tolist())
    return _fold_each(_without([chr(code) for code in unknown if not _learn(chr(code))], text))


def _learn(char: str) -> bool:
    """What the character folds to, and what kind of character that is; whether it folds to one."""
    folded = fold_characters(char)
    if len(folded) != 1:
        return False
    code = _folded[ord(char)] = _folded[ord(folded)] = ord(folded)
    _han[code] = code if HAN_RUN.match(folded) else ord(_BLANK)
    _letters[code] = code if _LETTER_OR_JOINT.match(folded) else ord(_BLANK)
    return True


def _without(uneven: list[str], text: str) -> str:
    """The text, these characters folded. Each is looked for in all of it: of many it is quicker to fold every one."""
    if len(uneven) > _FEW:
        return _BORDER.join(map(fold_characters, text.split(_BORDER)))
    for char in uneven:
        text = text.replace(char, fold_characters(char))
    return text


def _squeezed(codes: Codes) -> str:
    """As text, of blanks side by side but one."""
    kept = codes != ord(_BLANK)
    kept[1:] |= kept[:-1]
    return _text(codes[kept])


def _by_text(pieces: list[str]) -> Iterator[list[str]]:
    """What stands between one border and the next."""
    start = 0
    for _ in range(pieces.count(_BORDER)):
        end = pieces.index(_BORDER, start)
        yield pieces[start:end]
        start = end + 1
    yield pieces[start:]


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode(_UTF_32, "surrogatepass"), np.uint32)


def _text(codes: Codes) -> str:
    return codes.tobytes().decode(_UTF_32)
