"""The lease of a writer: it ends by itself when its owner dies, and is renewed while its owner writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from indexer.engines.opensearch import state
from indexer.engines.opensearch.cluster import Cluster
from indexer.errors import BaogaoError, IndexBusy

SECONDS = 9.0
"""How long a lease outlives its owner."""
WRITER_TIMEOUT = 10.0
"""Seconds to wait for another writer: a little longer, so that who waits for a dead one gets its turn."""
_LOOK = 0.2


@contextmanager
def held(cluster: Cluster) -> Iterator[str]:
    """Keep other writers out; gives the owner's name. Raises IndexBusy, IndexUnavailable."""
    writer = uuid4().hex
    _take(cluster, writer)
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(cluster, writer, done), daemon=True)
    renewing.start()
    try:
        yield writer
    finally:
        done.set()
        renewing.join()
        with suppress(BaogaoError):
            state.change(cluster, lambda now: now.released(writer))


def _take(cluster: Cluster, writer: str) -> None:
    latest = time.monotonic() + WRITER_TIMEOUT
    while True:
        try:
            state.change(cluster, lambda now: now.taken(writer, SECONDS, time.time()))
        except IndexBusy:
            if time.monotonic() > latest:
                raise
            time.sleep(_LOOK)
        else:
            return


def _renew(cluster: Cluster, writer: str, done: threading.Event) -> None:
    while not done.wait(SECONDS / 3):
        try:
            state.change(cluster, lambda now: now.renewed(writer, SECONDS, time.time()))
        except IndexBusy:
            return
        except BaogaoError:
            continue
