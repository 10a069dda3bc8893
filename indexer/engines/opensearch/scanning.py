"""Everything that matches, page by page from one point in time, however slowly it is taken."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from indexer.engines.opensearch.cluster import Cluster, Json
from indexer.engines.opensearch.view import Query, View
from indexer.errors import BaogaoError

KEPT = "60m"
"""How long the cluster keeps the point in time after each page."""
PAGE = 500
ORDER: list[Any] = [{"year_number": "desc"}, {"report": "asc"}, {"ordinal": "asc"}]


@contextmanager
def in_point_of_time(view: View, found: Query) -> Iterator[Iterator[Json]]:
    """The fields of all that is ``found``, newest year first, then by report id and ordinal."""
    cluster = view.cluster
    pit = cluster.ask(
        "POST", f"/{view.index}/_search/point_in_time", keep_alive=KEPT, allow_partial_pit_creation="false"
    )["pit_id"]
    try:
        with closing(_rows(cluster, pit, found)) as rows:
            yield rows
    finally:
        with suppress(BaogaoError):
            cluster.ask("DELETE", "/_search/point_in_time", {"pit_id": [pit]})


def _rows(cluster: Cluster, pit: str, found: Query) -> Generator[Json, None, None]:
    body: Json = {
        "query": found, "sort": ORDER, "size": PAGE, "track_total_hits": False,
        "_source": ["record", "folded"], "pit": {"id": pit, "keep_alive": KEPT},
    }  # fmt: skip
    while True:
        hits = cluster.paged(body)["hits"]["hits"]
        yield from (hit["_source"] for hit in hits)
        if len(hits) < PAGE:
            return
        body["search_after"] = hits[-1]["sort"]
