"""A cluster of three nodes suffers: readers get what is right or an error in a sentence, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import faults
import pytest
from faces import one_chinese_sentence
from faults import Account, History, suffering

from cluster.nodes import Cluster
from indexer.engines import Engine, create_engine, open_engine
from indexer.errors import IndexBusy, IndexUnavailable

pytestmark = [pytest.mark.slow, pytest.mark.opensearch]

READERS = 8
CALM, TROUBLED = 1.0, 5.0
"""Seconds before a fault, and those it lasts."""
KILLS = 30


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> History:
    return faults.history(tmp_path_factory.mktemp("told") / "index")


@pytest.fixture
def address(three_nodes: Cluster) -> str:
    """An index in its first state, with a copy of every shard."""
    address = f"{three_nodes.address}/faults-{uuid4().hex[:8]}"
    engine = create_engine(address)
    engine.update(*faults.update(0))
    engine.close()
    three_nodes.wait()
    return address


@pytest.fixture
def engines(address: str) -> Iterator[list[Engine]]:
    """A writer's, then one for each reader."""
    with ExitStack() as opened:
        engines = [open_engine(address) for _ in range(READERS + 1)]
        for engine in engines:
            opened.callback(engine.close)
        yield engines


@contextmanager
def down(cluster: Cluster, *numbers: int) -> Iterator[None]:
    """Nodes killed, and started again at the end."""
    for number in numbers:
        cluster.nodes[number].kill()
    yield
    cluster.start()


@contextmanager
def frozen(cluster: Cluster, number: int) -> Iterator[None]:
    """A node that stands still, connections open."""
    cluster.nodes[number].freeze()
    yield
    cluster.nodes[number].thaw()
    cluster.wait()


@contextmanager
def read_only(cluster: Cluster, address: str) -> Iterator[None]:
    """What a cluster does to an index when a disk is full to its flood stage."""
    name = address.rpartition("/")[2]
    block(cluster, name, True)
    yield
    block(cluster, name, None)


def block(cluster: Cluster, name: str, value: bool | None) -> None:
    cluster.ask("PUT", f"/*{name}*/_settings", {"index.blocks.read_only_allow_delete": value})


def manager(cluster: Cluster) -> int:
    """The number of the node that manages the cluster."""
    (told,) = cluster.ask("GET", "/_cat/cluster_manager?format=json")
    return int(told["node"].removeprefix("node-")) - 1


def settle(engine: Engine, told: History, seconds: float = 60.0) -> None:
    """Until the engine answers again, by itself."""
    end = time.monotonic() + seconds
    while True:
        try:
            faults.answer(engine, faults.QUESTIONS[0])
            return
        except IndexUnavailable:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


Table = Callable[[str, Account], None]


@pytest.fixture
def table(record_property: Callable[[str, object], None]) -> Table:
    """Adds a row to the table printed at the end of the run."""
    return lambda name, account: record_property("fault", (name, account.row()))


FAULTS = MappingProxyType(
    {
        "kill -9 主节点": lambda cluster, address: down(cluster, manager(cluster)),
        "kill -9 另一个节点": lambda cluster, address: down(cluster, (manager(cluster) + 1) % 3),
        "kill -9 第三个节点": lambda cluster, address: down(cluster, (manager(cluster) + 2) % 3),
        "主节点不动了": lambda cluster, address: frozen(cluster, manager(cluster)),
        "全部节点停了又起": lambda cluster, address: down(cluster, 0, 1, 2),
        "索引被设为只读": read_only,
    }
)


@pytest.mark.parametrize("name", FAULTS)
def test_readers_and_a_writer_come_through(
    name: str, three_nodes: Cluster, address: str, engines: list[Engine], told: History, table: Table
) -> None:
    story = told.again()
    writer, *readers = engines
    with suffering(readers, writer, story) as account:
        time.sleep(CALM)
        with FAULTS[name](three_nodes, address):
            time.sleep(TROUBLED)
        settle(readers[0], story)
        before = account.written
        time.sleep(CALM)
    account.lost = story.lost(readers[0])
    table(name, account)
    assert (account.wrong, account.lost) == ([], 0)
    assert account.answers > 0
    assert account.written > before or story.reached == story.last


