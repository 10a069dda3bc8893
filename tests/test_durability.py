"""A process killed, a disk full, a file broken: the index answers as at its last commit, or says what is amiss."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indexer.engines import CountRequest, Engine, Filter, Finding, Scan, SearchRequest, create_engine, open_engine
from indexer.engines.columnar import layout, merging, toc
from indexer.errors import IndexDamaged, IndexOutdated, IndexUnavailable
from indexer.fields import FACETS
from indexer.model import Document, Heading, Report, Source, Unit
from indexer.query import And, Not, Or, SameSentence, SameStretch, Term, UnderHeading, Wildcard
from indexer.text import Segmenter, fold

TESTS = Path(__file__).parent
PLACES = ("郑州市", "洛阳市", "开封市", "许昌市")
HEADINGS = ((), (Heading(1, "一、回顾"),), (Heading(1, "二、重点任务"), Heading(2, "（一）开放")))


def document(number: int, edition: int = 0) -> Document:
    """One of the reports; an edition differs from the others in its texts, year and length."""
    name, place = f"r{number:02}", PLACES[number % len(PLACES)]
    report = Report(
        name, None, 2015 + (number + edition) % 7, "市", ("河南省", place), "政府工作报告", None, None,
        Source(name, f"{name}.{edition}", "txt", "utf-8"), True, (),
    )  # fmt: skip
    units = (
        Unit(
            name,
            n,
            "paragraph",
            HEADINGS[n % 3],
            (("未标",), ("回顾",))[n % 2],
            f"第{n}项，{place}第{edition}版：{text}",
        )
        for n, text in enumerate((TEXTS[(number + n) % len(TEXTS)] for n in range(3 + (number + edition) % 4)), 1)
    )
    return Document(report, tuple(units))


TEXTS = (
    "中欧班列开行2800列，人民满意。",
    "PM2.5浓度下降5%，人人出力，一一落实。",
    "改革开放深化拓展，人民生活改善，建设中欧大道。",
    "全社会研发投入强度达到百分之二点五，创新高地加快建设。",
    "粮食产量再创新高。",
)
ADDED, REMOVED, AMENDED = range(14), (2, 3, 8), 1
SYNONYMS = (("中欧班列", "班列"), ("人民", "群众"))
SMALL = {"FULL": 24, "MANY": 2}
"""Pieces of a segment, and segments, in the tests: so few that every commit makes several, and many merge some."""


@pytest.fixture(autouse=True)
def segments_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(merging, name, value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index in which there are segments whole and with reports gone, as many small ones as may be, so that any
    further one is merged; records written again; and synonyms."""
    engine = create_engine(str(tmp_path / "index"), ["中欧班列", "双枢纽"])
    engine.update(map(document, ADDED))
    engine.update([document(5, 1)], [f"r{number:02}" for number in REMOVED])
    engine.amend([replace(document(AMENDED).report, title="改过的题目")])
    engine.keep_synonyms(SYNONYMS)
    return tmp_path / "index"


def scanned(engine: Engine) -> object:
    with engine.scan(Term("人民"), (Filter("region", ("河南省",)),)) as scan:
        return of_scan(scan, scan.findings)


def of_scan(scan: Scan, findings: Iterable[Finding]) -> object:
    return replace(scan.info, address=""), scan.total, scan.occurrences, tuple(findings)


def timeless(result: Any) -> object:
    return replace(result, took=0)


