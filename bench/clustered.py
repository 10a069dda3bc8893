"""What is measured of a cluster, and its tables in bench/RESULTS.md."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from bench.measured import CACHE, Asked
from bench.ratios import median
from bench.serving import percentile

FOLDER, CLUSTER, HAND = "product, a folder", "product, the cluster", "by hand, the cluster"
ENGINES = (FOLDER, CLUSTER, HAND)
SEARCHING, INDEXING = 1.2, 0.8
"""The most that a search by the product may take, and the least speed of its indexing, by what is written by hand."""

_KEPT = CACHE / "clustered"
_WHAT = """The same recombined units, the same questions: top 20 with their texts, total, and the units and occurrences
by year, level, section and region, a filtered field heeding the others' filters alone. The cluster is one node with a
heap of 2 GB on the same machine. By hand: one search for each question by the cluster's own client, over the very index
that the product made, of its committed state. It ranks by occurrences, which its one score gives; the product works out
BM25 of the term and the words in it over that state and how close several terms stand, tells the occurrences of each
term apart, gives each hit's report and looks each time whether that state is committed still. NEAR is the cluster's own
`intervals` by hand. The product over the cluster and what is written by hand take turns question by question, after
all were asked everything four times; the cluster keeps no answers. Totals and all numbers of facets are compared; where
they differ it is said. A ratio is the product's median by that of what is written by hand, question by
question, and what is shown of them is the median; `first asked` is asked of an engine just opened, which remembers
nothing.

Indexing by hand has its records ready, tokens and all; it encodes and sends them in two threads, into a new index of
the same settings. The product folds and cuts the texts itself, while two requests are under way. All that either begins
with is in memory. They take turns; what is shown are medians, and the least and the most, and a ratio is the median of
the ratios turn by turn. Once client and node share all processors; once the client has one and the node the others, as
where they are two machines. Work is the seconds of all processors, the node's and the client's; tokens are what folding
and cutting take alone. Time is until readers see it."""


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds: by the clock, of the client's processors, and of the node's. ``size`` is of the index in bytes.
    ``walls`` are those of each turn, if there were several."""

    wall: float
    work: float
    of_node: float
    size: int
    walls: tuple[float, ...] = ()

    @property
    def whole_work(self) -> float:
        return self.work + self.of_node


@dataclass(frozen=True, slots=True)
class Clustered:
    """Of so many units, by engine; ``built`` where client and node share the processors, ``apart`` where they do not;
    ``tokens`` are the seconds that folding and cutting take alone, ``first`` those of the questions without filters,
    asked first."""

    units: int
    reports: int
    text_bytes: int
    tokens: float
    built: dict[str, Built]
    apart: dict[str, Built]
    asked: dict[str, tuple[Asked, ...]]
    first: dict[str, tuple[float, ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.kind for each in self.asked[HAND]))

    def ratios(self, engine: str, kind: str | None = None) -> list[float]:
        """The engine's median by that of what is written by hand, for each question of one class or all."""
        pairs = zip(self.asked[engine], self.asked[HAND], strict=True)
        return [median(own) / median(by_hand) for own, by_hand in pairs if kind in (None, own.kind)]

    @property
    def first_ratio(self) -> float:
        pairs = zip(self.first[CLUSTER], self.first[HAND], strict=True)
        return statistics.median(own / by_hand for own, by_hand in pairs)

    def differing(self, engine: str) -> tuple[str, ...]:
        """The questions that an engine answers otherwise than the product over a folder."""
        pairs = zip(self.asked[FOLDER], self.asked[engine], strict=True)
        return tuple(a.name for a, b in pairs if (a.total, a.facets) != (b.total, b.facets))

    @property
    def indexing_tokens(self) -> float:
        """The same in the work of processors, without what making the tokens takes."""
        return self.built[HAND].whole_work / (self.built[CLUSTER].whole_work - self.tokens)


def indexing(built: dict[str, Built]) -> float:
    """How fast the product is by what is written by hand, by the clock, its tokens made meanwhile; turn by turn."""
    turns = zip(built[HAND].walls, built[CLUSTER].walls, strict=True)
    return statistics.median(by_hand / own for by_hand, own in turns)


def keep(measured: Clustered) -> None:
    _KEPT.mkdir(parents=True, exist_ok=True)
    (_KEPT / f"{measured.units}.json").write_bytes(msgspec.json.encode(measured))


