"""The web server while its cluster is away: it says so at once, serves all else, and finds the cluster by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import MappingProxyType

import faults
import pytest
from faces import Answer, Page, Server, a_free_port, baogao, one_chinese_sentence, serving

from cluster.nodes import Cluster
from indexer.engines import SearchRequest, create_engine
from indexer.query import Term
from search_app.breaker import PATIENCE

SOUGHT = "中欧班列"
READERS = 20
AT_ONCE = 1.0
BACK = 20.0
"""Seconds after which readers are answered again, from when the cluster is."""


@pytest.fixture(scope="module")
def address(one_node: Cluster) -> str:
    address = f"{one_node.address}/away"
    engine = create_engine(address)
    engine.update(*faults.update(0))
    engine.close()
    return address


@pytest.fixture(scope="module")
def right(address: str) -> int:
    engine = create_engine(address)
    total = engine.search(SearchRequest(Term(SOUGHT))).total
    engine.close()
    return total


@pytest.fixture(scope="module")
def server(address: str) -> Iterator[Server]:
    with serving(address) as running:
        yield running


@contextmanager
def killed(cluster: Cluster) -> Iterator[None]:
    cluster.nodes[0].kill()
    yield
    cluster.start()


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    cluster.nodes[0].freeze()
    try:
        yield
    finally:
        cluster.nodes[0].thaw()


TROUBLES = MappingProxyType({"killed": killed, "frozen": frozen})


def timed(ask: Callable[[], Answer]) -> tuple[Answer, float]:
    began = time.monotonic()
    return ask(), time.monotonic() - began


def found(server: Server) -> int | None:
    """How many units the server finds; None where it does not answer the question."""
    answer = server.get("/api/v1/search", q=SOUGHT)
    return json.loads(answer.text)["total"] if answer.status == 200 else None


@pytest.mark.slow
@pytest.mark.opensearch
@pytest.mark.parametrize("trouble", TROUBLES)
def test_readers_are_told_at_once_until_the_cluster_is_back(
    one_node: Cluster, server: Server, right: int, trouble: str
) -> None:
    assert found(server) == right
    with TROUBLES[trouble](one_node):
        with ThreadPoolExecutor(READERS) as readers:
            first = list(readers.map(lambda _: timed(lambda: server.get("/search", q=SOUGHT)), range(READERS)))
        assert {answer.status for answer, _ in first} == {503}
        assert max(seconds for _, seconds in first) < PATIENCE + AT_ONCE

        told, seconds = timed(lambda: server.get("/search", q=SOUGHT))
        assert (told.status, told.headers["Retry-After"]) == (503, "5")
        assert one_chinese_sentence(Page(told.text).one("p.message").text)
        assert seconds < AT_ONCE
        assert {server.get(path).status for path in ("/healthz", "/api/v1/info", "/export.csv")} == {503}
        for path in ("/help", "/static/style.css"):
            served, seconds = timed(lambda path=path: server.get(path))
            assert served.status == 200 and seconds < AT_ONCE

    end = time.monotonic() + BACK
    while server.get("/healthz").status != 200 and time.monotonic() < end:
        time.sleep(0.2)
    assert found(server) == right
    assert server.process.poll() is None


@pytest.mark.parametrize("command", [["serve"], ["search", SOUGHT], ["info"]], ids=lambda each: each[0])
def test_a_command_whose_cluster_is_away_says_so_and_what_to_do(command: list[str]) -> None:
    done = baogao(*command, "--index", f"opensearch://127.0.0.1:{a_free_port()}/away")
    assert (done.returncode, done.stdout) == (1, "")
    assert "连不上" in done.stderr and "恢复" in done.stderr and one_chinese_sentence(done.stderr.strip())
