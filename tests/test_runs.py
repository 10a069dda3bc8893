"""Any sequence of changes to folders, with a run after each few: nothing is lost, doubled, or given another's address.

What ought to be in the index is worked out here from the files alone.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines import open_engine
from indexer.model import Report
from indexer.pipeline import Options, Outcome, discover, index, indexing

NAMES = ("甲.txt", "乙.txt", "丙.txt", "旧/甲.txt", "旧/丁.txt")
PLACES = ("郑州市", "开封市")
TEXTS = ("产业升级取得进展。", "科技创新成果丰硕。", "乡村全面振兴。", "城市更新提速。", "生态环境改善。")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
BROKEN = b"\x89PNG\r\n\x1a\n\x00\x00"

Change = Callable[["World"], object]


class World:
    """Two folders of reports and an index. A text is told by its number and its place."""

    def __init__(self, folder: Path) -> None:
        self.roots = (folder / "一", folder / "二")
        self.address = str(folder / "index")
        self.ever_kept = False
        for root in self.roots:
            root.mkdir()

    def files(self, *roots: Path) -> dict[Path, bytes]:
        return {path: path.read_bytes() for root in roots for path in sorted(root.rglob("*.txt"))}

    def reports(self) -> tuple[Report, ...]:
        engine = open_engine(self.address)
        try:
            return engine.reports()
        finally:
            engine.close()

    def text_of(self, report: Report) -> str:
        engine = open_engine(self.address)
        try:
            return told("\n".join(unit.text for unit in engine.document(report.id).units))
        finally:
            engine.close()

    def by_id(self) -> dict[str, str]:
        return {report.id: self.text_of(report) for report in self.reports()}

    def run(self, *roots: Path, options: Options) -> Outcome:
        return index(discover(roots), self.address, options)


def told(text: str) -> str:
    """Which text of which place it is."""
    return next(place + told for place in PLACES if place in text for told in TEXTS if told in text)


def text_in(data: bytes) -> str | None:
    """What a file holds; None where it is broken."""
    for encoding in ("utf-8-sig", "utf-16", "gb18030"):
        try:
            return told(data.decode(encoding))
        except (UnicodeError, StopIteration):
            continue
    return None


def write(root: int, name: str, place: str, text: str, encoding: str) -> Change:
    body = f"政府工作报告\n——2021年1月30日在{place}第十五届人民代表大会第四次会议上\n{place}{text}\n"

    def change(world: World) -> None:
        path = world.roots[root] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body.encode(encoding))

    return change


def onto(root: int, name: str, other: int, new: str, what: Callable[[Path, Path], object]) -> Change:
    def change(world: World) -> None:
        path, target = world.roots[root] / name, world.roots[other] / new
        if path.exists() and path != target:
            target.parent.mkdir(exist_ok=True)
            what(path, target)

    return change


def copied(path: Path, target: Path) -> None:
    target.write_bytes(path.read_bytes())


def swapped(path: Path, target: Path) -> None:
    if target.exists():
        mine, other = path.read_bytes(), target.read_bytes()
        path.write_bytes(other)
        target.write_bytes(mine)


def spoil(root: int, name: str) -> Change:
    return lambda world: (world.roots[root] / name).exists() and (world.roots[root] / name).write_bytes(BROKEN)


def remove(root: int, name: str) -> Change:
    return lambda world: (world.roots[root] / name).unlink(missing_ok=True)


roots, names = st.integers(0, 1), st.sampled_from(NAMES)
changes = st.one_of(
    st.builds(write, roots, names, st.sampled_from(PLACES), st.sampled_from(TEXTS), st.sampled_from(ENCODINGS)),
    st.builds(onto, roots, names, roots, names, st.sampled_from([copied, Path.replace, swapped])),
    st.builds(spoil, roots, names),
    st.builds(remove, roots, names),
)
runs = st.tuples(
    st.lists(changes, min_size=1, max_size=4), st.sampled_from([(0,), (1,), (0, 1)]), st.booleans(),
    st.sampled_from([1, 10**6]),
)  # fmt: skip


@contextmanager
def batches_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "BATCH", size)
        yield


def check(world: World, given_roots: tuple[Path, ...], before: dict[str, str], prune: bool) -> None:
    files = world.files(*given_roots)
    here = {path.as_posix(): text for path, data in files.items() if (text := text_in(data))}
    broken = {path.as_posix() for path in files} - here.keys()
    held = {report.id: (report.source.path, world.text_of(report)) for report in world.reports()}
    of_files = Counter(text for path, text in held.values() if here.get(path) == text)
    texts = {text for _, text in held.values()}
    assert set(here.values()) <= texts, "a text is lost"
    assert all(number == 1 for number in of_files.values()), "a text is there twice"
    for path, text in held.values():
        if any(Path(path).is_relative_to(root) for root in given_roots):
            assert here.get(path) == text or path in broken or not prune, "a report has no file"
    for report_id, text in before.items():
        if text in here.values():
            assert held[report_id][1] == text, "an address leads elsewhere"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(runs, min_size=2, max_size=5))
def test_whatever_is_done_to_folders_the_index_holds_their_texts_once(
    history: list[tuple[list[Change], tuple[int, ...], bool, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for done, which, prune, size in history:
            for change in done:
                change(world)
            given_roots = tuple(world.roots[i] for i in which)
            if not world.files(*given_roots):
                continue
            before = world.by_id() if Path(world.address).exists() else {}
            with batches_of(size):
                world.run(*given_roots, options=Options(prune=prune))
            check(world, given_roots, before, prune)
            again = world.run(*given_roots, options=Options(prune=prune))
            assert set(again.counts) <= {"unchanged", "refused"}, "a second run finds something to do"
