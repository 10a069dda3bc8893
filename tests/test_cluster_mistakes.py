"""An address, a name or a right that leads to no index of a cluster: one sentence, exit code 1, nothing changed."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from faces import Page, a_free_port, baogao, one_chinese_sentence, written
from opensearch import OpenSearch, missing
from test_engine import document

from indexer.engines import create_engine, open_engine
from indexer.engines.opensearch.layout import made_with
from indexer.engines.opensearch.place import place_of
from indexer.engines.opensearch.state import State
from search_app import create_app

Answer = tuple[int, object]
Answering = Callable[[str, str], Answer]
"""What is answered to a method and a path."""

READING = [["search", "创新"], ["serve"]]
WRITING = [["index", "reports"], ["index", "--rebuild", "reports"]]
SECRET = "correct-horse"


@dataclass
class Pretender:
    """Something that answers HTTP as told; what else than reading was asked of it is in ``written``."""

    answer: Answering
    address: str = ""
    written: list[str] = field(default_factory=list)


@contextmanager
def pretending(answer: Answering, certificate: Path | None = None) -> Iterator[Pretender]:
    pretender = Pretender(answer)

    class Handler(BaseHTTPRequestHandler):
        def answered(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            status, body = pretender.answer(self.command, self.path.partition("?")[0])
            if self.command != "GET" and status < 300:
                pretender.written.append(self.path)
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answered

        def log_message(self, format: str, *args: object) -> None:
            """A test's output is its own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whom a certificate does not please hangs up
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        scheme = "opensearch" if certificate is None else "opensearch+https"
        pretender.address = f"{scheme}://127.0.0.1:{server.server_port}/x"
        try:
            yield pretender
        finally:
            server.shutdown()
            thread.join()


def always(status: int, body: object) -> Answering:
    return lambda *_: (status, body)


def of_version(number: str, distribution: str = "opensearch") -> Any:
    return {"version": {"number": number, "distribution": distribution}}


def refusal(status: int) -> Answer:
    return status, {"error": {"type": "security_exception", "reason": "so"}, "status": status}


