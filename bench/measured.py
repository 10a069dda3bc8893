"""What is measured of one engine over one set of texts: values that go to a file and come back."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

CACHE = Path(__file__).parent.parent / ".bench"


@dataclass(frozen=True, slots=True)
class Building:
    """Seconds: ``whole`` without making the documents, ``tokenising`` of it (0 where the engine does it by itself);
    ``work`` and ``tokenising_work`` are the same in seconds of all processors together. ``peak`` is of memory, mapped
    files aside, in MB."""

    units: int
    reports: int
    text_bytes: int
    whole: float
    tokenising: float
    work: float
    tokenising_work: float
    peak: float
    size: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the seconds of each time it was asked, and its answer. ``facets`` names the counts."""

    kind: str
    name: str
    times: tuple[float, ...]
    total: int
    facets: str | None


@dataclass(frozen=True, slots=True)
class Searching:
    """Seconds; ``memory`` of the process in MB, mapped files aside. ``shown`` are searches with the hits highlighted:
    none where only the product does it."""

    opening: float
    first: float
    asked: tuple[Asked, ...]
    panel: float
    panel_counts: str | None
    memory: float
    shown: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """``adding`` are the seconds to add one report; only the product does it."""

    engine: str
    texts: str
    building: Building
    searching: Searching | None
    adding: float | None = None


def together(turns: Sequence[Searching]) -> Searching | None:
    """All times of several turns; of what each measured once, the middle. None where there was no turn."""
    if not turns:
        return None
    first = turns[0]
    asked = tuple(
        replace(each, times=tuple(spent for turn in turns for spent in turn.asked[place].times))
        for place, each in enumerate(first.asked)
    )
    once = {name: statistics.median(getattr(turn, name) for turn in turns) for name in ("opening", "first", "panel")}
    return replace(first, asked=asked, shown=tuple(spent for turn in turns for spent in turn.shown), **once)


def keep(measured: Measured) -> None:
    """Write it to the cache, over an older one."""
    path = _path(measured.texts, measured.engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(measured))


def kept(texts: str) -> dict[str, Measured]:
    """What is in the cache for these texts, by engine."""
    found = (CACHE / "measured" / texts).glob("*.json")
    read = (msgspec.json.decode(path.read_bytes(), type=Measured) for path in sorted(found))
    return {each.engine: each for each in read}


def kept_texts() -> tuple[str, ...]:
    """What texts there is something of: real ones first, then by number."""
    names = (path.name for path in (CACHE / "measured").glob("*"))
    return tuple(sorted(names, key=lambda name: (name.isdecimal(), name != "reports", len(name), name)))


def _path(texts: str, engine: str) -> Path:
    return CACHE / "measured" / texts / f"{engine}.json"
