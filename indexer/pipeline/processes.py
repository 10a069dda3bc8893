"""Reading in processes, one for each processor, watched: no file can stop a run, whatever it does to its reader.

A process hands over what it understood part by part. When it dies, or is silent for too long, the part it was at is
refused by name, and another process goes on behind it. Not a pool of a library: those know tasks, not the part of an
archive at which a task was lost.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

from indexer.model import path_text
from indexer.pipeline.discovery import Found
from indexer.pipeline.examination import Begun, Examined, Setting, Survey, Verdict
from indexer.pipeline.serving import Farewell, serve

SILENCE = 60.0
"""Seconds a process may take over one part; the longest known report takes half a second."""
SILENCE_PER_MB = 1.0
"""Seconds more for each MB of the file, which may have to be unpacked before its first part is seen."""
TICK = 1.0
"""Seconds that are waited at a time: time in which all stood still, stopped or suspended, counts as one of them."""
MOST_LOST = 3
"""Parts of one file that may be refused over lost processes before the rest of it is."""
AHEAD = 16
"""Files, and reports of one file, that are read before they are asked for: enough to keep every process busy."""


def _context() -> SpawnContext | ForkServerContext:
    """How processes are made: never as copies of this one, which would hold the index's lock as long as they live."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "indexer.pipeline.warm"])
    return context


_CONTEXT = _context()


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing more comes; ``error`` is what went wrong here, not in the file."""

    error: BaseException | None = None


class _Lost(Exception):
    """The process is no more; the message says why."""


class _Died(_Lost):
    """… by itself or by the system, which may have wanted its memory for others: not told which."""


def get_ready() -> None:
    """Start what reading processes are forked from, which takes a moment, while the caller does something else. What a
    terminal tells all processes is for this one: it ends the others."""
    if isinstance(_CONTEXT, ForkServerContext):
        resource_tracker.ensure_running()  # which would lift the block
        told_to_all = {signal.SIGINT, signal.SIGTERM}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, told_to_all)
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def examine(found: Found) -> Iterator[Examined]:
    """Read and structure every file; what was understood comes in the files' order."""
    for _, verdict in verdicts(found.files, Setting(found.catalog, found.lexicon or ())):
        if isinstance(verdict, Examined):
            yield verdict


def verdicts(files: Sequence[Path], setting: Setting | Survey) -> Iterator[tuple[Path, Verdict]]:
    """What was understood of each part, with its file; in the files' order."""
    if not files:
        return
    crew = _Crew(setting, min(_processors(), len(files)))
    waiting: deque[queue.Queue[Verdict | _End]] = deque()
    coming = iter(files)
    try:
        for file in files:
            while len(waiting) < AHEAD and (path := next(coming, None)) is not None:
                waiting.append(crew.begin(path))
            for verdict in _taken(waiting.popleft()):
                yield file, verdict
    finally:
        crew.dismiss()


def _taken(verdicts: queue.Queue[Verdict | _End]) -> Iterator[Verdict]:
    while not isinstance(verdict := verdicts.get(), _End):
        yield verdict
    if verdict.error is not None:
        raise verdict.error


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Crew:
    """Processes that read, and a thread beside each that watches it."""

    def __init__(self, setting: Setting | Survey, size: int) -> None:
        get_ready()
        self._dismissed = threading.Event()
        self._idle: queue.SimpleQueue[_Reader] = queue.SimpleQueue()
        self._readers = tuple(_Reader(setting) for _ in range(size))
        for reader in self._readers:
            self._idle.put(reader)
        self._threads = ThreadPoolExecutor(size)

    def begin(self, path: Path) -> queue.Queue[Verdict | _End]:
        """Have a file read when its turn comes; its verdicts arrive in the queue, an end after the last."""
        verdicts: queue.Queue[Verdict | _End] = queue.Queue(AHEAD)
        self._threads.submit(self._read, path, verdicts)
        return verdicts

    def _read(self, path: Path, verdicts: queue.Queue[Verdict | _End]) -> None:
        if self._dismissed.is_set():
            return
        reader = self._idle.get()
        end = _End()
        try:
            for verdict in _in_spite_of_losses(reader, path):
                self._hand_over(verdict, verdicts)
                if self._dismissed.is_set():
                    break
        except BaseException as error:
            end = _End(error)
        finally:
            self._idle.put(reader)
            self._hand_over(end, verdicts)

    def _hand_over(self, verdict: Verdict | _End, verdicts: queue.Queue[Verdict | _End]) -> None:
        while not self._dismissed.is_set():
            with suppress(queue.Full):
                verdicts.put(verdict, timeout=0.1)
                return

    def dismiss(self) -> None:
        """End every process, whatever it is at."""
        self._dismissed.set()
        try:
            for reader in self._readers:
                reader.stop()
        finally:
            self._threads.shutdown(cancel_futures=True)
            for reader in self._readers:
                reader.close()


