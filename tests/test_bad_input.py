"""Whatever is asked wrongly, on every face: one Chinese sentence, the right code, and never a traceback."""

from __future__ import annotations

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from faces import Page, Server, abbreviated, baogao, one_chinese_sentence, serving, written
from flask.testing import FlaskClient

from indexer.engines.columnar.folder import SETTINGS_FILE
from indexer.errors import BaogaoError
from search_app import Reports

REPORT = "2021-郑州市-政府工作报告"


@dataclass(frozen=True, slots=True)
class Asked:
    """A search or count asked wrongly. ``only`` names the faces that can be asked so at all."""

    what: str
    given: dict[str, str | list[str]]
    only: tuple[str, ...] = ("web", "api", "shell", "python")


NOT_SHELL = ("web", "api", "python")

SEARCHES = [
    Asked("an unknown field", {"q": "题目:郑州"}),
    Asked("a NEAR without a distance", {"q": "中欧班列 NEAR 郑州"}),
    Asked("a NEAR of a million", {"q": "中欧班列 NEAR/1000000 郑州"}),
    Asked("同句 of nothing", {"q": "同句()"}),
    Asked("同句 that expands beyond all bounds", {"q": f"同句({'(甲|乙)' * 25})"}),
    Asked("a wildcard alone", {"q": "*"}),
    Asked("an unknown level in the query", {"q": "级别:城市"}),
    Asked("an unknown level as a filter", {"level": "城市"}),
    Asked("an unknown section", {"section": "天气"}),
    Asked("an unknown type", {"type": "年报"}),
    Asked("an unknown parameter", {"years": "2021"}),
    Asked("a year that is no year", {"year": "21"}),
    Asked("a year in Chinese numerals", {"year": "二〇二一"}),
    Asked("a year in the query that is no year", {"q": "年:明年"}),
    Asked("a year of 5,000 digits", {"year": "1" * 5000}),
    Asked("a year of 5,000 digits in the query", {"q": "年:" + "1" * 490}),
    Asked("years from late to early", {"q": "年:2023..2021"}),
    Asked("page 0", {"page": "0"}),
    Asked("page -1", {"page": "-1"}),
    Asked("a page beyond the last", {"q": "中欧班列", "page": "2"}),
    Asked("page 10^9", {"page": "1000000000"}),
    Asked("page 10^9 + 1", {"page": "1000000001"}),
    Asked("page x", {"page": "x"}),
    Asked("size 0", {"size": "0"}),
    Asked("size 201", {"size": "201"}),
    Asked("size -1", {"size": "-1"}),
    Asked("size x", {"size": "x"}),
    Asked("a sort there is not", {"sort": "best"}),
    Asked("a mode there is not", {"mode": "fuzzy"}),
    Asked("a mode in Chinese", {"mode": "宽松"}),
    Asked("no mode", {"mode": ""}),
    Asked("two modes", {"mode": ["exact", "loose"]}, NOT_SHELL),
    Asked("two queries", {"q": ["甲", "乙"]}, NOT_SHELL),
    Asked("two pages", {"page": ["1", "2"]}, NOT_SHELL),
    Asked("a query of 10,000 characters", {"q": "中" * 10_000}),
    Asked("more than sixty words", {"q": "甲 " * 61}),
    Asked("1,000 nested parentheses", {"q": "(" * 1000 + "中" + ")" * 1000}),
    Asked("21 nested parentheses", {"q": "(" * 21 + "中" + ")" * 21}),
    Asked("200 open parentheses", {"q": "(" * 200}),
    Asked("200 minus signs", {"q": "中 " + "-" * 200 + "国"}),
    Asked("an unclosed quote", {"q": '"中欧班列'}),
    Asked("an unclosed Chinese quote", {"q": "“中欧班列"}),
    Asked("an unclosed parenthesis", {"q": "中欧班列 (郑州"}),
    Asked("nothing after OR", {"q": "中欧班列 OR"}),
    Asked("nothing but signs to look for", {"q": '"_"'}),
    Asked("nothing in quotes", {"q": '""'}),
    Asked("a zero-width space alone", {"q": "\u200b"}),
    Asked("marks of writing direction alone", {"q": "\u200f\u2066\u2069"}),
    Asked("OR alone", {"q": "OR"}),
    Asked("AND before anything", {"q": "AND 创新"}),
    Asked("NOT alone", {"q": "NOT"}),
    Asked("a minus sign alone", {"q": "-"}),
    Asked("a NEAR of 0", {"q": "中欧班列 NEAR/0 郑州"}),
    Asked("a NEAR of one word", {"q": "NEAR/5 郑州"}),
    Asked("同句 of one word", {"q": "同句(创新)"}),
    Asked("one question mark", {"q": "?"}),
    Asked("a denied wildcard alone", {"q": "创新 -*"}),
    Asked("a year selected and excluded", {"year": "2021", "not_year": "2021"}),
    Asked("a place inside an excluded one", {"region": "河南省/郑州市", "not_region": "河南省"}),
    Asked("a control character", {"q": "中\x07欧"}),
    Asked("an escape sequence", {"q": "中欧\x1b[31m"}),
    Asked("a control character in a filter", {"region": "河南\x07省"}),
    Asked("NUL", {"q": "中\x00欧"}, NOT_SHELL),
    Asked("NUL in a filter", {"region": "\x00"}, NOT_SHELL),
    Asked("NUL as a parameter", {"\x00": "1"}, NOT_SHELL),
    Asked("a lone surrogate", {"q": "中\ud800欧"}),
    Asked("a lone surrogate in a filter", {"region": "\udfff"}),
    Asked("a place 5 deep", {"region": "甲/乙/丙/丁/戊"}),
    Asked("a place 4,000 deep", {"region": "/".join("a" * 4000)}),
    Asked("2,000 places", {"region": [f"r{n}" for n in range(2000)]}),
    Asked("a place without a name", {"region": "河南省//郑州市"}),
]

