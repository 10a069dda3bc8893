"""Did you mean: for a query that finds nothing, what the corpus itself says that sounds or is written almost so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise, product
from typing import Literal

from indexer.engines import Engine, SearchRequest
from indexer.errors import QuerySyntaxError
from indexer.query import Node, Phrase, Term, sought
from indexer.text import fold
from search_app.latest import Latest
from search_app.state import SearchState
from search_app.suggest import lexicons
from search_app.syntax import parse, with_operators, without_marks

MOST = 3
"""Proposals."""

LONGEST = 30
"""Folded characters of a term that is mended; a longer one is a sentence, to be shortened rather than mended."""

MOST_TRIED = 16
"""Writings of each kind whose units are counted; each takes about a millisecond at 10,000 units."""

_MOST_PATHS = 200
_MOST_TERMS = 3
_SAMPLE = 20
"""Units read for what stands at a term's first or last place instead."""

Why = Literal["写成运算符", "标点换成空格", "读音相同", "读音相近", "次序颠倒", "少一个字", "差一个字", "拼音"]


@dataclass(frozen=True, slots=True)
class Mending:
    """Another ``query`` that finds ``units`` with the same filters, at ``url``; ``why`` it may have been meant."""

    query: str
    units: int
    url: str
    why: Why


@dataclass(frozen=True, slots=True)
class _Writing:
    text: str
    units: int
    why: Why


class Neighbours:
    """Which characters stand side by side in the corpus, and how its characters sound."""

    def __init__(self, engine: Engine) -> None:
        following: dict[str, set[str]] = defaultdict(set)
        preceding: dict[str, set[str]] = defaultdict(set)
        for pair in engine.pairs():
            following[pair[0]].add(pair[1])
            preceding[pair[1]].add(pair[0])
        self.following = {char: "".join(sorted(others)) for char, others in following.items()}
        self.preceding = {char: "".join(sorted(others)) for char, others in preceding.items()}

    @cached_property
    def _sounding(self) -> dict[str, set[str]]:
        """From a blurred syllable to the characters that have it."""
        from indexer.text.pinyin import blurred, readings

        found: dict[str, set[str]] = defaultdict(set)
        for char in self.following.keys() | self.preceding.keys():
            for reading in readings(char):
                found[blurred(reading)].add(char)
        return found

    def alike(self, char: str) -> dict[str, int]:
        """The characters that sound like ``char``: 0 it itself, 1 the same, 2 nearly so."""
        from indexer.text.pinyin import blurred, readings

        own = readings(char)
        near = {other for reading in own for other in self._sounding.get(blurred(reading), ())}
        return {other: 1 if set(own) & set(readings(other)) else 2 for other in near} | {char: 0}

    def between(self, before: str, after: str) -> list[str]:
        """The letters that stand after ``before`` and also before ``after``, in order."""
        both = set(self.following.get(before, "")) & set(self.preceding.get(after, ""))
        return sorted(filter(str.isalnum, both))

    def chained(self, text: str) -> bool:
        """Whether every two characters of ``text`` stand side by side somewhere."""
        return all(second in self.following.get(first, "") for first, second in pairwise(text))


neighbours = Latest(Neighbours)


def mendings(engine: Engine, node: Node, state: SearchState) -> tuple[Mending, ...]:
    """At most MOST queries that find something: ``state.q`` with other signs, then what differs from it, read into
    ``node``, in terms that no unit holds; those of the likeliest mistakes first, then of most units."""
    proposals = chain(_with_other_signs(engine, state), _with_other_terms(engine, node, state))
    return tuple(islice(_each_once(proposals), MOST))


def _each_once(proposals: Iterable[Mending]) -> Iterator[Mending]:
    seen: set[str] = set()
    for each in proposals:
        if each.query not in seen:
            seen.add(each.query)
            yield each


def _with_other_signs(engine: Engine, state: SearchState) -> Iterator[Mending]:
    operators = with_operators(state.q)
    written: tuple[tuple[str, Why], ...] = ((operators, "写成运算符"), (without_marks(operators), "标点换成空格"))
    before = state.q
    for q, why in written:
        if q != before and (found := _found(engine, state, q, why)):
            yield found
        before = q


def _with_other_terms(engine: Engine, node: Node, state: SearchState) -> tuple[Mending, ...]:
    missing = [term for term in _terms(node) if not _units(engine, term.text)]
    if not 0 < len(missing) <= _MOST_TERMS:
        return ()
    ways = [list(islice(_writings(engine, fold(term.text)), MOST)) for term in missing]
    proposals = (_proposal(engine, state, missing, way) for way in islice(product(*ways), 2 * MOST))
    return tuple(islice(filter(None, proposals), MOST))


def _terms(node: Node) -> list[Term | Phrase]:
    """The terms of a query as typed, each place once."""
    placed = {each.span: each for each in sought(node) if isinstance(each, Term | Phrase)}
    return [placed[span] for span in sorted(placed)]