def an_empty_index(method: str, path: str) -> Answer:
    """What a cluster says of an empty index that is only to be read."""
    record = {"state": msgspec.json.encode(State()).decode()}
    told: dict[str, Any] = {
        "/": of_version("3.6.0"),
        "/x/_mapping": {"x-000001": {"mappings": {"_meta": made_with(())}}},
        "/x-000001/_mapping": {"x-000001": {"mappings": {"_meta": made_with(())}}},
        "/x/_doc/state": {"_index": "x-000001", "found": True, "_seq_no": 1, "_primary_term": 1, "_source": record},
    }
    if method != "GET":
        return refusal(403)
    return (200, told[path]) if path in told else (404, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a command is run; it holds a report."""
    written(tmp_path / "reports", "a.txt", "一、工作回顾\n创新有成效。")
    return tmp_path


def told(command: list[str], address: str, folder: Path, **environment: str) -> str:
    """The one sentence that the command ends with."""
    done = baogao(*command, "--index", address, cwd=folder, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert one_chinese_sentence(done.stderr.strip())
    assert SECRET not in done.stderr
    return done.stderr


PRETENDERS: list[tuple[str, Answering, str]] = [
    ("a web page", always(200, "<html>hello</html>"), "不是 OpenSearch"),
    ("a list", always(200, []), "不是 OpenSearch"),
    ("nothing but braces", always(200, {}), "不是 OpenSearch"),
    ("no such page", always(404, "not here"), "不是 OpenSearch"),
    ("another program of that kind", always(200, of_version("8.15.0", "elasticsearch")), "不是 OpenSearch"),
    ("a version of years ago", always(200, of_version("2.19.6")), "2.19.6，太旧了；请升级到 3.6"),
    ("the version before", always(200, of_version("3.5.1")), "3.5.1，太旧了；请升级到 3.6"),
    ("a version that is no number", always(200, of_version("x.y")), "x.y，太旧了"),
    ("a wrong password", always(401, "Unauthorized"), "BAOGAO_OPENSEARCH_PASSWORD"),
    ("a user without any right", always(*refusal(403)), "没有权限"),
]


@pytest.mark.parametrize("command", [READING[0], WRITING[0]], ids=lambda each: each[0])
@pytest.mark.parametrize(("answer", "said"), [row[1:] for row in PRETENDERS], ids=[row[0] for row in PRETENDERS])
def test_what_answers_otherwise_than_it_should_is_told(
    command: list[str], answer: Answering, said: str, folder: Path
) -> None:
    with pretending(answer) as pretender:
        password = {"BAOGAO_OPENSEARCH_USER": "me", "BAOGAO_OPENSEARCH_PASSWORD": SECRET}
        assert said in told(command, pretender.address, folder, **password)
        assert pretender.written == []


@pytest.mark.parametrize("command", [*READING, *WRITING], ids=" ".join)
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("opensearch://127.0.0.1:{port}/x", "连不上"),
        ("opensearch://127.0.0.1:{port}/Reports", "小写字母"),
        ("opensearch://127.0.0.1:{port}/报告", "小写字母"),
        ("opensearch://me:correct-horse@127.0.0.1:{port}/x", "BAOGAO_OPENSEARCH_PASSWORD"),
    ],
)
def test_an_address_where_no_index_can_be_is_told(command: list[str], address: str, said: str, folder: Path) -> None:
    assert said in told(command, address.format(port=a_free_port()), folder)


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_who_may_only_read_is_told(command: list[str], folder: Path) -> None:
    with pretending(an_empty_index) as pretender:
        assert "没有权限" in told(command, pretender.address, folder)
        assert pretender.written == []


@pytest.mark.parametrize("command", [READING[0], WRITING[0]], ids=lambda each: each[0])
def test_where_the_client_is_missing_the_command_that_installs_it_is_told(command: list[str], folder: Path) -> None:
    missing = folder / "opensearchpy.py"
    missing.write_text("raise ModuleNotFoundError(name='opensearchpy')\n", encoding="utf-8")
    said = told(command, "opensearch://127.0.0.1:9/x", folder, PYTHONPATH=str(folder))
    assert "pip install 'baogao[opensearch]'" in said


@pytest.mark.parametrize(
    ("status", "said"), [(401, "BAOGAO_OPENSEARCH_PASSWORD"), (403, "没有权限"), (503, "请稍后再试")]
)
def test_a_server_whose_right_was_taken_away_tells_its_readers(status: int, said: str) -> None:
    with pretending(an_empty_index) as pretender:
        client = create_app(open_engine(pretender.address)).test_client()
        pretender.answer = always(*refusal(status))
        page, answer = client.get("/search?q=创新"), client.get("/api/v1/search?q=创新")
    assert (page.status_code, answer.status_code) == (503, 503)
    for sentence in (Page(page.text).one("p.message").text, answer.get_json()["error"]["message"]):
        assert said in sentence and one_chinese_sentence(sentence)


class TestCertificates:
    @pytest.fixture(scope="class")
    @classmethod
    def certificates(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
        """Two certificates for this machine, each signed by itself."""
        if shutil.which("openssl") is None:
            missing("openssl makes the certificates, and is not here")
        folder = tmp_path_factory.mktemp("certificates")
        yield made(folder / "ours.pem"), made(folder / "other.pem")

    def test_one_that_nobody_known_has_signed_is_told(self, certificates: tuple[Path, Path], folder: Path) -> None:
        ours, other = certificates
        with pretending(always(200, of_version("3.6.0")), ours) as pretender:
            for given in ({}, {"BAOGAO_OPENSEARCH_CA": str(other)}):
                for command in (READING[0], WRITING[0]):
                    assert "证书验证不了" in told(command, pretender.address, folder, **given)
            assert pretender.written == []

    def test_one_that_verifies_is_gone_on_with(self, certificates: tuple[Path, Path], folder: Path) -> None:
        ours, _ = certificates
        with pretending(always(200, of_version("2.1.0")), ours) as pretender:
            assert "2.1.0，太旧了" in told(READING[0], pretender.address, folder, BAOGAO_OPENSEARCH_CA=str(ours))

    @pytest.mark.parametrize(
        ("name", "said"), [("nowhere.pem", "证书文件不存在"), ("reports/a.txt", "不是证书"), ("reports", "不存在")]
    )
    def test_a_file_that_holds_no_certificate_is_told(self, name: str, said: str, folder: Path) -> None:
        given = {"BAOGAO_OPENSEARCH_CA": str(folder / name)}
        assert said in told(READING[0], "opensearch+https://127.0.0.1:9/x", folder, **given)


def made(path: Path) -> Path:
    """A certificate with its key in one file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{path}.key", "-out", path],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + Path(f"{path}.key").read_text())
    return path


class TestIndexes:
    @pytest.mark.parametrize("command", [*READING, *WRITING], ids=" ".join)
    def test_another_programs_index_is_told_and_left_alone(
        self, opensearch: OpenSearch, opensearch_index: str, command: list[str], folder: Path
    ) -> None:
        name = place_of(opensearch_index).name
        opensearch.ask("PUT", f"/{name}/_doc/1?refresh=true", {"theirs": 1})
        before = opensearch.ask("GET", f"/{name}/_search?version=true")["hits"]
        assert "换一个索引名" in told(command, opensearch_index, folder)
        assert opensearch.ask("GET", f"/{name}/_search?version=true")["hits"] == before
        assert len(opensearch.ask("GET", f"/_cat/indices/{name}*?format=json")) == 1

    @pytest.mark.parametrize("command", [*READING, WRITING[0]], ids=" ".join)
    def test_an_index_of_another_version_is_told_with_the_command_that_mends_it(
        self, opensearch: OpenSearch, opensearch_index: str, command: list[str], folder: Path
    ) -> None:
        create_engine(opensearch_index).update([document("a", "创新一段。")])
        name = place_of(opensearch_index).name
        opensearch.ask("PUT", f"/{name}/_mapping", {"_meta": {**made_with(()), "schema": 0}})
        opensearch.ask("POST", f"/{name}/_refresh")
        before = opensearch.ask("GET", f"/{name}/_search?version=true")["hits"]
        assert "baogao index --rebuild" in told(command, opensearch_index, folder)
        assert opensearch.ask("GET", f"/{name}/_search?version=true")["hits"] == before
