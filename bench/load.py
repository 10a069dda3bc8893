"""``python -m bench.load [INDEX]``: how long twenty readers wait who ask at once for half a minute, and the memory."""

from __future__ import annotations

import http.client
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.serving import BAOGAO, QUESTIONS, SEEDS, Running, percentile, serving

CLIENTS = 20
SECONDS = 30.0
TIMEOUT = 30.0
"""Seconds a reader waits before an answer counts as none."""


@dataclass(slots=True)
class Tally:
    """What the readers met: seconds of every answer, bytes as they were sent, and how many answers failed."""

    times: list[float] = field(default_factory=list)
    sent: int = 0
    errors: int = 0


def main() -> None:
    """Load the index named, or one of the samples."""
    if len(sys.argv) > 1:
        load(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        index = str(Path(folder) / "index")
        subprocess.run([BAOGAO, "index", str(SEEDS), "--index", index], check=True, stdout=subprocess.DEVNULL)
        load(index)


def load(index: str) -> None:
    """Print a table."""
    with serving(index) as server:
        Reader(server, Tally(), 0).ask(QUESTIONS[0])
        before = server.memory()
        tally = Tally()
        readers = [Reader(server, tally, number) for number in range(CLIENTS)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        after = server.memory()
    print(f"{CLIENTS} 个读者同时检索 {SECONDS:.0f} 秒，每人一个连接，一问接一问")
    rows = [(f"p{percent}", f"{percentile(tally.times, percent) * 1000:10.1f} 毫秒") for percent in (50, 95, 99)]
    answers = len(tally.times)
    rows += [
        (
            "回答",
            f"{answers:10} 次，每秒 {answers / SECONDS:.0f} 次，平均 {tally.sent / max(1, answers) / 1000:.1f} KB",
        ),
        ("出错", f"{tally.errors:10} 次"),
        ("内存", f"{before:10.0f} MB → {after:.0f} MB"),
    ]
    for label, told in rows:
        print(f"{label:8}{told}")


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
            self.ask(self._order.choice(QUESTIONS))

    def ask(self, question: tuple[tuple[str, str], ...]) -> None:
        """Ask as a browser does, and note how it went."""
        began = time.perf_counter()
        try:
            self._connection.request("GET", f"/search?{urlencode(question)}", headers={"Accept-Encoding": "gzip"})
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
