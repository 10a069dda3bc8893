"""What answers are while an engine suffers: a history of states with the right answers in each, readers who compare,
and a writer who moves on. What the right answers are is what the engine of one machine says."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from faces import one_chinese_sentence

from indexer.engines import CountRequest, Engine, Filter, SearchRequest, create_engine, open_engine
from indexer.errors import BaogaoError, IndexUnavailable
from indexer.fields import FACETS
from indexer.model import Document, Heading, Report, Source, Unit
from indexer.query import And, Near, Not, Or, SameSentence, Term

PLACES = ("郑州市", "洛阳市", "开封市", "许昌市")
TEXTS = (
    "中欧班列开行2800列，人民满意。",
    "PM2.5浓度下降5%，人人出力，一一落实。",
    "改革开放深化拓展，人民生活改善。建设中欧大道。",
    "全社会研发投入强度达到百分之二点五，创新高地加快建设。",
    "粮食产量再创新高。",
)
FIRST, LATER = 24, 64
"""Reports of the first state, and states after it."""

QUESTIONS: tuple[SearchRequest | CountRequest, ...] = (
    SearchRequest(sort="newest", facets=FACETS, size=50),
    SearchRequest(Term("中欧班列"), facets=FACETS, sort="newest"),
    SearchRequest(And((Term("人民"), Not(Term("班列")))), (Filter("year", ("2016", "2019")),), FACETS, "oldest"),
    SearchRequest(Or((Near(Term("改革"), Term("人民"), 8), SameSentence((Term("创新"), Term("建设"))))), sort="newest"),
    SearchRequest(Term("第3版"), sort="newest", offset=3, size=5),
    CountRequest(("人民", "人人", "创新"), ("year", "region")),
)

BREATH, SIGH = 0.05, 0.5
"""Seconds between two questions of a reader, so that all of them leave the machine something for the engine: after an
answer, and after an error."""

Update = tuple[tuple[Document, ...], tuple[str, ...]]


def document(number: int, edition: int) -> Document:
    """One of the reports; an edition differs from the others in its texts, year and length."""
    name, place = f"r{number:02}", PLACES[number % len(PLACES)]
    report = Report(
        name, None, 2015 + (number + edition) % 7, "市", ("河南省", place), "政府工作报告", None, None,
        Source(name, f"{name}.{edition}", "txt", "utf-8"), True, (),
    )  # fmt: skip
    texts = [TEXTS[(number + n) % len(TEXTS)] for n in range(4 + (number + edition) % 5)]
    return Document(report, tuple(_unit(name, n, f"第{edition}版，{text}") for n, text in enumerate(texts, 1)))


def _unit(name: str, n: int, text: str) -> Unit:
    headings = ((), (Heading(1, "一、回顾"),), (Heading(1, "二、重点任务"), Heading(2, "（一）开放")))[n % 3]
    return Unit(name, n, "paragraph", headings, (("未标",), ("回顾",))[n % 2], text)


def update(state: int) -> Update:
    """What leads to a state from the one before: the first reports; then one corrected, one new, and one gone."""
    if state == 0:
        return tuple(document(number, 0) for number in range(FIRST)), ()
    return (document(state % FIRST, state), document(FIRST + state, state)), (f"r{FIRST + state - 3:02}",)


def answer(engine: Engine, question: SearchRequest | CountRequest) -> object:
    """What an engine says, as far as every engine has to say the same."""
    if isinstance(question, CountRequest):
        table = engine.count(question)
        return table.rows, table.total
    found = engine.search(question)
    hits = [(hit.unit, hit.report, hit.occurrences) for hit in found.hits]
    facets = {each.field: set(each.values) for each in found.facets}
    return found.total, found.occurrences, found.by_sought, hits, facets


def units(engine: Engine) -> frozenset[Unit]:
    """All that an index holds."""
    with engine.scan() as scan:
        return frozenset(finding.unit for finding in scan.findings)


class History:
    """Right answers in each state, and how far an index has come: to ``reached`` for certain, and at most to
    ``begun``."""

    def __init__(self, right: Sequence[Sequence[object]], held: Sequence[frozenset[Unit]]) -> None:
        self._right = right
        self._held = held
        self.reached = self.begun = 0

    def again(self) -> History:
        """The same, with an index that is at its beginning."""
        return History(self._right, self._held)

    @property
    def last(self) -> int:
        return len(self._right) - 1

    def is_right(self, question: int, said: object, earliest: int) -> bool:
        """Whether it is the answer in a state between the earliest an asker could see and the latest begun."""
        return any(said == self._right[state][question] for state in range(earliest, self.begun + 1))

    def lost(self, engine: Engine) -> int:
        """Units that are there and should not be, or should and are not, by the state nearest to what is there."""
        there = units(engine)
        return min(len(there ^ self._held[state]) for state in range(self.reached, self.begun + 1))


def history(folder: Path, later: int = LATER) -> History:
    """The history that the engine of one machine tells."""
    engine = create_engine(str(folder))
    right, held = [], []
    for state in range(later + 1):
        engine.update(*update(state))
        right.append([answer(engine, question) for question in QUESTIONS])
        held.append(units(engine))
    engine.close()
    return History(right, held)


@dataclass
class Account:
    """What readers and a writer met. ``silence`` is the longest time in seconds in which nobody was answered."""

    answers: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    written: int = 0
    silence: float = 0.0
    lost: int | None = None
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, question: int, right: bool) -> None:
        with self._lock:
            now = time.monotonic()
            self.silence, self._last = max(self.silence, now - self._last), now
            self.answers += 1
            if not right:
                self.wrong.append(f"question {question}: not the answer of any state it could see")

    def failed(self, error: Exception) -> None:
        """An error is an answer where it says in a sentence that the index cannot be read; all else is wrong."""
        with self._lock:
            if isinstance(error, IndexUnavailable) and one_chinese_sentence(error.message):
                self.errors[error.message] += 1
            else:
                self.wrong.append(repr(error))

    def row(self) -> tuple[int, int, int, int, int | None, float]:
        return self.answers, self.errors.total(), len(self.wrong), self.written, self.lost, round(self.silence, 1)


HEAD = ("故障", "回答", "错误", "错答", "写成", "差段", "最长无答（秒）")
TOLD = """# 集群出故障时

