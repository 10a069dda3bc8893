"""Words: Chinese segmentation in search mode. The only import of jieba, in either of its two builds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from indexer.text.normalise import fold

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LATIN = rf"[^\W_\u2e80-\u33ff{_HAN}]+"
HAN_RUN = re.compile(rf"[{_HAN}]+")
_BETWEEN = re.compile(rf"[^{_HAN}]+")
JOINTS = ".·-"
LETTERS = re.compile(rf"{LATIN}(?:[{JOINTS}]{LATIN})*")
"""A word of letters and digits: 2.5, pm2.5."""

LEXICON_FREQUENCY = 100_000
"""What a lexicon word weighs, of the 60 million of jieba's dictionary: more than two words unless they are its
commonest."""

Cut = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Cuts:
    """As words side by side, and with the shorter words inside them."""

    plain: Cut
    for_search: Cut


_living: WeakValueDictionary[tuple[tuple[str, ...], bool], _Cuts] = WeakValueDictionary()
"""A dictionary takes 57 MB and a quarter of a second: segmenters share it, and the last one gives it back."""


class Segmenter:
    """A private segmenter with its own lexicon; jieba's global one stays as it is."""

    def __init__(self, lexicon: Iterable[str] = (), *, reference: bool = False) -> None:
        """``lexicon``: words to know beside jieba's. ``reference`` asks for the Python jieba, not the Rust one."""
        words = self.lexicon = tuple(dict.fromkeys(fold(word) for word in lexicon))
        key = words, reference
        self._cuts = _living.get(key) or _living.setdefault(key, (_python_cuts if reference else _fastest_cuts)(words))

    def words(self, folded: str) -> list[str]:
        """The words of folded text in order; a compound comes after the shorter words inside it.

        Only runs of Han characters are segmented; runs of letters and digits (2.5, pm2.5) are words themselves. An
        index is filled by ``many``, which gives the same of many texts at once.
        """
        found: list[str] = []
        end = 0
        for run in LETTERS.finditer(folded):
            found += self._han_words(folded[end : run.start()])
            found.append(run[0])
            end = run.end()
        return found + self._han_words(folded[end:])

    def _han_words(self, folded: str) -> list[str]:
        """Of all runs of Han characters. A blank parts them: to go to jieba for each of them takes longer than to cut
        it."""
        return [word for word in self.cut(_BETWEEN.sub(" ", folded)) if word != " "]

    def cut(self, folded: str) -> list[str]:
        """The words of text that has Han characters alone in it and what parts their runs, with what parts them."""
        return self._cuts.for_search(folded)

    def runs(self, folded: str) -> Iterator[Sequence[str]]:
        """Yield the words of each run of Han characters, side by side and none inside another."""
        for run in HAN_RUN.finditer(folded):
            yield self._cuts.plain(run[0])

    def crosses(self, left: str, right: str) -> bool:
        """Whether a word stands across the border of ``left`` and ``right``, with one character on either side of it: a
        longer word may be two that often meet, 回顾 and 过去."""
        end = 0
        for word in self._cuts.plain(left + right):
            start, end = end, end + len(word)
            if end > len(left):
                return 1 in (len(left) - start, end - len(left)) and start < len(left)
        return False


def _fastest_cuts(words: tuple[str, ...]) -> _Cuts:
    try:
        import rjieba
    except ImportError:
        return _python_cuts(words)
    tokenizer = rjieba.Jieba()
    for word in words:
        tokenizer.add_word(word, LEXICON_FREQUENCY, "n")
    return _Cuts(lambda run: tokenizer.cut(run, True), lambda run: tokenizer.cut_for_search(run, True))


def _python_cuts(words: tuple[str, ...]) -> _Cuts:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    for word in words:
        tokenizer.add_word(word, LEXICON_FREQUENCY, "n")
    return _Cuts(lambda run: tokenizer.lcut(run, HMM=True), lambda run: tokenizer.lcut_for_search(run, HMM=True))
