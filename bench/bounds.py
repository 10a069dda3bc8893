"""The bounds the product is to keep over a million units, and what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping

from bench.engines import PLAIN_WHOOSH, PRODUCT, SQLITE, TANTIVY, TOKENISING
from bench.measured import Building, Searching
from bench.ratios import Comparison, growth
from bench.serving import percentile

UNITS = 1_000_000

Bound = tuple[str, str, float, float]
"""What, its unit, the bound, and what was measured: a ratio (×) must reach it, all else stay below it."""


def bounds(comparisons: Mapping[int, Comparison]) -> Iterator[str]:
    """A row a bound, over a million units or the most measured; against another engine, the most measured of it."""
    if not comparisons:
        return
    units = max((each for each in comparisons if each <= UNITS), default=min(comparisons))
    yield "| | over units | bound | measured | |"
    yield "|---|---|---|---|---|"
    for engine in (TANTIVY, SQLITE, PLAIN_WHOOSH):
        over = [each for each in comparisons if each <= units and _is_comparable(comparisons[each], engine)]
        for bound in _against(comparisons[max(over)], engine) if over else ():
            yield _row(max(over), *bound)
    own = comparisons[units].product
    if own.searching is not None:
        for bound in (*_searching(own.searching, own.adding), *_building(own.building)):
            yield _row(units, *bound)
    for few, many in ((100_000, 1_000_000), (1_000_000, 3_000_000)):
        if few in comparisons and many in comparisons:
            for bound in _growth(few, many, comparisons):
                yield _row(many, *bound)


def _is_comparable(comparison: Comparison, engine: str) -> bool:
    return engine in comparison.measured and not comparison.differing(engine)


def _against(comparison: Comparison, engine: str) -> Iterator[Bound]:
    """Ratios to one engine."""
    every = comparison.ratios(engine)
    if engine == TANTIVY:
        slowest = min(statistics.median(comparison.ratios(engine, kind)) for kind in comparison.kinds)
        yield "search, tantivy by the product, geometric mean", "×", 2, statistics.geometric_mean(every)
        yield "the same, its worst class, median", "×", 1, slowest
        yield "indexing the same tokens, tantivy by the product", "×", 1, comparison.indexing_tokens(engine)
        yield "indexing with making the tokens, tantivy by the product", "×", 1, comparison.indexing(engine)
    if engine == SQLITE:
        yield "search, SQLite FTS5 by the product, median", "×", 10, statistics.median(every)
    if engine == PLAIN_WHOOSH:
        yield "search, Whoosh by the product, median", "×", 100, statistics.median(every)
        yield "indexing the same tokens, Whoosh by the product", "×", 8, comparison.indexing_tokens(engine)


def _searching(own: Searching, adding: float | None) -> Iterator[Bound]:
    shown = list(own.shown)
    yield "faceted search with 20 hits highlighted, p50", "ms", 10, percentile(shown, 50) * 1000
    yield "the same, p99", "ms", 60, percentile(shown, 99) * 1000
    yield "adding a report of 150 units", "s", 1, adding or 0.0
    yield "opening", "ms", 100, own.opening * 1000
    yield "first search in a new process", "ms", 300, own.first * 1000
    yield "memory of a process that searches, mapped files aside", "MB", 600, own.memory
    yield "panel of 60 words by year", "s", 1.5, own.panel


def _building(own: Building) -> Iterator[Bound]:
    yield "memory of indexing", "MB", 2000, own.peak
    yield "index by the UTF-8 text", "times", 3, own.size / own.text_bytes


def _growth(few: int, many: int, comparisons: Mapping[int, Comparison]) -> Iterator[Bound]:
    smaller, larger = comparisons[few], comparisons[many]
    worst = max(growth(smaller, larger))
    indexing, tokenising = (
        larger.measured[each].building.whole / smaller.measured[each].building.whole for each in (PRODUCT, TOKENISING)
    )
    yield f"growth of search from {few:,} units, the worst class", "times", many / few, worst
    yield f"growth of indexing from {few:,} units", "times", many / few, indexing
    yield "the same where `tokenising` grows as the units do", "times", many / few, indexing / tokenising * many / few


def _row(units: int, what: str, measure: str, bound: float, measured: float) -> str:
    is_kept = measured >= bound if measure == "×" else measured <= bound
    sign = "≥" if measure == "×" else "≤"
    return f"| {what} | {units:,} | {sign} {bound:g} {measure} | {measured:.3g} {measure} | {'✓' if is_kept else '✗'} |"
