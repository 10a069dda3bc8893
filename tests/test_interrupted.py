"""A run killed, stopped, or out of space at any moment: the last batch stays whole, the next run completes it."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from faces import BAOGAO

from indexer.engines import open_engine
from indexer.errors import IndexMissing
from indexer.pipeline import discover, index

REPORTS, BATCH = 24, 4
KILLS = 25
"""Moments for each of the two kinds of run."""

SMALL_BATCHES = """
import indexer.pipeline.indexing as indexing
indexing.BATCH = 4 * {length}
"""
PLACES = (
    "郑州市", "洛阳市", "开封市", "许昌市", "新乡市", "安阳市", "焦作市", "濮阳市", "漯河市", "三门峡市", "南阳市",
    "商丘市", "信阳市", "周口市", "驻马店市", "平顶山市", "鹤壁市", "石家庄市", "唐山市", "秦皇岛市", "邯郸市",
    "邢台市", "保定市", "张家口市",
)  # fmt: skip


def text(number: int, edition: str) -> str:
    """A report; all have the same length, but for their places' names."""
    lines = [f"第{line:02}项工作{edition}，{PLACES[number][:2]}经济平稳运行。" for line in range(30)]
    return "\n".join([f"2021年{PLACES[number]}政府工作报告", *lines])


