"""An index several times as large as the real reports: each again, as another county's, with small changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.serving import BAOGAO
from indexer.engines import Engine, create_engine, open_engine
from indexer.model import Document, Unit

_CHANGED = 5
"""One unit of so many begins elsewhere in each copy."""


def multiplied(folder: Path, times: int, place: Path) -> str:
    """Index the reports in ``folder`` and then ``times`` - 1 copies; gives the address, below ``place``."""
    address = str(place / "multiplied")
    subprocess.run([BAOGAO, "index", folder, "--index", address], check=True, stdout=subprocess.DEVNULL)
    engine = open_engine(address)
    originals = [engine.document(report.id) for report in engine.reports()]
    engine.close()
    _add(create_engine(address), originals, times)
    return address


def _add(engine: Engine, originals: list[Document], times: int) -> None:
    """A commit a copy."""
    with engine.writing():
        for number in range(1, times):
            engine.update(_copies(originals, number))
    engine.close()


def _copies(originals: list[Document], number: int) -> Iterator[Document]:
    for original in originals:
        name = f"{original.report.id}-{number}"
        report = replace(original.report, id=name, region=(*original.report.region[:2], f"第{number}县"))
        yield Document(report, tuple(_changed(unit, name, number) for unit in original.units))


def _changed(unit: Unit, report_id: str, number: int) -> Unit:
    """Of another report, and in one of ``_CHANGED`` the first clause comes last."""
    first, comma, rest = unit.text.partition("，")
    text = f"{rest}{first}" if comma and unit.ordinal % _CHANGED == number % _CHANGED else unit.text
    return replace(unit, report_id=report_id, text=text)
