"""An index of a cluster made, and known for ours."""

from __future__ import annotations

from shlex import quote
from typing import Any

from indexer.engines.opensearch import state
from indexer.engines.opensearch.cluster import Cluster, Json
from indexer.engines.opensearch.layout import FORMAT, creation, made_with
from indexer.engines.opensearch.place import UNSAID, Division
from indexer.errors import BadParameter, IndexForeign, IndexOutdated

_REBUILD = "请重新建立：baogao index --rebuild 报告所在的文件夹 --index {address}"


def make(cluster: Cluster, lexicon: tuple[str, ...]) -> None:
    """Make an empty index, were there none. A name leads to an index by an alias, so that another can take its place.
    Raises IndexUnavailable."""
    name, division = cluster.place.name, cluster.place.division
    if cluster.find("GET", f"/{name}/_mapping") is None:
        body = creation(tuple(sorted(set(lexicon))), division) | {"aliases": {name: {}}}
        cluster.put_new(f"/{name}-{_next(cluster)}", body, wait_for_active_shards="1")
    found = cluster.find("GET", f"/{name}/_mapping") or {}
    if len(found) == 1:
        (index,) = found
        if _is_of_this_version(meta(found, index)):
            state.write_first(cluster, index)


def _next(cluster: Cluster) -> str:
    """A number that no index of this name has, so that of two who make one at once only one does."""
    name = cluster.place.name
    taken = cluster.find("GET", f"/{name}-*/_alias") or {}
    return f"{max((int(index[-6:]) for index in taken if index[-6:].isdigit()), default=0) + 1:06d}"


def read_lexicon(cluster: Cluster, index: str) -> tuple[str, ...]:
    """The words an index was made with. Raises IndexForeign, IndexOutdated."""
    address, told = cluster.place.address, meta(cluster.ask("GET", f"/{index}/_mapping"), index)
    if told.get("format") != FORMAT:
        raise IndexForeign(f"{address} 不是报告索引，是别的程序建立的；请换一个索引名")
    if not _is_of_this_version(told):
        raise IndexOutdated(f"索引 {address} 是另一个版本建立的；{_REBUILD.format(address=quote(address))}")
    return tuple(told["lexicon"])


def _is_of_this_version(told: Json) -> bool:
    """Whether an index that tells this of itself is one that is read and written here."""
    return told == made_with(tuple(told.get("lexicon", ())))


def check_lexicon(cluster: Cluster, lexicon: tuple[str, ...]) -> None:
    """Raises IndexOutdated when the index was made with another lexicon."""
    if read_lexicon(cluster, state.read(cluster).index) != tuple(sorted(set(lexicon))):
        address = cluster.place.address
        raise IndexOutdated(f"词表和建立索引 {address} 时的不同；{_REBUILD.format(address=quote(address))}")


def division_of(cluster: Cluster) -> Division:
    """How the index is divided; of replicas nothing where the cluster makes them as it has nodes, and nothing at all
    where there is no index."""
    for each in (cluster.find("GET", f"/{cluster.place.name}/_settings") or {}).values():
        held = each["settings"]["index"]
        is_fixed = held.get("auto_expand_replicas", "false") == "false"
        return Division(int(held["number_of_shards"]), int(held["number_of_replicas"]) if is_fixed else None)
    return UNSAID


def check_division(cluster: Cluster) -> None:
    """Raises BadParameter when the index is not divided as its address says."""
    held = division_of(cluster)
    if cluster.place.division.over(held) != held:
        replicas = "副本随节点数增减" if held.replicas is None else f"每个 {held.replicas} 个副本"
        has = f"索引 {cluster.place.name} 已经建好，有 {held.shards} 个分片，{replicas}"
        raise BadParameter("index", f"{has}；请去掉地址里的 shards 和 replicas，或加 --rebuild 重新建立")


def meta(mapping: Json, index: str) -> dict[str, Any]:
    """What an index says of itself, by the answer to a request for its mapping."""
    told = mapping.get(index, {}).get("mappings", {}).get("_meta", {})
    return told if isinstance(told, dict) else {}
