"""What is written goes to the cluster in requests bounded in bytes, two at a time, while the next is being made."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from indexer.engines.opensearch.cluster import Cluster, Json, lines, refused
from indexer.errors import IndexAway

MOST_BYTES = 4_000_000
"""Of one bulk request."""
AT_A_TIME = 2
"""A node has one processor at least for each, and more would only wait there."""
PATIENCE = 8
"""How often what the cluster has no room for is sent again, each time after twice the wait."""
BUSY, CHANGED = 429, 409
TOLD = "errors,items.*.status,items.*.error"
"""Whether an action failed; and of each all that is to be known then."""


class Action(NamedTuple):
    """What is to be done with the record ``id``, as the cluster reads it."""

    id: str
    line: bytes


FLUSH = Action("", b"")
"""Who gives this goes on when all before has been done."""

Again = Callable[[list[str]], Iterable[Action]]
"""What is to be done of records that had changed since they were seen, by their ids."""


def put(id_: str, record: bytes) -> Action:
    """Put a record, which is JSON, under an id of letters, digits and hyphens."""
    return Action(id_, b'{"index":{"_id":"%b"}}\n%b\n' % (id_.encode(), record))


def amend(id_: str, change: Json, **condition: int) -> Action:
    """Change a record, if it is as the condition says."""
    return Action(id_, lines(({"update": {"_id": id_, **condition}}, {"doc": change})))


class Sending:
    """To ``index``."""

    def __init__(self, cluster: Cluster, index: str, again: Again) -> None:
        self._cluster, self._index, self._again = cluster, index, again

    def send(self, actions: Iterable[Action]) -> None:
        """Do all of them. Raises IndexUnavailable."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            under_way: deque[Future[None]] = deque()
            try:
                self._send(actions, pool, under_way)
            finally:
                pool.shutdown(cancel_futures=True)

    def _send(self, actions: Iterable[Action], pool: ThreadPoolExecutor, under_way: deque[Future[None]]) -> None:
        batch: list[Action] = []
        size = 0
        for each in actions:
            batch.append(each)
            size += len(each.line)
            if size > MOST_BYTES or each is FLUSH:
                under_way.append(pool.submit(self._send_all, batch))
                batch, size = [], 0
                _wait(under_way, 0 if each is FLUSH else AT_A_TIME)
        under_way.append(pool.submit(self._send_all, batch))
        _wait(under_way, 0)

    def _send_all(self, batch: list[Action]) -> None:
        """Send until everything is in; what the cluster has no room for now, again after a while."""
        for attempt in range(PATIENCE):
            batch = self._left([each for each in batch if each is not FLUSH])
            if not batch:
                return
            time.sleep(random.uniform(0.5, 1) * 0.1 * 2**attempt)
        raise IndexAway(f"{self._cluster.place.address} 一直忙不过来；原来的内容没有变，请稍后再运行一次")

    def _left(self, batch: list[Action]) -> list[Action]:
        if not batch:
            return []
        body = b"".join(each.line for each in batch)
        answer = self._cluster.ask("POST", f"/{self._index}/_bulk", body, filter_path=TOLD)
        if not answer["errors"]:
            return []
        results = [next(iter(item.values())) for item in answer["items"]]
        for result in filter(_is_refused, results):
            raise refused(result["status"], result.get("error"), self._cluster.place)
        statuses = [(each, result["status"]) for each, result in zip(batch, results, strict=True)]
        changed = [each.id for each, status in statuses if status == CHANGED]
        return [*(each for each, status in statuses if status == BUSY), *self._again(changed)]


def _is_refused(result: Json) -> bool:
    """Whether to try again is of no use. An index set read-only, as when a disk is full, says that it is busy, too."""
    is_passing = result["status"] < 300 or result["status"] in (BUSY, CHANGED)
    return not is_passing or result.get("error", {}).get("type") == "cluster_block_exception"


def _wait(under_way: deque[Future[None]], most: int) -> None:
    """Until no more than so many are under way. Raises what one of those that ended raised."""
    while len(under_way) > most:
        under_way.popleft().result()