def _in_spite_of_losses(reader: _Reader, path: Path) -> Iterator[Verdict]:
    """A file's verdicts; a part over which the process was lost is refused, one over which it died only
    when it dies once more, and those behind it are read."""
    whole = path_text(path)
    seen: set[str] = set()
    read_again: set[str] = set()
    lost = 0
    while lost < MOST_LOST:
        at = whole
        try:
            for step in reader.steps(path, frozenset(seen)):
                if isinstance(step, Begun):
                    at = step.path
                    seen.add(at)
                else:
                    yield step
                    at = whole
            return
        except _Lost as loss:
            if isinstance(loss, _Died) and at not in read_again:
                read_again.add(at)
                seen.discard(at)
                continue
            lost += 1
            yield Examined(at, None, str(loss))
            if at == whole:
                return
    yield Examined(whole, None, f"里面有 {MOST_LOST} 份读坏了读取程序，后面的没有再读；请拿掉它们")


class _Reader:
    """One process that reads, made when it is first needed and made again when it was lost."""

    def __init__(self, setting: Setting | Survey) -> None:
        self._setting = setting
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._stopped = False
        self._changing = threading.RLock()

    def steps(self, path: Path, passed_over: frozenset[str]) -> Iterator[Begun | Verdict]:
        """What the process says of a file. Raises _Lost."""
        pipe = self._pipe or self._start()
        patience = SILENCE + SILENCE_PER_MB * _megabytes(path)
        try:
            pipe.send((path, passed_over))
            while _has_spoken(pipe, patience):
                step = pipe.recv()
                if step is None:
                    return
                if isinstance(step, Farewell):
                    self.close()
                    raise _Lost(step.reason)
                yield step
        except (EOFError, OSError) as error:
            self.close()
            raise _Died("读它的程序崩溃了；请检查这个文件，或另存为 txt") from error
        self.close()
        raise _Lost(f"读了 {patience:.0f} 秒还没有读完；请检查这个文件，或另存为 txt")

    def _start(self) -> Connection:
        with self._changing:
            if self._stopped:
                raise _Lost("停下了")
            ours, its = _CONTEXT.Pipe()
            process = _CONTEXT.Process(target=serve, args=(its, self._setting), daemon=True)
            try:
                process.start()
            except (OSError, EOFError) as error:
                ours.close()
                raise _Lost("开不了读取的程序；请再运行一次") from error
            finally:
                its.close()
            self._process, self._pipe = process, ours
            return ours

    def stop(self) -> None:
        """End the process; who waits for it then finds it lost."""
        with self._changing:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the process and give back what it took."""
        with self._changing:
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process.close()
            if self._pipe is not None:
                self._pipe.close()
            self._process = self._pipe = None


def _has_spoken(pipe: Connection, patience: float) -> bool:
    """Whether something comes before so many seconds have passed in which this process ran."""
    ticks = max(1, round(patience / TICK))
    return any(pipe.poll(patience / ticks) for _ in range(ticks))


def _megabytes(path: Path) -> float:
    try:
        return path.stat().st_size / 1e6
    except OSError:
        return 0.0
