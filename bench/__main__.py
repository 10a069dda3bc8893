"""``python -m bench``: how long readers wait, on the sample reports. Prints one table."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from bench.serving import BAOGAO, QUESTIONS, SEEDS, percentile, serving

REQUESTS = 1000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        index = str(Path(folder) / "index")
        rows = [
            (
                "建立样例索引（进程从头到尾）",
                _times(lambda: _run("index", str(SEEDS), "--index", index, "--rebuild"), 5),
            )
        ]
        rows.append(
            ("baogao search 中欧班列（进程从头到尾）", _times(lambda: _run("search", "中欧班列", "--index", index), 20))
        )
        with serving(index) as server:
            rows.append((f"GET /search，{REQUESTS} 次", _requests(server.port, "/search")))
            rows.append((f"GET /api/v1/search，{REQUESTS} 次", _requests(server.port, "/api/v1/search")))
        print(f"{'':44}{'p50':>10}{'p99':>10}  毫秒")
        for label, times in rows:
            print(f"{label:44}{statistics.median(times) * 1000:10.2f}{percentile(times, 99) * 1000:10.2f}")


def _times(work: Callable[[], object], runs: int) -> list[float]:
    work()
    return [_timed(work) for _ in range(runs)]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _run(*arguments: str) -> None:
    subprocess.run([BAOGAO, *arguments], check=True, stdout=subprocess.DEVNULL)


def _requests(port: int, path: str) -> list[float]:
    """One reader, one connection, the queries in turn; each answer read to its end."""
    pages = [f"{path}?{urlencode(question)}" for question in QUESTIONS]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for page in pages:
        _get(connection, page)
    return [_timed(partial(_get, connection, page)) for page in islice(cycle(pages), REQUESTS)]


def _get(connection: http.client.HTTPConnection, page: str) -> None:
    connection.request("GET", page)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200 and body, page


main()