QUERIES = {
    "all": SearchRequest(facets=FACETS, size=100),
    "a term": SearchRequest(Term("中欧"), facets=FACETS),
    "a character": SearchRequest(Term("人"), sort="newest"),
    "operators": SearchRequest(Or((And((Term("人民"), Not(Term("大道")))), Wildcard("中*列"), UnderHeading("开放")))),
    "together": SearchRequest(Or((SameSentence((Term("人民"), Term("开放"))), SameStretch((Term("高"), Term("再")))))),
    "nothing": SearchRequest(Term("无此语")),
    "loosely": SearchRequest(Term("中欧班列人民满意"), mode="loose"),
}
QUESTIONS: dict[str, Callable[[Engine], object]] = {
    **{what: lambda engine, asked=asked: timeless(engine.search(asked)) for what, asked in QUERIES.items()},
    "count": lambda engine: engine.count(CountRequest(("中欧", "人"), ("year", "section"))),
    "documents": lambda engine: tuple(engine.document(report.id) for report in engine.reports()),
    "reports": lambda engine: engine.reports(),
    "scan": scanned,
    "info": lambda engine: replace(engine.info(), address=""),
    "pairs": lambda engine: engine.pairs(),
    "synonyms": lambda engine: engine.synonyms(),
    "by report": lambda engine: replace(report := engine.by_report(QUERIES["a term"], 2), found=timeless(report.found)),
    "by occurrence": lambda engine: timeless(engine.by_occurrence(QUERIES["a term"]).found),
}


def answers(engine: Engine) -> dict[str, object]:
    return {what: ask(engine) for what, ask in QUESTIONS.items()}


def answers_at(folder: Path) -> dict[str, object]:
    return answers(open_engine(str(folder)))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"MAIN_WRITING"}


def named_by_the_last_commit(folder: Path) -> set[str]:
    contents = toc.read(folder)
    files = (segment.file(folder, kind).name for segment in contents.segments for kind in ("units", "reports"))
    return {f"_MAIN_{contents.generation}.toc", *files}