def write_reports(folder: Path, edition: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(REPORTS):
        (folder / f"{number:02}.txt").write_text(text(number, edition), encoding="utf-8")


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which every fourth report ends a batch."""
    folder = tmp_path_factory.mktemp("batches")
    shortest = min(len(text(number, "旧").replace("\n", "")) for number in range(REPORTS))
    (folder / "sitecustomize.py").write_text(SMALL_BATCHES.format(length=shortest), encoding="utf-8")
    return dict(os.environ) | {"PYTHONPATH": str(folder)}


def start(folder: Path, address: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BAOGAO, "index", str(folder), "--index", str(address)], env=environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def editions(address: Path) -> list[str]:
    """Which edition the index holds of each report, in the files' order; every text must be whole."""
    try:
        engine = open_engine(str(address))
    except IndexMissing:
        return []
    try:
        held = {}
        for report in engine.reports():
            number = PLACES.index(report.place)
            lines = [unit.text for unit in engine.document(report.id).units]
            (held[number],) = (each for each in ("旧", "新") if lines == text(number, each).splitlines())
        assert sorted(held) == list(range(len(held)))
        return [held[number] for number in sorted(held)]
    finally:
        engine.close()


def wait_until_all_are_gone(group: int) -> None:
    """No process of the run stays behind."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("a process of a run that was killed still runs after ten seconds")


def commits(address: Path) -> int:
    """How many times the index was written to."""
    return max((int(path.stem.rpartition("_")[2]) for path in address.glob("_MAIN_*.toc")), default=0)


def killed(moment: tuple[int, float], folder: Path, address: Path, environment: dict[str, str]) -> None:
    """Kill a run so many seconds after so many commits."""
    number, seconds = moment
    last = commits(address) + number
    with start(folder, address, environment) as run:
        while commits(address) < last and run.poll() is None:
            time.sleep(0.005)
        with suppress(subprocess.TimeoutExpired):
            run.wait(seconds)
        run.kill()
        run.communicate()
    wait_until_all_are_gone(run.pid)


def moments(seed: int) -> list[tuple[int, float]]:
    """After any number of commits, from none to all but the last, as long as the next one takes or less."""
    draw = random.Random(seed)
    return [(draw.randrange(REPORTS // BATCH), draw.uniform(0, 0.03)) for _ in range(KILLS)]


@pytest.mark.slow
def test_a_first_run_killed_at_any_moment_holds_its_last_batch_and_is_completed(
    tmp_path: Path, batches: dict[str, str]
) -> None:
    write_reports(tmp_path / "reports", "旧")
    held = []
    for n, moment in enumerate(moments(3)):
        address = tmp_path / f"index{n}"
        killed(moment, tmp_path / "reports", address, batches)
        state = editions(address)
        assert len(state) % BATCH == 0
        held.append(len(state))
        index(discover([tmp_path / "reports"]), str(address))
        assert editions(address) == ["旧"] * REPORTS
    assert len(set(held)) > 3, f"the kills did not fall into different batches: {held}"


@pytest.mark.slow
def test_an_update_killed_at_any_moment_holds_its_last_batch_and_is_completed(
    tmp_path: Path, batches: dict[str, str]
) -> None:
    write_reports(tmp_path / "reports", "旧")
    index(discover([tmp_path / "reports"]), str(tmp_path / "before"))
    write_reports(tmp_path / "reports", "新")
    held = []
    for n, moment in enumerate(moments(4)):
        address = tmp_path / f"index{n}"
        shutil.copytree(tmp_path / "before", address)
        killed(moment, tmp_path / "reports", address, batches)
        state = editions(address)
        done = state.count("新")
        assert state == ["新"] * done + ["旧"] * (REPORTS - done)
        assert done % BATCH == 0
        held.append(done)
        index(discover([tmp_path / "reports"]), str(address))
        assert editions(address) == ["新"] * REPORTS
    assert len(set(held)) > 3, f"the kills did not fall into different batches: {held}"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_says_what_is_safe(tmp_path: Path, batches: dict[str, str], how: int) -> None:
    write_reports(tmp_path / "reports", "旧")
    with start(tmp_path / "reports", tmp_path / "index", batches) as run:
        while not list((tmp_path / "index").glob("_MAIN_[2-9]*.toc")) and run.poll() is None:
            time.sleep(0.01)
        os.killpg(run.pid, how)
        out, told = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert told.startswith("已停下；这次新收的 ")
    assert told.endswith(" 篇已经存好，再运行一次会接着做\n")
    safe = int(told.removeprefix("已停下；这次新收的 ").split()[0])
    held = len(editions(tmp_path / "index"))
    assert safe <= held <= safe + BATCH
    assert held % BATCH == 0
    wait_until_all_are_gone(run.pid)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0.4, 0.7, 1.0, 1.3])
def test_a_run_that_is_told_to_stop_stops_even_while_its_processes_are_being_made(
    tmp_path: Path, batches: dict[str, str], how: int, seconds: float
) -> None:
    write_reports(tmp_path / "reports", "旧")
    with start(tmp_path / "reports", tmp_path / "index", batches) as run:
        with suppress(subprocess.TimeoutExpired):
            run.wait(seconds)
        os.killpg(run.pid, how)
        _, told = run.communicate(timeout=20)
    assert "forkserver" not in told
    assert "AttributeError" not in told
    wait_until_all_are_gone(run.pid)
    assert len(editions(tmp_path / "index")) % BATCH == 0


def test_a_run_out_of_space_says_what_is_safe_and_goes_on_when_there_is_some(
    tmp_path: Path, batches: dict[str, str]
) -> None:
    write_reports(tmp_path / "reports", "旧")
    last = tmp_path / "reports" / "99.txt"
    long = "\n".join(f"第{n}项工作{'平稳推进、' * (n % 40)}取得成效。" for n in range(3000))
    last.write_text(f"2021年北京市政府工作报告\n{long}", encoding="utf-8")
    limited = subprocess.run(
        [BAOGAO, "index", tmp_path / "reports", "--index", tmp_path / "index"], env=batches, capture_output=True,
        text=True, timeout=120, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000)),
    )  # fmt: skip
    assert limited.returncode == 1
    assert f"在这之前的 {REPORTS} 篇已经存好，解决之后再运行一次，会接着做" in limited.stderr
    assert editions(tmp_path / "index") == ["旧"] * REPORTS
    outcome = index(discover([tmp_path / "reports"]), str(tmp_path / "index"))
    assert (outcome.counts, outcome.info.reports) == ({"unchanged": REPORTS, "indexed": 1}, REPORTS + 1)


def test_two_runs_at_once_do_not_mix(tmp_path: Path, batches: dict[str, str]) -> None:
    write_reports(tmp_path / "reports", "旧")
    with (
        start(tmp_path / "reports", tmp_path / "index", batches) as first,
        start(tmp_path / "reports", tmp_path / "index", batches) as second,
    ):
        ended = {run.communicate(timeout=120) and run.returncode for run in (first, second)}
    assert ended <= {0, 1}
    assert 0 in ended
    assert editions(tmp_path / "index") == ["旧"] * REPORTS


def test_two_rebuilds_at_once_do_not_destroy_each_other(tmp_path: Path) -> None:
    write_reports(tmp_path / "reports", "旧")
    command = [BAOGAO, "index", str(tmp_path / "reports"), "--index", str(tmp_path / "index"), "--rebuild"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) for _ in range(3)]
    told = {line for run in runs for line in run.communicate(timeout=120)[1].splitlines()}
    assert 0 in {run.returncode for run in runs}
    assert {line for line in told if not line.startswith("读到第")} <= {
        "错误：另一个程序正在写这个索引；请等它完成后再运行一次"
    }
    assert editions(tmp_path / "index") == ["旧"] * REPORTS
    assert {path.name for path in tmp_path.iterdir()} == {"index", "reports"}
