"""A real OpenSearch for the tests that ask for one.

``opensearch`` is one node, started when the first test of a run asks for it, shared by all processes of the run, and
gone when the run is, however that ends. ``opensearch_index`` is the address of an index of which nothing is there yet;
after the test whatever has its name in its own is removed. ``one_node`` and ``three_nodes`` are clusters of the asking
module's own, whose nodes can be killed, frozen and started again by number. Without a JDK 21 or Maven they skip, saying
so; where BAOGAO_REQUIRE_OPENSEARCH is 1 they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from faults import TOLD, table

from cluster.__main__ import CACHE, installation
from cluster.errors import CannotStart
from cluster.keeper import Task, ensure
from cluster.node import Installation
from cluster.nodes import Cluster, asked, free_ports

REQUIRED = os.environ.get("BAOGAO_REQUIRE_OPENSEARCH") == "1"
FOLDERS = CACHE / "tests"
"""A folder for each run, named by its process."""

QUICK = ("-XX:TieredStopAtLevel=1",)
"""Java compiles once, not twice: nodes start with half the work, and these are gone before it would pay."""

SOON = {
    "cluster.fault_detection.follower_check.timeout": "1s",
    "cluster.fault_detection.follower_check.retry_count": 2,
    "cluster.fault_detection.leader_check.timeout": "1s",
    "cluster.fault_detection.leader_check.retry_count": 2,
}
"""Nodes that stand still are given up after seconds; by default it takes half a minute, in which a test would wait."""


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """A running node. ``address`` is as the product names it, without an index."""

    address: str

    def ask(self, method: str, path: str, body: object = None) -> Any:
        return asked(self.address.partition("://")[2], method, path, body)

    @contextmanager
    def named(self) -> Iterator[str]:
        """The address of an index of which nothing is there yet; in the end whatever has its name in its own goes."""
        name = f"test-{uuid4().hex[:12]}"
        yield f"{self.address}/{name}"
        for each in self.ask("GET", f"/_cat/indices/*{name}*?format=json&expand_wildcards=all"):
            self.ask("DELETE", f"/{each['index']}")


@pytest.fixture(scope="session")
def opensearch_installation() -> Installation:
    try:
        found = installation(CACHE, print)
    except CannotStart as error:
        return missing(str(error))
    return replace(found, java_options=(*found.java_options, *QUICK))


@pytest.fixture(scope="session")
def opensearch(opensearch_installation: Installation) -> OpenSearch:
    run = whole_run()
    _sweep()
    return OpenSearch(ensure(Task(opensearch_installation, FOLDERS / str(run), free_ports(1), run)).address)


@pytest.fixture
def opensearch_index(opensearch: OpenSearch) -> Iterator[str]:
    with opensearch.named() as address:
        yield address


@pytest.fixture(scope="module")
def one_node(opensearch_installation: Installation) -> Iterator[Cluster]:
    with own_cluster(opensearch_installation, 1) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def three_nodes(opensearch_installation: Installation) -> Iterator[Cluster]:
    with own_cluster(opensearch_installation, 3) as cluster:
        yield cluster


@contextmanager
def own_cluster(installation: Installation, nodes: int) -> Iterator[Cluster]:
    """A cluster of this process, which takes it away at the end."""
    _sweep()
    folder = FOLDERS / str(os.getpid()) / f"own-{nodes}"
    cluster = Cluster(installation, folder, free_ports(nodes), SOON)
    try:
        cluster.start()
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
        shutil.rmtree(folder)


def missing(what: str) -> Installation:
    """Skip, or fail where a cluster is required."""
    if REQUIRED:
        pytest.fail(what)
    pytest.skip(what)


def whole_run() -> int:
    """The process of the whole run: with xdist the one that started this."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _sweep() -> None:
    """Take away what runs left whose processes were killed one and all."""
    for folder in FOLDERS.glob("[0-9]*"):
        if not Path("/proc", folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", type=Path, metavar="FILE", help="write what the tests of faults counted to this file")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What the tests of faults have counted, as a table."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    rows = [value for each in reports for name, value in each.user_properties if name == "fault"]
    if not rows:
        return
    written = table(rows)
    terminalreporter.section("三个节点的集群出故障时")
    terminalreporter.write_line(written)
    if file := config.getoption("faults"):
        file.write_text(TOLD + written, encoding="utf-8")
