"""The years as a row of bars: where each stands and how high, for a page to draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search_app.facets import Choice, Facet

WIDTH, HEIGHT = 264, 64
"""Of the bars, in units of the drawing: the width of the facets' column in pixels, so that a unit is about one."""
MOST_LABELS = 8
"""Years named below: a name takes 28 units."""
_HALF_A_LABEL = 14
_STEPS = (1, 2, 5, 10, 20, 50)
_WIDEST, _LOWEST = 28.0, 2.0
MOST_RECENT = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A year with something in it, or chosen. ``left`` and ``room`` are where its link stands, which is as high as the
    drawing; ``x``, ``width``, ``height`` are the bar's, which stands on the base line; ``number`` is what ``height``
    shows."""

    choice: Choice
    number: int
    left: float
    room: float
    x: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.left + self.room / 2, 2)


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars from the oldest year to the newest. ``measure`` is what the heights show, 段 or 处; ``recent`` are the
    newest years that have something or are chosen, and all other chosen ones, newest first."""

    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    measure: str
    recent: tuple[Choice, ...]

    @property
    def empty(self) -> bool:
        """Whether no bar has a height."""
        return not any(bar.number for bar in self.bars)


def histogram(years: Facet, occurrences: int) -> Histogram:
    """The bars of the facet of years: by occurrences where there are any, else by units."""
    telling = [choice for choice in years.choices if choice.units or choice.selected or choice.excluded]
    newest = telling[-MOST_RECENT:]
    recent = [each for each in telling if each in newest or each.selected or each.excluded]
    measure = "处" if occurrences else "段"
    return Histogram(tuple(_bars(years, telling, measure)), tuple(_labels(years)), measure, tuple(reversed(recent)))


def _bars(years: Facet, telling: list[Choice], measure: str) -> Iterator[Bar]:
    numbers = [choice.occurrences if measure == "处" else choice.units for choice in telling]
    most = max(numbers, default=0)
    for choice, number in zip(telling, numbers, strict=True):
        left, room = _place(years, choice)
        width = min(_WIDEST, room * 0.8)
        height = max(_LOWEST, HEIGHT * number / most) if number else 0.0
        x = left + (room - width) / 2
        yield Bar(choice, number, *(round(value, 2) for value in (left, room, x, width, height)))


def _labels(years: Facet) -> Iterator[Label]:
    """The years named below: all, or those that a round step divides, as far as the name has room."""
    numbers = [int(choice.value) for choice in years.choices]
    span = range(numbers[0], numbers[-1] + 1) if numbers else range(0)
    step = next(step for step in _STEPS if sum(year % step == 0 for year in span) <= MOST_LABELS)
    for choice in years.choices:
        left, room = _place(years, choice)
        middle = left + room / 2
        if int(choice.value) % step == 0 and _HALF_A_LABEL <= middle <= WIDTH - _HALF_A_LABEL:
            yield Label(round(middle, 1), choice.value)


def _place(years: Facet, choice: Choice) -> tuple[float, float]:
    """Where a year's room begins, and how wide it is: each year between the first and the last has its own."""
    first, last = int(years.choices[0].value), int(years.choices[-1].value)
    room = WIDTH / (last - first + 1)
    return (int(choice.value) - first) * room, room
