"""The index's folder: what is refused and left as it was, who may write, and what a crash or a full disk leaves."""

from __future__ import annotations

import errno
import gc
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import whoosh.index

from indexer.engines import Engine, SearchRequest, check_replaceable, create_engine, open_engine
from indexer.engines.columnar import locking, toc
from indexer.errors import (
    BadParameter,
    IndexBusy,
    IndexDamaged,
    IndexForeign,
    IndexMissing,
    IndexOutdated,
    IndexUnavailable,
    NothingToIndex,
    system_reason,
    system_remedy,
)
from indexer.model import Document, Report, Source, Unit
from indexer.pipeline import Found, discover, index, rebuild
from indexer.query import Term
from indexer.text import Segmenter, fold

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Whoosh leaves files open where it fails; the fixture below sees to it that no other file is blamed for them."""


@pytest.fixture(autouse=True, scope="module")
def _collected() -> Iterator[None]:
    yield
    gc.collect()


SETTINGS = "baogao.json"
TESTS = Path(__file__).parent


def document(report_id: str, *texts: str) -> Document:
    report = Report(
        id=report_id, title=None, year=2021, level="市", region=("河南省", "郑州市"), type="其他", date=None,
        organ=None, source=Source(f"{report_id}.txt", report_id, "txt", "utf-8"), complete=True, origins=(),
    )  # fmt: skip
    units = (Unit(report_id, n, "paragraph", (), ("未标",), text) for n, text in enumerate(texts, start=1))
    return Document(report, tuple(units))


OLD = (document("甲", "旧的第一段。", "旧的第二段。"), document("乙", "旧的另一份。"))
NEW = (document("甲", "新的一段。"), document("丙", "新的另一份。", "新的第二段。"))


def texts(engine: Engine) -> set[str]:
    return {unit.text for report in engine.reports() for unit in engine.document(report.id).units}


def texts_at(folder: Path) -> set[str]:
    engine = open_engine(str(folder))
    try:
        return texts(engine)
    finally:
        engine.close()


OLD_TEXTS = {unit.text for each in OLD for unit in each.units}
UPDATED_TEXTS = {unit.text for each in NEW for unit in each.units}
"""After NEW is added to OLD and 乙 removed."""


def everything_in(folder: Path) -> dict[str, tuple[bytes | None, int]]:
    """Every file's and folder's content and time of change."""
    paths = [folder, *folder.rglob("*")] if folder.exists() else []
    return {
        str(path.relative_to(folder)): (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns)
        for path in paths
    }


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index that holds OLD."""
    engine = create_engine(str(tmp_path / "index"))
    engine.update(OLD)
    engine.close()
    return tmp_path / "index"


# -- what is refused ---------------------------------------------------------------------------------------------------

Break = Callable[[Path], object]


def with_setting(name: str, value: object) -> Break:
    def change(folder: Path) -> None:
        path = folder / SETTINGS
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {name: value}), encoding="utf-8")

    return change


def with_settings(data: bytes) -> Break:
    return lambda folder: (folder / SETTINGS).write_bytes(data)


def without(pattern: str) -> Break:
    return lambda folder: only(folder, pattern).unlink()


def cut(pattern: str, share: float) -> Break:
    def truncate(folder: Path) -> None:
        path = only(folder, pattern)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return truncate


def replaced_by_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder", encoding="utf-8")


def replaced_by_other_files(folder: Path) -> None:
    shutil.rmtree(folder)
    (folder / "photos").mkdir(parents=True)
    (folder / "thesis.doc").write_bytes(b"years of work")


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def stopped_while_being_made(folder: Path) -> None:
    table = folder.parent / "table"
    create_engine(str(folder.parent / "other")).close()
    (folder.parent / "other" / "_MAIN_0.toc").rename(table)
    shutil.rmtree(folder.parent / "other")
    emptied(folder)
    table.rename(folder / "_MAIN_0.toc")
    (folder / "MAIN_WRITING").touch()
    (folder / f"{SETTINGS}.new").write_bytes(b'{"form')