def in_a_process(call: str, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Call a function of this file in a process of its own, in which segments are as small as here."""
    program = f"import sys, test_durability as here; here.make_small(); here.{call}(*sys.argv[1:])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    command = [*before, sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def make_small() -> None:
    for name, value in SMALL.items():
        setattr(merging, name, value)


# -- killed ------------------------------------------------------------------------------------------------------------

KILLS = 100
MANY_REPORTS = 24
STEP = 99
"""The report that tells which commit was the last."""


def held_after(commits: int) -> dict[str, Document]:
    """What the index holds after so many of the commits of ``commit_for_ever``."""
    held: dict[str, Document] = {}
    for number in range(1, commits + 1):
        _, added, removed = change(number)
        held = {name: each for name, each in held.items() if name not in removed}
        held |= {each.report.id: each for each in added}
    return held


@cache
def change(number: int) -> tuple[int, list[Document], list[str]]:
    """What a commit adds and removes: several segments of it every third time, else one."""
    draw = random.Random(number)
    chosen = draw.sample(range(MANY_REPORTS), 9 if number % 3 == 0 else 1)
    removed = [f"r{draw.randrange(MANY_REPORTS):02}"]
    return number, [*(document(each, number) for each in chosen), document(STEP, number)], removed


def commit_for_ever(folder: Path, from_number: int, told: int) -> None:
    """Tell of every commit when it begins, merges, and has ended."""
    engine = open_engine(str(folder))
    whole = merging.merged

    def merged(parts: Any) -> Any:
        os.write(told, b"m")
        return whole(parts)

    merging.merged = merged
    for number in range(from_number, from_number + 1_000):
        _, added, removed = change(number)
        os.write(told, b"b")
        engine.update(added, removed)
        os.write(told, b"e")


def begun_and_killed(folder: Path, from_number: int, steps: int, seconds: float) -> str:
    """What a process told that makes commits until it is killed, so long after it told of so many steps."""
    listening, told = os.pipe()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            commit_for_ever(folder, from_number, told)
        os._exit(1)
    os.close(told)
    first = b"".join(os.read(listening, 1) for _ in range(steps))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    with os.fdopen(listening, "rb") as rest:
        return (first + rest.read()).decode()


def last_commit(folder: Path) -> int:
    """The number of the last commit, all of whose reports are there, whole, and no others."""
    engine = open_engine(str(folder))
    number = next(
        (int(report.source.sha256.partition(".")[2]) for report in engine.reports() if report.id == f"r{STEP}"), 0
    )
    held = held_after(number)
    assert {report.id: engine.document(report.id) for report in engine.reports()} == held
    texts = [unit.text for each in held.values() for unit in each.units]
    assert engine.search(QUERIES["a term"]).total == sum("中欧" in text for text in texts)
    assert engine.info().characters == sum(len(fold(text)) for text in texts)
    return number


def be_killed(folder: str, seed: str) -> None:
    """Run in a process of its own: kill others, each of which goes on where the last one was killed."""
    draw, place = random.Random(seed), Path(folder)
    create_engine(folder)
    list(Segmenter().words("一"))  # what is read once for all need not be read by every child
    after = 0
    for _ in range(KILLS):
        before = after
        told = begun_and_killed(place, before + 1, draw.randrange(1, 4), draw.uniform(0, 0.03))
        litter = len(names(place) - named_by_the_last_commit(place) - {"baogao.json"})
        after = last_commit(place)
        print(json.dumps([told, before, after, litter]))


@pytest.mark.slow
def test_killed_at_any_moment_the_last_commit_is_there_whole(tmp_path: Path) -> None:
    with in_a_process("be_killed", str(tmp_path / "index"), "7") as killing:
        out, trouble = killing.communicate(timeout=300)
    assert killing.returncode == 0, trouble
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == KILLS
    for told, before, after, _ in rows:
        done, begun = before + told.count("e"), before + told.count("b")
        assert done <= after <= begun
    moments = "".join(told[-1] for told, *_ in rows)
    assert moments.count("b") + moments.count("m") > KILLS / 2, "most kills fell between commits"
    assert moments.count("m") > 3, "no kill fell into merging"
    assert sum(litter > 0 for *_, litter in rows) > KILLS / 5, "no kill left anything half written"
    engine = open_engine(str(tmp_path / "index"))
    engine.update([document(0)])
    assert names(tmp_path / "index") == named_by_the_last_commit(tmp_path / "index") | {"baogao.json"}


def test_what_a_killed_commit_left_stands_in_nobodys_way(folder: Path) -> None:
    """Also where it has the very name of what the next commit writes; what is not ours stays."""
    expected, generation = answers_at(folder), toc.latest(folder)
    segment = toc.read(folder).segments[0]
    left = [
        f"{segment.stem}.{generation + 1}.reports", "MAIN_0123456789abcdef.units", "MAIN_0123456789abcdef.0.reports",
        f"_MAIN_{generation + 1}.toc.new",
    ]  # fmt: skip
    for name in (*left, "MAIN_notes.txt"):
        (folder / name).write_bytes(b"half")
    assert answers_at(folder) == expected
    engine = open_engine(str(folder))
    engine.amend([replace(report, title="再改") for report in engine.reports()])
    assert {report.title for report in engine.reports()} == {"再改"}
    assert names(folder) == named_by_the_last_commit(folder) | {"baogao.json", "synonyms.json", "MAIN_notes.txt"}


def test_a_commit_is_seen_when_the_disk_has_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after the power fails: a file that was not waited for could then be empty under its name."""
    engine, events = create_engine(str(tmp_path / "index")), []
    fsync, rename = os.fsync, Path.replace

    def recorded(handle: int) -> None:
        fsync(handle)
        events.append(os.fstat(handle).st_ino)

    def renamed(path: Path, target: Path) -> Path:
        events.append("renamed")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", recorded)
    monkeypatch.setattr(Path, "replace", renamed)
    engine.update([document(number) for number in range(14)])
    place = tmp_path / "index"
    at = events.index("renamed")
    needed = {(place / name).stat().st_ino for name in named_by_the_last_commit(place)}
    assert len(needed) > 5
    assert needed | {place.stat().st_ino} <= set(events[:at])
    assert place.stat().st_ino in events[at:]


# -- broken files ------------------------------------------------------------------------------------------------------


def told(error: IndexUnavailable, name: str) -> bool:
    """Whether a refusal names the file, and the command that mends it."""
    pattern = r"_MAIN_[0-9*]+\.toc" if name.endswith(".toc") else re.escape(name)
    names_it = isinstance(error, IndexDamaged) and re.search(f"的文件 {pattern} 不见了或坏了；", error.message)
    is_another = isinstance(error, IndexOutdated) and name == "baogao.json"
    return bool(names_it or is_another) and "请重新建立：baogao index --rebuild " in error.message


def refusals(folder: Path, name: str, expected: dict[str, object], engine: Engine | None = None) -> int:
    """How many questions are refused, naming the file; all others have their true answers."""
    try:
        engine = engine or open_engine(str(folder))
    except IndexUnavailable as error:
        assert told(error, name), error.message
        return len(QUESTIONS)
    refused = 0
    for what, ask in QUESTIONS.items():
        try:
            assert ask(engine) == expected[what], (name, what)
        except IndexUnavailable as error:
            assert told(error, name), error.message
            refused += 1
    return refused


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.stat().st_size)


