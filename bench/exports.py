"""``python -m bench.exports [ROWS]``: time, size and peak memory of whole exports; memory should not grow with rows."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer import Document, Heading, Report, Source, Unit, create_engine, open_engine
from search_app.export import FORMATS
from search_app.export.formats import stream

PARAGRAPHS = 200
"""Of a report; half of them hold what is sought."""
SENTENCE = "加快建设现代化产业体系，推动高质量发展，全社会研发投入强度达到百分之二点五，人民生活品质不断改善。"


@dataclass(frozen=True, slots=True)
class Measured:
    """``first`` and ``whole`` are the seconds to the first piece and to the last; ``grown`` is the growth of the
    process's peak memory over the search without its rows, in MB."""

    first: float
    whole: float
    size: int
    grown: float


def main() -> None:
    """Measure a tenth of the rows and all of them, each format in a process of its own. Prints one table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "index")
        engine = create_engine(address)
        engine.update(_documents(rows // PARAGRAPHS))
        engine.close()
        print_table(address)


def print_table(address: str) -> None:
    """A row a format and query, over the index at ``address``."""
    print(f"{'':24}{'第一块':>8}{'全部':>8}{'大小':>10}{'内存':>8}")
    for form in FORMATS:
        for query, asked in (("十分之一的行", {"q": ["年:2010"]}), ("全部的行", {})):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                told = pool.apply(_measure, (address, form, asked))
            numbers = f"{told.first:8.2f} 秒{told.whole:8.2f} 秒{told.size / 1e6:10.1f} MB{told.grown:8.1f} MB"
            print(f"{form + '，' + query:24}{numbers}")


def _measure(address: str, form: str, asked: dict[str, list[str]]) -> Measured:
    engine = open_engine(address)
    with engine.scan() as scan:
        next(scan.findings, None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    pieces = stream(engine, asked, FORMATS[form], "")
    size = len(next(pieces))
    first = time.perf_counter() - began
    size += sum(map(len, pieces))
    whole = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    engine.close()
    return Measured(first, whole, size, grown)


def _documents(reports: int) -> Iterator[Document]:
    for number in range(reports):
        year = 2010 + number % 10
        name = f"{year}-某市{number}-政府工作报告"
        report = Report(
            name, None, year, "市", ("某省", f"某市{number}"), "政府工作报告", None, None,
            Source("", "", "txt", "utf-8"), True, (),
        )  # fmt: skip
        headings = (Heading(1, "一、重点工作"),)
        units = (
            Unit(name, n, "paragraph", headings, ("重点任务", "产业"), f"第{n}项，{SENTENCE * (1 + n % 4)}")
            for n in range(1, PARAGRAPHS + 1)
        )
        yield Document(report, tuple(units))


if __name__ == "__main__":
    main()