def test_a_shard_without_a_copy_is_an_error_and_never_part_of_an_answer(
    three_nodes: Cluster, address: str, engines: list[Engine], told: History, table: Table
) -> None:
    name = address.rpartition("/")[2]
    three_nodes.ask("PUT", f"/*{name}*/_settings", {"index.number_of_replicas": 0, "index.auto_expand_replicas": False})
    three_nodes.wait()
    (shard, *_) = three_nodes.ask("GET", f"/_cat/shards/*{name}*?format=json")
    story = told.again()
    with suffering(engines[1:], None, story) as account:
        time.sleep(CALM)
        with down(three_nodes, int(shard["node"].removeprefix("node-")) - 1):
            time.sleep(TROUBLED)
        settle(engines[1], story)
    account.lost = story.lost(engines[1])
    table("没有副本的分片", account)
    assert (account.wrong, account.lost) == ([], 0)
    assert account.errors


WRITE = """
import sys
import faults
from indexer.engines import open_engine
engine = open_engine(sys.argv[1])
print(flush=True)
sys.stdin.readline()
with engine.writing():
    for state in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
        engine.update(*faults.update(state))
        print(state, flush=True)
sys.stdin.read()
"""


def writing(address: str, first: int, last: int) -> subprocess.Popen[str]:
    """A process that is ready to write one state after the other, says which it reached, and then waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE, address, str(first), str(last)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)}, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline(), process.communicate()[1]
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def ask_all(reader: Engine, story: History, account: Account) -> None:
    for question, asked in enumerate(faults.QUESTIONS):
        account.answered(question, story.is_right(question, faults.answer(reader, asked), story.reached))
    account.lost = (account.lost or 0) + story.lost(reader)


def test_a_writer_killed_at_any_moment_leaves_nothing_half_done(
    address: str, engines: list[Engine], told: History, table: Table
) -> None:
    story, account, reader = told.again(), Account(), engines[0]
    for moment in range(KILLS):
        with writing(address, story.reached + 1, story.reached + 2) as process:
            go(process)
            time.sleep(0.02 * moment)
            process.send_signal(signal.SIGKILL)
            assert process.stdout is not None
            said = process.stdout.read().split()
        story.begun = story.reached + (2 if len(said) == 2 else len(said) + 1)
        story.reached += len(said)
        account.written += len(said)
        ask_all(reader, story, account)
    story.begun = story.reached + 1
    reader.update(*faults.update(story.begun))
    story.reached = story.begun
    ask_all(reader, story, account)
    table(f"写入者被 kill -9，{KILLS} 次", account)
    assert (account.wrong, account.lost) == ([], 0)
    assert 0 < account.written < 2 * KILLS


def test_of_two_writers_one_waits_or_is_told(address: str, engines: list[Engine], told: History, table: Table) -> None:
    story, account = told.again(), Account()
    processes = [writing(address, 1, 8) for _ in range(2)]
    for process in processes:
        go(process)
    complaints = [process.communicate(timeout=300)[1] for process in processes]
    story.reached = story.begun = 8
    ask_all(engines[0], story, account)
    table("两个写入者同时写", account)
    assert all(IndexBusy.__name__ in each or not each for each in complaints)
    assert (account.wrong, account.lost) == ([], 0)


def test_what_cannot_be_written_is_said_and_changes_nothing(
    three_nodes: Cluster, address: str, engines: list[Engine], told: History
) -> None:
    story = told.again()
    with read_only(three_nodes, address):
        with pytest.raises(IndexUnavailable) as refused:
            engines[0].update(*faults.update(1))
        assert one_chinese_sentence(refused.value.message)
        assert story.lost(engines[1]) == 0
    engines[0].update(*faults.update(1))
    story.reached = story.begun = 1
    assert story.lost(engines[1]) == 0
