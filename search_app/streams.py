"""The command's output and error streams, which may be closed, full, or read by someone who has seen enough."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from indexer.errors import system_reason, system_remedy
from indexer.model import path_text


def make_ready() -> None:
    """A stream that was closed (``2>&-``) leads nowhere; a character its encoding lacks is written as a number."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def let_go() -> None:
    """Drop what cannot be written: at the end of the process it could not be either, and nobody would catch it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with _nowhere() as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def refused(error: OSError) -> str:
    """A sentence for what the system refused: the output, which has no name, or a file."""
    what = f"读写 {path_text(Path(os.fsdecode(error.filename)))} " if error.filename else "输出结果"
    return f"{what}时出错（{system_reason(error)}）；{system_remedy(error)}"


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
