"""Facets as a reader sees them: in their order, with what is empty but should be seen, and a link for every choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.engines import FacetCounts, FacetValue
from indexer.fields import BY_NAME, PATH_SEPARATOR, Field
from search_app.state import SearchState

MOST_SHOWN = 10
"""Choices of a facet, where it is not years: more are a page of their own. What is chosen is always shown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. ``depth`` counts from 0; ``url`` is the page with this value toggled, ``exclude_url`` the one
    with it excluded or no longer."""

    value: str
    label: str
    depth: int
    units: int
    occurrences: int
    selected: bool
    excluded: bool
    url: str
    exclude_url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with its choices in order: every year, of another field the foremost MOST_SHOWN and all that are chosen.
    ``values`` says how many there are in all; ``clear_url`` is the page without any selection in the field."""

    field: str
    label: str
    choices: tuple[Choice, ...]
    values: int
    selected: tuple[str, ...]
    excluded: tuple[str, ...]
    clear_url: str

    @property
    def tells(self) -> bool:
        """Whether there is anything in it, or chosen."""
        return any(choice.units or choice.selected or choice.excluded for choice in self.choices)


def facets_of(counted: tuple[FacetCounts, ...], state: SearchState, years: tuple[int, ...]) -> dict[str, Facet]:
    """The facets by field name. ``years`` are those of the whole corpus: between them every year is shown."""
    return {each.field: _facet(each, state, years) for each in counted}


def _facet(counted: FacetCounts, state: SearchState, years: tuple[int, ...]) -> Facet:
    field = BY_NAME[counted.field]
    every = every_value(counted, state, years)
    shown = every if field.kind == "year" else _foremost(every, state, field.name)
    return Facet(
        field=field.name,
        label=field.label,
        choices=tuple(_choice(field, value, state) for value in shown),
        values=len(every),
        selected=state.selected(field.name),
        excluded=state.excluded(field.name),
        clear_url=state.clear(field.name).url(),
    )


def every_value(counted: FacetCounts, state: SearchState, years: tuple[int, ...] = ()) -> list[FacetValue]:
    """All values of a facet in its order: those counted, those chosen, what they lie in, and the empty years."""
    field = BY_NAME[counted.field]
    by_value = {value.value: value for value in counted.values}
    values = {*by_value, *state.selected(field.name), *state.excluded(field.name)}
    return [by_value.get(value, FacetValue(value, 0, 0)) for value in _ordered(field, values, by_value, years)]


def _ordered(field: Field, values: set[str], counted: Mapping[str, FacetValue], years: tuple[int, ...]) -> list[str]:
    """Years in order with the empty ones between; a closed vocabulary in its own order; open paths by number."""
    if field.kind == "year":
        every = {*map(int, values), *(range(years[0], years[-1] + 1) if years else ())}
        return [str(year) for year in sorted(every)]
    if field.values:
        return sorted(_with_ancestors(field, values), key=field.order)
    return sorted(_with_ancestors(field, values), key=lambda value: _by_number(value, counted))


def _with_ancestors(field: Field, values: Iterable[str]) -> set[str]:
    return {above for value in values for above in (_heads(value) if field.kind == "path" else (value,))}


def _heads(value: str) -> list[str]:
    """The path and all it lies in, from the top."""
    parts = value.split(PATH_SEPARATOR)
    return [PATH_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts))]


def _by_number(value: str, counted: Mapping[str, FacetValue]) -> list[tuple[int, str]]:
    return [(-counted[head].units if head in counted else 0, head) for head in _heads(value)]


def _foremost(every: list[FacetValue], state: SearchState, name: str) -> list[FacetValue]:
    """The chosen ones with what they lie in, what lies directly in a selected one, then the top ones by number."""
    selected = {*state.selected(name)}
    kept = _with_ancestors(BY_NAME[name], {*selected, *state.excluded(name)})

    def rank(value: FacetValue) -> tuple[bool, bool, int, int]:
        above = value.value.rpartition(PATH_SEPARATOR)[0]
        return value.value not in kept, above not in selected, value.value.count(PATH_SEPARATOR), -value.units

    foremost = {each.value for each in sorted(every, key=rank)[: max(MOST_SHOWN, len(kept))]}
    return [each for each in every if each.value in foremost]


def _choice(field: Field, value: FacetValue, state: SearchState) -> Choice:
    parts = value.value.split(PATH_SEPARATOR) if field.kind == "path" else [value.value]
    return Choice(
        value=value.value,
        label=parts[-1],
        depth=len(parts) - 1,
        units=value.units,
        occurrences=value.occurrences,
        selected=value.value in state.selected(field.name),
        excluded=value.value in state.excluded(field.name),
        url=state.toggle(field.name, value.value).url(),
        exclude_url=state.exclude(field.name, value.value).url(),
    )
