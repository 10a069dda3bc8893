"""``python -m bench.ranking``: how high known items come, by plain BM25 and by ours; writes bench/RANKING.md."""

from __future__ import annotations

import datetime
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.known_items import SEED, Address, KnownItem, KnownSet, known_sets
from bench.plain import PlainRanking
from indexer import Engine, SearchRequest, Unit, create_engine
from indexer.query import Term
from indexer.text import Segmenter, characters, fold, pairs

FIRST = 10
LOOKED_AT = 60
"""Units asked for; those that are headings themselves are left out before the first ten are taken."""

TABLE = Path(__file__).with_name("RANKING.md")

_WHAT = """MRR@10: the mean of 1/rank of the first wanted unit in the first ten, 0 without one. Recall@10: the share of
the wanted units (ten at most) among them. Units that are headings themselves are in no answer. Plain: BM25 (k1 1.2,
b 0.75) over the unit's own text; the last plain row takes the headings above it for its text too. Ours: mode 宽松,
order 相关度, through the engine."""

Ranking = Callable[[str], list[Unit]]


@dataclass(frozen=True, slots=True)
class Measured:
    """``rank`` is the mean reciprocal rank of the first wanted unit in the first ten; ``recall`` the mean share of the
    wanted units (of ten at most) among them; ``milliseconds`` the median of a query."""

    set: str
    ranking: str
    rank: float
    recall: float
    milliseconds: float


def main() -> None:
    """Measure every set by every ranking, print the table and write it."""
    lines = list(_page(known_sets()))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def _page(sets: tuple[KnownSet, ...]) -> Iterator[str]:
    yield "# Known items, ranked"
    yield ""
    yield f"`python -m bench.ranking`, {datetime.date.today()}, seed {SEED}."
    yield _WHAT
    for known in sets:
        units = sum(len(document.units) for document in known.documents)
        yield ""
        yield f"## {known.name}"
        yield f"{len(known.items)} queries, {len(known.documents)} texts, {units:,} units"
        yield ""
        yield "| ranking | MRR@10 | recall@10 | ms a query |"
        yield "|---|---|---|---|"
        for row in measure(known):
            yield f"| {row.ranking} | {row.rank:.3f} | {row.recall:.3f} | {row.milliseconds:.1f} |"


def measure(known: KnownSet) -> Iterator[Measured]:
    """A row a ranking."""
    units = [unit for document in known.documents for unit in document.units]
    texts = [fold(unit.text) for unit in units]
    under = ["".join([*(fold(heading.text) for heading in unit.headings), fold(unit.text)]) for unit in units]
    for name, over, tokens in (
        ("plain, jieba words", texts, Segmenter().words),
        ("plain, pairs", texts, pairs),
        ("plain, characters and pairs", texts, _characters_and_pairs),
        ("plain, characters and pairs, with headings", under, _characters_and_pairs),
    ):
        yield _measured(known, name, _plain(PlainRanking(over, tokens), units))
    with TemporaryDirectory() as folder:
        engine = create_engine(folder)
        engine.update(known.documents)
        yield _measured(known, "ours, 宽松", _ours(engine))
        engine.close()


def _characters_and_pairs(folded: str) -> Iterator[str]:
    yield from characters(folded)
    yield from pairs(folded)


def _plain(ranking: PlainRanking, units: list[Unit]) -> Ranking:
    return lambda query: [units[place] for place in ranking.ranked(fold(query), LOOKED_AT)]


def _ours(engine: Engine) -> Ranking:
    def ranked(query: str) -> list[Unit]:
        return [hit.unit for hit in engine.search(SearchRequest(Term(query), size=LOOKED_AT, mode="loose")).hits]

    return ranked


def _measured(known: KnownSet, name: str, ranking: Ranking) -> Measured:
    ranks, recalls, times = [], [], []
    for item in known.items:
        began = time.perf_counter()
        found = ranking(item.query)
        times.append((time.perf_counter() - began) * 1000)
        first = [(unit.report_id, unit.ordinal) for unit in found if unit.kind == "paragraph"][:FIRST]
        ranks.append(_reciprocal_rank(first, item))
        recalls.append(len(item.wanted.intersection(first)) / min(FIRST, len(item.wanted)))
    mean = statistics.fmean
    return Measured(known.name, name, mean(ranks), mean(recalls), statistics.median(times))


def _reciprocal_rank(first: list[Address], item: KnownItem) -> float:
    return next((1 / place for place, address in enumerate(first, start=1) if address in item.wanted), 0.0)


if __name__ == "__main__":
    main()
