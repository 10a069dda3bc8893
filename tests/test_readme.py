"""The README's sessions are run, and its table is the code's."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from search_app.syntax import SYNTAX

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def session(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
    return [(command, said) for command, said in zip(parts[::2], parts[1::2], strict=True)]


def without_times(text: str) -> str:
    return re.sub(r"用时 \S+ 毫秒", "用时 … 毫秒", text)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample reports, as a reader of the README stands in it."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


def test_the_shell_session_prints_what_the_readme_says(workplace: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for command, said in session(blocks("console")[0]):
        ran = subprocess.run(
            shlex.split(command), cwd=workplace, env={**os.environ, "PATH": path}, capture_output=True, text=True
        )
        assert without_times(ran.stdout + ran.stderr) == said, command


def test_the_python_session_prints_what_the_readme_says(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([Path(sys.executable).with_name("baogao"), "index", "seeds", "--index", "demo"], cwd=workplace)
    monkeypatch.chdir(workplace)
    (block,) = blocks("python")
    test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert test.examples
    report: list[str] = []
    assert doctest.DocTestRunner().run(test, out=report.append).failed == 0, "".join(report)


def fetched(address: str, server: str) -> str:
    """The body of what is answered to an address that is sent as it was typed, as curl does."""
    host = server.removeprefix("http://")
    with socket.create_connection(tuple(host.split(":")), timeout=30) as wire:
        path = address.removeprefix("http://127.0.0.1:8000")
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    return answer.partition(b"\r\n\r\n")[2].decode()


def test_the_http_session_answers_what_the_readme_says(seeds_server: str) -> None:
    asked = session(blocks("console")[1])
    assert asked
    for command, said in asked:
        curl, address = shlex.split(command)
        assert curl == "curl"
        assert fetched(address, seeds_server) == said.rstrip("\n"), command


def test_the_table_of_the_language_is_the_codes() -> None:
    for row in SYNTAX:
        assert f"| `{row.form}` | {row.meaning} | `{row.example}` |" in README


def test_each_picture_is_there_light_to_load_and_said_in_words() -> None:
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", README)
    assert pictures
    for said, picture in pictures:
        assert len(said) > 10
        assert 0 < (ROOT / picture).stat().st_size < 250_000