@contextmanager
def spoilt(path: Path, data: bytes) -> Iterator[None]:
    """The file has other content, for as long as the block lasts."""
    whole = path.read_bytes()
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(whole)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


FLIPS = 14
"""Bits flipped in every file, and as many again in its last third, where no header is."""


@pytest.mark.slow
def test_a_flipped_bit_is_told_or_touches_no_answer(folder: Path) -> None:
    expected, draw = answers_at(folder), random.Random(1)
    assert len(files(folder)) > 8
    flips = found = 0
    for path in files(folder):
        data = path.read_bytes()
        bits = len(data) * 8
        for bit in [draw.randrange(first, bits) for first in (0, bits * 2 // 3) for _ in range(FLIPS)]:
            with spoilt(path, flipped(data, bit)):
                refused = refusals(folder, path.name, expected)
            flips, found = flips + 1, found + bool(refused)
            assert refused or path.suffix in (".units", ".reports"), f"bit {bit} of {path.name} was not noticed"
    assert flips > 200
    assert found > flips / 2, "what lies between arrays, and what is of removed reports, may change; no more"
    assert answers_at(folder) == expected


@pytest.mark.slow
def test_a_file_cut_short_is_told(folder: Path) -> None:
    expected, draw = answers_at(folder), random.Random(2)
    for path in files(folder):
        data = path.read_bytes()
        for length in {0, 1, 8, 23, 24, 25, len(data) - 1, *(draw.randrange(len(data)) for _ in range(5))}:
            with spoilt(path, data[:length]):
                assert refusals(folder, path.name, expected), f"{length} of {len(data)} bytes of {path.name}"


def test_a_file_cut_short_under_an_open_engine_is_told(folder: Path) -> None:
    """What the system maps beyond a file's end must not be looked at: it would end the process."""
    expected = answers_at(folder)
    for path in files(folder):
        engine = open_engine(str(folder))
        refusals(folder, path.name, expected, engine)
        with spoilt(path, path.read_bytes()[:100]):
            refused = refusals(folder, path.name, expected, engine)
        assert refused or path.suffix not in (".units", ".reports")


def test_a_missing_file_is_told_and_an_open_engine_needs_it_no_more(folder: Path) -> None:
    expected = answers_at(folder)
    for path in (each for each in files(folder) if each.suffix in (".units", ".reports", ".toc")):
        engine, aside = open_engine(str(folder)), folder.parent / path.name
        path.rename(aside)
        assert refusals(folder, path.name, expected) == len(QUESTIONS)
        assert refusals(folder, path.name, expected, engine) == (len(QUESTIONS) - 1 if path.suffix == ".toc" else 0)
        aside.rename(path)
    assert answers_at(folder) == expected


def test_a_file_in_the_place_of_another_is_told(folder: Path) -> None:
    expected = answers_at(folder)
    for kind in ("units", "reports"):
        first, second, *_ = (path for path in files(folder) if path.suffix == f".{kind}")
        with spoilt(first, second.read_bytes()):
            assert refusals(folder, first.name, expected) == len(QUESTIONS)
    last = f"_MAIN_{toc.latest(folder)}.toc"
    later = f"_MAIN_{toc.latest(folder) + 1}.toc"
    shutil.copy(folder / last, folder / later)
    assert refusals(folder, later, expected) == len(QUESTIONS)


def test_nothing_is_set_aside_for_what_a_broken_header_claims(folder: Path) -> None:
    path = next(folder.glob("*.units"))
    data = path.read_bytes()
    for bit in range(8 * 8, 16 * 8):
        with spoilt(path, flipped(data, bit)):
            tracemalloc.start()
            try:
                with pytest.raises(layout.Damaged):
                    layout.File(path)
                assert tracemalloc.get_traced_memory()[1] < 1 << 20
            finally:
                tracemalloc.stop()


def test_a_commit_that_would_read_what_is_broken_names_it_and_changes_nothing(folder: Path) -> None:
    """It reads what it merges, and the names of all reports."""
    expected, refused = answers_at(folder), set()
    for path in (path for path in files(folder) if path.suffix in (".units", ".reports")):
        copy = folder.parent / f"of {path.name}"
        shutil.copytree(folder, copy)
        with spoilt(copy / path.name, flipped(path.read_bytes(), path.stat().st_size * 8 - 1)):
            try:
                open_engine(str(copy)).update([document(40)])
            except IndexUnavailable as error:
                assert told(error, path.name)
                assert names(copy) == names(folder)
                refused.add(path.suffix)
        if names(copy) == names(folder):
            assert answers_at(copy) == expected
    assert refused == {".units", ".reports"}


# -- a commit that fails -----------------------------------------------------------------------------------------------


def fails(error: BaseException, at: int) -> Callable[..., None]:
    """``layout.write``, but that the call of this number writes half and raises."""
    write, calls = layout.write, iter(range(1_000))

    def failing(path: Path, arrays: dict[str, layout.Array], in_places: frozenset[str]) -> None:
        if next(calls) == at:
            path.write_bytes(b"half")
            raise error
        write(path, arrays, in_places)

    return failing


FAILURES = {
    "a full disk": (OSError(errno.ENOSPC, "full"), IndexUnavailable),
    "no memory": (MemoryError(), MemoryError),
    "a reader's Ctrl-C": (KeyboardInterrupt(), KeyboardInterrupt),
}


@pytest.mark.parametrize("at", [0, 1, 4])
@pytest.mark.parametrize(("error", "raised"), [pytest.param(*row, id=what) for what, row in FAILURES.items()])
def test_a_commit_that_fails_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, raised: type[BaseException], at: int
) -> None:
    """Neither files, nor a thread, nor the lock. The files are written in a thread."""
    engine, expected, before = open_engine(str(folder)), answers_at(folder), names(folder)
    threads = threading.active_count()
    with monkeypatch.context() as broken, pytest.raises(raised):
        broken.setattr(layout, "write", fails(error, at))
        engine.update([document(number, 2) for number in range(14)], ["r00"])
    assert threading.active_count() == threads
    assert names(folder) == before
    assert answers(engine) == expected == answers_at(folder)
    open_engine(str(folder)).update([], ["r00"])
    assert "r00" not in {report.id for report in engine.reports()}


@pytest.mark.parametrize(("error", "raised"), [pytest.param(*row, id=what) for what, row in FAILURES.items()])
def test_a_merge_that_fails_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, raised: type[BaseException]
) -> None:
    engine, expected, before = open_engine(str(folder)), answers_at(folder), names(folder)

    def failing(_: object) -> None:
        assert names(folder) > before
        raise error

    with monkeypatch.context() as broken, pytest.raises(raised):
        broken.setattr(merging, "merged", failing)
        engine.update([document(40)])
    assert names(folder) == before
    assert answers(engine) == expected == answers_at(folder)


