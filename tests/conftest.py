"""Fixture strategy: take the smallest fixture that has what you need.

``seeds_folder`` is the five sample files; ``documents`` is the same structured, in memory, without an index.
``seeds_index`` is the path of a real index of them, made once and read-only by convention (copy the folder to break
it); ``engine`` is that index, opened. Whoever writes asks for ``fresh_index``: an address under ``tmp_path`` with no
index yet. ``corpora`` is the folder of real reports beside this repository (or where BAOGAO_CORPORA says); the tests
that ask for it, or for ``corpora_engine`` and ``corpora_on_cluster`` made from it, are slow and skip with their reason
where it is absent. ``judged`` is each of the engines in turn with its documents, for whoever brings the judge.
``opensearch`` and its kin, in opensearch.py, are a real cluster, started when the first test asks for it.
``client`` is the web application over the seeds without a network, ``server`` the same as a process of its own, and
``seeds_server`` its address; what runs commands and takes pages apart is in faces.py.
Nothing is mocked where the real thing can run: indexes are real, in real folders; other processes are real processes.
"""

from __future__ import annotations

import csv
import gc
import os
import signal
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faces import Server, serving
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from bench.originals import laws
from indexer.engines import Engine, create_engine, open_engine
from indexer.model import Document, Report, Source, Unit
from indexer.pipeline import Found, discover, examine, index
from indexer.places import places_called
from indexer.structure import Draft
from indexer.text import Segmenter
from search_app import create_app

if TYPE_CHECKING:  # pytest imports it as a plugin, later
    from opensearch import OpenSearch

REPOSITORY = Path(__file__).parent.parent
LAWS = 40
"""Of the corpora's thousands, those that are read."""

pytest_plugins = ["opensearch"]

SEGMENTER = Segmenter()
"""Held, so that the tests' many engines share one dictionary: each would load its own, a quarter of a second."""

NEED_A_CLUSTER = {"opensearch_installation", "opensearch", "opensearch_index", "one_node", "three_nodes"}


LONGEST = (
    "test_faults.py", "test_exact.py", "test_operators.py", "test_away.py", "test_interrupted.py", "test_opensearch.py",
    "test_runs.py", "test_durability.py", "test_cluster.py",
)  # fmt: skip
"""The files that take longest, which begin first: a worker that came to one of them last would be waited for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for a cluster, and begin with the longest files."""
    for item in items:
        if NEED_A_CLUSTER & set(getattr(item, "fixturenames", ())):
            item.add_marker("opensearch")
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for other processes about as long as they compute."""
    return (os.cpu_count() or 1) + 1


settings.register_profile("default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=2000)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)  # one verdict on one change
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell starts what it puts in the background with Ctrl-C ignored, and every process begun from it stays so."""
os.environ.pop("PYTHONUNBUFFERED", None)
"""Commands under test write as a reader's do, where output is flushed at the end."""


@pytest.fixture(scope="session")
def seeds_folder() -> Path:
    return REPOSITORY / "seeds"


@pytest.fixture(scope="session")
def seeds_found(seeds_folder: Path) -> Found:
    return discover([seeds_folder])


@pytest.fixture(scope="session")
def drafts(seeds_found: Found) -> dict[str, Draft]:
    """The five seeds structured, not yet named, by the name of their file."""
    examined = {Path(each.path).name: each.draft for each in examine(seeds_found)}
    return {name: draft for name, draft in examined.items() if draft is not None}


@pytest.fixture(scope="session")
def documents(drafts: dict[str, Draft]) -> tuple[Document, ...]:
    """The five seeds, structured and named."""
    return tuple(draft.document(draft.plain_id) for draft in drafts.values())


@pytest.fixture(scope="session")
def seeds_index(seeds_found: Found, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "index"
    index(seeds_found, str(folder))
    return folder


@pytest.fixture(scope="session")
def engine(seeds_index: Path) -> Iterator[Engine]:
    opened = open_engine(str(seeds_index))
    yield opened
    opened.close()


@pytest.fixture
def fresh_index(tmp_path: Path) -> str:
    return str(tmp_path / "index")


@pytest.fixture(scope="session")
def corpora() -> Path:
    folder = Path(os.environ.get("BAOGAO_CORPORA", REPOSITORY.parent / "shared" / "corpora"))
    if not (folder / "catalog.csv").is_file():
        pytest.skip(f"the real reports are not at {folder}; BAOGAO_CORPORA may say where they are")
    return folder


@pytest.fixture(scope="session")
def corpora_documents(corpora: Path) -> tuple[Document, ...]:
    """National and provincial reports, every line that is not blank a unit, and some laws, which have headings."""
    with (corpora / "catalog.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["file"].startswith(("national/", "provinces-2026/"))]
    some_laws = islice(laws(corpora / "scale" / "laws.jsonl.gz"), LAWS)
    documents = (*(_plain_document(corpora / row["file"], row) for row in rows), *some_laws)
    gc.freeze()  # they stay to the end: to look through them again and again would slow down all tests after
    return documents


@pytest.fixture(scope="session")
def corpora_engine(
    corpora_documents: tuple[Document, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    opened = create_engine(str(tmp_path_factory.mktemp("corpora") / "index"))
    opened.update(corpora_documents)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def corpora_on_cluster(opensearch: OpenSearch, corpora_documents: tuple[Document, ...]) -> Iterator[Engine]:
    """The same on a cluster, in several shards."""
    with opensearch.named() as address:
        opened = create_engine(f"{address}?shards=3")
        opened.update(corpora_documents)
        yield opened
        opened.close()


JUDGED = {
    "seeds": ("engine", "documents"),
    "corpora": ("corpora_engine", "corpora_documents"),
    "cluster": ("corpora_on_cluster", "corpora_documents"),
}


@pytest.fixture(
    scope="module",
    params=[
        "seeds",
        pytest.param("corpora", marks=pytest.mark.slow),
        pytest.param("cluster", marks=(pytest.mark.slow, pytest.mark.opensearch)),
    ],
)
def judged(request: pytest.FixtureRequest) -> tuple[Engine, tuple[Document, ...]]:
    """An engine, and the documents in it."""
    engine, documents = map(request.getfixturevalue, JUDGED[request.param])
    return engine, documents


def _plain_document(path: Path, row: dict[str, str]) -> Document:
    data = path.read_bytes()
    lines = [line.strip() for line in data.decode("utf-8-sig").splitlines() if line.strip()]
    report = Report(
        id=f"{row['year']}-{row['region']}-{row['type']}", title=None, year=int(row["year"]), level=row["level"],
        region=places_called(row["region"])[0].path, type=row["type"], date=None, organ=None,
        source=Source(path.as_posix(), sha256(data).hexdigest(), "txt", "utf-8"), complete=True, origins=(),
    )  # fmt: skip
    units = (Unit(report.id, n, "paragraph", (), ("未标",), line) for n, line in enumerate(lines, start=1))
    return Document(report, tuple(units))


@pytest.fixture(scope="session")
def client(engine: Engine) -> FlaskClient:
    """The web application over the seeds, asked without a network."""
    return create_app(engine).test_client()


@pytest.fixture(scope="session")
def server(seeds_index: Path) -> Iterator[Server]:
    """``baogao serve`` over the seeds, a process of its own."""
    with serving(seeds_index) as running:
        yield running


@pytest.fixture(scope="session")
def seeds_server(server: Server) -> str:
    """The address of ``server``."""
    return server.url