REFUSED: list[tuple[str, Break, type[IndexUnavailable], str]] = [
    ("no folder", shutil.rmtree, IndexMissing, "还没有索引；请先运行：baogao index "),
    ("an empty folder", emptied, IndexMissing, "还没有索引；请先运行：baogao index "),
    ("an index half made", stopped_while_being_made, IndexMissing, "还没有索引；请先运行：baogao index "),
    ("a file", replaced_by_a_file, IndexMissing, "还没有索引；请先运行：baogao index "),
    ("someone else's folder", replaced_by_other_files, IndexForeign, "不是报告索引；请检查 --index"),
    ("no settings", without(SETTINGS), IndexForeign, "不是报告索引；请检查 --index"),
    ("empty settings", with_settings(b""), IndexDamaged, "baogao.json 不见了或坏了；请重新建立："),
    ("half the settings", cut(SETTINGS, 0.5), IndexDamaged, "baogao.json 不见了或坏了；请重新建立："),
    ("settings not in JSON", with_settings(b"\xff\xfe\x00"), IndexDamaged, "baogao.json 不见了或坏了；请重新建立："),
    ("settings of another shape", with_settings(b"[]"), IndexDamaged, "baogao.json 不见了或坏了；请重新建立："),
    ("another schema", with_setting("schema", 0), IndexOutdated, "是另一个版本建立的；请重新建立："),
    ("a later schema", with_setting("schema", 999), IndexOutdated, "是另一个版本建立的；请重新建立："),
    ("another folding", with_setting("folding", 0), IndexOutdated, "是另一个版本建立的；请重新建立："),
    ("another format", with_setting("format", "baogao-other"), IndexOutdated, "是另一个版本建立的；请重新建立："),
    ("no segment", without("*.units"), IndexDamaged, ".units 不见了或坏了；请重新建立："),
    ("no records", without("*.reports"), IndexDamaged, ".reports 不见了或坏了；请重新建立："),
    *(
        (f"{share:.1%} of a segment", cut("*.units", share), IndexDamaged, ".units 不见了或坏了；请重新建立：")
        for share in (0, 0.01, 0.3, 0.7, 0.99)
    ),
    ("no table of contents", without("*.toc"), IndexDamaged, ".toc 不见了或坏了；请重新建立："),
    *(
        (f"{share:.1%} of a table of contents", cut("*.toc", share), IndexDamaged, ".toc 不见了或坏了；请重新建立：")
        for share in (0, 0.002, 0.01, 0.1, 0.5, 0.9, 0.99)
    ),
]


@pytest.mark.parametrize(("break_", "error", "sentence"), [pytest.param(*row, id=what) for what, *row in REFUSED])
def test_what_is_no_readable_index_is_refused_with_what_to_do_and_left_as_it_is(
    folder: Path, break_: Break, error: type[IndexUnavailable], sentence: str
) -> None:
    break_(folder)
    before = everything_in(folder.parent)
    with pytest.raises(IndexUnavailable) as refusal:
        open_engine(str(folder))
    assert type(refusal.value) is error
    assert sentence in refusal.value.message
    assert str(folder) in refusal.value.message
    assert everything_in(folder.parent) == before


MAKEABLE = {"no folder", "an empty folder", "an index half made"}


@pytest.mark.parametrize(
    ("break_", "error"), [pytest.param(*row[:2], id=what) for what, *row in REFUSED if what not in MAKEABLE]
)
def test_no_index_is_made_over_what_is_no_readable_index(
    folder: Path, break_: Break, error: type[IndexUnavailable]
) -> None:
    break_(folder)
    before = everything_in(folder.parent)
    with pytest.raises(IndexMissing if folder.is_file() else error):
        create_engine(str(folder))
    assert everything_in(folder.parent) == before


@pytest.mark.parametrize("break_", [pytest.param(row[0], id=what) for what, *row in REFUSED if what in MAKEABLE])
def test_an_index_is_made_where_there_is_nothing(folder: Path, break_: Break) -> None:
    break_(folder)
    engine = create_engine(str(folder))
    assert engine.info().reports == 0
    engine.close()


