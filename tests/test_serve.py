"""The real server, a process of its own: it starts, answers many at once, follows the index, and stops when told."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from faces import BAOGAO, Server, a_free_port, baogao, fetched, serving, written

from search_app import Reports


def found(server: Server, q: str) -> int:
    total: int = json.loads(server.get("/api/v1/search", q=q).text)["total"]
    return total


class TestStart:
    def test_it_prints_its_address_and_answers_there(self, server: Server) -> None:
        (address,) = re.findall(r"http://\S+?(?=（)", server.said)
        assert address == server.url
        assert fetched(f"{address}/healthz").text == "ok\n"

    def test_by_default_it_listens_to_this_machine_only(self, server: Server) -> None:
        port = int(server.url.rpartition(":")[2])
        listening = [line.split()[1] for table in ("tcp", "tcp6") for line in open_sockets(table)]
        assert [each.partition(":")[0] for each in listening if int(each.partition(":")[2], 16) == port] == ["0100007F"]

    def test_it_can_listen_elsewhere_when_told(self, seeds_index: Path) -> None:
        if not socket.has_ipv6:
            pytest.skip("this machine has no IPv6")
        with serving(seeds_index, "--host", "::1") as server:
            port = server.url.rpartition(":")[2]
            assert f"http://[::1]:{port}" in server.said
            assert fetched(f"http://[::1]:{port}/healthz").text == "ok\n"

    def test_the_index_may_come_from_the_environment(self, seeds_index: Path) -> None:
        port = a_free_port()
        with subprocess.Popen(
            [BAOGAO, "serve", "--port", str(port)], env={"BAOGAO_INDEX": str(seeds_index)}, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None and process.stdout.readline()
            assert fetched(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
            process.terminate()
            process.communicate(timeout=10)

    def test_it_tells_nobody_what_it_is_made_of(self, server: Server) -> None:
        headers = server.get("/").headers
        assert "Server" not in headers or not re.search("waitress|werkzeug|python", headers["Server"], re.I)


def open_sockets(table: str) -> Iterator[str]:
    """The lines of the kernel's table that are listening sockets."""
    path = Path("/proc/net") / table
    if not path.is_file():
        pytest.skip("only Linux tells which sockets listen")
    return (line for line in path.read_text(encoding="ascii").splitlines()[1:] if line.split()[3] == "0A")


class TestManyReaders:
    def test_eight_at_once_get_the_right_answers(self, server: Server, seeds_index: Path) -> None:
        queries = ["中欧班列", "创新", "-发展", "PM2.5", "(光伏 OR 风电)", "营商环境 年:2025", "没有的词", ""] * 6
        with Reports.open(seeds_index) as reports:
            right = [reports.search(q).total for q in queries]
        with ThreadPoolExecutor(max_workers=8) as readers:
            assert list(readers.map(lambda q: found(server, q), queries)) == right

    def test_a_connection_is_kept_for_the_next_request(self, server: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=10)
        for _ in range(3):
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b"ok\n"
            kept = connection.sock
            assert kept is not None
        connection.close()

    def test_a_reader_who_sends_nothing_does_not_hold_up_the_others(self, server: Server) -> None:
        port = int(server.url.rpartition(":")[2])
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        try:
            assert server.get("/healthz").status == 200
        finally:
            for each in silent:
                each.close()

    def test_a_reader_who_leaves_early_does_no_harm(self, server: Server) -> None:
        port = int(server.url.rpartition(":")[2])
        for _ in range(10):
            with socket.create_connection(("127.0.0.1", port)) as wire:
                wire.sendall(b"GET /search?size=200 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert server.get("/healthz").status == 200


class TestFollowsTheIndex:
    def test_what_another_process_commits_is_seen_without_a_restart(self, tmp_path: Path) -> None:
        written(tmp_path / "one", "新密市.txt", "开行中欧班列。")
        assert baogao("index", "one", "--index", "index", cwd=tmp_path).returncode == 0
        with serving(tmp_path / "index") as server:
            assert (found(server, "中欧班列"), found(server, "氢能")) == (1, 0)
            written(tmp_path / "two", "登封市.txt", "中欧班列提速。\n发展氢能。")
            assert baogao("index", "two", "--index", "index", cwd=tmp_path).returncode == 0
            assert (found(server, "中欧班列"), found(server, "氢能")) == (2, 1)
            written(tmp_path / "two", "登封市.txt", "发展风电。")
            assert baogao("index", "two", "--index", "index", cwd=tmp_path).returncode == 0
            assert (found(server, "中欧班列"), found(server, "氢能"), found(server, "风电")) == (1, 0, 1)
            assert json.loads(server.get("/api/v1/info").text)["reports"] == 2

    def test_readers_see_one_state_or_the_next_while_commits_go_on(self, tmp_path: Path) -> None:
        """Every report holds the term in two paragraphs: a reader who saw half of one would count an odd number."""
        written(tmp_path / "in", "村0.txt", "开行中欧班列。\n中欧班列提速。")
        assert baogao("index", "in", "--index", "index", cwd=tmp_path).returncode == 0
        with serving(tmp_path / "index") as server, ThreadPoolExecutor(max_workers=5) as pool:
            for n in range(1, 4):
                written(tmp_path / "in", f"村{n}.txt", f"开行中欧班列{n}列。\n中欧班列提速{n}次。")
                commit = pool.submit(baogao, "index", "in", "--index", "index", cwd=tmp_path)
                seen: list[int] = []
                while not commit.done():
                    seen += pool.map(lambda _: found(server, "中欧班列"), range(4))
                assert commit.result().returncode == 0, commit.result().stderr
                assert {*seen} <= {2 * n, 2 * n + 2}
                assert found(server, "中欧班列") == 2 * n + 2


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
    def test_it_stops_at_once_and_in_silence(self, seeds_index: Path, number: signal.Signals) -> None:
        with serving(seeds_index) as server:
            assert server.get("/search").status == 200
            code, complaints, seconds = server.stopped_by(number)
        assert code in (0, 130)
        assert complaints.strip() == ""
        assert seconds < 3

    def test_it_stops_with_readers_connected(self, seeds_index: Path) -> None:
        with serving(seeds_index) as server:
            port = int(server.url.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)) as wire:
                wire.sendall(b"GET /search HTTP/1.1\r\n")
                code, complaints, seconds = server.stopped_by(signal.SIGINT)
        assert (code in (0, 130), complaints.strip()) == (True, "")
        assert seconds < 3

    def test_its_port_can_be_taken_again_at_once(self, seeds_index: Path) -> None:
        with serving(seeds_index) as server:
            port = server.url.rpartition(":")[2]
            assert server.get("/healthz").status == 200
            server.stopped_by(signal.SIGTERM)
        with serving(seeds_index, "--port", port) as again:
            assert fetched(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
            again.stopped_by(signal.SIGTERM)

    def test_a_command_told_to_stop_says_nothing_and_leaves_the_index_free(self, tmp_path: Path) -> None:
        for n in range(30):
            written(tmp_path / "in", f"村{n}.txt", "推动高质量发展，建设现代化产业体系。\n" * 200)
        with subprocess.Popen([BAOGAO, "index", "in"], cwd=tmp_path, stderr=subprocess.PIPE) as process:
            while not (tmp_path / "baogao-index" / "baogao.json").exists() and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            _, complaints = process.communicate(timeout=20)
        assert process.returncode in (0, 130)
        assert b"Traceback" not in complaints
        written(tmp_path / "one", "新密市.txt", "开行中欧班列。")
        assert baogao("index", "one", cwd=tmp_path).returncode == 0
