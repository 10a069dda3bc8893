"""The table of contents: the segments of a commit, as Whoosh writes and reads them, and a digest behind that.

It is pickled, so that nothing of it is looked at before the digest says that it is what was written.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from indexer.engines.columnar import disk
from indexer.engines.columnar.codec import REPORTS, UNITS
from indexer.engines.columnar.layout import Damaged, Missing, digest
from indexer.engines.columnar.schema import Sealing

INDEX = "MAIN"
"""What Whoosh calls an index that is given no name."""
_NAMES = re.compile(rf"_{INDEX}_([0-9]+)\.toc")
_OURS = re.compile(rf"_{INDEX}_[0-9]+\.toc.*|{INDEX}_[0-9a-z]{{16}}\..+")
"""What Whoosh and we call a table of contents, finished or not, and a segment's files."""


def latest(folder: Path) -> int:
    """The number of the last commit, -1 where there is none. Raises OSError."""
    with os.scandir(folder) as entries:
        found = [_NAMES.fullmatch(entry.name) for entry in entries]
    return max((int(each[1]) for each in found if each), default=-1)


def read(folder: Path) -> TOC:
    """That of the last commit. Raises Missing (a later commit may have taken it away), Damaged, OSError."""
    generation = latest(folder)
    if generation < 0:
        raise Missing(_name("*"))
    name = _name(generation)
    try:
        data = (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise Missing(name) from error
    if data[-8:] != digest(name.encode() + data[:-8]):
        raise Damaged(name)
    memory = RamStorage()
    memory.files[name] = data
    contents: TOC = TOC.read(memory, INDEX, generation)
    return contents


def write(folder: Path, contents: TOC) -> None:
    """Make it the last one, at once, when the disk has all that it names. Raises OSError, and changes nothing."""
    memory, name = RamStorage(), _name(contents.generation)
    TOC(Sealing(**dict(contents.schema.items())), contents.segments, contents.generation).write(memory, INDEX)
    disk.flush(folder)
    disk.put(folder / name, memory.files[name] + digest(name.encode() + memory.files[name]))


def clean(folder: Path, contents: TOC) -> None:
    """Take away what the last table of contents does not name, once the disk has that one. Who does so keeps other
    writers out. Raises OSError."""
    disk.flush(folder)
    files = (segment.file(folder, kind).name for segment in contents.segments for kind in (UNITS, REPORTS))
    named = {_name(contents.generation), *files}
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in named:
            with suppress(OSError):
                path.unlink()


def _name(generation: int | str) -> str:
    return f"_{INDEX}_{generation}.toc"