三个节点在一台两核的机器上，每个分片一个副本；八个读者不停地查询，一个写入者不停地更新。每个回答都和单机引擎的比较；错误都是说清怎么办的一句话。
集群设成一个节点两秒不应声就放弃它（`cluster.fault_detection.*`，OpenSearch 自己约半分钟）。
`python -m pytest tests/test_faults.py --faults bench/FAULTS.md` 写出这张表。

"""


def table(rows: Sequence[tuple[str, Sequence[object]]]) -> str:
    """What accounts came to, each under its name, in Markdown."""
    lines = [HEAD, ("---", *("---:" for _ in HEAD[1:])), *((name, *numbers) for name, numbers in rows)]
    return "".join(f"| {' | '.join('—' if cell is None else str(cell) for cell in line)} |\n" for line in lines)


@contextmanager
def suffering(engines: Sequence[Engine], writer: Engine | None, told: History) -> Iterator[Account]:
    """A reader for each of ``engines`` and, where there is a ``writer``, what it writes, as long as the block lasts."""
    account, over = Account(), threading.Event()
    work: list[Callable[[], None]] = [_reader(engine, n, told, account, over) for n, engine in enumerate(engines)]
    if writer is not None:
        work.append(_writer(writer, told, account, over))
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield account
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _reader(engine: Engine, first: int, told: History, account: Account, over: threading.Event) -> Callable[[], None]:
    def read() -> None:
        question = first
        while not over.is_set():
            question = (question + 1) % len(QUESTIONS)
            earliest = told.reached
            try:
                said = answer(engine, QUESTIONS[question])
            except Exception as error:
                account.failed(error)
                over.wait(SIGH)
            else:
                account.answered(question, told.is_right(question, said, earliest))
                over.wait(BREATH)

    return read


def _writer(engine: Engine, told: History, account: Account, over: threading.Event) -> Callable[[], None]:
    def write() -> None:
        while told.reached < told.last and not over.is_set():
            told.begun = told.reached + 1
            try:
                engine.update(*update(told.begun))
            except Exception as error:
                account.failed(error)
                over.wait(0.2)
            else:
                told.reached = told.begun
                account.written += 1

    return write


def write(address: str, lease_seconds: float, wire: Connection) -> None:
    """Be a writer: take the lease when told, and say so; then write each state that is named, and name it back, until
    none is. What the engine complains of is said instead."""
    from indexer.engines.opensearch import lease

    lease.SECONDS = lease_seconds
    engine = open_engine(address)
    wire.send(READY)
    wire.recv()
    try:
        with engine.writing():
            wire.send(READY)
            while (state := wire.recv()) is not None:
                engine.update(*update(state))
                wire.send(state)
    except BaogaoError as error:
        wire.send(error)


READY = "ready"
