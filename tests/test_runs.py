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
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indexer.engines import open_engine
from indexer.pipeline import Options, Outcome, discover, index, indexing

NAMES = ("甲.txt", "乙.txt", "旧/甲.txt", "旧/丙.txt")
PLACES = ("郑州市", "开封市")
TEXTS = ("产业升级取得进展。", "科技创新成果丰硕。", "乡村全面振兴。")
ENCODINGS = ("utf-8", "gb18030")
BROKEN = b"\x89PNG\r\n\x1a\n\x00\x00"

Change = Callable[["World"], object]
Step = tuple[list[Change], tuple[tuple[int, ...], bool, int]]


class World:
    """Two folders of reports and an index. A text is told by its number and its place."""

    def __init__(self, folder: Path) -> None:
        self.roots = (folder / "一", folder / "二")
        self.address = str(folder / "index")
        for root in self.roots:
            root.mkdir()

    def texts(self) -> dict[str, str | None]:
        """What every file holds."""
        files = (path for root in self.roots for path in root.rglob("*.txt"))
        return {path.as_posix(): text_in(path.read_bytes()) for path in files}

    def run(self, *roots: Path, prune: bool) -> Outcome:
        return index(discover(roots), self.address, Options(prune=prune))


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
writes = st.builds(write, roots, names, st.sampled_from(PLACES), st.sampled_from(TEXTS), st.sampled_from(ENCODINGS))
changes = st.one_of(
    writes,
    st.builds(onto, roots, names, roots, names, st.sampled_from([copied, Path.replace, swapped])),
    st.builds(spoil, roots, names),
    st.builds(remove, roots, names),
)
ways = st.tuples(st.sampled_from([(0, 1), (0,), (1,)]), st.booleans(), st.sampled_from([10**6, 1]))
"""The folders of a run, whether it prunes, and how much it commits at once."""
ALL = (0, 1), False, 10**6
beginnings = st.tuples(st.lists(writes, min_size=3, max_size=6), ways)
runs = st.tuples(st.lists(changes, min_size=1, max_size=5), ways)


@contextmanager
def batches_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "BATCH", size)
        yield


Held = dict[str, tuple[str, str]]
"""From a report's id to the path of its file, and its text."""


def held_in(world: World) -> Held:
    if not Path(world.address).exists():
        return {}
    engine = open_engine(world.address)
    try:
        texts = {each.id: "\n".join(unit.text for unit in engine.document(each.id).units) for each in engine.reports()}
        return {each.id: (each.source.path, told(texts[each.id])) for each in engine.reports()}
    finally:
        engine.close()


def check(
    given_roots: tuple[Path, ...], all_files: dict[str, str | None], before: Held, held: Held, prune: bool
) -> None:
    here = {path: text for path, text in all_files.items() if any(Path(path).is_relative_to(it) for it in given_roots)}
    texts = [text for _, text in held.values()]
    assert {text for text in here.values() if text} <= set(texts), "a text is lost"
    with_file = Counter(text for path, text in held.values() if all_files.get(path) == text)
    assert set(with_file.values()) <= {1}, "a text is there twice"
    for path, text in held.values():
        if prune and any(Path(path).is_relative_to(root) for root in given_roots):
            assert path in here, "a report has no file"
            assert here[path] in (text, None), "a report's file holds something else"
    for report_id, (path, text) in before.items():
        if path not in here and all_files.get(path) == text:
            assert held.get(report_id) == (path, text), "a report of another folder was touched"
        if text in here.values():
            assert held[report_id][1] == text, "an address leads elsewhere"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(begun=beginnings, later=st.lists(runs, min_size=1, max_size=4))
@example(
    begun=(
        [write(0, "甲.txt", PLACES[0], TEXTS[1], "gb18030"), write(1, "旧/甲.txt", PLACES[0], TEXTS[2], "utf-8")], ALL
    ),
    later=[
        ([write(0, "甲.txt", PLACES[0], TEXTS[0], "utf-8"), write(1, "旧/甲.txt", PLACES[0], TEXTS[1], "utf-8")], ALL)
    ],
)
def test_whatever_is_done_to_folders_the_index_holds_their_texts_once(begun: Step, later: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for done, (which, prune, size) in (begun, *later):
            for change in done:
                change(world)
            given_roots = tuple(world.roots[i] for i in which)
            files = world.texts()
            if not any(Path(path).is_relative_to(root) for path in files for root in given_roots):
                continue
            before = held_in(world)
            with batches_of(size):
                world.run(*given_roots, prune=prune)
            check(given_roots, files, before, held_in(world), prune)
            again = world.run(*given_roots, prune=prune)
            assert set(again.counts) <= {"unchanged", "refused"}, "a second run finds something to do"
