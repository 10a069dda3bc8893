"""Facets as the cluster counts them: which fields it counts side by side, and what its answer says of each.

What a report is filed under, but for its year, mostly goes with its region. So where the region is counted, the others
that heed the same filters are counted by one value that holds all of them: it has hardly more values than the region,
and is counted but once. Of a path whole paths are counted, of which each unit has one; what they lie in is added up
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.engines.base import Filter
from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.layout import FILED, FILED_TOGETHER
from indexer.engines.opensearch.legend import Counts, Legend, legend
from indexer.engines.opensearch.matching import passing
from indexer.engines.opensearch.view import BUCKETS, complete
from indexer.fields import BY_NAME

TIMES = "sum"
"""The occurrences in the units that have a value."""


@dataclass(frozen=True, slots=True)
class Table:
    """The fields ``names``, counted over what passes ``filters``."""

    names: tuple[str, ...]
    filters: tuple[Filter, ...]

    @property
    def _name(self) -> str:
        return "_".join(self.names)

    def body(self, sums: Json) -> Json:
        """What counts it, and ``sums`` for each value."""
        field = FILED if len(self.names) > 1 else self.names[0]
        values = {f"by_{self._name}": {"terms": {"field": field, "size": BUCKETS}, "aggs": sums}}
        return over(f"of_{self._name}", self.filters, values)

    def _buckets(self, aggregations: Json) -> list[Json]:
        return complete(told(aggregations, f"of_{self._name}")[f"by_{self._name}"])

    def whole(self, aggregations: Json) -> int:
        """All occurrences: each unit has one value."""
        times: Iterator[float] = (bucket[TIMES]["value"] for bucket in self._buckets(aggregations))
        return round(sum(times))

    def told(self, aggregations: Json, known: dict[tuple[str, ...], Legend]) -> dict[str, Counts]:
        """What the answer says of each field. ``known`` is what is remembered by tables' fields."""
        buckets = self._buckets(aggregations)
        values = [bucket["key"] for bucket in buckets]
        units = [bucket["doc_count"] for bucket in buckets]
        times = [bucket[TIMES]["value"] if TIMES in bucket else 0 for bucket in buckets]
        of_all = known.get(self.names) or legend(self.names, values)
        try:
            rows = of_all.rows_of(values)
        except KeyError:
            of_all = legend(self.names, (*of_all.rows, *values))
            rows = of_all.rows_of(values)
        known[self.names] = of_all
        return dict(zip(self.names, of_all.counts(rows, units, times), strict=True))


def tables(names: Sequence[str], filters: Sequence[Filter]) -> tuple[Table, ...]:
    """As few as tell the facets ``names``, each of which heeds the filters of the others."""
    heeded = {name: tuple(chosen for chosen in filters if chosen.field != name) for name in names}
    of_region = {others for name, others in heeded.items() if name in FILED_TOGETHER and BY_NAME[name].kind == "path"}
    found: dict[tuple[str, tuple[Filter, ...]], list[str]] = {}
    for name, others in heeded.items():
        is_joint = name in FILED_TOGETHER and others in of_region
        found.setdefault((FILED if is_joint else name, others), []).append(name)
    return tuple(Table(tuple(together), others) for (_, others), together in found.items())


def over(name: str, filters: tuple[Filter, ...], aggregations: Json) -> Json:
    """``aggregations`` over what passes ``filters``: for this they have a ``name``."""
    if not filters or not aggregations:
        return aggregations
    return {name: {"filter": passing(filters), "aggs": aggregations}}


def told(aggregations: Json, name: str) -> Json:
    """The answers to ``over``."""
    inner: Json = aggregations.get(name, aggregations)
    return inner
