"""``python -m bench.load [INDEX]``: how long twenty readers wait who ask at once for half a minute, and the memory."""

from __future__ import annotations

import http.client
import os
import platform
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from bench.multiplied import multiplied
from bench.reading import CORPORA
from bench.serving import QUESTIONS, SEEDS, Running, percentile, serving
from indexer.engines import open_engine

CLIENTS = 20
SECONDS = 30.0
TIMES = 5
TYPED = ("z", "zg", "fazhan", "发", "的", "中欧", "中ou", "gzl", "郑州 zobl", "营商")
DEAR = (
    {"q": "加快建设现代化产业体系推动高质量发展" * 5, "mode": "loose"},
    {"q": "的", "view": "reports"},
    {"q": "的", "view": "kwic"},
)
SEARCHES = tuple(f"/search?{urlencode(question)}" for question in QUESTIONS)
ADDRESSES = (
    *islice(cycle(f"/api/v1/suggest?{urlencode({'q': typed})}" for typed in TYPED), 50),
    *islice(SEARCHES, 35),
    *islice(cycle(f"/search?{urlencode(question)}" for question in DEAR), 15),
)
"""A hundred questions: what a reader may ask, as often as here."""
TIMEOUT = 30.0
"""Seconds a reader waits before an answer counts as none."""


@dataclass(slots=True)
class Tally:
    """What the readers met: seconds of every answer, bytes as they were sent, and how many answers failed."""

    times: list[float] = field(default_factory=list)
    sent: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """What readers met on an index of ``units`` units, with the server's memory (MB) before and after."""

    name: str
    units: int
    tally: Tally
    before: float
    after: float


def main() -> None:
    """Load the samples and, where they are, the real reports five times over; write the table to LOAD.md. Of an index
    that is named, only print it."""
    if len(sys.argv) > 1:
        print(table([load("索引", sys.argv[1])]))
        return
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        loads = [load("样例", multiplied(SEEDS, 1, Path(folder)))]
    if CORPORA[0].is_dir():
        with tempfile.TemporaryDirectory() as folder:
            loads.append(load(f"真实报告 × {TIMES}", multiplied(CORPORA[0], TIMES, Path(folder))))
    (Path(__file__).parent / "LOAD.md").write_text(page(loads, busy), encoding="utf-8")
    print(table(loads))


def load(name: str, index: str) -> Load:
    """Let the readers ask."""
    engine = open_engine(index)
    units = engine.info().units
    engine.close()
    with serving(index) as server:
        while not _ready(server):
            time.sleep(0.5)
        before, tally = server.memory(), Tally()
        readers = [Reader(server, tally, number) for number in range(CLIENTS)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        return Load(name, units, tally, before, server.memory())


def _ready(server: Running) -> bool:
    """Whether suggestions are made."""
    tally = Tally()
    Reader(server, tally, 0).ask("/api/v1/suggest?q=z")
    return not tally.errors


def table(loads: list[Load]) -> str:
    """A row an index, in Markdown."""
    head = "| 索引 | 段 | 回答 | 每秒 | p50 毫秒 | p95 | p99 | 平均 KB | 出错 | 内存 MB：前 | 后 |"
    return "\n".join((head, "|---|" + "---:|" * 10, *map(_row, loads)))


def _row(each: Load) -> str:
    answers = len(each.tally.times)
    waits = [f"{percentile(each.tally.times, percent) * 1000:.0f}" for percent in (50, 95, 99)]
    size = each.tally.sent / max(1, answers) / 1000
    told = (each.name, f"{each.units:,}", f"{answers:,}", f"{answers / SECONDS:.0f}", *waits, f"{size:.1f}")
    return f"| {' | '.join((*told, str(each.tally.errors), f'{each.before:.0f}', f'{each.after:.0f}'))} |"


def page(loads: list[Load], busy: float) -> str:
    """LOAD.md: the table, and what it was measured on; ``busy`` is the machine's load before."""
    asked = ("git", "-C", str(Path(__file__).parent), "log", "-1", "--format=%h %cs")
    commit = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return (
        "# Twenty readers at once\n\n"
        f"`python -m bench.load`, commit {commit}, {platform.machine()}, {os.cpu_count()} cores, the readers' "
        f"own work on them too, load {busy:.1f} by others before. {CLIENTS} readers ask for {SECONDS:.0f} seconds, "
        "one question after another: half are suggestions, one question in twenty a long loose query, one a view "
        "by report, one the lines of 的.\n\n"
        f"{table(loads)}\n"
    )


class Reader(threading.Thread):
    """Asks one question after another, in an order of its own, until the time is over."""

    def __init__(self, server: Running, tally: Tally, number: int) -> None:
        super().__init__()
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
        self._tally = tally
        self._order = random.Random(number)

    def run(self) -> None:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            self.ask(self._order.choice(ADDRESSES))

    def ask(self, address: str) -> None:
        """Ask as a browser does, and note how it went."""
        began = time.perf_counter()
        try:
            self._connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._tally.errors += 1
            return
        self._tally.errors += answer.status != 200
        self._tally.sent += len(body)
        self._tally.times.append(time.perf_counter() - began)


if __name__ == "__main__":
    main()
