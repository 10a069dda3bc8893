"""The same exact searches by others, in one run: a scan, Whoosh's own phrase query, SQLite FTS5."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable

from whoosh import index as whoosh_index
from whoosh.query.positional import Phrase

from indexer import Engine, SearchRequest, open_engine
from indexer.fields import FACETS
from indexer.query import Term
from indexer.text import fold, pairs

ROUNDS = 20


def compare(index: str) -> None:
    """Print a row a peer: the median over drawn terms, and the ratio to baogao."""
    engine = open_engine(index)
    texts = [unit.text for report in engine.reports() for unit in engine.document(report.id).units]
    terms = _terms(texts)
    peers = {
        "baogao，命中、处数、排序、五个分面": _baogao(engine),
        "baogao，只要命中": _hits_only(engine),
        "逐段扫描，只要命中": _scan(texts),
        "Whoosh 短语查询，只要命中": _whoosh(index),
        "SQLite FTS5 逐字短语，只要命中": _sqlite(texts),
    }
    expected = {term: _scan(texts)(term) for term in terms}
    medians = {name: _median(search, expected) for name, search in peers.items()}
    own = next(iter(medians.values()))
    print(f"{len(terms)} 个随机抽取的 2 到 6 字词，{len(texts)} 段，每词 {ROUNDS} 次，答案都与扫描相同")
    print(f"{'':40}{'中位':>12}{'比第一行快':>8}")
    for name, median in medians.items():
        print(f"{name:40}{median * 1000:10.3f} 毫秒{own / median:8.2f} 倍")
    engine.close()


def _terms(texts: list[str]) -> list[str]:
    folded = [fold(text) for text in texts]
    long_enough = [text for text in folded if len(text) >= 40]
    return [text[len(text) // 2 :][: 2 + i % 5] for i, text in enumerate(long_enough[::4])]


def _median(search: Callable[[str], int], expected: dict[str, int]) -> float:
    times = []
    for term, hits in expected.items():
        for _ in range(ROUNDS):
            began = time.perf_counter()
            found = search(term)
            times.append(time.perf_counter() - began)
            assert found == hits, (term, found, hits)
    return statistics.median(times)


def _baogao(engine: Engine) -> Callable[[str], int]:
    return lambda term: engine.search(SearchRequest(Term(term), facets=FACETS)).total


def _hits_only(engine: Engine) -> Callable[[str], int]:
    return lambda term: engine.search(SearchRequest(Term(term), sort="newest", size=0)).total


def _scan(texts: list[str]) -> Callable[[str], int]:
    folded = [fold(text) for text in texts]
    return lambda term: sum(term in text for text in folded)


def _whoosh(index: str) -> Callable[[str], int]:
    searcher = whoosh_index.open_dir(index).searcher()
    return lambda term: sum(1 for _ in Phrase("grams", list(pairs(term))).docs(searcher))


def _sqlite(texts: list[str]) -> Callable[[str], int]:
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table units using fts5(text, tokenize='unicode61 categories ''L* N* Co P* S*''')")
    database.executemany("insert into units values (?)", ((" ".join(fold(text)),) for text in texts))
    sql = "select count(*) from units where units match ?"
    return lambda term: int(database.execute(sql, ('"' + " ".join(term.replace('"', '""')) + '"',)).fetchone()[0])
