"""Indexes beside a published one that nobody searches: every machine fills its part of a stage, until it is published.

A part is an index like any other. Its name tells of which stage it is, so that no list of stages has to be kept true.
"""

from __future__ import annotations

import time
from base64 import b32decode, b32encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256

from indexer.engines.base import Engine, PartFate, StagePart
from indexer.engines.opensearch import lease, making, state
from indexer.engines.opensearch.cluster import Cluster
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.place import STAGED, UNSAID, Place
from indexer.engines.opensearch.replacing import remove
from indexer.engines.opensearch.state import State
from indexer.engines.opensearch.view import View
from indexer.engines.opensearch.wholeness import incomplete
from indexer.errors import (
    BadParameter,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    IndexUnavailable,
    NotFound,
    shown,
)
from indexer.model import Report
from indexer.synonyms import Synonyms

LONGEST_NAME = 40
"""Bytes of a stage's name in UTF-8: an index's has 255 at most."""


@contextmanager
def staging(place: Place, stage: str, part: str, lexicon: tuple[str, ...] | None) -> Iterator[str]:
    """The address of the index for a ``part`` of a stage; it is complete when the block has ended well. Raises
    BadParameter, IndexUnavailable, of these IndexForeign where another program's index is published there, and
    IndexOutdated where the part, or what is published, has another lexicon."""
    own = sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    cluster = Cluster(replace(place, name=f"{place.name}{STAGED}{_written(stage)}-{own}", division=UNSAID))
    for there in (Cluster(place), cluster):
        held = _lexicon(there)
        if lexicon is not None and held not in (None, tuple(sorted(set(lexicon)))):
            raise IndexOutdated(_OTHER_LEXICON)
    with suppress(IndexMissing):
        state.change(cluster, lambda now: replace(now, is_complete=False))
    yield cluster.place.address
    state.change(cluster, lambda now: replace(now, is_complete=True))


def stages(place: Place) -> dict[str, tuple[StagePart, ...]]:
    """The parts of every stage, by its name. Raises IndexUnavailable."""
    return {
        stage: tuple(_part(Cluster(replace(place, name=name, division=UNSAID))) for name in names)
        for stage, names in _names(place).items()
    }


def _part(cluster: Cluster) -> StagePart:
    try:
        held, reports = _state(cluster), _reports(cluster)
    except IndexOutdated:
        return StagePart(cluster.place.address, "outdated", 0, "")
    stopped: PartFate = "complete" if held.is_complete else "stopped"
    path = reports[0].source.path if reports else ""
    return StagePart(cluster.place.address, "writing" if _is_written(held) else stopped, len(reports), path)


def _reports(cluster: Cluster) -> Sequence[Report]:
    with suppress(IndexMissing), closing(OpenSearchEngine(cluster)) as engine:
        return engine.reports()
    return ()


def _names(place: Place) -> dict[str, tuple[str, ...]]:
    """The names of the indexes that are parts, by stage."""
    before = f"{place.name}{STAGED}"
    found: dict[str, tuple[str, ...]] = {}
    for held in (Cluster(place).find("GET", f"/{before}*/_alias") or {}).values():
        for name in (each for each in held["aliases"] if each.startswith(before)):
            with suppress(ValueError):
                stage = _read(name.removeprefix(before).rpartition("-")[0])
                found[stage] = (*found.get(stage, ()), name)
    return {stage: tuple(sorted(found[stage])) for stage in sorted(found)}


@dataclass(frozen=True, slots=True)
class Staged:
    """A stage to be published: its parts, all complete and written by nobody, and the synonyms that came with it."""

    parts: tuple[Engine, ...]
    clusters: tuple[Cluster, ...]
    synonyms: Synonyms

    def remove(self) -> None:
        for cluster in self.clusters:
            remove(cluster)


@contextmanager
def staged(place: Place, stage: str) -> Iterator[Staged]:
    """A stage, and the index that it goes to, made with the lexicon of the parts where there is none. Raises NotFound,
    IndexUnavailable."""
    clusters = _clusters(place, stage)
    with ExitStack() as held:
        for cluster in clusters:
            _hold(cluster, held)
        for cluster in clusters:
            _check_complete(cluster)
        synonyms = _synonyms(clusters)
        _make(Cluster(place), clusters)
        parts = tuple(held.enter_context(closing(OpenSearchEngine(each))) for each in clusters)
        yield Staged(parts, clusters, synonyms)


