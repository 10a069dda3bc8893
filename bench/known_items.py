"""Queries whose answer is known, drawn from real texts with a seed: headings, titles of laws, worn sentences."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer import Document, Heading, Report, Source, Unit
from indexer.pipeline import discover, examine
from indexer.text import fold

CORPORA = Path(__file__).parent.parent.parent / "shared" / "corpora"
SEED = 20261122
QUERIES = 200
"""Of each set."""
LAWS = 120
SHORTEST_HEADING, SHORTEST_SENTENCE = 6, 20
"""Characters. A shorter heading (总则) or sentence names nothing."""

Address = tuple[str, int]

_NUMBERING = re.compile(r"^(第[一二三四五六七八九十百零]+[章节篇编]|[（(]?[一二三四五六七八九十\d]+[）)]?[、.．]?)\s*")
_MARKDOWN = re.compile(r"(#+)\s*(.+)")
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
    reports, laws = _reports(), _laws()
    return (
        KnownSet("标题 → 它下面的段", reports, _drawn(_headings(reports))),
        KnownSet("法律名称 → 它的条文", laws, _drawn(_titles(laws))),
        KnownSet("去掉十分之一词的句子 → 它的段", reports, _drawn(_worn_sentences(reports))),
    )


def _drawn(items: Iterable[KnownItem]) -> tuple[KnownItem, ...]:
    every = sorted(items, key=lambda item: (item.query, sorted(item.wanted)))
    return tuple(random.Random(SEED).sample(every, min(QUERIES, len(every))))


def _reports() -> tuple[Document, ...]:
    """The reports of the State Council and the provinces, read as ``baogao index`` reads them."""
    drafts = [each.draft for each in examine(discover([CORPORA / "national", CORPORA / "provinces-2026"]))]
    return tuple(draft.document(f"{draft.plain_id}-{n}") for n, draft in enumerate(drafts) if draft is not None)


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
    with gzip.open(CORPORA / "scale" / "laws.jsonl.gz", "rt", encoding="utf-8") as rows:
        read = [(law["title"], _law_lines(law["text"])) for law in map(json.loads, rows)]
    laws = [(name, lines) for name, lines in read if len(lines) > 5]
    chosen = random.Random(SEED).sample(laws, LAWS)
    return tuple(_law(f"{name}-{n}", lines) for n, (name, lines) in enumerate(chosen))


def _law_lines(text: str) -> list[str]:
    """From the law's name on, without comments."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("<!--")]
    start = next((at for at, line in enumerate(lines) if line.startswith("# ")), len(lines))
    return lines[start:]


def _law(law_id: str, lines: list[str]) -> Document:
    """A unit a line; ``#`` marks the headings, the law's name the outermost of them."""
    units: list[Unit] = []
    path: tuple[Heading, ...] = ()
    for ordinal, line in enumerate(lines, start=1):
        marked = _MARKDOWN.fullmatch(line)
        if marked:
            depth = len(marked[1])
            path = (*(above for above in path if above.depth < depth), Heading(depth, marked[2]))
        kind, text = ("heading" if marked else "paragraph"), (marked[2] if marked else line)
        units.append(Unit(law_id, ordinal, kind, path, ("未标",), text))  # type: ignore[arg-type]
    report = Report(
        law_id, path[0].text, 2021, "国家", ("全国",), "其他", None, None, Source("", law_id, "txt", "utf-8"), True, ()
    )
    return Document(report, tuple(units))


def _titles(laws: Iterable[Document]) -> Iterator[KnownItem]:
    for law in laws:
        wanted = frozenset((law.report.id, unit.ordinal) for unit in law.units if unit.kind == "paragraph")
        yield KnownItem(str(law.report.title), wanted)


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
