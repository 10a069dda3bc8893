"""``python -m bench.compare --units 100000 --engines product,tantivy``: the same work by every engine, side by side.

Each stage of each engine runs in a process of its own. What is measured is kept in ``.bench/``; what was kept before of
other engines and texts goes into the same tables, which are printed and written to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.engines import BM25S, NAMES, PLAIN_WHOOSH, SQLITE, TOKENISING
from bench.measured import CACHE, Building, Measured, Searching, keep
from bench.originals import CORPORA
from bench.results import page

TABLES = Path(__file__).with_name("RESULTS.md")

MOST_UNITS = {PLAIN_WHOOSH: 100_000, SQLITE: 1_000_000, BM25S: 1_000_000}
"""Beyond these an engine takes hours, or more memory than there is: asked for only by ``--slow``."""
UNITS_OF_LAWS = 530_000


def main() -> None:
    """Measure what is asked for, then print and write all tables."""
    asked = _arguments()
    for texts in _listed(asked.texts) + _listed(asked.units):
        for engine in _engines(texts, _listed(asked.engines), asked.slow):
            print(f"{texts}: {engine}", file=sys.stderr, flush=True)
            keep(_measured(engine, texts))
    lines = "\n".join(page())
    TABLES.write_text(lines + "\n", encoding="utf-8")
    print(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    parser.add_argument("--texts", default="", help="of reports,laws: real texts as they are")
    parser.add_argument("--units", default="", help="numbers of recombined units, as 10000,100000")
    parser.add_argument("--engines", default=",".join(NAMES))
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


def _measured(engine: str, texts: str) -> Measured:
    folder = CACHE / "index" / texts / engine
    shutil.rmtree(folder, ignore_errors=True)
    try:
        building = msgspec.json.decode(_stage("build", engine, texts, folder), type=Building)
        if engine == TOKENISING:
            return Measured(engine, texts, building, None)
        searching = msgspec.json.decode(_stage("search", engine, texts, folder), type=Searching)
        return Measured(engine, texts, building, searching)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stage(stage: str, engine: str, texts: str, folder: Path) -> bytes:
    command = [sys.executable, "-m", "bench.measure", stage, engine, texts, str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