def kept() -> list[Clustered]:
    """All that was measured, by units."""
    read = (msgspec.json.decode(path.read_bytes(), type=Clustered) for path in _KEPT.glob("*.json"))
    return sorted(read, key=lambda each: each.units)


def page(version: str) -> Iterator[str]:
    """All that was measured, as Markdown without a heading; ``version`` is OpenSearch's."""
    yield ""
    yield f"`python -m bench.cluster`, {datetime.date.today()}, {os.cpu_count()} processors, Python"
    yield f"{platform.python_version()}, OpenSearch {version}."
    yield _WHAT
    for measured in kept():
        yield ""
        yield f"### {measured.units:,} units, on a cluster"
        yield ""
        yield f"{measured.reports:,} reports, {measured.text_bytes / 1e6:.1f} MB of UTF-8."
        for engine in (CLUSTER, HAND):
            if differing := measured.differing(engine):
                yield f"{engine.capitalize()}, answers otherwise than the folder: {', '.join(differing)}."
        for table in (_bounds, _indexing, _searching):
            yield ""
            yield from table(measured)


def _bounds(measured: Clustered) -> Iterator[str]:
    yield "| | bound | measured | |"
    yield "|---|---|---|---|"
    worst = {kind: statistics.median(measured.ratios(CLUSTER, kind)) for kind in measured.kinds}
    slowest = max(worst, key=lambda kind: worst[kind])
    yield _at_most("search, the product by hand, median", statistics.median(measured.ratios(CLUSTER)))
    yield _at_most(f"the same, its worst class ({slowest})", worst[slowest])
    yield _at_most("the same, first asked", measured.first_ratio)
    yield _at_least("indexing, its tokens made meanwhile, by hand with ready tokens", indexing(measured.apart))
    yield _at_least("the same where client and node share the processors", indexing(measured.built))
    yield _at_least("the same in work, without making the tokens", measured.indexing_tokens)


def _at_most(what: str, ratio: float) -> str:
    return f"| {what} | ≤ {SEARCHING} × | {ratio:.2f} × | {'✓' if ratio <= SEARCHING else '✗'} |"


def _at_least(what: str, ratio: float) -> str:
    return f"| {what} | ≥ {INDEXING} × | {ratio:.2f} × | {'✓' if ratio >= INDEXING else '✗'} |"


def _indexing(measured: Clustered) -> Iterator[str]:
    yield "| indexing | s | units/s | client's work, s | node's work, s | of it tokens, s | index MB | by the text |"
    yield "|---|---|---|---|---|---|---|---|"
    apart = {f"{engine}, processors apart": built for engine, built in measured.apart.items()}
    for engine, built in (measured.built | apart).items():
        tokens = "ready" if engine.startswith(HAND) else f"{measured.tokens:.1f}"
        yield (
            f"| {engine} | {_spread(built)} | {measured.units / built.wall:,.0f} | {built.work:.1f} | "
            f"{built.of_node:.1f} | {tokens} | {built.size / 1e6:.0f} | {built.size / measured.text_bytes:.2f} |"
        )


def _spread(built: Built) -> str:
    """The middle, and from the least to the most of the turns."""
    return f"{built.wall:.1f}" + (f" ({min(built.walls):.1f}–{max(built.walls):.1f})" if built.walls else "")


def _searching(measured: Clustered) -> Iterator[str]:
    """A row a class of questions; of every engine p50 and p99 of all times, and the ratio."""
    yield f"| ms: p50, p99, ratio | {' | '.join(ENGINES)} |"
    yield "|---" * (len(ENGINES) + 1) + "|"
    for kind in measured.kinds:
        yield f"| {kind} | {' | '.join(_cell(measured, engine, kind) for engine in ENGINES)} |"
    yield f"| **all** | {' | '.join(_cell(measured, engine, None) for engine in ENGINES)} |"


def _cell(measured: Clustered, engine: str, kind: str | None) -> str:
    spent = _times(measured.asked[engine], kind)
    ratio = statistics.median(measured.ratios(engine, kind))
    return f"{percentile(spent, 50) * 1000:.1f}, {percentile(spent, 99) * 1000:.0f}, **{ratio:.2f}**"


def _times(asked: Sequence[Asked], kind: str | None) -> list[float]:
    return [spent for each in asked if kind in (None, each.kind) for spent in each.times]
