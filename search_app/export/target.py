"""Where an export goes: a stream, or a file that is there whole or not at all."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from indexer.errors import BadParameter, system_reason

_UNFIT = re.compile(r'[\\/:*?"<>|%\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
"""What Windows refuses in a file's name, and what cannot be seen."""
_LONGEST = 40


def write_to(target: str | Path | BinaryIO, pieces: Iterable[bytes]) -> None:
    """Write the pieces to a stream, or to the file at a path. Raises BadParameter where that cannot be written."""
    if isinstance(target, str | Path):
        with _replacing(Path(target)) as file:
            file.writelines(pieces)
    else:
        target.writelines(pieces)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends well; else what was there stays."""
    taken = os.path.lexists(path) and not path.is_file()  # a pipe, a terminal, a folder
    aside = path if taken or not path.name else path.with_name(f"{path.name}.part")
    try:
        try:
            with aside.open("wb") as file:
                yield file
            aside.replace(path)
        finally:
            if aside != path:
                aside.unlink(missing_ok=True)
    except OSError as error:
        raise BadParameter("output", f"写不了文件 {path}（{system_reason(error)}）；请换一个地方") from error


def file_name(query: str, suffix: str, day: datetime.date) -> str:
    """A name by which a reader finds the file again: 报告检索-中欧班列-2026-09-27.csv."""
    about = " ".join(_UNFIT.sub(" ", query).split())[:_LONGEST].strip(" .") or "全部"
    return f"报告检索-{about}-{day}.{suffix}"