def test_an_index_is_made_below_folders_that_are_not_there_yet(tmp_path: Path) -> None:
    create_engine(str(tmp_path / "a" / "b" / "索引")).close()
    assert texts_at(tmp_path / "a" / "b" / "索引") == set()


def test_where_no_folder_can_be_made_the_reason_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IndexMissing, match=r"不能在 .*（路径中间有一段不是文件夹）；请换一个能写入的文件夹"):
        create_engine(str(tmp_path / "file" / "index"))


def test_the_lexicon_an_index_was_made_with_is_kept_and_another_one_refused(tmp_path: Path) -> None:
    address = str(tmp_path / "index")
    create_engine(address, ["中欧班列", "双枢纽"]).close()
    before = everything_in(tmp_path)
    for lexicon in ([], ["中欧班列"], ["中欧班列", "双枢纽", "放管服"]):
        with pytest.raises(IndexOutdated, match=r"词表和建立索引 .* 时的不同；请重新建立："):
            create_engine(address, lexicon)
    for same in (None, ["中欧班列", "双枢纽"], ["双枢纽", "中欧班列", "双枢纽"]):
        create_engine(address, same).close()
    assert everything_in(tmp_path) == before


def test_an_address_that_is_no_folder_is_a_mistake_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds_found: Found
) -> None:
    monkeypatch.chdir(tmp_path)
    address = "other://h/r"
    for use in (open_engine, create_engine, check_replaceable, lambda where: rebuild(seeds_found, where)):
        with pytest.raises(BadParameter, match=address):
            use(address)
    assert list(tmp_path.iterdir()) == []


def test_an_open_engine_says_so_when_its_folder_goes_and_goes_on_when_it_is_back(folder: Path) -> None:
    engine = open_engine(str(folder))
    away = folder.rename(folder.with_name("away"))
    for use in (engine.info, engine.reports, lambda: engine.search(SearchRequest())):
        with pytest.raises(IndexMissing):
            use()
    away.rename(folder)
    assert texts(engine) == OLD_TEXTS
    engine.close()


@pytest.mark.parametrize("break_", [without("*.toc"), cut("*.toc", 0.5), cut("*.toc", 0)])
def test_nothing_is_written_into_an_index_that_broke_while_it_was_open(folder: Path, break_: Break) -> None:
    engine = open_engine(str(folder))
    break_(folder)
    before = set(everything_in(folder))
    with pytest.raises(IndexDamaged):
        engine.update(NEW)
    assert set(everything_in(folder)) == before
    engine.close()


# -- one writer at a time ----------------------------------------------------------------------------------------------


def hold_the_lock(address: str) -> None:
    """Run in a process of its own: an update that waits, lock in hand, until its input ends."""

    def documents() -> Iterator[Document]:
        print("writing", flush=True)
        sys.stdin.read()
        yield NEW[1]

    create_engine(address).update(documents())


def in_a_process(call: str, *arguments: str) -> subprocess.Popen[str]:
    """Call a function of this file in a process of its own."""
    program = f"import sys, test_index_folder; test_index_folder.{call}(*sys.argv[1:])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def test_a_second_writer_waits_and_then_is_told_that_the_index_is_busy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "WRITER_TIMEOUT", 0.3)
    engine = open_engine(str(folder))
    with in_a_process("hold_the_lock", str(folder)) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        with pytest.raises(IndexBusy, match="另一个程序正在写这个索引；请等它完成后再运行一次"):
            engine.update(NEW[:1])
        assert texts(engine) == OLD_TEXTS
        other.communicate(timeout=60)
    assert other.returncode == 0
    assert texts(engine) == OLD_TEXTS | {"新的另一份。", "新的第二段。"}
    engine.update(NEW, ["乙"])
    assert texts(engine) == UPDATED_TEXTS
    engine.close()


def test_a_second_writer_gets_its_turn_when_the_first_is_done_in_time(folder: Path) -> None:
    with in_a_process("hold_the_lock", str(folder)) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        assert other.stdin is not None
        other.stdin.close()
        engine = open_engine(str(folder))
        engine.update([document("丁", "等到了。")])
    assert texts(engine) == OLD_TEXTS | {"新的另一份。", "新的第二段。", "等到了。"}
    engine.close()


