"""Who lost its turn to write and comes back late changes nothing that was written meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator

import faults
import pytest

from indexer.engines import create_engine, open_engine
from indexer.engines.opensearch import lease
from indexer.errors import IndexBusy
from indexer.model import Document

pytestmark = pytest.mark.opensearch


def test_who_comes_late_brings_nothing_back(opensearch_index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 0.2)
    monkeypatch.setattr(lease, "_renew", lambda *_: None)
    late = create_engine(opensearch_index)
    late.update([faults.document(1, 0), faults.document(2, 0)])
    other = open_engine(opensearch_index)

    def while_another_writes() -> Iterator[Document]:
        time.sleep(0.3)
        other.update([faults.document(1, 1)], ["r02"])
        yield faults.document(1, 2)
        yield faults.document(2, 2)

    with pytest.raises(IndexBusy):
        late.update(while_another_writes())
    assert faults.units(other) == frozenset(faults.document(1, 1).units)