COUNTS = [
    Asked("nothing to count", {}),
    Asked("an empty term", {"term": ""}),
    Asked("a term of blanks", {"term": "\u3000"}),
    Asked("a term of 101 characters", {"term": "长" * 101}),
    Asked("201 terms", {"term": [f"词{n}" for n in range(201)]}),
    Asked("a control character", {"term": "中\x07欧"}),
    Asked("a lone surrogate", {"term": "中\ud800欧"}),
    Asked("a group there is not", {"term": "创新", "by": "title"}),
    Asked("a year that is no year", {"term": "创新", "year": "明年"}),
    Asked("an unknown parameter", {"term": "创新", "years": "2021"}),
]


def rows(table: list[Asked], *faces: str) -> pytest.MarkDecorator:
    """The rows that one of ``faces`` can be asked."""
    fitting = [asked for asked in table if set(faces) & set(asked.only)]
    return pytest.mark.parametrize("asked", fitting, ids=lambda asked: asked.what)


def url(path: str, asked: Asked) -> str:
    return f"{path}?{urlencode(asked.given, doseq=True, errors='surrogatepass')}"


def several(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


class TestOverHttp:
    @rows(SEARCHES, "web")
    def test_the_page_says_it_in_a_sentence(self, client: FlaskClient, asked: Asked) -> None:
        answer = client.get(url("/search", asked))
        page = Page(answer.text)
        assert answer.status_code == 400
        assert one_chinese_sentence(page.one("p.message").text)
        assert "Traceback" not in answer.text

    @rows([asked for asked in SEARCHES if {*asked.given} == {"q"} and "\ud800" not in asked.given["q"]], "api")
    def test_a_mistake_in_the_query_has_its_place_and_the_form_keeps_what_was_typed(
        self, client: FlaskClient, asked: Asked
    ) -> None:
        typed, *_ = several(asked.given["q"])
        page = Page(client.get(url("/search", asked)).text)
        assert [box["value"] for box in page.all("input") if box["name"] == "q"] == [typed]
        error = client.get(url("/api/v1/search", asked)).json["error"]
        if error["code"] == "query_syntax":
            start, end = error["position"]["start"], error["position"]["end"]
            assert 0 <= start < end <= len(typed)
            assert page.one("mark").text == typed[start:end]

    @rows(SEARCHES, "api")
    def test_the_api_says_it_in_its_shape(self, client: FlaskClient, asked: Asked) -> None:
        answer = client.get(url("/api/v1/search", asked))
        assert answer.status_code == 400
        assert one_chinese_sentence(answer.json["error"]["message"])

    @rows(COUNTS, "api")
    def test_so_does_the_api_when_it_counts(self, client: FlaskClient, asked: Asked) -> None:
        answer = client.get(url("/api/v1/count", asked))
        assert answer.status_code == 400
        assert one_chinese_sentence(answer.json["error"]["message"])

    @pytest.mark.parametrize(
        "escaped", ["%ff", "%ED%A0%80", "%C0%80", "%E4%B8", "%D6%D0%B9%FA", "%F8%88%80%80%80"], ids=abbreviated
    )
    @pytest.mark.parametrize("where", ["/search?q=", "/search?region=", "/search?", f"/report/{REPORT}?q=", "/help?"])
    def test_an_address_that_is_no_utf_8_is_refused_not_guessed_at(
        self, client: FlaskClient, where: str, escaped: str
    ) -> None:
        answer = client.get(where + escaped)
        assert answer.status_code == 400
        assert "UTF-8" in Page(answer.text).one("p.message").text

    @pytest.mark.parametrize(
        "report", ["没有", "%00", "%ff", "%ED%A0%80", "..", "%2e%2e%2fweb.py", "a%2Fb", "长" * 5000, "<b>", " "],
        ids=abbreviated,
    )  # fmt: skip
    def test_a_report_that_is_not_there_is_not_found(self, client: FlaskClient, report: str) -> None:
        page, api = client.get(f"/report/{report}"), client.get(f"/api/v1/report/{report}")
        assert (page.status_code, api.status_code) == (404, 404)
        assert one_chinese_sentence(Page(page.text).one("p.message").text)
        assert "\x00" not in page.text
        assert one_chinese_sentence(api.json["error"]["message"])

    @pytest.mark.parametrize(
        "parameters",
        ["q=(", "q=甲&q=乙", "year=21", "only=x", "sort=left", "q=%00", "x", "q=" + "中" * 501],
        ids=abbreviated,
    )
    def test_a_report_asked_wrongly_is_not_shown(self, client: FlaskClient, parameters: str) -> None:
        answer = client.get(f"/report/{REPORT}?{parameters}")
        assert answer.status_code == 400
        assert one_chinese_sentence(Page(answer.text).one("p.message").text)

    @pytest.mark.parametrize("path", ["/", "/help", "/healthz", "/api/v1/info", "/api/v1/reports"])
    def test_a_page_without_parameters_takes_none(self, client: FlaskClient, path: str) -> None:
        answer = client.get(f"{path}?year=2021")
        assert answer.status_code == 400
        assert "year" in answer.text

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/search?q=" + "a" * 100_000, 400),
            ("/search?" + "&".join(f"region={n}" for n in range(10_000)), 400),
            ("/search?" + "&".join(f"p{n}=1" for n in range(10_000)), 400),
            ("/report/" + "a" * 100_000, 404),
            ("/" + "a/" * 50_000, 404),
            ("/search?q=" + "a" * 1_000_000, 431),
        ],
        ids=abbreviated,
    )
    def test_a_very_long_address_is_answered_by_the_real_server_too(
        self, server: Server, path: str, status: int
    ) -> None:
        answer = server.get(path)
        assert answer.status == status
        assert not answer.text.isascii() and "generated" not in answer.text
        assert server.get("/healthz").text == "ok\n"

    @pytest.mark.parametrize(
        "sent",
        [
            b"GET /search?q=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /search?q=\xd6\xd0 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /search?q=( HTTP/1.0\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /search?q=a b HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            b"POST /search HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        ],
    )
    def test_raw_nonsense_on_the_wire_is_a_client_error(self, server: Server, sent: bytes) -> None:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            wire.sendall(sent)
            said = wire.recv(100)
        assert said.split()[1][:1] == b"4"
        assert server.get("/healthz").text == "ok\n"


