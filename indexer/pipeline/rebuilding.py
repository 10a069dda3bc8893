"""An index made anew: built beside the old one, then put in its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from indexer.engines import check_replaceable, remove_index
from indexer.errors import IndexUnavailable, NothingToIndex
from indexer.pipeline.discovery import Found
from indexer.pipeline.indexing import ORDINARY, Options, Watch, index, unwatched
from indexer.pipeline.outcome import Outcome


def rebuild(found: Found, address: str, options: Options = ORDINARY, watch: Watch = unwatched) -> Outcome:
    """Make the index anew from what was found, beside the old one, and put it in its place when it is whole.

    Raises NothingToIndex when every file was refused, IndexForeign when something else lies where the index, or the new
    or old one beside it, would; the old index then stays.
    """
    check_replaceable(address)
    target = Path(address).resolve()
    fresh, stale = (target.with_name(f"{target.name}.{suffix}") for suffix in ("new", "old"))
    for leftover in (fresh, stale):
        check_replaceable(str(leftover))
    _recover(target, fresh, stale)
    outcome = index(found, str(fresh), options, watch)
    if not outcome.info.reports:
        remove_index(str(fresh))
        raise NothingToIndex(f"没有一个文件能读成报告：{outcome.files[0].path}：{outcome.files[0].detail}")
    if target.exists():
        target.rename(stale)
    fresh.rename(target)
    with suppress(IndexUnavailable):
        remove_index(str(stale))
    return replace(outcome, info=replace(outcome.info, address=address))


def _recover(target: Path, fresh: Path, stale: Path) -> None:
    """Clear away what a rebuild that was killed left; one killed between its two renames left the index aside."""
    if stale.exists() and not target.exists():
        stale.rename(target)
    for leftover in (fresh, stale):
        remove_index(str(leftover))
