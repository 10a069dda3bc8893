"""The tables of bench/RESULTS.md, from what was measured."""

from __future__ import annotations

import datetime
import os
import platform
import sqlite3
import statistics
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bench.bounds import bounds
from bench.clustered import kept as kept_of_clusters
from bench.clustered import page as of_clusters
from bench.engines import NAMES, PRODUCT, TOKENISING
from bench.measured import kept, kept_texts
from bench.ratios import Comparison, times
from bench.serving import percentile
from cluster.distribution import VERSION

TABLES = Path(__file__).with_name("RESULTS.md")
OF_CLUSTERS = "## On a cluster\n"
_WHAT = """Every engine gets the same stream of documents, is asked the same questions (top 20, total, and the units by
year, level, section and region, a filtered field heeding the others' filters alone) and runs in a process of its own,
its files in the system's cache. Totals and all facet counts are compared with the product's before any time is
believed; where one differs, the engine's times are left out. The product also counts occurrences, and gives whole units
and reports where the others give addresses. A question's time is the median of repeated asking, a ratio the engine's
time by the product's, question by question, and what is shown of them is the median. Engines named in one run take
turns in searching. Memory is the process's own, mapped files aside; in indexing it includes the texts that sentences
are drawn from: what the row `tokenising` has.

NEAR is asked of words of two characters: there the slop of phrases (tantivy, in both orders), FTS5's NEAR and Whoosh's
span query over pairs mean the same as the product's, and the counts say so. The panel is 60 words by year: units, and
in the product occurrences too. SQLite is given pairs and characters, tantivy and Whoosh also the words. Work is the
seconds of all processors together: the product makes tokens and arrays in two processes, tantivy indexes in threads
while its tokens are made, so that only work can be told apart into tokens and what is done with them. bm25s ranks by
words alone and counts nothing: its answers are compared with nobody's. `tokenising` is folding and cutting into words
alone: the same for every unit, so that where it grows more than the units do, the machine was slower."""


def write() -> None:
    """Print all tables, and write them. What was written of one machine, or of clusters, stays where nothing of it is
    kept here: it was measured elsewhere."""
    before = TABLES.read_text(encoding="utf-8") if TABLES.exists() else ""
    of_one, _, of_many = before.partition(OF_CLUSTERS)
    one = "\n".join(page()) + "\n\n" if kept_texts() else of_one
    many = "\n".join(of_clusters(VERSION)) + "\n" if kept_of_clusters() else of_many
    written = one + (OF_CLUSTERS + many if many else "")
    TABLES.write_text(written.rstrip("\n") + "\n", encoding="utf-8")
    print(written)


def page() -> Iterator[str]:
    """All that is measured, as Markdown."""
    every = [Comparison(texts, kept(texts)) for texts in kept_texts()]
    comparisons = [each for each in every if PRODUCT in each.measured and TOKENISING in each.measured]
    libraries = ", ".join(f"{name} {version(name)}" for name in ("tantivy", "whoosh3", "bm25s"))
    yield "# The same work by every engine"
    yield ""
    yield f"`python -m bench.compare`, {datetime.date.today()}, {os.cpu_count()} processors, Python"
    yield f"{platform.python_version()}, {libraries}, SQLite {sqlite3.sqlite_version}."
    yield _WHAT
    yield ""
    yield "## Bounds"
    yield ""
    yield from bounds({int(each.texts): each for each in comparisons if each.texts.isdecimal()})
    for comparison in comparisons:
        yield ""
        yield from _tables(comparison)


def _tables(comparison: Comparison) -> Iterator[str]:
    built = comparison.product.building
    name = "recombined" if comparison.texts.isdecimal() else comparison.texts
    yield f"## {built.units:,} units: {name}"
    yield ""
    yield f"{built.reports:,} reports, {built.text_bytes / 1e6:.1f} MB of UTF-8."
    for engine in NAMES:
        if engine in comparison.measured and (differing := comparison.differing(engine)):
            yield f"**{engine} answers otherwise and is left out: {', '.join(differing)}.**"
    engines = [each for each in NAMES if each in comparison.measured and not comparison.differing(each)]
    yield ""
    yield from _building(comparison, [*engines, TOKENISING])
    yield ""
    yield from _opening(comparison, engines)
    yield ""
    yield from _searching(comparison, engines)


def _building(comparison: Comparison, engines: list[str]) -> Iterator[str]:
    yield (
        "| indexing | s | work, s | of it tokens, s | ratio, whole | ratio, same tokens "
        "| peak MB | index MB | by the text |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for engine in engines:
        built = comparison.measured[engine].building
        ratios = f"{comparison.indexing(engine):.2f} | {comparison.indexing_tokens(engine):.2f}"
        tokens = built.tokenising_work or comparison.measured[TOKENISING].building.work
        shown = "|" if engine in (PRODUCT, TOKENISING) else ratios
        yield (
            f"| {engine} | {built.whole:.1f} | {built.work:.1f} | {tokens:.1f} | {shown} | "
            f"{built.peak:.0f} | {built.size / 1e6:.1f} | {built.size / built.text_bytes:.2f} |"
        )


def _opening(comparison: Comparison, engines: list[str]) -> Iterator[str]:
    yield "| serving | opening ms | first search ms | memory MB | panel s | panel, ratio |"
    yield "|---|---|---|---|---|---|"
    for engine in engines:
        served = comparison.measured[engine].searching
        own = comparison.product.searching
        if served is None or own is None:
            continue
        panel = f"{served.panel:.3f} | {served.panel / own.panel:.1f}" if served.panel_counts else "|"
        yield f"| {engine} | {served.opening * 1000:.1f} | {served.first * 1000:.1f} | {served.memory:.0f} | {panel} |"


def _searching(comparison: Comparison, engines: list[str]) -> Iterator[str]:
    """A row a class of questions; of every engine p50 and p99 of all times, and the ratio."""
    yield f"| ms: p50, p99, ratio | {' | '.join(engines)} |"
    yield "|---" * (len(engines) + 1) + "|"
    for kind in comparison.kinds:
        yield f"| {kind} | {' | '.join(_cell(comparison, engine, kind) for engine in engines)} |"
    yield f"| **all** | {' | '.join(_cell(comparison, engine, None) for engine in engines)} |"
    means = (f"{statistics.geometric_mean(comparison.ratios(engine)):.2f}" for engine in engines)
    yield f"| geometric mean of the ratios | {' | '.join(means)} |"


def _cell(comparison: Comparison, engine: str, kind: str | None) -> str:
    spent = times(comparison.measured[engine], kind)
    ratio = statistics.median(comparison.ratios(engine, kind))
    return f"{percentile(spent, 50) * 1000:.2f}, {percentile(spent, 99) * 1000:.1f}, **{ratio:.1f}**"
