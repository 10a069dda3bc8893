"""Whether an index of a cluster holds what its reports say they are made of."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import groupby

from indexer.engines.opensearch.view import IN_ORDER, View


def incomplete(view: View) -> list[str]:
    """The ids of reports that have not just the units their records say, and of those that units name and nobody
    knows. Everything is read once: some seconds for a million units."""
    units = (hit["_source"] for hit in view.records(view.live("unit"), ("report", "ordinal"), IN_ORDER))
    reports = (hit["_source"] for hit in view.records(view.live("report"), ("report", "units"), ("report",)))
    held = {
        report: _packed(unit["ordinal"] for unit in of_report)
        for report, of_report in groupby(units, key=lambda unit: str(unit["report"]))
    }
    told = {str(report["report"]): _packed(report["units"]) for report in reports}
    return sorted(report for report in held.keys() | told.keys() if held.get(report, b"") != told.get(report))


def _packed(ordinals: Iterable[int]) -> bytes:
    return array("I", ordinals).tobytes()
