"""Files that do harm to whoever reads them: each is named, and the run goes on behind it. Real processes really die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import made
import pytest
from faces import BAOGAO, baogao
from test_interrupted import wait_until_all_are_gone

from indexer.pipeline import discover, examine

HARM = """
import os, signal, time
import indexer.pipeline.processes as processes
import indexer.readers.files as files

processes.SILENCE = 2.0
plain = files.TEXTS[".txt"]

def harmed(data):
    text = data.decode("utf-8", "replace")
    if "段错误" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "停不下来" in text:
        time.sleep(600)
    if "除以零" in text:
        1 / 0
    if "大得装不下" in text:
        bytearray(10**12)
    return plain(data)

files.TEXTS[".txt"] = harmed
"""
"""A sitecustomize that makes the reader of plain text do what C libraries do with a poisoned file."""

REASONS = {
    "段错误": "读它的程序崩溃了；请检查这个文件，或另存为 txt",
    "停不下来": "读了 2 秒还没有读完；请检查这个文件，或另存为 txt",
    "除以零": "读它的程序出错了（ZeroDivisionError：division by zero）；请检查这个文件，或另存为 txt",
    "大得装不下": "读它要的内存超过 2 GB；请拆开，或另存为 txt",
}


def text(place: str, more: str = "") -> str:
    return f"政府工作报告\n——2021年1月30日在{place}第十五届人民代表大会第四次会议上\n{place}经济平稳运行。{more}\n"


@pytest.fixture
def harm(tmp_path: Path) -> dict[str, str]:
    """The environment in which poisoned texts do harm."""
    (tmp_path / "harm").mkdir()
    (tmp_path / "harm" / "sitecustomize.py").write_text(HARM, encoding="utf-8")
    return {"PYTHONPATH": str(tmp_path / "harm")}


def test_what_processes_are_forked_from_has_the_dictionary_for_all() -> None:
    """Else each would load its own, a quarter of a second."""
    kept = "import indexer.pipeline.warm; from indexer.text import segment; print(len(segment._living))"
    told = subprocess.run([sys.executable, "-c", kept], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "1\n"


def test_no_test_changes_what_processes_are_forked_from() -> None:
    """There is one such process for all that a worker runs, the product and its tests."""
    assert forkserver._forkserver._preload_modules == ["indexer.pipeline.processes", "indexer.pipeline.warm"]


def run(folder: Path, harm: dict[str, str]) -> dict[str, Any]:
    ended = baogao("index", str(folder), "--index", str(folder.parent / "index"), "--json", **harm)
    assert ended.returncode == 0, ended.stderr
    outcome: dict[str, Any] = json.loads(ended.stdout)
    return outcome


def fates(outcome: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {Path(each["path"]).name: (each["fate"], each["detail"]) for each in outcome["files"]}


@pytest.mark.parametrize("poison", REASONS)
def test_a_poisoned_file_is_named_and_the_others_are_taken_in(
    tmp_path: Path, harm: dict[str, str], poison: str
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number, place in enumerate(("郑州市", "洛阳市", "开封市", "许昌市")):
        (folder / f"{number}.txt").write_text(text(place), encoding="utf-8")
    (folder / "1.5.txt").write_text(text("新乡市", poison), encoding="utf-8")
    told = fates(run(folder, harm))
    assert told["1.5.txt"] == ("refused", REASONS[poison])
    assert [told[f"{number}.txt"][0] for number in range(4)] == ["indexed"] * 4
    assert list(told) == ["0.txt", "1.5.txt", "1.txt", "2.txt", "3.txt"]


def test_a_poisoned_member_is_named_and_those_behind_it_in_the_archive_are_taken_in(
    tmp_path: Path, harm: dict[str, str]
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    members = {f"{place}.txt": text(place, more).encode() for place, more in (
        ("郑州市", ""), ("洛阳市", "段错误"), ("开封市", ""), ("许昌市", "除以零"), ("新乡市", ""),
    )}  # fmt: skip
    (folder / "包.zip").write_bytes(made.zip_file(members))
    told = fates(run(folder, harm))
    assert [fate for fate, _ in told.values()] == ["indexed", "refused", "indexed", "refused", "indexed"]
    assert told["包.zip!洛阳市.txt"] == ("refused", REASONS["段错误"])


def test_an_archive_that_keeps_harming_its_reader_is_given_up(tmp_path: Path, harm: dict[str, str]) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    members = {f"{n}.txt": text("郑州市", "段错误").encode() for n in range(5)}
    (folder / "包.zip").write_bytes(made.zip_file({"好.txt": text("开封市").encode(), **members}))
    told = fates(run(folder, harm))
    assert [fate for fate, _ in told.values()] == ["indexed", *["refused"] * 4]
    assert told["包.zip"] == ("refused", "里面有 3 份读坏了读取程序，后面的没有再读；请拿掉它们")


def test_what_is_understood_comes_in_the_files_order_however_long_each_takes(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text(text("郑州市", "经济发展。" * (97 * number % 40) * 50), "utf-8")
    assert [Path(each.path).name for each in examine(discover([tmp_path]))] == [f"{n:02}.txt" for n in range(40)]


def test_an_archive_of_many_reports_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    members = {f"{n:03}.txt": text("郑州市", f"第{n}句。").encode() for n in range(200)}
    (tmp_path / "包.zip").write_bytes(made.zip_file(members))
    examined = examine(discover([tmp_path]))
    assert next(examined).path.endswith("包.zip!000.txt")
    assert [each.path[-7:] for each in examined] == [f"{n:03}.txt" for n in range(1, 200)]


def test_who_stops_asking_leaves_no_process_behind(tmp_path: Path) -> None:
    import multiprocessing

    for number in range(100):
        (tmp_path / f"{number}.txt").write_text(text("郑州市"), encoding="utf-8")
    examined = examine(discover([tmp_path]))
    next(examined)
    assert multiprocessing.active_children()
    examined.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


ONCE = """
import os, signal
import indexer.readers.files as files

