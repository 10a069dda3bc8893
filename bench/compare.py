"""``python -m bench.compare --units 100000 --engines product,tantivy``: the same work by every engine, side by side.

Each stage of each engine runs in a process of its own; searching they take turns, so that what else the machine does
meets all alike. What is measured is kept in ``.bench/``; what was kept before of other engines and texts goes into the
same tables, which are printed and written to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.engines import BM25S, NAMES, PLAIN_WHOOSH, PRODUCT, SQLITE, TOKENISING
from bench.measured import CACHE, Building, Measured, Searching, keep, together
from bench.originals import CORPORA
from bench.results import write

MOST_UNITS = {PLAIN_WHOOSH: 100_000, SQLITE: 1_000_000, BM25S: 1_000_000}
"""Beyond these an engine takes hours, or more memory than there is: asked for only by ``--slow``."""
UNITS_OF_LAWS = 530_000


def main() -> None:
    """Measure what is asked for, then print and write all tables."""
    asked = _arguments()
    for texts in _listed(asked.texts) + _listed(asked.units):
        _measure(texts, list(_engines(texts, _listed(asked.engines), asked.slow)), asked.turns)
    write()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    parser.add_argument("--texts", default="", help="of reports,laws: real texts as they are")
    parser.add_argument("--units", default="", help="numbers of recombined units, as 10000,100000")
    parser.add_argument("--engines", default=",".join(NAMES))
    parser.add_argument("--turns", type=int, default=7, help="how often each engine is asked everything")
    parser.add_argument("--slow", action="store_true", help="also those that take hours")
    return parser.parse_args()


def _listed(text: str) -> list[str]:
    return [each for each in text.split(",") if each]


def _engines(texts: str, chosen: list[str], slow: bool) -> Iterator[str]:
    """The engines that can be measured over these texts."""
    units = int(texts) if texts.isdecimal() else UNITS_OF_LAWS if texts == "laws" else 0
    if texts == "laws" and not CORPORA.is_dir():
        return
    yield TOKENISING
    yield from (engine for engine in chosen if slow or units <= MOST_UNITS.get(engine, units))


def _measure(texts: str, engines: list[str], many: int) -> None:
    try:
        built = {each: msgspec.json.decode(_stage("build", each, texts), type=Building) for each in engines}
        turns = [each for _ in range(many) for each in engines if each != TOKENISING]
        searched = [(each, _searched(each, texts)) for each in turns]
        adding = msgspec.json.decode(_stage("add", PRODUCT, texts), type=float) if PRODUCT in engines else None
        for engine, building in built.items():
            of_engine = [searching for each, searching in searched if each == engine]
            keep(Measured(engine, texts, building, together(of_engine), adding if engine == PRODUCT else None))
    finally:
        for engine in engines:
            shutil.rmtree(_folder(engine, texts), ignore_errors=True)


def _searched(engine: str, texts: str) -> Searching:
    _stage("begin", engine, texts)
    return msgspec.json.decode(_stage("search", engine, texts), type=Searching)


def _folder(engine: str, texts: str) -> Path:
    return CACHE / "index" / texts / engine


def _stage(stage: str, engine: str, texts: str) -> bytes:
    print(f"{texts}: {stage} {engine}", file=sys.stderr, flush=True)
    folder = _folder(engine, texts)
    if stage == "build":
        shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "bench.measure", stage, engine, texts, str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
