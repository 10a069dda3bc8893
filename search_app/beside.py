"""What one reads beside a report: the same place in other years, the place above it, other texts of the year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.model import Report
from indexer.places import NATION, present_path


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A report and what it is to the one read, in words."""

    relation: str
    report: Report


def beside(report: Report, held: Iterable[Report]) -> tuple[Neighbour, ...]:
    """The neighbours of a report among those an index holds: those of its place in the nearest year before and after,
    of the nearest place above in its year, and other texts of its place and year, which may be copies. Of the first
    three, only those of its own type where there are any."""
    others = [each for each in held if each.id != report.id]
    place = present_path(report.region)
    there = [each for each in others if present_path(each.region) == place]
    before = max((each.year for each in there if each.year < report.year), default=None)
    after = min((each.year for each in there if each.year > report.year), default=None)
    return (
        *_named("前一份", _alike(report, [each for each in there if each.year == before])),
        *_named("后一份", _alike(report, [each for each in there if each.year == after])),
        *_named("上级同年", _alike(report, _above(report, others))),
        *_named("同地同年", [each for each in there if each.year == report.year]),
    )


def _above(report: Report, others: list[Report]) -> list[Report]:
    """Those of the nearest place above that has any in the year; above the provinces lies the whole country."""
    region = report.region
    paths = [*(region[:length] for length in range(len(region) - 1, 0, -1)), NATION]
    same_year = [each for each in others if each.year == report.year]
    found = ([each for each in same_year if each.region == path] for path in paths if path != region)
    return next(filter(None, found), [])


def _alike(report: Report, found: list[Report]) -> list[Report]:
    return [each for each in found if each.type == report.type] or found


def _named(relation: str, found: list[Report]) -> tuple[Neighbour, ...]:
    return tuple(Neighbour(relation, each) for each in found)