plain = files.TEXTS[".txt"]

def killed_once(data):
    if "别处要内存" in data.decode() and not os.path.exists({marker!r}):
        open({marker!r}, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(data)

files.TEXTS[".txt"] = killed_once
"""


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_read_when_the_system_killed_its_process_is_read_once_more(tmp_path: Path, packed: bool) -> None:
    folder, marker = tmp_path / "reports", tmp_path / "marker"
    for made_now in (folder, tmp_path / "harm"):
        made_now.mkdir()
    texts = {"0.txt": text("郑州市"), "1.txt": text("洛阳市", "别处要内存"), "2.txt": text("开封市")}
    if packed:
        (folder / "包.zip").write_bytes(made.zip_file({name: each.encode() for name, each in texts.items()}))
    else:
        for name, each in texts.items():
            (folder / name).write_text(each, encoding="utf-8")
    (tmp_path / "harm" / "sitecustomize.py").write_text(ONCE.format(marker=str(marker)), encoding="utf-8")
    told = fates(run(folder, {"PYTHONPATH": str(tmp_path / "harm")}))
    assert marker.exists()
    assert [fate for fate, _ in told.values()] == ["indexed"] * 3


def looping(tmp_path: Path, silence: float, loop: str) -> subprocess.Popen[str]:
    """A run that is at a text over which its reader loops, in a session of its own."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "0.txt").write_text(text("郑州市", "停不下来"), encoding="utf-8")
    harm = HARM.replace("SILENCE = 2.0", f"SILENCE = {silence}").replace("time.sleep(600)", loop)
    (tmp_path / "sitecustomize.py").write_text(harm, encoding="utf-8")
    started = subprocess.Popen(
        [BAOGAO, "index", tmp_path / "reports", "--index", tmp_path / "index"], text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while not (tmp_path / "reading").exists():
        time.sleep(0.05)
    return started


def test_a_process_that_loops_does_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    mark = f"open({str(tmp_path / 'reading')!r}, 'w').close()"
    with looping(tmp_path, 60.0, f"{mark}; __import__('re').match('(a*)*b', 'a' * 60)") as run:
        run.kill()
        run.wait()
    wait_until_all_are_gone(run.pid)


def test_time_in_which_a_run_is_stopped_is_no_silence(tmp_path: Path) -> None:
    mark = f"open({str(tmp_path / 'reading')!r}, 'w').close()"
    with looping(tmp_path, 4.0, f"{mark}; sum(range(30_000_000))") as run:
        os.killpg(run.pid, signal.SIGSTOP)
        time.sleep(6)
        os.killpg(run.pid, signal.SIGCONT)
        out, _ = run.communicate(timeout=60)
    assert out.startswith("已收入")
