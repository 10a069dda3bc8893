"""The cluster to try: what it needs is found or asked for in words; it starts, is kept, and ends with its owner."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from faces import one_chinese_sentence

from cluster.distribution import VERSION, distribution
from cluster.errors import CannotStart, Missing
from cluster.java import Java, find_java, java_at
from cluster.keeper import Kept, Task, ensure, kept, packed, stop
from cluster.node import Installation
from cluster.nodes import asked, free_ports, silent

REPOSITORY = Path(__file__).parent.parent
WHOLE = "java.base jdk.localedata"


def jdk(home: Path, version: str, modules: str = WHOLE) -> Path:
    """A folder that looks like a Java's."""
    program(home / "bin" / "java", "exit 1")
    (home / "release").write_text(
        f'IMPLEMENTOR="某"\nJAVA_VERSION="{version}"\nMODULES="{modules}"\n', encoding="utf-8"
    )
    return home


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


class TestFindingJava:
    @pytest.mark.parametrize(
        ("written", "modules", "expected"),
        [
            ("21", WHOLE, (21, True)),
            ("25.0.3", WHOLE, (25, True)),
            ("22-ea", WHOLE, (22, True)),
            ("17.0.15", WHOLE, (17, True)),
            ("1.8.0_392", WHOLE, (8, True)),
            ("25", "java.base", (25, False)),
            ("", WHOLE, None),
            ("新", WHOLE, None),
        ],
    )
    def test_a_java_is_what_its_release_says(
        self, tmp_path: Path, written: str, modules: str, expected: tuple[int, bool] | None
    ) -> None:
        home = jdk(tmp_path, written, modules)
        assert java_at(home) == (expected and Java(home, *expected))

    @pytest.mark.parametrize("gone", ["release", "bin/java"])
    def test_a_folder_without_its_parts_is_no_java(self, tmp_path: Path, gone: str) -> None:
        home = jdk(tmp_path, "25")
        (home / gone).unlink()
        assert java_at(home) is None

    @pytest.mark.parametrize(
        ("javas", "said", "default", "expected"),
        [
            ({"a": "25", "b": "21"}, {"OPENSEARCH_JAVA_HOME": "a", "JAVA_HOME": "b"}, "b", "a"),
            ({"a": "25", "b": "21"}, {"JAVA_HOME": "a"}, "b", "a"),
            ({"a": "17", "b": "21"}, {"JAVA_HOME": "a"}, "b", "b"),
            ({"a": "17", "b": "21"}, {"JAVA_HOME": "没有"}, "b", "b"),
            ({"a": "17", "b": "25"}, {}, "b", "b"),
            ({"a": "17", "b": "25"}, {}, "a", "b"),
            ({"a": "17", "b": "25", "c": "21", "d": "11"}, {}, "a", "c"),
            ({"a": "25"}, {}, None, "a"),
        ],
        ids=["wished", "JAVA_HOME", "too old", "not there", "default", "neighbour", "oldest of several", "no default"],
    )
    def test_the_first_that_will_do_is_taken(
        self, tmp_path: Path, javas: dict[str, str], said: dict[str, str], default: str | None, expected: str
    ) -> None:
        for name, version in javas.items():
            jdk(tmp_path / "jvm" / name, version)
        path = tmp_path / "bin"
        path.mkdir()
        if default:
            (path / "java").symlink_to(tmp_path / "jvm" / default / "bin" / "java")
        environment = {name: str(tmp_path / "jvm" / value) for name, value in said.items()}
        found = find_java(environment | {"PATH": str(path)}, tmp_path / "jvm")
        assert found.home == tmp_path / "jvm" / expected

    def test_a_default_java_elsewhere_brings_its_own_neighbours(self, tmp_path: Path) -> None:
        old, new = jdk(tmp_path / "opt" / "old", "17"), jdk(tmp_path / "opt" / "new", "25")
        found = find_java({"PATH": str(old / "bin")}, tmp_path / "jvm")
        assert found.home == new

    @pytest.mark.parametrize(
        ("javas", "wished", "told"),
        [
            ({}, None, "openjdk-21-jdk-headless"),
            ({"a": "17", "b": "11"}, None, "Java 17"),
            ({"a": "17", "b": "25"}, "a", "Java 17"),
            ({"b": "25"}, "没有", "里没有 Java"),
        ],
    )
    def test_what_is_missing_is_said_in_one_sentence(
        self, tmp_path: Path, javas: dict[str, str], wished: str | None, told: str
    ) -> None:
        for name, version in javas.items():
            jdk(tmp_path / name, version)
        environment = {"PATH": ""} | ({"OPENSEARCH_JAVA_HOME": str(tmp_path / wished)} if wished else {})
        with pytest.raises(Missing, match=told) as refused:
            find_java(environment, tmp_path)
        assert one_chinese_sentence(str(refused.value))

    def test_a_java_without_languages_will_not_do(self, tmp_path: Path) -> None:
        trimmed = jdk(tmp_path / "trimmed", "25", "java.base")
        with pytest.raises(Missing, match="语言"):
            find_java({"OPENSEARCH_JAVA_HOME": str(trimmed)}, tmp_path)


