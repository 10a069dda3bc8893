"""Clusters that are kept running: by a process of its own, which ends with them and they with it.

A lock on a file in the cluster's folder says whether it is kept: the system lets it go however its keeper ends, so
nothing that was left behind, no number of a process that is now another's, is ever mistaken for a cluster.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cluster.errors import CannotStart
from cluster.locks import held, is_held
from cluster.node import Installation, Ports
from cluster.nodes import Cluster

_LOCK, _STARTING, _KEPT, _LOG = "lock", "starting", "kept.json", "keeper.log"
_TICK = 1.0
_LONGEST_END = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A cluster that is kept: by which process, and how the product names it (without an index)."""

    keeper: int
    address: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a keeper is to keep: a cluster in ``folder``. With an ``owner`` (a process) it ends when that does, and
    takes the folder with it; else when told."""

    installation: Installation
    folder: Path
    ports: Sequence[Ports]
    owner: int | None = None


def ensure(task: Task) -> Kept:
    """The cluster kept in the task's folder, started first where there is none: once, however many ask at a time.
    Raises CannotStart."""
    task.folder.mkdir(parents=True, exist_ok=True)
    with held(task.folder / _STARTING):
        return kept(task.folder) or _started(task)


def kept(folder: Path) -> Kept | None:
    """What is kept in a folder now."""
    if not is_held(folder / _LOCK):
        return None
    try:
        return Kept(**json.loads((folder / _KEPT).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def stop(folder: Path) -> bool:
    """End what is kept in a folder, and wait until it has ended; whether there was anything."""
    found = kept(folder)
    if found is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(found.keeper, signal.SIGTERM)
    end = time.monotonic() + _LONGEST_END
    while is_held(folder / _LOCK) and time.monotonic() < end:
        time.sleep(0.05)
    return True


def keep(task: Task) -> None:
    """Be the keeper: start the cluster, say its address on stdout (or why there is none), and stay until it is time.
    This process is its own; it ends here."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    cluster = Cluster(task.installation, task.folder, task.ports)
    with held(task.folder / _LOCK):
        try:
            cluster.start()
            _write(task.folder / _KEPT, Kept(os.getpid(), cluster.address))
            print(cluster.address, flush=True)
            _stay(cluster, task.owner)
        except CannotStart as error:
            print(error, flush=True)
        finally:
            _leave(cluster, task)


def _stay(cluster: Cluster, owner: int | None) -> None:
    """Until the owner ends, or every node has."""
    watched = [] if owner is None else [os.pidfd_open(owner)]
    while any(node.runs for node in cluster.nodes):
        if select.select(watched, [], [], _TICK)[0]:
            return


def _leave(cluster: Cluster, task: Task) -> None:
    (task.folder / _KEPT).unlink(missing_ok=True)
    if task.owner is None:
        cluster.end()
        return
    for node in cluster.nodes:
        node.kill()
    shutil.rmtree(task.folder, ignore_errors=True)


def _started(task: Task) -> Kept:
    keeper = [sys.executable, "-m", "cluster", "keep", packed(task)]
    with (
        (task.folder / _LOG).open("wb") as log,
        subprocess.Popen(
            ["setsid", "--fork", *keeper], cwd=Path(__file__).parent.parent, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=log, encoding="utf-8",
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline().strip()
    if found := kept(task.folder):
        return found
    raise CannotStart(line or f"看着集群的进程没有能启动；它说了什么见 {task.folder / _LOG}")


def packed(task: Task) -> str:
    """The task as a keeper's command names it."""
    return json.dumps(asdict(task), default=str)


def unpacked(named: str) -> Task:
    """The task that a keeper's command names."""
    told = json.loads(named)
    given = told["installation"]
    installation = Installation(Path(given["opensearch"]), Path(given["java"]), tuple(given["java_options"]))
    return Task(installation, Path(told["folder"]), [Ports(**each) for each in told["ports"]], told["owner"])


def _write(path: Path, found: Kept) -> None:
    """Whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(asdict(found)), encoding="utf-8")
    beside.replace(path)
