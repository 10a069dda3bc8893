"""Reports without end: real reports and laws whose sentences are drawn anew with a seed.

Each is built like a real one: its headings, and as many sentences in each paragraph. Sentences come from all texts of
the same kind, so a term is about as frequent here as there.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from itertools import count, cycle, islice

from bench.originals import laws, reports
from indexer import Document, Unit
from indexer.fields import LEVELS, REPORT

SEED = 20261123
SHARE_OF_REPORTS = 0.75
SHORTEST, LONGEST = 100, 200
"""Units of a report."""
LAWS = 400
LAST_YEAR, YEARS = 2026, 30
DEPTHS = (1, 9, 30, 60)
"""How often the nation, a province, a city, a county reports."""

Places = dict[int, list[tuple[str, ...]]]
"""By how deep they lie: 0 is the nation."""

_SENTENCE = re.compile("[^。！？；]+[。！？；]?")


@dataclass(frozen=True)
class Kind:
    """Texts of one kind, whose sentences go together."""

    documents: Sequence[Document]

    @cached_property
    def sentences(self) -> list[str]:
        texts = (unit.text for each in self.documents for unit in each.units if unit.kind == "paragraph")
        return [sentence for text in texts for sentence in _SENTENCE.findall(text)]

    def redrawn(self, unit: Unit, chance: random.Random) -> Unit:
        """The unit with other sentences, as many as it has; a heading stays."""
        if unit.kind == "heading":
            return unit
        drawn = chance.choices(self.sentences, k=len(_SENTENCE.findall(unit.text)))
        return replace(unit, text="".join(drawn))


def recombined(units: int) -> Iterator[Document]:
    """Reports of ``units`` units in all, the same in every run; the shorter stream is the beginning of the longer."""
    left = units
    for document in _endless():
        yield replace(document, units=document.units[:left])
        left -= len(document.units)
        if left <= 0:
            return


def another() -> Document:
    """A report of 150 units that no stream of fewer than a thousand million units has."""
    texts = Kind(tuple(reports()))
    return _report(texts.documents[-1], 150, texts, "new", random.Random(SEED), _places())


def _endless() -> Iterator[Document]:
    chance, places = random.Random(SEED), _places()
    kinds = [kind for kind in (Kind(tuple(reports())), Kind(_some(laws()))) if kind.documents]
    for number in count():
        kind = kinds[0] if chance.random() < SHARE_OF_REPORTS else kinds[-1]
        length = chance.randint(SHORTEST, LONGEST)
        yield _report(chance.choice(kind.documents), length, kind, str(number), chance, places)


def _some(every: Iterable[Document]) -> tuple[Document, ...]:
    each_so_many = islice(every, 0, None, 10)
    return tuple(islice(each_so_many, LAWS))


def _report(like: Document, length: int, kind: Kind, number: str, chance: random.Random, places: Places) -> Document:
    """A report of ``length`` units, its units' kinds and headings those of ``like`` from some place on."""
    depth = chance.choices(range(len(LEVELS) - 1), DEPTHS)[0]
    region, year = chance.choice(places[depth]), LAST_YEAR - int(YEARS * chance.random() ** 2)
    name = f"{year}-{region[-1]}-{number}"
    start = chance.randrange(len(like.units))
    round_and_round = islice(cycle(like.units), start, start + length)
    units = (kind.redrawn(unit, chance) for unit in round_and_round)
    numbered = tuple(replace(unit, report_id=name, ordinal=n) for n, unit in enumerate(units, start=1))
    report = replace(like.report, id=name, year=year, level=LEVELS[depth], region=region, type=REPORT, digest=name)
    return Document(report, numbered)


def _places() -> Places:
    rows = csv.DictReader((files("indexer.places") / "current.csv").read_text(encoding="utf-8").splitlines())
    paths = [tuple(row["path"].split("/")) for row in rows]
    deep = {depth: [path for path in paths if len(path) == depth] for depth in range(1, len(LEVELS) - 1)}
    provinces = sorted({path[:1] for path in paths})
    return deep | {0: [("全国",)], 1: provinces}
