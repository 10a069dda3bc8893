"""Queries whose answer is known, drawn from real texts with a seed: headings, titles of laws, worn sentences."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.originals import YEAR, law, law_lines, reports
from indexer import Document, Heading
from indexer.text import fold

SEED = 20261122
QUERIES = 200
"""Of each set."""
LAWS = 120
SHORTEST_HEADING, SHORTEST_SENTENCE = 6, 20
"""Characters. A shorter heading (总则) or sentence names nothing."""

Address = tuple[str, int]

_NUMBERING = re.compile(r"^(第[一二三四五六七八九十百零]+[章节篇编]|[（(]?[一二三四五六七八九十\d]+[）)]?[、.．]?)\s*")
_SENTENCE = re.compile("[^。！？；]+[。！？；]")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What is typed, and the units that answer it; one of ``wanted`` found first is a reciprocal rank of 1."""

    query: str
    wanted: frozenset[Address]


@dataclass(frozen=True, slots=True)
class KnownSet:
    """Queries of one kind over the units of ``documents``."""

    name: str
    documents: tuple[Document, ...]
    items: tuple[KnownItem, ...]


def known_sets() -> tuple[KnownSet, ...]:
    """The three sets; the same ones in every run."""
    delivered, legal = tuple(reports()), _laws()
    return (
        KnownSet("标题 → 它下面的段", delivered, _drawn(_headings(delivered))),
        KnownSet("法律名称 → 它的条文", legal, _drawn(_titles(legal))),
        KnownSet("去掉十分之一词的句子 → 它的段", delivered, _drawn(_worn_sentences(delivered))),
    )


def _drawn(items: Iterable[KnownItem]) -> tuple[KnownItem, ...]:
    every = sorted(items, key=lambda item: (item.query, sorted(item.wanted)))
    return tuple(random.Random(SEED).sample(every, min(QUERIES, len(every))))


def _headings(documents: Iterable[Document]) -> Iterator[KnownItem]:
    """Headings on lines of their own, without their numbers, and the paragraphs below them."""
    for document in documents:
        below: dict[tuple[Heading, ...], set[Address]] = defaultdict(set)
        for unit in document.units:
            for depth in range(1, len(unit.headings) + 1) if unit.kind == "paragraph" else ():
                below[unit.headings[:depth]].add((unit.report_id, unit.ordinal))
        for unit in document.units:
            if unit.kind != "heading" or not below.get(unit.headings):
                continue
            query = _NUMBERING.sub("", unit.headings[-1].text).strip()
            if len(query) >= SHORTEST_HEADING:
                yield KnownItem(query, frozenset(below[unit.headings]))


def _laws() -> tuple[Document, ...]:
    chosen = random.Random(SEED).sample(list(law_lines()), LAWS)
    return tuple(law(f"{name}-{n}", YEAR, lines) for n, (name, _, lines) in enumerate(chosen))


def _titles(laws: Iterable[Document]) -> Iterator[KnownItem]:
    for each in laws:
        wanted = frozenset((each.report.id, unit.ordinal) for unit in each.units if unit.kind == "paragraph")
        yield KnownItem(str(each.report.title), wanted)


def _worn_sentences(documents: Iterable[Document]) -> Iterator[KnownItem]:
    """Sentences of paragraphs with several, a tenth of their words (one at least) gone, and the signs too."""
    from rjieba import cut

    chance = random.Random(SEED)
    for document in documents:
        for unit in document.units:
            sentences = _SENTENCE.findall(unit.text)
            if len(sentences) < 2 or unit.kind == "heading":
                continue
            words = [word for word in cut(fold(chance.choice(sentences))) if not _SIGNS.fullmatch(word)]
            gone = set(chance.sample(range(len(words)), -(-len(words) // 10)))
            query = "".join(word for at, word in enumerate(words) if at not in gone)
            if len(query) >= SHORTEST_SENTENCE:
                yield KnownItem(query, frozenset({(unit.report_id, unit.ordinal)}))
