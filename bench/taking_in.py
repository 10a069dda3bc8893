"""``python -m bench.taking_in``: thousands of files into an index, by stage, and the memory it takes."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from pathlib import Path

from bench.reading import CORPORA
from indexer.engines import open_engine
from indexer.pipeline import discover, examine

BAOGAO = Path(sys.executable).with_name("baogao")
FILES = 3000


def take_in(files: int = FILES) -> None:
    """Print a table: what went in, the seconds of each stage, the peak of memory."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "reports"
        megabytes = _multiplied(folder, files)
        examining = _seconds_of_examining(folder)
        first, memory = _index(folder, Path(place) / "index")
        again, _ = _index(folder, Path(place) / "index")
        engine = open_engine(str(Path(place) / "index"))
        info = engine.info()
        engine.close()
    print(f"{files} 个文件，{megabytes:.0f} MB → {info.reports} 篇，{info.units} 段，{info.characters} 字")
    stages = (("只读和切分", examining), ("全程：读、切分、写入索引", first), ("再运行一次，什么都没变", again))
    for label, seconds in stages:
        print(f"{label:40}{seconds:10.1f} 秒{files / seconds:10.1f} 个/秒")
    print(f"{'内存峰值：写入的进程，所有进程合计':40}{memory[0]:10.0f} MB{memory[1]:10.0f} MB")


def _multiplied(folder: Path, files: int) -> float:
    """Fill ``folder`` with copies, each of a county of its own by the catalogue; gives their MB."""
    folder.mkdir()
    source = next(each for each in CORPORA if each.is_dir())
    originals = [path for path in sorted(source.rglob("*")) if path.suffix in (".txt", ".docx", ".pdf", ".html")]
    size = 0
    with (folder / "catalog.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("file", "year", "level", "region"))
        for number, path in enumerate(islice(cycle(originals), files)):
            name = f"{number:05}{path.suffix}"
            shutil.copy(path, folder / name)
            size += path.stat().st_size
            rows.writerow((name, 1950 + number % 70, "县", f"河南省/郑州市/{_county(number // 70)}"))
    return size / 1e6


def _county(number: int) -> str:
    """A name of its own for every number; no place of China has it."""
    return f"第{chr(0x4E00 + number)}县"


def _seconds_of_examining(folder: Path) -> float:
    began = time.monotonic()
    for _ in examine(discover([folder])):
        pass
    return time.monotonic() - began


def _index(folder: Path, index: Path) -> tuple[float, tuple[float, float]]:
    began = time.monotonic()
    command = [str(BAOGAO), "index", str(folder), "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as run, _peaks(run.pid) as peaks:
        assert run.wait() == 0
    return time.monotonic() - began, (peaks[0], peaks[1])


@contextmanager
def _peaks(session: int) -> Iterator[list[float]]:
    """The most memory, in MB, of a session's first process and of all of them, looked at twice a second."""
    peaks = [0.0, 0.0]
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            held = dict(_memory_of(session))
            peaks[:] = max(peaks[0], held.get(session, 0.0)), max(peaks[1], sum(held.values()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def _memory_of(session: int) -> Iterator[tuple[int, float]]:
    """Each process of a session with what it alone holds and its part of what it shares (PSS, from Linux's /proc)."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                (line,) = (
                    each for each in (folder / "smaps_rollup").read_text().splitlines() if each.startswith("Pss:")
                )
                yield int(folder.name), int(line.split()[1]) / 1000


if __name__ == "__main__":
    take_in(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
