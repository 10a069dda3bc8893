"""The life of a process that reads: what it may take, what it says, when it ends."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection

from indexer.errors import shown
from indexer.pipeline.examination import Setting, Survey

MEMORY = 2_000_000_000
"""Bytes a process may take: the largest file there may be, unpacked, and its text."""

if sys.platform == "linux":
    import fcntl


@dataclass(frozen=True, slots=True)
class Farewell:
    """The process's last word: why it goes."""

    reason: str


def serve(pipe: Connection, setting: Setting | Survey) -> None:
    """A process's life: a file asked for, its parts handed over, until nobody asks any more."""
    for told_to_all in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_all, signal.SIG_IGN)
    _bound_memory()
    _end_with_parent()
    examiner = setting.examiner()
    with suppress(EOFError, OSError):
        while True:
            path, passed_over = pipe.recv()
            try:
                for step in examiner.examine(path, passed_over):
                    pipe.send(step)
            except Exception as error:
                pipe.send(Farewell(_reason(error)))
                return
            pipe.send(None)


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"读它要的内存超过 {MEMORY // 1_000_000_000} GB；请拆开，或另存为 txt"
    return f"读它的程序出错了（{type(error).__name__}：{shown(str(error))}）；请检查这个文件，或另存为 txt"


def _bound_memory() -> None:
    """Where the system can: Windows has no such limit, and a lower one that is set already stays."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _end_with_parent() -> None:
    """Whatever it is at, and whether Python gets a turn or not: the system kills it when the pipe that the run holds
    open, and never writes to, is closed. Where there is no such signal it ends when it next speaks."""
    run = parent_process()
    if sys.platform == "linux" and run is not None and isinstance(run.sentinel, int):
        fcntl.fcntl(run.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(run.sentinel, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(run.sentinel, fcntl.F_SETFL, os.O_ASYNC)
