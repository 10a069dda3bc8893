"""How far a long run is, told on the error stream: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from indexer.pipeline import Progress

EVERY = 10.0
"""Seconds between two lines."""


@contextmanager
def watching(files: int) -> Iterator[Callable[[Progress], None]]:
    """What to call with each step of a run over so many files. Whoever stops the run is told what is safe."""
    far = _Far()
    try:
        if sys.stderr.isatty():
            with click.progressbar(length=files, label="读取文件", file=sys.stderr, show_pos=True) as bar:
                yield lambda progress: bar.update(far.steps_to(progress))
        else:
            yield far.say_now_and_then
    except KeyboardInterrupt as stop:
        click.echo(f"已停下；这次新收的 {far.stored:,} 篇已经存好，再运行一次会接着做", err=True)
        raise click.exceptions.Abort from stop


class _Far:
    """How far the run was when it last said so."""

    def __init__(self) -> None:
        self._read = self.stored = 0
        self._said = time.monotonic()

    def steps_to(self, progress: Progress) -> int:
        steps, self._read, self.stored = progress.read - self._read, progress.read, progress.stored
        return steps

    def say_now_and_then(self, progress: Progress) -> None:
        self.steps_to(progress)
        if time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            click.echo(f"已读 {progress.read:,}/{progress.files:,} 个文件，存好 {progress.stored:,} 篇", err=True)