def _proposal(
    engine: Engine, state: SearchState, missing: list[Term | Phrase], way: tuple[_Writing, ...]
) -> Mending | None:
    q = state.q
    for term, writing in reversed(list(zip(missing, way, strict=True))):
        start, end = term.span
        q = f"{q[:start]}{_written(term, writing.text)}{q[end:]}"
    return _found(engine, state, q, way[0].why)


def _found(engine: Engine, state: SearchState, q: str, why: Why) -> Mending | None:
    """The query as a proposal, if it can be read and finds something."""
    try:
        units = engine.search(SearchRequest(parse(q), state.filters, size=0)).total
    except QuerySyntaxError:
        return None
    return Mending(q, units, state.with_q(q).url(), why) if units else None


def _written(term: Term | Phrase, text: str) -> str:
    """In quotes where it was, or must be; in capitals where it was."""
    text = text.upper() if term.text.isupper() else text
    return text if isinstance(term, Term) and parse(text) == Term(text) else f'"{text}"'


def _writings(engine: Engine, folded: str) -> Iterator[_Writing]:
    """What occurs in the corpus and may have been meant by ``folded``: all of the likeliest kind of mistake that gives
    any, those of most units first."""
    if not 1 < len(folded) <= LONGEST:
        return
    if folded.isascii() and (lexicon := lexicons.ready(engine)):
        yield from (_Writing(each.text, each.units, "拼音") for each in lexicon.sounding(folded))
    corpus, seen = neighbours.of(engine), {folded}
    for why, guesses in _guesses(engine, corpus, folded):
        fresh = islice((guess for guess in guesses if guess not in seen and corpus.chained(guess)), MOST_TRIED)
        counted = [_Writing(guess, _units(engine, guess), why) for guess in dict.fromkeys(fresh)]
        found = sorted((each for each in counted if each.units), key=lambda each: (-each.units, each.text))
        if found:
            yield from found
            return
        seen.update(each.text for each in counted)


def _guesses(engine: Engine, corpus: Neighbours, text: str) -> Iterator[tuple[Why, Iterable[str]]]:
    """Other writings of ``text`` by kind of mistake; of two characters only those that keep all of its sound or form:
    any two characters are one away from hundreds of words."""
    sounds = list(_sounds(corpus, text))
    yield "读音相同", [guess for guess, blurs in sounds if not blurs]
    yield "次序颠倒", (text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1))
    yield "读音相近", [guess for guess, blurs in sounds if blurs]
    if len(text) > 2:
        yield "少一个字", _one_more(corpus, text)
        yield "差一个字", _one_off(engine, corpus, text)


def _sounds(corpus: Neighbours, text: str) -> list[tuple[str, int]]:
    """What sounds like ``text`` and may stand in the corpus, with how many characters only nearly do; those that change
    least first. A path goes on only over pairs that occur."""
    paths = [(0, 0, "")]
    for char in text:
        others = corpus.alike(char)
        paths = [
            (changes + bool(cost), blurs + (cost == 2), path + other)
            for changes, blurs, path in paths
            for other, cost in others.items()
            if not path or other in corpus.following.get(path[-1], "")
        ]
        paths = sorted(paths)[:_MOST_PATHS]
    return [(path, blurs) for _, blurs, path in paths]


def _one_more(corpus: Neighbours, text: str) -> Iterator[str]:
    """With one character more inside."""
    for at in range(1, len(text)):
        yield from (text[:at] + char + text[at:] for char in corpus.between(text[at - 1], text[at]))


def _one_off(engine: Engine, corpus: Neighbours, text: str) -> Iterator[str]:
    """With the last or first character mended; without one character inside, or with another one there."""
    begun, ended = text[:-1], text[1:]
    yield begun + _mostly(after[:1] for pieces in _around(engine, begun) for after in pieces[1:])
    yield _mostly(before[-1:] for pieces in _around(engine, ended) for before in pieces[:-1]) + ended
    for at in range(1, len(text) - 1):
        yield text[:at] + text[at + 1 :]
        yield from (text[:at] + char + text[at + 1 :] for char in corpus.between(text[at - 1], text[at + 1]))


def _around(engine: Engine, text: str) -> list[list[str]]:
    """The first folded units that hold ``text``, each as the pieces around it."""
    hits = engine.search(SearchRequest(Term(text), sort="newest", size=_SAMPLE)).hits
    return [fold(hit.unit.text).split(text) for hit in hits]


def _mostly(beside: Iterable[str]) -> str:
    """The letter that more than half of ``beside`` are, or none: after 中欧班 mostly 列, after 乡村振兴 anything."""
    counted = Counter(beside)
    char, times = next(iter(counted.most_common(1)), ("", 0))
    return char if char.isalnum() and 2 * times > counted.total() else ""


def _units(engine: Engine, text: str) -> int:
    return engine.search(SearchRequest(Term(text), sort="newest", size=0)).total
