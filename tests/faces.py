"""The product's faces as tests reach them: real processes, real HTTP, and pages taken apart."""

from __future__ import annotations

import os
import re
import signal
import socket
import string
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

BAOGAO = Path(sys.executable).with_name("baogao")
"""The installed command, beside the interpreter that runs the tests."""

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


def one_chinese_sentence(message: str) -> bool:
    """Whether ``message`` is fit for a reader: Chinese, one line, short, with nothing invisible in it."""
    has_han = re.search("[一-鿿]{2}", message) is not None
    return has_han and message.isprintable() and len(message) <= 300 and "Traceback" not in message


def abbreviated(value: object) -> str:
    """A name for a test's parameter, however long or strange it is."""
    return ascii(value).strip("'")[:40]


def baogao(*arguments: str | bytes, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end. ``environment`` is added to this process's, without its BAOGAO_INDEX."""
    inherited = {name: value for name, value in os.environ.items() if name != "BAOGAO_INDEX"}
    return subprocess.run(
        [BAOGAO, *arguments], cwd=cwd, env=inherited | environment, capture_output=True, encoding="utf-8", timeout=60
    )


def written(folder: Path, name: str, body: str, title: str = "2022年新密市政府工作报告") -> Path:
    """A report's text file with its line in the folder's catalogue."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"{title}\n{body}", encoding="utf-8")
    catalog = folder / "catalog.csv"
    if not catalog.exists():
        catalog.write_text("file,year,level,region,type\n", encoding="utf-8")
    row = f"{name},2022,县,河南省/郑州市/{path.stem},政府工作报告\n"
    if row not in (said := catalog.read_text(encoding="utf-8")):
        catalog.write_text(said + row, encoding="utf-8")
    return path


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: status, headers, body."""

    status: int
    headers: Message
    text: str


@dataclass(frozen=True, slots=True)
class Server:
    """A running ``baogao serve``."""

    url: str
    process: subprocess.Popen[str]
    said: str

    def get(self, path: str, **parameters: str) -> Answer:
        return fetched(self.url + path + (f"?{urlencode(parameters)}" if parameters else ""))

    def stopped_by(self, number: signal.Signals) -> tuple[int, str, float]:
        """Send a signal; give the exit code, what stderr held, and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=20)
        return self.process.returncode, complaints, time.monotonic() - began


def fetched(url: str, method: str = "GET") -> Answer:
    """The answer of a server, whatever its status."""
    request = urllib.request.Request(quote(url, safe=":/?&=%#+"), method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read().decode())


@contextmanager
def serving(index: Path | str, *options: str) -> Iterator[Server]:
    """A real server over ``index`` on a free port, stopped at the end."""
    port = a_free_port()
    command = [str(BAOGAO), "serve", "--index", str(index), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said, process.communicate(timeout=20)[1]
            yield Server(f"http://127.0.0.1:{port}", process, said)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def classes(self) -> list[str]:
        return self["class"].split()


@dataclass
class Page(HTMLParser):
    """A page taken apart: its elements in order, each with all the text inside it."""

    source: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, selector: str) -> list[Element]:
        """Elements by ``tag``, ``.class`` or ``tag.class``."""
        tag, _, kind = selector.partition(".")
        return [e for e in self.elements if tag in ("", e.tag) and (not kind or kind in e.classes)]

    def one(self, selector: str) -> Element:
        (found,) = self.all(selector)
        return found

    @property
    def links(self) -> list[str]:
        """The addresses of all links, as a browser asks for them: what is not ASCII encoded."""
        return [quote(element["href"], safe=string.punctuation) for element in self.all("a")]


def plain(text: str) -> str:
    """Text with its white space made single blanks."""
    return " ".join(text.split())