def discard(place: Place, stage: str) -> None:
    """Let a stage go. Raises NotFound, IndexBusy while a part of it is being written, IndexUnavailable."""
    clusters = _clusters(place, stage)
    with ExitStack() as held:
        for cluster in clusters:
            _hold(cluster, held)
        for cluster in clusters:
            remove(cluster)


def _clusters(place: Place, stage: str) -> tuple[Cluster, ...]:
    known = _names(place)
    if stage not in known:
        others = f"；现在有的是：{'、'.join(map(shown, known))}" if known else "；现在一批也没有"
        raise NotFound(f"没有叫“{shown(stage)}”的一批{others}")
    return tuple(Cluster(replace(place, name=name, division=UNSAID)) for name in known[stage])


def _hold(cluster: Cluster, held: ExitStack) -> None:
    """Keep writers out of a part, were it only begun. Raises IndexBusy at once, not after the time another writer is
    given: who fills a part takes hours."""
    _check_free(cluster)
    with suppress(IndexMissing):
        held.enter_context(lease.held(cluster))


_OTHER_LEXICON = "词表和索引或这一批里已有的不同；请都用建立索引时的那份，这一批已经收的请用 --discard 放弃后重新收"


def _make(target: Cluster, parts: tuple[Cluster, ...]) -> None:
    """Who gave no lexicon takes the one there is."""
    given = {lexicon for lexicon in map(_lexicon, parts) if lexicon}
    there = _lexicon(target)
    if given and len(given if there is None else given | {there}) > 1:
        raise IndexOutdated(_OTHER_LEXICON)
    if there is None:
        making.make(target, *(given or {()}))


def _lexicon(cluster: Cluster) -> tuple[str, ...] | None:
    """The words an index was made with; None where there is none."""
    with suppress(IndexMissing):
        return making.read_lexicon(cluster, state.read(cluster).index)
    return None


def _synonyms(parts: tuple[Cluster, ...]) -> Synonyms:
    """Those that came with the parts."""
    given = {synonyms for synonyms in (state.read(part).state.synonyms for part in parts) if synonyms}
    if len(given) > 1:
        raise IndexOutdated("这一批各部分的同义词表不同；请都用同一份同义词表再收一次，再发布")
    return next(iter(given), ())


def _state(cluster: Cluster) -> State:
    """That of a part, of which a run that was broken off may not even have written it."""
    with suppress(IndexMissing):
        return state.read(cluster).state
    return State()


def _check_free(cluster: Cluster) -> None:
    if _is_written(_state(cluster)):
        raise IndexBusy(f"这一批还有程序在写（{_contents(cluster)}）；请等它完成，或先停下它")


def _is_written(held: State) -> bool:
    return held.writer is not None and held.until > time.time()


def _check_complete(cluster: Cluster) -> None:
    remedy = "请在原来的机器上把同一个命令再运行一次，它会接着做；不要这一批了，请加 --discard"
    if not _state(cluster).is_complete:
        raise IndexUnavailable(f"这一批有一部分没有收完就停了（{_contents(cluster)}）；{remedy}")
    if lacking := incomplete(View(cluster, state.read(cluster))):
        raise IndexDamaged(f"这一批里 {lacking[0]} 等 {len(lacking):,} 篇在集群上不完整；请加 --discard 放弃后重新收")


def _contents(cluster: Cluster) -> str:
    reports = _reports(cluster)
    return f"{reports[0].source.path} 等 {len(reports):,} 篇" if reports else "还没有收到报告"


def _written(stage: str) -> str:
    """A name as an index's name can have it."""
    packed = stage.encode("utf-8", "surrogatepass")
    if not stage.isprintable() or not stage.strip() or len(packed) > LONGEST_NAME:
        raise BadParameter("stage", f"“{shown(stage)}”不能作名字；请写 1 到 13 个字")
    return b32encode(packed).decode().rstrip("=").lower()


def _read(written: str) -> str:
    """The name again. Raises ValueError for what ``_written`` has not written."""
    return b32decode(written.upper() + "=" * (-len(written) % 8)).decode("utf-8", "surrogatepass")
