"""How far a long run is, told on the error stream: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from indexer.pipeline import Progress

EVERY, EVERY_ON_A_TERMINAL = 10.0, 0.2
"""Seconds between two lines, and between two looks of the bar."""


@contextmanager
def watching(files: int) -> Iterator[Callable[[Progress], None]]:
    """What to call with each step of a run over so many files. Whoever stops the run is told what is safe."""
    far = _Far()
    try:
        if sys.stderr.isatty():
            with click.progressbar(
                length=files, label="读取文件", file=sys.stderr, show_pos=True, item_show_func=_parts
            ) as bar:
                yield partial(far.show_on, bar)
                bar.render_progress()
        else:
            yield far.say_now_and_then
    except KeyboardInterrupt as stop:
        click.echo(f"已停下；这次新收的 {far.stored:,} 篇已经存好，再运行一次会接着做", err=True)
        raise click.exceptions.Abort from stop


class _Pace:
    """Keeps who tells something from telling it too often."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def is_due(self, every: float) -> bool:
        """Whether it is time again, ``every`` so many seconds."""
        if time.monotonic() - self._said < every:
            return False
        self._said = time.monotonic()
        return True


class Publishing:
    """What to call with how many reports have been published so far, and of how many: says so now and then."""

    def __init__(self) -> None:
        self._pace = _Pace()

    def __call__(self, at: int, of_all: int) -> None:
        if self._pace.is_due(EVERY):
            click.echo(f"发布到第 {at:,}/{of_all:,} 篇，还没有人看得见", err=True)


def _parts(progress: Progress | None) -> str | None:
    return None if progress is None else f"{'已读' if progress.at else '已核对'} {progress.parts:,} 份"


class _Far:
    """How far the run was when it last said so."""

    def __init__(self) -> None:
        self._at = self.stored = 0
        self._pace = _Pace()

    def steps_to(self, progress: Progress) -> int:
        steps, self._at, self.stored = progress.at - self._at, progress.at, progress.stored
        return steps

    def show_on(self, bar: ProgressBar[Any], progress: Progress) -> None:
        """Also where one file takes minutes, and the bar itself does not move."""
        bar.update(self.steps_to(progress), progress)
        if self._pace.is_due(EVERY_ON_A_TERMINAL):
            bar.render_progress()

    def say_now_and_then(self, progress: Progress) -> None:
        self.steps_to(progress)
        if self._pace.is_due(EVERY):
            where = f"读到第 {progress.at:,}/{progress.files:,} 个文件" if progress.at else "和索引核对"
            click.echo(f"{where}，{_parts(progress)}，存好 {progress.stored:,} 篇", err=True)
