"""Paths named from their middle: a filter takes 河南省/郑州市, and who writes 郑州市 is told so, not shown nothing."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.engines import Filter, IndexInfo
from indexer.errors import BadParameter
from indexer.fields import BY_NAME, CHAPTERS, PATH_SEPARATOR


def check_whole(filters: Iterable[Filter], info: IndexInfo) -> None:
    """Raises BadParameter, with the whole path, for a section or region that does not begin at its top."""
    for chosen in filters:
        if chosen.field == "section":
            values = (*chosen.values, *chosen.excluded)
            _check(chosen, CHAPTERS, ("重点任务" + PATH_SEPARATOR + value for value in values))
        elif chosen.field == "region":
            _check(chosen, {region.partition(PATH_SEPARATOR)[0] for region in info.regions}, info.regions)


def _check(chosen: Filter, tops: Iterable[str], known: Iterable[str]) -> None:
    paths = tuple(known)
    for value in (*chosen.values, *chosen.excluded):
        if value.partition(PATH_SEPARATOR)[0] in tops:
            continue
        whole = next((path for path in paths if f"{path}/".endswith(f"/{value}/")), None)
        whole = whole or next((path for path in paths if f"/{value}/" in f"/{path}/"), None)
        if whole is not None:
            label = BY_NAME[chosen.field].label
            raise BadParameter(chosen.field, f"{label}“{value}”要从头写全，如 {whole}")
