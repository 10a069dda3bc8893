"""Facets as a reader sees them: in their order, with what is empty but should be seen, and a link for every choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.engines import FacetCounts, FacetValue
from indexer.fields import BY_NAME, PATH_SEPARATOR, Field
from search_app.state import SearchState


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. ``depth`` counts from 0; ``url`` is the page with this value toggled."""

    value: str
    label: str
    depth: int
    units: int
    occurrences: int
    selected: bool
    url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with its choices in order; ``clear_url`` is the page without any selection in it."""

    field: str
    label: str
    choices: tuple[Choice, ...]
    selected: tuple[str, ...]
    clear_url: str


def facets_of(counted: tuple[FacetCounts, ...], state: SearchState, years: tuple[int, ...]) -> dict[str, Facet]:
    """The facets by field name. ``years`` are those of the whole corpus: between them every year is shown."""
    return {each.field: _facet(BY_NAME[each.field], each, state, years) for each in counted}


def _facet(field: Field, counted: FacetCounts, state: SearchState, years: tuple[int, ...]) -> Facet:
    by_value = {value.value: value for value in counted.values}
    selected = state.selected(field.name)
    ordered = _ordered(field, {*by_value, *selected}, by_value, years)
    choices = tuple(_choice(field, by_value.get(value, FacetValue(value, 0, 0)), state) for value in ordered)
    return Facet(field.name, field.label, choices, selected, state.clear(field.name).url())


def _ordered(field: Field, values: set[str], counted: Mapping[str, FacetValue], years: tuple[int, ...]) -> list[str]:
    """Years in order with the empty ones between; a closed vocabulary in its own order; open paths by number."""
    if field.kind == "year":
        every = {*map(int, values), *(range(years[0], years[-1] + 1) if years else ())}
        return [str(year) for year in sorted(every)]
    if field.kind == "choice":
        return [value for value in field.values if value in values]
    return sorted(_with_ancestors(values), key=lambda value: _path_key(field, value, counted))


def _with_ancestors(values: set[str]) -> set[str]:
    return {
        PATH_SEPARATOR.join(parts[: depth + 1])
        for parts in (value.split(PATH_SEPARATOR) for value in values)
        for depth in range(len(parts))
    }


def _path_key(field: Field, value: str, counted: Mapping[str, FacetValue]) -> list[tuple[int, str]]:
    parts = value.split(PATH_SEPARATOR)
    if field.values:
        last_place = {part: place for place, part in enumerate(field.values)}  # 未标 ends the chapters and the topics
        return [(last_place[part], part) for part in parts]
    heads = [PATH_SEPARATOR.join(parts[: depth + 1]) for depth in range(len(parts))]
    return [(-counted[head].units if head in counted else 0, head) for head in heads]


def _choice(field: Field, value: FacetValue, state: SearchState) -> Choice:
    parts = value.value.split(PATH_SEPARATOR) if field.kind == "path" else [value.value]
    return Choice(
        value=value.value,
        label=parts[-1],
        depth=len(parts) - 1,
        units=value.units,
        occurrences=value.occurrences,
        selected=value.value in state.selected(field.name),
        url=state.toggle(field.name, value.value).url(),
    )
