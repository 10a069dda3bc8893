"""Nodes on this machine that form a cluster."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

from cluster.errors import CannotStart
from cluster.node import LOOPBACK, Installation, Node, Ports

SCHEME = "opensearch"
PATIENCE = 180.0
"""Seconds until a cluster that does not answer is given up; three nodes on two processors take 35."""
_TICK = 0.1


class NoAnswer(Exception):
    """No node says anything."""


class Cluster:
    """Nodes in ``folder``, one for each of ``ports``, with the data that is there. ``settings`` go before ours. They
    end with the thread that started them."""

    def __init__(
        self,
        installation: Installation,
        folder: Path,
        ports: Sequence[Ports],
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.folder = folder
        self.nodes = tuple(
            Node(installation, folder / _name(number), each, _settings(number, ports) | dict(settings or {}))
            for number, each in enumerate(ports, start=1)
        )

    @property
    def address(self) -> str:
        """How the product names the cluster, without an index: opensearch://127.0.0.1:9201,127.0.0.1:9202"""
        return f"{SCHEME}://" + ",".join(node.host for node in self.nodes)

    def start(self) -> None:
        """Start every node that does not run, and wait until all have found one another. Raises CannotStart."""
        starting = [node for node in self.nodes if not node.runs]
        for node in starting:
            _check_free(node.ports)
        for node in starting:
            node.start()
        self.wait()

    def wait(self, seconds: float = PATIENCE) -> None:
        """Until the cluster has all its running nodes and is green. One node has nowhere to put replicas, so there
        yellow is enough. Raises CannotStart."""
        running = [node for node in self.nodes if node.runs]
        status = "green" if len(running) > 1 else "yellow"
        asked = f"/_cluster/health?wait_for_status={status}&wait_for_nodes={len(running)}&timeout=1s"
        for _ in _until(seconds):
            self._check(running)
            try:
                if not self.ask("GET", asked).get("timed_out", True):
                    return
            except NoAnswer:
                time.sleep(_TICK)
        raise CannotStart(f"OpenSearch 在 {seconds:.0f} 秒内没有准备好；它说了什么见 {running[0].log}")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the first node that answers says. Raises NoAnswer."""
        for node in self.nodes:
            if node.runs:
                try:
                    return asked(node.host, method, path, body)
                except (OSError, HTTPException, ValueError):
                    continue
        raise NoAnswer

    def end(self) -> None:
        """End every node."""
        for node in self.nodes:
            node.end()

    def _check(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if not node.runs:
                raise CannotStart(f"OpenSearch 没有能启动；它说了什么见 {node.log}")


def asked(host: str, method: str, path: str, body: object = None, seconds: float = 10.0) -> Any:
    """What one node answers, whatever the status. Raises OSError, HTTPException, or ValueError for no JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{host}{path}", data, {"Content-Type": "application/json"}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=seconds) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


def free_ports(nodes: int) -> tuple[Ports, ...]:
    """Ports that nobody listens at now."""
    probes = [socket.create_server((LOOPBACK, 0)) for _ in range(2 * nodes)]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return tuple(Ports(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True))


def silent(address: str) -> list[str]:
    """The hosts of a cluster's address where nobody listens."""
    hosts = address.partition("://")[2].split(",")
    return [host for host in hosts if not _is_listening(int(host.rpartition(":")[2]))]


def _is_listening(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((LOOPBACK, port)) == 0


def _check_free(ports: Ports) -> None:
    for port in (ports.http, ports.transport):
        if _is_listening(port):
            raise CannotStart(f"端口 {port} 已被别的程序占用；请先停掉那个程序")


def _name(number: int) -> str:
    return f"node-{number}"


def _settings(number: int, ports: Sequence[Ports]) -> dict[str, object]:
    own = ports[number - 1]
    return {
        "cluster.name": "baogao",
        "node.name": _name(number),
        "network.host": LOOPBACK,
        "http.port": own.http,
        "transport.port": own.transport,
        "cluster.routing.allocation.disk.threshold_enabled": False,
        **_discovery(ports),
    }


def _discovery(ports: Sequence[Ports]) -> dict[str, object]:
    if len(ports) == 1:
        return {"discovery.type": "single-node"}
    return {
        "discovery.seed_hosts": [f"{LOOPBACK}:{each.transport}" for each in ports],
        "cluster.initial_cluster_manager_nodes": [_name(number) for number in range(1, len(ports) + 1)],
    }


def _until(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
