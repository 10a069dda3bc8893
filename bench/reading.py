"""``python -m bench.reading``: how fast text reports are read, structured and indexed on one core. Prints one table."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from indexer import create_engine
from indexer.catalog import CatalogEntry
from indexer.errors import FileRefused
from indexer.model import Document
from indexer.readers import RawText, read
from indexer.structure import Draft, build
from indexer.text import Segmenter

ROOT = Path(__file__).parent.parent
CORPORA = (ROOT.parent / "shared" / "corpora", ROOT / "seeds")
"""Where reports are looked for; the first folder that is there is taken."""

ROUNDS = 7
"""The least of them counts: others use the machine too."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the way and the seconds of processor time it took."""

    name: str
    seconds: float


def main() -> None:
    """Measure and print."""
    folder = next(each for each in CORPORA if each.is_dir())
    paths = tuple(sorted(folder.rglob("*.txt")))
    raws, reading = _least(lambda: _read(paths), ROUNDS)
    drafts, structuring = _least(lambda: _structured(raws), ROUNDS)
    documents, naming = _least(lambda: _named(drafts), ROUNDS)
    _, indexing = _least(lambda: _indexed(documents), 1)
    megabytes = sum(len(line.text.encode()) + 1 for raw in raws for line in raw.lines) / 1e6
    units = sum(len(document.units) for document in documents)
    print(f"{len(paths)} 个文件，{megabytes:.2f} MB（UTF-8），{units} 段；单核处理器时间")
    print(f"{'':20}{'秒':>8}{'MB/秒':>10}{'段/秒':>10}")
    stages = (
        Stage("读文件", reading),
        Stage("整理结构", structuring),
        Stage("编号", naming),
        Stage("以上合计", reading + structuring + naming),
        Stage("写索引", indexing),
    )
    for stage in stages:
        print(f"{stage.name:20}{stage.seconds:8.3f}{megabytes / stage.seconds:12.2f}{units / stage.seconds:12.0f}")


def _least(work: Callable[[], Result], rounds: int) -> tuple[Result, float]:
    """What ``work`` gives, and the processor time of its quickest round."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        result = work()
        times.append(time.process_time() - began)
    return result, min(times)


def _read(paths: tuple[Path, ...]) -> tuple[RawText, ...]:
    return tuple(raw for path in paths for raw in read(path) if isinstance(raw, RawText))


def _structured(raws: tuple[RawText, ...]) -> tuple[Draft, ...]:
    segmenter = Segmenter()
    return tuple(draft for raw in raws if (draft := _draft(raw, segmenter)) is not None)


def _draft(raw: RawText, segmenter: Segmenter) -> Draft | None:
    try:
        return build(raw, CatalogEntry(), segmenter)
    except FileRefused:
        return None


def _named(drafts: tuple[Draft, ...]) -> tuple[Document, ...]:
    return tuple(draft.document(f"{draft.plain_id}-{number}") for number, draft in enumerate(drafts))


def _indexed(documents: tuple[Document, ...]) -> None:
    with TemporaryDirectory() as folder:
        engine = create_engine(folder)
        engine.update(documents)
        engine.close()


if __name__ == "__main__":
    main()