def options(given: dict[str, str | list[str]]) -> list[str]:
    """Parameters as the shell takes them: the query and the terms in front, the others as options."""
    words = [value for name in ("q", "term") for value in several(given.get(name, []))]
    named = [(name, value) for name, each in given.items() if name not in ("q", "term") for value in several(each)]
    every = [*(f"--{name}={value}" for name, value in named), "--", *words]
    return [os.fsdecode(word.encode("utf-8", "surrogatepass")) for word in every]


def complains(ran: subprocess.CompletedProcess[str]) -> None:
    """The command did nothing but say one sentence."""
    assert (ran.returncode, ran.stdout) == (1, ""), ran.stderr
    assert ran.stderr.startswith("错误：") and ran.stderr.endswith("\n")
    assert one_chinese_sentence(ran.stderr[:-1])


Runs = Mapping[tuple[str, str], subprocess.CompletedProcess[str]]


FORKS = """
import json, os, sys
from search_app import cli, reports, shell  # once for all
for number, arguments in enumerate(json.loads(sys.argv[1])):
    if os.fork() == 0:
        for fd, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{sys.argv[2]}/{number}.{name}", os.O_CREAT | os.O_WRONLY), fd)
        sys.argv = ["baogao", *arguments]
        cli.main()
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


def each(commands: list[list[str]], cwd: Path, scratch: Path) -> list[subprocess.CompletedProcess[str]]:
    """Run commands in ``cwd``, each a process of its own that is forked where all is imported already."""
    driver = [sys.executable, "-c", FORKS, json.dumps(commands), str(scratch)]
    codes = subprocess.run(driver, cwd=cwd, stdout=subprocess.PIPE, check=True).stdout.split()
    return [
        subprocess.CompletedProcess(
            arguments, int(code), *((scratch / f"{n}.{name}").read_text(encoding="utf-8") for name in ("out", "err"))
        )
        for n, (arguments, code) in enumerate(zip(commands, codes, strict=True))
    ]


@pytest.fixture(scope="module")
def runs(seeds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Every row that the shell can be asked."""
    commands = {
        (command, asked.what): [command, "--index", seeds_index.name, *options(asked.given)]
        for command, table in (("search", SEARCHES), ("count", COUNTS))
        for asked in table
        if "shell" in asked.only
    }
    ran = each([*commands.values()], seeds_index.parent, tmp_path_factory.mktemp("said"))
    return dict(zip(commands, ran, strict=True))