def test_the_lock_of_a_writer_that_was_killed_is_free(folder: Path) -> None:
    with in_a_process("hold_the_lock", str(folder)) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        other.kill()
    assert other.returncode == -signal.SIGKILL
    engine = open_engine(str(folder))
    assert texts(engine) == OLD_TEXTS
    engine.update(NEW, ["乙"])
    assert texts(engine) == UPDATED_TEXTS
    engine.close()


@pytest.mark.parametrize("commits", [1, 3])
def test_a_commit_at_the_very_moment_of_opening_is_no_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    """A writer commits between a reader's look for the table of contents and its reading of it."""
    writer, reader = open_engine(str(folder)), open_engine(str(folder))
    left = commits
    read = Path.read_bytes

    def read_late(path: Path) -> bytes:
        nonlocal left
        if path.suffix == ".toc" and left:
            left -= 1
            with monkeypatch.context() as in_time:
                in_time.setattr(Path, "read_bytes", read)
                writer.update(NEW, ["乙"])
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_late)
    assert texts_at(folder) == UPDATED_TEXTS
    left = commits
    assert texts(reader) == UPDATED_TEXTS
    for engine in (writer, reader):
        engine.close()


# -- killed at any moment ----------------------------------------------------------------------------------------------


def update_slowly(folder: Path) -> None:
    def documents() -> Iterator[Document]:
        for each in NEW:
            sys.audit("test.document")
            yield each

    create_engine(str(folder)).update(documents(), ["乙"])


def make(folder: Path) -> None:
    create_engine(str(folder / "fresh"))


def rebuild_from_reports(folder: Path) -> None:
    rebuild(discover([folder / "reports"]), str(folder / "index"))


TOUCHES = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "test.document")
"""The events (of Python's audit) before which a process may be killed; of ``open``, only for writing."""


def be_killed_at_every_moment(pristine: str, action: str, *events: str) -> None:
    """Run in a process of its own: do ``action`` on a copy of ``pristine``, killed before the first of ``events``; on
    another copy, before the second; and so on, until it gets to its end. Each copy is named for its moment."""
    list(Segmenter().words(fold("國家")))  # what is read once and for all need not be read by every child
    moment, killed = 0, True
    while killed:
        folder = Path(f"{pristine}-{moment}")
        shutil.copytree(pristine, folder)
        child = os.fork()
        if not child:
            try:
                sys.addaudithook(_kill_at(moment, str(folder), events))
                globals()[action](folder)
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        assert killed or status == 0
        moment += 1


def _kill_at(moment: int, folder: str, events: tuple[str, ...]) -> Callable[[str, tuple[object, ...]], None]:
    moments = iter(range(moment + 1))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in events:
            return
        if event == "open" and not int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR):
            return
        path = Path(str(arguments[0])) if arguments else Path(folder)
        inside = path.is_relative_to(folder) or not path.is_absolute()
        if inside and next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def survivors(pristine: Path, action: str, events: tuple[str, ...] = TOUCHES) -> list[Path]:
    """The folders that a process killed at every moment of ``action`` leaves, in the order of the moments."""
    with in_a_process("be_killed_at_every_moment", str(pristine), action, *events) as killed:
        killed.communicate(timeout=300)
    assert killed.returncode == 0
    return sorted(pristine.parent.glob(f"{pristine.name}-*"), key=lambda path: int(path.name.rpartition("-")[2]))


def test_an_update_killed_at_any_moment_leaves_the_old_or_the_new_state_and_the_next_one_works(folder: Path) -> None:
    states = []
    for survivor in survivors(folder, "update_slowly"):
        states.append(texts_at(survivor))
        engine = create_engine(str(survivor))
        engine.update(NEW, ["乙"])
        assert texts(engine) == UPDATED_TEXTS
        assert engine.search(SearchRequest(Term("新"))).total == 3
        engine.close()
        assert litter(survivor) == []
    kinds = ["old" if state == OLD_TEXTS else "new" if state == UPDATED_TEXTS else "neither" for state in states]
    assert kinds == sorted(kinds, reverse=True)
    assert kinds.count("old") > 3
    assert set(kinds) == {"old", "new"}


