"""``python -m cluster start [--nodes N] [--heap 2g] | stop | java``: what ``make opensearch`` and its like run."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cluster.distribution import distribution
from cluster.errors import CannotStart
from cluster.java import find_java
from cluster.keeper import Task, ensure, keep, kept, stop, unpacked
from cluster.node import Installation, Ports
from cluster.nodes import silent

CACHE = Path(__file__).parent.parent / ".cache"
FIRST = Ports(9201, 9301)
MOST = 9
"""Nodes; each takes a gigabyte."""

say = partial(print, flush=True)


HEAP = "512m"
"""Enough to try the product with; the measured are given more."""


def installation(cache: Path, say: Callable[[str], object], heap: str = HEAP) -> Installation:
    """What nodes are run with, fetched into ``cache`` where it is not there. Raises CannotStart."""
    if not re.fullmatch("[1-9][0-9]{0,5}[mg]", heap):
        raise CannotStart("每个节点的内存 HEAP 要写成 512m、2g 这样")
    java = find_java(os.environ)
    return Installation(distribution(cache, say), java.home, (f"-Xms{heap}", f"-Xmx{heap}"))


def main(arguments: list[str] | None = None) -> int:
    """Do what the arguments say; the exit code."""
    given = _parser().parse_args(arguments)
    try:
        given.do(given)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"不能读写 {error.filename}（{error.strerror}）；请检查它的权限和磁盘", file=sys.stderr)
        return 1
    return 0


def _start(given: argparse.Namespace) -> None:
    if given.nodes not in map(str, range(1, MOST + 1)):
        raise CannotStart(f"节点数 NODES 要写成 1 到 {MOST} 的数")
    nodes = int(given.nodes)
    folder = _folder(nodes)
    for other in map(_folder, range(1, MOST + 1)):
        if other != folder and kept(other):
            raise CannotStart("另一个集群正在运行；请先运行 make opensearch-stop")
    task = Task(installation(CACHE, say, given.heap), folder, [_ports(number) for number in range(nodes)])
    say(f"正在启动 {nodes} 个节点……")
    address = ensure(task).address
    if gone := silent(address):
        raise CannotStart(f"其中有节点已经停了（{'、'.join(gone)}）；请先运行 make opensearch-stop，再启动")
    say(f"集群已就绪。把索引建在那里：baogao index seeds --index {address}/reports")
    say("停止：make opensearch-stop")


def _stop(_: argparse.Namespace) -> None:
    stopped = [stop(_folder(nodes)) for nodes in range(1, MOST + 1)]
    say("集群已停止；数据留着，下次启动还在" if any(stopped) else "没有正在运行的集群")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cluster")
    commands = parser.add_subparsers(required=True)
    start = commands.add_parser("start")
    start.add_argument("--nodes", default="1")
    start.add_argument("--heap", default=HEAP)
    start.set_defaults(do=_start)
    commands.add_parser("stop").set_defaults(do=_stop)
    commands.add_parser("java").set_defaults(do=lambda _: say(find_java(os.environ).home))
    keeper = commands.add_parser("keep")
    keeper.add_argument("task", type=unpacked)
    keeper.set_defaults(do=lambda given: keep(given.task))
    return parser


def _folder(nodes: int) -> Path:
    """One for each size: nodes that once were three do not agree on anything alone."""
    return CACHE / "opensearch" / str(nodes)


def _ports(number: int) -> Ports:
    return Ports(FIRST.http + number, FIRST.transport + number)


if __name__ == "__main__":
    sys.exit(main())
