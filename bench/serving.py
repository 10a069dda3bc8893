"""A real ``baogao serve`` for as long as it is measured."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BAOGAO = Path(sys.executable).with_name("baogao")
SEEDS = Path(__file__).parent.parent / "seeds"

WORDS = ("中欧班列", "高质量发展", "营商环境", "乡村振兴", "PM2.5", "郑州", "创新", "免申即享", "数字经济", "双枢纽")
SELECTIONS: tuple[tuple[tuple[str, str], ...], ...] = (
    (), (("year", "2021"),), (("level", "市"),), (("section", "重点任务"), ("year", "2023"), ("year", "2025")),
)  # fmt: skip
QUESTIONS = tuple((("q", word), *chosen) for word in WORDS for chosen in SELECTIONS)


@dataclass(frozen=True, slots=True)
class Running:
    port: int
    process: int

    def memory(self) -> float:
        """What the process holds, in MB (from Linux's /proc)."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmRSS:"))


@contextmanager
def serving(index: str) -> Iterator[Running]:
    """A server over ``index`` on a free port, stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [str(BAOGAO), "serve", "--index", index, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield Running(port, server.pid)
        finally:
            server.terminate()


def percentile(times: list[float], percent: int) -> float:
    """The nearest time that so many of a hundred do not exceed."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]