def test_what_fails_after_a_commit_came_to_be_seen_takes_nothing_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails when it is asked to keep the name of the table of contents: both the last one and this stay."""
    fsync, renamed = os.fsync, toc.latest(folder) + 1

    def failing(handle: int) -> None:
        if toc.latest(folder) == renamed:
            raise OSError(errno.EIO, "broken")
        fsync(handle)

    engine = open_engine(str(folder))
    before = named_by_the_last_commit(folder)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing)
        engine.update([document(20)])
    assert "r20" in {report.id for report in open_engine(str(folder)).reports()}
    assert before | named_by_the_last_commit(folder) <= names(folder)


def fill_the_disk(place: str) -> None:
    """Run where ``place`` is a disk of its own: update with ever more room, until there is enough."""
    folder, filler = Path(place) / "index", Path(place) / "filler"
    engine = create_engine(str(folder))
    engine.update(map(document, ADDED))
    expected, before, room, refused = answers(engine), names(folder), 0, 0
    while names(folder) == before:
        filler.write_bytes(b"")
        free = os.statvfs(place).f_bavail * os.statvfs(place).f_bsize
        filler.write_bytes(bytes(free - room))
        try:
            engine.update([document(number, 2) for number in range(20)])
        except IndexUnavailable as error:
            assert "（磁盘满了）；原来的内容没有变，请腾出一些空间" in error.message, error.message
            assert names(folder) == before
            assert answers(engine) == expected == answers_at(folder)
            refused += 1
        room += 6 << 10
    assert {report.id: engine.document(report.id) for report in engine.reports()} == {
        f"r{number:02}": document(number, 2) for number in range(20)
    }
    print(refused)


@pytest.mark.skipif(sys.platform != "linux", reason="a disk of its own is made by Linux's unshare and mount")
def test_a_full_disk_fails_the_commit_and_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    mounted = "mount -t tmpfs -o size=3m tmpfs "
    if subprocess.run(["unshare", "-rm", "sh", "-c", f"{mounted}{tmp_path}"], capture_output=True).returncode:
        pytest.skip("this user may not mount a disk")
    shell = ("unshare", "-rm", "sh", "-c", f'{mounted}"$0" && shift 0 && exec "$@"', str(tmp_path))
    with in_a_process("fill_the_disk", str(tmp_path), before=shell) as filled:
        out, trouble = filled.communicate(timeout=120)
    assert filled.returncode == 0, trouble
    assert int(out) > 8


# -- open readers ------------------------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Callable[[Engine], None], str]] = {
    "an update": (lambda engine: engine.update([document(12, 4)]), ".toc"),
    "a removal": (lambda engine: engine.update([], [f"r{number:02}" for number in ADDED]), ".units"),
    "an amendment": (
        lambda engine: engine.amend([replace(report, title="再改") for report in engine.reports()]),
        ".reports",
    ),
    "a merge": (lambda engine: engine.update([document(40)]), ".units"),
}
"""What a writer does, and the kind of file that goes with it."""


@pytest.mark.parametrize(("change_it", "kind"), [pytest.param(*row, id=what) for what, row in CHANGES.items()])
def test_who_reads_goes_on_in_the_state_begun_and_sees_the_new_one_after(
    folder: Path, change_it: Callable[[Engine], None], kind: str
) -> None:
    reader, expected, segments = open_engine(str(folder)), answers_at(folder), named_by_the_last_commit(folder)
    with reader.scan(Term("人民"), (Filter("region", ("河南省",)),)) as scan:
        first = next(scan.findings)
        change_it(open_engine(str(folder)))
        assert of_scan(scan, (first, *scan.findings)) == expected["scan"]
    assert kind in {Path(name).suffix for name in segments - names(folder)}
    assert answers(reader) == answers_at(folder)
    assert answers(reader)["reports"] != expected["reports"]
