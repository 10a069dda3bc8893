"""A report as one reads it: every occurrence numbered, what leads from one to the next, its outline, where facts come
from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.fields import FIELDS
from indexer.model import Document, Heading, Report, Unit
from indexer.query import Sought
from search_app.highlight import Fragment, Occurrence, found_in, highlight, split

MOST_STEPS = 2_000
"""Occurrences of a report with links of their own: each takes some 300 bytes of its page."""


@dataclass(frozen=True, slots=True)
class ReadFragment:
    """A piece of a unit, marked or not. ``steps`` are the numbers of the occurrences that begin in it: in one report,
    from 1."""

    fragment: Fragment
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit on its report's page, what is sought marked: the heading that runs into it, if any, and the rest.
    ``step`` is the number of its first occurrence, 0 without one; ``skipped`` units before it are left out."""

    unit: Unit
    lead: tuple[ReadFragment, ...]
    rest: tuple[ReadFragment, ...]
    step: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    heading: Heading
    anchor: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A report with ``occurrences`` of what is sought in ``marked`` of its units; the first ``steps`` occurrences have
    links from one to the next."""

    units: tuple[ReadUnit, ...]
    outline: tuple[OutlineEntry, ...]
    occurrences: int
    marked: int
    steps: int


def read(document: Document, wanted: tuple[Sought, ...]) -> Reading:
    """A whole report, with what is ``wanted`` marked and numbered."""
    found = [found_in(unit.text, wanted) for unit in document.units]
    firsts = _firsts(found)
    units = tuple(map(_read_unit, document.units, found, firsts, [wanted] * len(found)))
    occurrences = sum(map(len, found))
    return Reading(units, _outline(document), occurrences, sum(map(bool, found)), min(occurrences, MOST_STEPS))


def _firsts(found: list[tuple[Occurrence, ...]]) -> Iterator[int]:
    """For each unit the number that its first occurrence would have."""
    number = 1
    for here in found:
        yield number
        number += len(here)


def _read_unit(unit: Unit, found: tuple[Occurrence, ...], first: int, wanted: tuple[Sought, ...]) -> ReadUnit:
    heading = unit.headings[-1].text if unit.headings and unit.kind == "paragraph" else ""
    lead, rest = split(highlight(unit.text, wanted), len(heading) if unit.text.startswith(heading) else 0)
    numbered = tuple(_numbered((*lead, *rest), found, first))
    return ReadUnit(unit, numbered[: len(lead)], numbered[len(lead) :], first if found else 0)


def _numbered(fragments: tuple[Fragment, ...], found: tuple[Occurrence, ...], first: int) -> Iterator[ReadFragment]:
    end, taken = 0, 0
    for fragment in fragments:
        end += len(fragment.text)
        began = sum(each.start < end for each in found[taken:])
        numbers = range(first + taken, first + taken + began)
        yield ReadFragment(fragment, tuple(number for number in numbers if number <= MOST_STEPS))
        taken += began


def only_about_hits(reading: Reading) -> tuple[ReadUnit, ...]:
    """The units with an occurrence, and one on either side of each."""
    kept = {at + side for at, unit in enumerate(reading.units) if unit.step for side in (-1, 0, 1)}
    shown: list[ReadUnit] = []
    skipped = 0
    for at, unit in enumerate(reading.units):
        if at in kept:
            shown.append(ReadUnit(unit.unit, unit.lead, unit.rest, unit.step, skipped))
        skipped = 0 if at in kept else skipped + 1
    return tuple(shown)


_LABELS = {"title": "标题", "date": "日期", "organ": "机关"} | {field.name: field.label for field in FIELDS}


def origins(report: Report) -> tuple[tuple[str, str], ...]:
    """Where each thing known of a report comes from, in words."""
    return tuple((_LABELS[name], origin) for name, origin in report.origins)


def _outline(document: Document) -> tuple[OutlineEntry, ...]:
    """Every heading with the unit it stands at or runs into."""
    entries: list[OutlineEntry] = []
    before: tuple[Heading, ...] = ()
    for unit in document.units:
        if unit.headings and unit.headings != before:
            entries.append(OutlineEntry(unit.headings[-1], unit.anchor))
        before = unit.headings
    return tuple(entries)