ARCHIVED = {f"opensearch-{VERSION}-SNAPSHOT/bin/opensearch": 0o755, f"opensearch-{VERSION}-SNAPSHOT/config/a": 0o600}


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes the only program on the path a Maven that runs a script; gives the file it counts its calls in."""

    def made(script: str) -> Path:
        calls = tmp_path / "calls"
        program(tmp_path / "bin" / "mvn", f'echo "$@" >> {calls}\n{script}')
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
        return calls

    return made


def archive(path: Path) -> Path:
    with ZipFile(path, "w") as packed:
        for name, mode in ARCHIVED.items():
            packed.writestr(name, "")
            packed.getinfo(name).external_attr = mode << 16
    return path


class TestFetching:
    def test_it_is_fetched_once_and_kept_unpacked(self, tmp_path: Path, maven: Callable[[str], Path]) -> None:
        calls = maven(f'cp {archive(tmp_path / "a.zip")} "${{4#-DoutputDirectory=}}"')
        said: list[str] = []
        home = distribution(tmp_path / "cache", said.append)
        assert distribution(tmp_path / "cache", said.append) == home
        assert (len(calls.read_text(encoding="utf-8").splitlines()), len(said)) == (1, 1)
        assert [(home / name).stat().st_mode & 0o777 for name in ("bin/opensearch", "config/a")] == [0o755, 0o644]
        assert sorted(path.name for path in home.parent.iterdir()) == ["fetching", "maven.log", home.name]

    @pytest.mark.parametrize(
        ("script", "told"),
        [
            ("echo no such host; exit 1", "maven.log"),
            ("exit 0", "maven.log"),
            ('echo x > "${4#-DoutputDirectory=}/a.zip"', "a.zip"),
        ],
        ids=["fails", "brings nothing", "brings something broken"],
    )
    def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(
        self, tmp_path: Path, maven: Callable[[str], Path], script: str, told: str
    ) -> None:
        maven(script)
        with pytest.raises(CannotStart, match=told) as refused:
            distribution(tmp_path / "cache", print)
        assert one_chinese_sentence(str(refused.value))
        assert {path.name for path in (tmp_path / "cache").iterdir()} <= {"fetching", "maven.log"}

    def test_maven_is_asked_for_by_its_package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Missing, match="maven 包") as refused:
            distribution(tmp_path, print)
        assert one_chinese_sentence(str(refused.value))


class TestCommand:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["start"], "OPENSEARCH_JAVA_HOME"),
            (["start", "--nodes", "0"], "NODES"),
            (["start", "--nodes", "三"], "NODES"),
            (["start", "--heap", "2g -XX:OnError=x"], "HEAP"),
            (["java"], "OPENSEARCH_JAVA_HOME"),
        ],
    )
    def test_what_cannot_be_started_is_refused_in_a_sentence(
        self, tmp_path: Path, arguments: Sequence[str], told: str
    ) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "cluster", *arguments], cwd=REPOSITORY, capture_output=True, encoding="utf-8",
            env=os.environ | {"OPENSEARCH_JAVA_HOME": str(tmp_path)},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (1, "")
        assert told in done.stderr and one_chinese_sentence(done.stderr.strip())


@pytest.fixture
def task(opensearch_installation: Installation, tmp_path: Path) -> Iterator[Task]:
    """A node to keep, in a folder closed to others."""
    task = Task(opensearch_installation, tmp_path / "kept", free_ports(1))
    yield task
    stop(task.folder)


def java_process(found: Kept) -> int:
    number: int = asked(host(found), "GET", "/_nodes/_local/process")["nodes"].popitem()[1]["process"]["id"]
    return number


def host(found: Kept) -> str:
    return found.address.partition("://")[2]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(*processes: int) -> bool:
    """Whether all of them end within a moment."""
    end = time.monotonic() + 10
    while any(map(is_alive, processes)) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(is_alive, processes))


@pytest.fixture
def sleeper(tmp_path: Path) -> Installation:
    """What is run like OpenSearch, and does nothing but say which process it is."""
    program(tmp_path / "os" / "bin" / "opensearch", 'echo $$ > "$OPENSEARCH_TMPDIR/process"; exec sleep 1000')
    for name in ("jvm.options", "log4j2.properties"):
        written = tmp_path / "os" / "config" / name
        written.parent.mkdir(exist_ok=True)
        written.touch()
    return Installation(tmp_path / "os", jdk(tmp_path / "java", "25"), ())


def test_a_node_is_killed_with_its_keeper(sleeper: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    task = packed(Task(sleeper, folder, free_ports(1)))
    with subprocess.Popen([sys.executable, "-m", "cluster", "keep", task], cwd=REPOSITORY) as keeper:
        said = folder / "node-1" / "tmp" / "process"
        end = time.monotonic() + 20
        while not (said.exists() and said.read_text(encoding="utf-8").endswith("\n")) and time.monotonic() < end:
            time.sleep(0.02)
        node = int(said.read_text(encoding="utf-8"))
        assert is_alive(node)
        keeper.kill()
    assert gone(node)
    assert kept(folder) is None


@pytest.mark.slow
@pytest.mark.opensearch
class TestKeeping:
    def test_a_node_is_kept_until_it_is_stopped_and_then_with_its_data_until_its_owner_ends(self, task: Task) -> None:
        found = ensure(task)
        java = java_process(found)
        assert ensure(task) == kept(task.folder) == found
        assert "Uid:\t0" not in Path(f"/proc/{java}/status").read_text(encoding="utf-8")
        assert asked(host(found), "GET", "/")["version"]["number"] == VERSION
        asked(host(found), "PUT", "/a/_doc/1?refresh=true", {"b": 1})

        assert stop(task.folder)
        assert gone(java, found.keeper) and kept(task.folder) is None
        assert not stop(task.folder)

        with subprocess.Popen(["sleep", "1000"]) as owner:
            again = ensure(replace(task, owner=owner.pid))
            assert asked(host(again), "GET", "/a/_doc/1")["_source"] == {"b": 1}
            java = java_process(again)
            owner.kill()
        assert gone(java, again.keeper)
        assert not task.folder.exists()

    def test_nodes_that_died_are_told(self, task: Task) -> None:
        nobody = f"127.0.0.1:{free_ports(1)[0].http}"
        assert silent(f"{ensure(task).address},{nobody}") == [nobody]

    def test_a_port_that_is_taken_is_told(self, task: Task) -> None:
        taken = task.ports[0].http
        with socket.create_server(("127.0.0.1", taken)), pytest.raises(CannotStart, match=str(taken)) as refused:
            ensure(task)
        assert one_chinese_sentence(str(refused.value))
        assert kept(task.folder) is None
