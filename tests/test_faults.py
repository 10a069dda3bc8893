"""A cluster of three nodes suffers: readers get what is right or an error in a sentence, and nothing is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from multiprocessing import get_context
from types import MappingProxyType
from uuid import uuid4

import faults
import pytest
from faces import one_chinese_sentence
from faults import Account, History, suffering

from cluster.nodes import Cluster
from indexer.engines import Engine, create_engine, open_engine
from indexer.engines.opensearch import lease
from indexer.errors import IndexBusy, IndexUnavailable

pytestmark = [pytest.mark.slow, pytest.mark.opensearch]

READERS = 8
CALM, TROUBLED = 1.0, 5.0
"""Seconds before a fault, and those it lasts."""
KILLS = 30
"""Moments in the time that an update takes, and somewhat more."""
STILL = 8
"""Moments at which a writer stands still."""


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
    try:
        yield
    finally:
        cluster.start()


@contextmanager
def frozen(cluster: Cluster, number: int) -> Iterator[None]:
    """A node that stands still, connections open."""
    cluster.nodes[number].freeze()
    try:
        yield
    finally:
        cluster.nodes[number].thaw()
        cluster.wait()


@contextmanager
def read_only(cluster: Cluster, address: str) -> Iterator[None]:
    """What a cluster does to an index when a disk is full to its flood stage."""
    name = address.rpartition("/")[2]
    block(cluster, name, True)
    try:
        yield
    finally:
        block(cluster, name, None)


def block(cluster: Cluster, name: str, value: bool | None) -> None:
    cluster.ask("PUT", f"/*{name}*/_settings", {"index.blocks.read_only_allow_delete": value})


def manager(cluster: Cluster) -> int:
    """The number of the node that manages the cluster."""
    (told,) = cluster.ask("GET", "/_cat/cluster_manager?format=json")
    return int(told["node"].removeprefix("node-")) - 1


def settle(engine: Engine, seconds: float = 60.0) -> None:
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


def goes_on(account: Account, seconds: float = 60.0) -> None:
    """Until the writer has written something more, by itself."""
    before, end = account.written, time.monotonic() + seconds
    while account.written == before:
        assert time.monotonic() < end
        time.sleep(0.05)


Table = Callable[[str, Account], None]


@pytest.fixture
def table(record_property: Callable[[str, object], None]) -> Table:
    """Adds a row to the table printed at the end of the run."""
    return lambda name, account: record_property("fault", (name, account.row()))


KILLED = {"主节点": 0, "另一个节点": 1, "第三个节点": 2}
"""Each node, by how many come after the one that manages the cluster."""


@pytest.mark.parametrize("name", KILLED)
def test_the_others_go_on_when_a_node_is_killed(
    name: str, three_nodes: Cluster, address: str, engines: list[Engine], told: History, table: Table
) -> None:
    story = told.again()
    writer, *readers = engines
    with ExitStack() as fault:
        with suffering(readers, writer, story) as account:
            time.sleep(CALM)
            fault.enter_context(down(three_nodes, (manager(three_nodes) + KILLED[name]) % 3))
            time.sleep(TROUBLED)
            settle(readers[0])
            goes_on(account)
        account.lost = story.lost(readers[0])
    table(f"kill -9 {name}", account)
    assert (account.wrong, account.lost) == ([], 0)
    assert account.answers > READERS


FAULTS = MappingProxyType(
    {
        "主节点不动了": lambda cluster, address: frozen(cluster, manager(cluster)),
        "全部节点停了又起": lambda cluster, address: down(cluster, 0, 1, 2),
        "索引被设为只读": read_only,
    }
)


@pytest.mark.parametrize("name", FAULTS)
def test_readers_and_a_writer_go_on_when_a_fault_is_over(
    name: str, three_nodes: Cluster, address: str, engines: list[Engine], told: History, table: Table
) -> None:
    story = told.again()
    writer, *readers = engines
    with suffering(readers, writer, story) as account:
        time.sleep(CALM)
        with FAULTS[name](three_nodes, address):
            time.sleep(TROUBLED)
        settle(readers[0])
        goes_on(account)
    account.lost = story.lost(readers[0])
    table(name, account)
    assert (account.wrong, account.lost) == ([], 0)
    assert account.answers > READERS


def test_a_shard_without_a_copy_is_an_error_and_never_part_of_an_answer(
    three_nodes: Cluster, address: str, engines: list[Engine], told: History, table: Table
) -> None:
    name = address.rpartition("/")[2]
    three_nodes.ask("PUT", f"/*{name}*/_settings", {"index.number_of_replicas": 0, "index.auto_expand_replicas": False})
    three_nodes.wait()
    (shard, *_) = three_nodes.ask("GET", f"/_cat/shards/*{name}*?format=json")
    story = told.again()
    with (
        down(three_nodes, int(shard["node"].removeprefix("node-")) - 1),
        suffering(engines[1:], None, story) as account,
    ):
        time.sleep(TROUBLED)
    settle(engines[1])
    account.lost = story.lost(engines[1])
    table("没有副本的分片", account)
    assert (account.wrong, account.lost) == ([], 0)
    assert account.errors and not account.answers


LEASE = 0.5
"""Seconds that the lease of writers that are killed or stopped outlives them; otherwise a test would wait for that."""


class Writer:
    """A process that writes the states it is told, and may be killed or stopped at it."""

    _context = get_context("forkserver")

    def __init__(self, address: str, leased: float) -> None:
        self._wire, other = self._context.Pipe()
        self.process = self._context.Process(target=faults.write, args=(address, leased, other), daemon=True)
        self.process.start()
        other.close()
        assert self.said() == faults.READY

    def take_the_lease(self) -> None:
        self._wire.send(faults.READY)

    def tell(self, *states: int | None) -> None:
        for state in states:
            self._wire.send(state)

    def said(self, seconds: float = 60.0) -> object:
        """What it says next; None where it says nothing in time, or no more."""
        with suppress(EOFError, ConnectionError):
            return self._wire.recv() if self._wire.poll(seconds) else None
        return None

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    def close(self) -> None:
        self.kill()
        self._wire.close()
        self.process.close()


@contextmanager
def writers(address: str, many: int, leased: float = LEASE) -> Iterator[list[Writer]]:
    with ExitStack() as opened:
        yield [opened.enter_context(closing(Writer(address, leased))) for _ in range(many)]


def ask_all(reader: Engine, story: History, account: Account) -> None:
    for question, asked in enumerate(faults.QUESTIONS):
        account.answered(question, story.is_right(question, faults.answer(reader, asked), story.reached))
    account.lost = (account.lost or 0) + story.lost(reader)


def written_until_killed(address: str, first: int, moment: float) -> tuple[int, float]:
    """How many of two states a process had written when it was killed so many seconds after it had the lease, and
    after how many it was."""
    with writers(address, 1) as (writer,):
        writer.take_the_lease()
        assert writer.said() == faults.READY
        began = time.monotonic()
        writer.tell(first, first + 1)
        said = [writer.said(max(0.0, began + moment - time.monotonic())) for _ in range(2)]
        took = time.monotonic() - began
        writer.kill()
        said += iter(lambda: writer.said(0), None)
        return sum(each is not None for each in said), took


def test_a_writer_killed_at_any_moment_leaves_nothing_half_done(
    address: str, engines: list[Engine], told: History, table: Table
) -> None:
    story, account, reader = told.again(), Account(), engines[0]
    many, undisturbed = written_until_killed(address, 1, 60.0)
    assert many == 2
    story.reached = story.begun = 2
    for moment in range(1, KILLS + 1):
        many, _ = written_until_killed(address, story.reached + 1, 1.2 * undisturbed * moment / KILLS)
        story.begun = story.reached + min(2, many + 1)
        story.reached += many
        account.written += many
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
    with writers(address, 3, lease.SECONDS) as (first, second, third):
        first.take_the_lease()
        assert first.said() == faults.READY
        second.take_the_lease()
        first.tell(1, 2)
        assert [first.said(), first.said()] == [1, 2]
        assert second.said(0) is None
        first.tell(None)
        assert second.said() == faults.READY
        third.take_the_lease()
        second.tell(3, 4)
        assert [second.said(), second.said()] == [3, 4]
        assert isinstance(third.said(), IndexBusy)
    story.reached = story.begun = account.written = 4
    ask_all(engines[0], story, account)
    table("两个写入者同时写", account)
    assert (account.wrong, account.lost) == ([], 0)


def test_a_writer_that_stood_still_while_another_wrote_changes_nothing(
    address: str, engines: list[Engine], told: History, table: Table
) -> None:
    story, account = told.again(), Account()
    for moment in range(STILL):
        with writers(address, 1) as (writer,):
            writer.take_the_lease()
            assert writer.said() == faults.READY
            writer.tell(story.reached + 1)
            time.sleep(0.05 * moment)
            os.kill(writer.process.pid, signal.SIGSTOP)
            for state in (story.reached + 1, story.reached + 2):
                engines[0].update(*faults.update(state))
            story.reached = story.begun = account.written = state
            os.kill(writer.process.pid, signal.SIGCONT)
            writer.tell(story.reached + 1)
            assert isinstance([*iter(writer.said, None)][-1], IndexBusy)
        ask_all(engines[1], story, account)
    table(f"写入者停住，另一个接着写，{STILL} 次", account)
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
