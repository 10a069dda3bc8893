"""An index made anew: built beside the old one, then put in its place."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

from indexer.engines import check_replaceable, holding, is_place, open_engine, remove_index, replacing
from indexer.errors import IndexUnavailable, NothingToIndex
from indexer.model import Report
from indexer.pipeline.discovery import Found
from indexer.pipeline.indexing import ORDINARY, Options, Watch, index, unwatched
from indexer.pipeline.notes import left_out
from indexer.pipeline.outcome import Outcome


def rebuild(found: Found, address: str, options: Options = ORDINARY, watch: Watch = unwatched) -> Outcome:
    """Make the index anew from what was found, beside the old one, and put it in its place when it is whole.

    Other writers are kept out from beginning to end. Raises NothingToIndex when every file was refused, IndexBusy when
    another one is writing, IndexForeign when something else lies where the index, or the new or old one beside it,
    would; the old index then stays.
    """
    if is_place(address):
        return _rebuild_in_cluster(found, address, options, watch)
    check_replaceable(address)
    target = Path(address).resolve()
    fresh, stale = (target.with_name(f"{target.name}.{suffix}") for suffix in ("new", "old"))
    for leftover in (fresh, stale):
        check_replaceable(str(leftover))
    is_first = not (target.exists() or stale.exists())
    with ExitStack() as lock:
        lock.enter_context(holding(str(_place_of_lock(target, stale))))
        _recover(target, fresh, stale)
        outcome = index(found, str(fresh), options, watch)
        if not outcome.info.reports:
            for made in (fresh, target) if is_first else (fresh,):
                remove_index(str(made))
            raise NothingToIndex(f"没有一个文件能读成报告：{outcome.files[0].path}：{outcome.files[0].detail}")
        notes = tuple(left_out(found, _reports_in(target)))
        if os.name == "nt":
            lock.close()  # Windows renames no folder in which a file is open
        _swap(target, fresh, stale)
    return replace(outcome, notes=(*outcome.notes, *notes), info=replace(outcome.info, address=address))


def _rebuild_in_cluster(found: Found, address: str, options: Options, watch: Watch) -> Outcome:
    """As ``rebuild``: names are exchanged in place of folders."""
    with replacing(address) as replacement:
        outcome = index(found, replacement.fresh, options, watch)
        if not outcome.info.reports:
            replacement.give_up()
            raise NothingToIndex(f"没有一个文件能读成报告：{outcome.files[0].path}：{outcome.files[0].detail}")
        notes = tuple(left_out(found, _reports_in(address)))
        replacement.put_in_place()
    return replace(outcome, notes=(*outcome.notes, *notes), info=replace(outcome.info, address=address))


def _reports_in(target: Path | str) -> tuple[Report, ...]:
    """What the old index holds, as far as it can be read."""
    try:
        with closing(open_engine(str(target))) as engine:
            return engine.reports()
    except IndexUnavailable:
        return ()


def _place_of_lock(target: Path, stale: Path) -> Path:
    """Where the lock of the target lies: in it, wherever it has been put."""
    return stale if stale.exists() and not target.exists() else target


def _recover(target: Path, fresh: Path, stale: Path) -> None:
    """Clear away what a rebuild that was killed left; one killed between its two renames left the index aside."""
    if stale.exists() and not target.exists():
        stale.rename(target)
    for leftover in (fresh, stale):
        remove_index(str(leftover))


def _swap(target: Path, fresh: Path, stale: Path) -> None:
    target.rename(stale)
    fresh.rename(target)
    with suppress(IndexUnavailable):
        remove_index(str(stale))
