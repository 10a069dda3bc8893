"""What an index tells of itself."""

from __future__ import annotations

from indexer.engines.base import ClusterInfo, IndexInfo
from indexer.engines.fingerprint import fingerprint
from indexer.engines.opensearch.cluster import Cluster
from indexer.engines.opensearch.state import Seen
from indexer.engines.opensearch.view import View
from indexer.fields import PATH_SEPARATOR


def information(view: View, lexicon: tuple[str, ...]) -> IndexInfo:
    """Of one committed state."""
    reports = view.every_report()
    sums = {"characters": {"sum": {"field": "characters"}}}
    body = {"size": 0, "track_total_hits": True, "query": view.units(), "aggs": sums}
    told = view.search(body)
    return IndexInfo(
        address=view.cluster.place.address,
        fingerprint=fingerprint(lexicon, reports),
        reports=len(reports),
        units=told["hits"]["total"]["value"],
        characters=round(told["aggregations"]["characters"]["value"]),
        years=tuple(sorted({report.year for report in reports})),
        regions=tuple(sorted({PATH_SEPARATOR.join(report.region) for report in reports})),
    )


def cluster_information(cluster: Cluster, seen: Seen) -> ClusterInfo:
    """How the index is held now."""
    health = cluster.ask("GET", f"/_cluster/health/{seen.index}")
    settings = cluster.ask("GET", f"/{seen.index}/_settings")[seen.index]["settings"]["index"]
    stored = cluster.ask("GET", f"/{seen.index}/_stats/store")["_all"]["total"]["store"]
    return ClusterInfo(
        health=health["status"],
        nodes=health["number_of_data_nodes"],
        shards=int(settings["number_of_shards"]),
        replicas=int(settings["number_of_replicas"]),
        generation=seen.state.generation,
        size=stored["size_in_bytes"],
    )