class TestInTheShell:
    @rows(SEARCHES, "shell")
    def test_a_search_asked_wrongly_leaves_one_sentence(self, runs: Runs, asked: Asked) -> None:
        complains(runs["search", asked.what])

    @rows(COUNTS, "shell")
    def test_a_count_asked_wrongly_leaves_one_sentence(self, runs: Runs, asked: Asked) -> None:
        complains(runs["count", asked.what])

    def test_nothing_is_indexed_where_that_cannot_be(
        self, workplace: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        before = everything_in(workplace)
        for ran in each(IMPOSSIBLE, workplace, tmp_path_factory.mktemp("said")):
            complains(ran)
        assert everything_in(workplace) == before

    @pytest.mark.parametrize("command", ["check", "index"])
    def test_files_that_are_no_reports_are_refused_each_with_its_reason(self, workplace: Path, command: str) -> None:
        ran = baogao(command, *REFUSED, cwd=workplace)
        assert (ran.returncode, ran.stderr) == (1, "")
        said = ran.stdout.replace("\n  没有收：", " 没有收 ").splitlines()
        for path, reason in REFUSED.items():
            (line,) = (line for line in said if path in line)
            assert "没有收" in line and reason in line

    def test_what_is_refused_does_not_keep_the_rest_out(self, workplace: Path) -> None:
        ran = baogao("index", "binary.txt", "reports", "empty.txt", cwd=workplace)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "已收入 1、没有收 2" in ran.stdout

    def test_a_port_in_use_is_named(self, seeds_index: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            ran = baogao("serve", "--index", str(seeds_index), "--port", str(port))
        complains(ran)
        assert str(port) in ran.stderr and "占用" in ran.stderr

    @pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid", "::ffff:203.0.113.7"])
    def test_an_address_that_is_not_this_machines_is_named(self, seeds_index: Path, host: str) -> None:
        ran = baogao("serve", "--index", str(seeds_index), "--host", host)
        complains(ran)
        assert host in ran.stderr

    def test_a_second_writer_waits_and_then_gives_up(self, workplace: Path) -> None:
        """The first one is a real process that holds the lock; the second one's patience is made short."""
        assert baogao("index", "reports", cwd=workplace).returncode == 0
        with subprocess.Popen(
            [sys.executable, "-c", HOLDS_THE_LOCK], cwd=workplace, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as first:
            assert first.stdout is not None and first.stdout.readline() == b"held\n"
            second = subprocess.run(
                [sys.executable, "-c", HAS_LITTLE_PATIENCE], cwd=workplace, capture_output=True, encoding="utf-8"
            )
            first.communicate(b"\n", timeout=10)
        complains(second)
        assert baogao("index", "more", cwd=workplace).returncode == 0


IMPOSSIBLE: list[list[str]] = [
    ["index", "nowhere"],
    ["check", "nowhere"],
    ["index", "empty-folder"],
    ["check", "empty-folder"],
    ["index", "only-a-lexicon"],
    ["index", "reports", "--catalog", "nowhere.csv"],
    ["index", "reports", "--catalog", "binary.txt"],
    ["index", "reports", "--index", "somebodys"],
    ["index", "reports", "--index", "somebodys", "--rebuild"],
    ["index", "reports", "--index", "empty.txt"],
    ["index", "reports", "--index", "cluster://host/name"],
    ["index", "empty.txt", "--rebuild"],
]
REFUSED = {
    "empty.txt": "空",
    "blank.txt": "空",
    "binary.txt": "不是中文文本",
    "english.txt": "不是中文文本",
    "report.pdf": "这个 PDF 打不开",
    "no-report": "Markdown 文件（.md）",
    "unknown.txt": "看不出",
}

HOLDS_THE_LOCK = """
from indexer import create_engine
with create_engine("baogao-index").writing():
    print("held", flush=True)
    input()
"""
HAS_LITTLE_PATIENCE = """
import sys
from indexer.engines.columnar import locking
locking.WRITER_TIMEOUT = 0.1
sys.argv = ["baogao", "index", "more"]
from search_app import cli
cli.main()
"""


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder with all kinds of files that are no reports, and two that are."""
    written(tmp_path / "reports", "新密市.txt", "推动创新。")
    written(tmp_path / "more", "登封市.txt", "推动改革。")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "blank.txt").write_text(" \n\t\n", encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "english.txt").write_text("An annual report. " * 50, encoding="utf-8")
    (tmp_path / "unknown.txt").write_text("推动创新，推动改革，推动开放。\n" * 5, encoding="utf-8")
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7\n")
    for folder in ("empty-folder", "no-report", "only-a-lexicon/lexicon", "somebodys"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "no-report" / "readme.md").write_text("中文说明", encoding="utf-8")
    (tmp_path / "only-a-lexicon" / "lexicon" / "words.txt").write_text("中欧班列\n", encoding="utf-8")
    (tmp_path / "somebodys" / "photo.jpg").write_bytes(b"\xff\xd8")
    return tmp_path


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Every path below ``folder`` with what it holds."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


class TestInPython:
    @rows(SEARCHES, "python")
    def test_a_search_asked_wrongly_raises_one_sentence(self, reports: Reports, asked: Asked) -> None:
        given = dict(asked.given)
        q = given.pop("q", "")
        with pytest.raises(BaogaoError) as caught:
            reports.search(q, **given) if isinstance(q, str) else reports.search(page=q)
        assert caught.value.status == 400
        assert one_chinese_sentence(caught.value.message)

    @rows([asked for asked in SEARCHES if asked.what != "two queries" and "surrogate" not in asked.what], "api")
    def test_it_is_the_sentence_that_the_api_gives(self, reports: Reports, client: FlaskClient, asked: Asked) -> None:
        """But for two queries, which Python cannot be given, and lone surrogates, which HTTP cannot carry."""
        with pytest.raises(BaogaoError) as caught:
            reports.search(**asked.given)  # type: ignore[arg-type]
        error = client.get(url("/api/v1/search", asked)).json["error"]
        assert (error["message"], error["code"]) == (caught.value.message, caught.value.code)


@pytest.fixture(scope="module")
def reports(seeds_index: Path) -> Iterator[Reports]:
    with Reports.open(str(seeds_index)) as opened:
        yield opened


def gone(index: Path) -> None:
    index.rename(index.with_name("away"))


def emptied(index: Path) -> None:
    gone(index)
    index.mkdir()


def a_file(index: Path) -> None:
    gone(index)
    index.write_text("索引", encoding="utf-8")


def somebody_elses(index: Path) -> None:
    emptied(index)
    (index / "photo.jpg").write_bytes(b"\xff\xd8")


def of_another_version(index: Path) -> None:
    settings = json.loads((index / SETTINGS_FILE).read_bytes())
    put(index / SETTINGS_FILE, json.dumps(settings | {"schema": 999}).encode())


def with_settings_of_no_sense(index: Path) -> None:
    put(index / SETTINGS_FILE, b"{")


def with_settings_that_lack_something(index: Path) -> None:
    put(index / SETTINGS_FILE, b'{"format": "baogao-whoosh"}')


def without_contents(index: Path) -> None:
    for toc in index.glob("*.toc"):
        toc.unlink()


def with_contents_of_no_sense(index: Path) -> None:
    for toc in index.glob("*.toc"):
        put(toc.with_name("_MAIN_99.toc"), b"\x00" * 50)


def put(path: Path, data: bytes) -> None:
    """Replace a file whole, as programs do that care."""
    path.with_suffix(".tmp").write_bytes(data)
    path.with_suffix(".tmp").replace(path)


TROUBLES: list[tuple[Callable[[Path], None], str]] = [
    (gone, "index_missing"),
    (emptied, "index_missing"),
    (a_file, "index_missing"),
    (somebody_elses, "index_foreign"),
    (of_another_version, "index_outdated"),
    (with_settings_of_no_sense, "index_damaged"),
    (with_settings_that_lack_something, "index_damaged"),
    (without_contents, "index_damaged"),
    (with_contents_of_no_sense, "index_damaged"),
]
troubles = pytest.mark.parametrize(("befalls", "code"), TROUBLES, ids=lambda each: getattr(each, "__name__", each))


@pytest.fixture
def served_index(seeds_index: Path, tmp_path: Path) -> Path:
    """A copy of the index, to be spoiled."""
    return Path(shutil.copytree(seeds_index, tmp_path / "index"))


class TestIndexInTrouble:
    @troubles
    def test_a_running_server_says_so_and_recovers(
        self, served_index: Path, seeds_index: Path, befalls: Callable[[Path], None], code: str
    ) -> None:
        with serving(served_index) as server:
            assert served(server) == 8
            befalls(served_index)
            for path in ("/search", "/", f"/report/{REPORT}", "/healthz"):
                answer = server.get(path)
                assert answer.status == 503
                assert one_chinese_sentence(Page(answer.text).one("p.message").text)
                assert "Content-Security-Policy" in answer.headers
            error = json.loads(server.get("/api/v1/search").text)["error"]
            assert error["code"] == code
            assert one_chinese_sentence(error["message"])
            assert server.get("/static/style.css").status == server.get("/help").status == 200
            restored(served_index, seeds_index)
            assert served(server) == 8

    def test_a_running_server_moves_to_the_index_that_was_put_in_place(
        self, served_index: Path, tmp_path: Path
    ) -> None:
        written(tmp_path / "reports", "新密市.txt", "开行中欧班列。")
        with serving(served_index) as server:
            assert served(server) == 8
            done = baogao("index", "reports", "--rebuild", "--index", "index", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert served(server) == 1

    def test_an_index_copied_into_place_piece_by_piece_is_seen_when_it_is_whole(
        self, served_index: Path, tmp_path: Path
    ) -> None:
        written(tmp_path / "reports", "新密市.txt", "开行中欧班列。")
        assert baogao("index", "reports", "--index", "other", cwd=tmp_path).returncode == 0
        with serving(served_index) as server:
            assert served(server) == 8
            shutil.rmtree(served_index)
            served_index.mkdir()
            pieces = sorted((tmp_path / "other").iterdir(), key=lambda path: path.name != SETTINGS_FILE)
            for piece in pieces[:1]:
                shutil.copy(piece, served_index)
            assert server.get("/search").status == 503
            for piece in pieces[1:]:
                shutil.copy(piece, served_index)
            assert served(server) == 1

    @troubles
    def test_the_command_says_so(self, served_index: Path, befalls: Callable[[Path], None], code: str) -> None:
        befalls(served_index)
        complains(baogao("info", "--index", str(served_index)))

    @pytest.mark.parametrize("arguments", [["search", "中欧班列"], ["count", "中欧班列"], ["serve"]], ids=" ".join)
    def test_every_command_that_reads_says_so(self, served_index: Path, arguments: list[str]) -> None:
        gone(served_index)
        complains(baogao(*arguments, "--index", str(served_index)))

    @troubles
    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    def test_python_says_so(self, served_index: Path, befalls: Callable[[Path], None], code: str) -> None:
        befalls(served_index)
        with pytest.raises(BaogaoError) as caught:
            Reports.open(str(served_index))
        assert (caught.value.status, caught.value.code) == (503, code)
        del caught
        gc.collect()  # Whoosh leaves the file that it stumbled over open

    @pytest.mark.parametrize("suffix", [".units", ".reports", ".toc"])
    @pytest.mark.parametrize("share", [0, 0.5], ids=["empty", "half"])
    def test_a_file_of_it_that_is_cut_off_is_damage_not_a_traceback(
        self, served_index: Path, suffix: str, share: float
    ) -> None:
        for path in served_index.glob(f"*{suffix}"):
            data = path.read_bytes()
            put(path, data[: int(len(data) * share)])
        complains(baogao("search", "中欧班列", "--index", str(served_index)))


def served(server: Server) -> int:
    """How many units the running server finds."""
    answer = server.get("/api/v1/search", q="中欧班列")
    assert answer.status == 200, answer.text
    total: int = msgspec.json.decode(answer.text)["total"]
    return total


def restored(index: Path, whole: Path) -> None:
    """Make the index whole again: the same folder brought back, or a copy of it."""
    away = index.with_name("away")
    if index.is_file():
        index.unlink()
    elif index.exists():
        shutil.rmtree(index)
    if away.exists():
        away.rename(index)
    else:
        shutil.copytree(whole, index)
