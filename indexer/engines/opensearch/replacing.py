"""An index of a cluster made anew beside the old one, verified, and put in its place by one change of names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

from indexer.engines.opensearch import lease, state
from indexer.engines.opensearch.cluster import Cluster
from indexer.engines.opensearch.layout import FORMAT
from indexer.engines.opensearch.making import division_of, meta
from indexer.engines.opensearch.place import Place
from indexer.engines.opensearch.view import View
from indexer.engines.opensearch.wholeness import incomplete
from indexer.errors import IndexDamaged, IndexForeign, IndexMissing

FRESH = ".new"
"""What the name of an index being made ends in."""


class Replacement:
    """A new index beside the old one, divided as that is where ``place`` does not say; ``fresh`` is its address."""

    def __init__(self, place: Place) -> None:
        self._cluster = Cluster(place)
        division = place.division.over(division_of(self._cluster))
        self._fresh = Cluster(replace(place, name=f"{place.name}{FRESH}", division=division))
        self.fresh = self._fresh.place.address
        for each in (self._cluster, self._fresh):
            _check_replaceable(each)

    @contextmanager
    def alone(self) -> Iterator[Replacement]:
        """Keep other writers out of the old index, were there one; what an earlier rebuild left goes."""
        with ExitStack() as lock:
            with suppress(IndexMissing, IndexDamaged):
                lock.enter_context(lease.held(self._cluster))
            remove(self._fresh)
            yield self

    def give_up(self) -> None:
        """Let the new index go."""
        remove(self._fresh)

    def put_in_place(self) -> None:
        """Give the new index the old one's name and let the old one go, all at once. Raises IndexDamaged when the new
        one is not what was written."""
        index, name = state.read(self._fresh).index, self._cluster.place.name
        if incomplete(View(self._fresh, state.read(self._fresh))):
            raise IndexDamaged(f"新建的索引 {self.fresh} 不完整，原来的没有动；请再运行一次")
        actions = [
            {"add": {"index": index, "alias": name}},
            {"remove": {"index": index, "alias": self._fresh.place.name}},
            *({"remove_index": {"index": old}} for old in _behind(self._cluster)),
        ]
        self._cluster.ask("POST", "/_aliases", {"actions": actions})


@contextmanager
def replacement(place: Place) -> Iterator[Replacement]:
    """An index being made anew. Raises IndexForeign, IndexBusy, IndexUnavailable."""
    with Replacement(place).alone() as beside:
        yield beside


def _check_replaceable(cluster: Cluster) -> None:
    """Raises IndexForeign when what has the name is not an index of ours, of whatever version."""
    for index, found in (cluster.find("GET", f"/{cluster.place.name}/_mapping") or {}).items():
        if meta({index: found}, index).get("format") != FORMAT:
            raise IndexForeign(f"{cluster.place.address} 不是报告索引，不能覆盖；请换一个索引名")


def _behind(cluster: Cluster) -> list[str]:
    """The indices that a name leads to. Asked for below the name: who may do so with this one may not with all."""
    name = cluster.place.name
    found = cluster.find("GET", f"/{name}/_alias") or {}
    return [index for index, told in found.items() if name in told["aliases"]]


def remove(cluster: Cluster) -> None:
    """Let every index of a name go."""
    for index in _behind(cluster):
        cluster.find("DELETE", f"/{index}")