def litter(folder: Path) -> list[str]:
    """What lies in an index's folder and is no part of an index."""
    parts = ("_MAIN_*.toc", "MAIN_*.units", "MAIN_*.reports", "MAIN_WRITING", SETTINGS)
    return [path.name for path in folder.iterdir() if not any(path.match(part) for part in parts)]


def test_making_an_index_killed_at_any_moment_can_be_done_again(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    folders = survivors(tmp_path / "place", "make")
    assert len(folders) > 3
    for survivor in folders:
        engine = create_engine(str(survivor / "fresh"))
        engine.update(OLD)
        assert texts(engine) == OLD_TEXTS
        engine.close()


REPORT = """\
政府工作报告
——2024年1月28日在河南省第十四届人民代表大会第二次会议上
一、回顾
PM_{2.5}浓度下降5%，优良天数增加5.9天。
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that holds an index of OLD and a report to make another of."""
    (tmp_path / "place" / "reports").mkdir(parents=True)
    (tmp_path / "place" / "reports" / "report.txt").write_text(REPORT, encoding="utf-8")
    engine = create_engine(str(tmp_path / "place" / "index"))
    engine.update(OLD)
    engine.close()
    return tmp_path / "place"


def test_a_rebuild_killed_at_any_moment_loses_nothing_and_can_be_done_again(place: Path) -> None:
    """Killed before anything is renamed or removed; what it writes beside the old index is made like any other."""
    folders = survivors(place, "rebuild_from_reports", ("os.rename", "os.remove", "os.rmdir"))
    rebuilt = texts_at(folders[-1] / "index")
    states = []
    for survivor in folders:
        target = survivor / "index"
        states.append(texts_at(target if target.exists() else survivor / "index.old"))
        rebuild_from_reports(survivor)
        assert texts_at(target) == rebuilt
        assert {path.name for path in survivor.iterdir()} == {"index", "reports"}
    assert all(state in (OLD_TEXTS, rebuilt) for state in states)
    assert states.count(OLD_TEXTS) > 2 and states.count(rebuilt) > 2


# -- a disk that refuses -----------------------------------------------------------------------------------------------


@pytest.fixture
def file_limit() -> Iterator[Callable[[int], None]]:
    """Sets how many bytes a file may grow to, as a full disk would; all is allowed again at the end."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if "WRIT" not in path.name}


LARGE = document("大", *(f"第{n}段，说的是第{n}件事，有{n * 7}个字。" for n in range(300)))


@pytest.mark.parametrize("size", [0, 100, 2_000, 10_000, 50_000])
def test_an_update_that_the_disk_has_no_room_for_changes_nothing(
    folder: Path, file_limit: Callable[[int], None], size: int
) -> None:
    engine = open_engine(str(folder))
    before = names(folder)
    file_limit(size)
    with pytest.raises(IndexUnavailable, match=r"（文件大到了系统允许的上限）；原来的内容没有变，请放宽文件大小的限制"):
        engine.update([LARGE], ["乙"])
    file_limit(resource.RLIM_INFINITY)
    assert names(folder) == before
    assert texts(engine) == OLD_TEXTS == texts_at(folder)
    engine.update([*NEW, LARGE], ["乙"])
    assert texts(engine) == UPDATED_TEXTS | {unit.text for unit in LARGE.units}
    assert litter(folder) == []
    engine.close()


@pytest.mark.parametrize("step", ["write", "read"])
def test_an_update_that_cannot_write_its_table_of_contents_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    engine = open_engine(str(folder))
    before = names(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(whoosh.index.TOC, step, full)
        with pytest.raises(IndexUnavailable, match=r"（磁盘满了）；.*请腾出一些空间"):
            engine.update(NEW, ["乙"])
    assert names(folder) == before
    assert texts(engine) == OLD_TEXTS == texts_at(folder)
    engine.update(NEW, ["乙"])
    assert texts(engine) == UPDATED_TEXTS
    engine.close()


def test_an_index_that_the_system_will_not_open_is_not_called_broken(folder: Path) -> None:
    """A process out of file handles stands for every refusal of the system that no rebuilding mends."""
    engine = open_engine(str(folder))
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(IndexUnavailable) as refusal:
            engine.update(NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert type(refusal.value) is IndexUnavailable
    assert "（同时打开的文件太多）" in refusal.value.message
    assert texts(engine) == OLD_TEXTS
    engine.close()


def test_a_commit_that_came_through_is_not_taken_away_by_what_comes_after(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, last = toc.clean, toc.latest(folder)

    def stopped(folder: Path, contents: whoosh.index.TOC) -> None:
        if contents.generation > last:
            raise KeyboardInterrupt
        clean(folder, contents)

    engine = open_engine(str(folder))
    with monkeypatch.context() as late:
        late.setattr(toc, "clean", stopped)
        with pytest.raises(KeyboardInterrupt):
            engine.update(NEW, ["乙"])
    assert texts(engine) == UPDATED_TEXTS == texts_at(folder)
    engine.update(OLD)
    engine.close()


@pytest.mark.parametrize("number", ["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EIO", "EMFILE", "ENOMEM", "EBADF"])
def test_what_the_system_refuses_is_said_with_what_to_do(number: str) -> None:
    error = OSError(getattr(errno, number), "refused")
    assert ("系统说" in system_reason(error)) == (number == "EBADF")
    assert system_remedy(error).startswith("请")


def test_making_an_index_on_a_full_disk_is_refused_and_can_be_done_later(
    tmp_path: Path, file_limit: Callable[[int], None]
) -> None:
    file_limit(0)
    with pytest.raises(IndexMissing, match=r"不能在 .* 建立索引"):
        create_engine(str(tmp_path / "index"))
    file_limit(resource.RLIM_INFINITY)
    create_engine(str(tmp_path / "index")).close()


# -- rebuilding --------------------------------------------------------------------------------------------------------


def test_a_rebuild_takes_the_place_of_the_old_index_as_a_whole(place: Path) -> None:
    reader = open_engine(str(place / "index"))
    outcome = rebuild(discover([place / "reports"]), str(place / "index"))
    assert [each.fate for each in outcome.files] == ["indexed"]
    assert outcome.info.address == str(place / "index")
    assert [report.id for report in reader.reports()] == ["2024-河南省-政府工作报告"]
    assert outcome.info == replace(reader.info(), address=outcome.info.address)
    assert {path.name for path in place.iterdir()} == {"index", "reports"}
    reader.close()


def test_an_idle_reader_sees_the_last_of_several_rebuilds(place: Path) -> None:
    """The system may give a new folder the number of one that is gone: here, as a rule, every second time."""
    (place / "others").mkdir()
    (place / "others" / "report.txt").write_text(REPORT.replace("2024", "2023"), encoding="utf-8")
    first, second = discover([place / "reports"]), discover([place / "others"])
    reader = open_engine(str(place / "index"))
    for found, year in ((first, 2024), (second, 2023)) * 3:
        for other in (second, first, found):
            rebuild(other, str(place / "index"))
        assert [report.year for report in reader.reports()] == [year]
    reader.close()


@pytest.mark.parametrize(
    "break_", [pytest.param(row[0], id=what) for what, *row in REFUSED if row[1] in (IndexDamaged, IndexOutdated)]
)
def test_a_rebuild_mends_what_is_broken_or_outdated(place: Path, break_: Break) -> None:
    break_(place / "index")
    rebuild_from_reports(place)
    assert "PM_{2.5}" in "".join(texts_at(place / "index"))


@pytest.mark.parametrize("name", ["index", "index.new", "index.old"])
@pytest.mark.parametrize("foreign", [replaced_by_other_files, replaced_by_a_file])
@pytest.mark.parametrize("with_index", [True, False])
def test_a_rebuild_touches_nothing_where_something_else_lies_in_its_way(
    place: Path, name: str, foreign: Break, with_index: bool
) -> None:
    if not with_index:
        shutil.rmtree(place / "index")
    (place / name).mkdir(exist_ok=True)
    foreign(place / name)
    before = everything_in(place)
    with pytest.raises(IndexForeign, match="不是报告索引，不能覆盖；请换一个文件夹"):
        rebuild_from_reports(place)
    assert everything_in(place) == before


def test_a_rebuild_beside_another_writer_is_refused_and_touches_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "WRITER_TIMEOUT", 0.3)
    with in_a_process("hold_the_lock", str(place / "index")) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        before = names(place / "index")
        with pytest.raises(IndexBusy, match="另一个程序正在写这个索引；请等它完成后再运行一次"):
            rebuild_from_reports(place)
        assert names(place / "index") == before
        assert names(place) == {"index", "reports"}
        other.communicate(timeout=60)
    rebuild_from_reports(place)
    assert "PM_{2.5}" in "".join(texts_at(place / "index"))


@pytest.mark.parametrize("place_of", ["index", "index.old", "nowhere"])
def test_nobody_writes_while_an_index_is_made_anew(place: Path, monkeypatch: pytest.MonkeyPatch, place_of: str) -> None:
    """``index.old``: as if killed between the renames."""
    monkeypatch.setattr(locking, "WRITER_TIMEOUT", 0.1)
    if place_of == "nowhere":
        shutil.rmtree(place / "index")
    elif place_of == "index.old":
        (place / "index").rename(place / "index.old")
    found, refused = discover([place / "reports"]), []

    def beside(_: object) -> None:
        for run in (rebuild, index):
            with pytest.raises(IndexBusy):
                run(found, str(place / "index"))
            refused.append(run)

    outcome = rebuild(found, str(place / "index"), watch=beside)
    assert refused == [rebuild, index]
    assert outcome.info.reports == 1
    assert names(place) == {"index", "reports"}


def test_a_first_rebuild_of_nothing_but_refused_files_leaves_nothing(place: Path) -> None:
    shutil.rmtree(place / "index")
    (place / "reports" / "report.txt").write_bytes(b"")
    with pytest.raises(NothingToIndex):
        rebuild_from_reports(place)
    assert names(place) == {"reports"}


def test_a_rebuild_of_nothing_but_refused_files_leaves_the_old_index(place: Path) -> None:
    for path in (place / "reports").iterdir():
        path.write_bytes(b"")
    with pytest.raises(NothingToIndex, match=r"没有一个文件能读成报告：.*文件是空的"):
        rebuild_from_reports(place)
    assert texts_at(place / "index") == OLD_TEXTS
    assert {path.name for path in place.iterdir()} == {"index", "reports"}


def test_a_rebuild_first_puts_back_what_one_killed_between_its_renames_left_aside(place: Path) -> None:
    (place / "index").rename(place / "index.old")
    (place / "reports" / "report.txt").write_bytes(b"")
    with pytest.raises(NothingToIndex):
        rebuild_from_reports(place)
    assert texts_at(place / "index") == OLD_TEXTS
    assert {path.name for path in place.iterdir()} == {"index", "reports"}


def test_the_folder_one_stands_in_can_be_rebuilt(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place / "index")
    rebuild(discover([place / "reports"]), ".")
    assert "一、回顾" in texts_at(place / "index")


# -- memory ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", ["info", "one document"])
def test_what_a_run_asks_of_each_commit_does_not_hold_the_index_in_memory(folder: Path, use: str) -> None:
    """The first use after a commit reads it; a long text makes a large segment."""
    engine = create_engine(str(folder))
    chars = "".join(map(chr, range(0x4E00, 0x9000)))
    lines = (f"{chars[(n * 37) % 9000 :][:400]}{chars[(n * 101) % 9000 :][:400]}。" for n in range(300))
    engine.update([document("长", *lines)])
    largest = max(path.stat().st_size for path in folder.glob("*.units"))
    tracemalloc.start()
    try:
        if use == "info":
            assert engine.info().units > 300
        else:
            assert len(engine.document("甲").units) == 2
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < largest / 5
    engine.close()
