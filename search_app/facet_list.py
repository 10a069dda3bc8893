"""All values of one facet: counted, searched by characters or by sound, in a chosen order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import urlencode

from indexer.engines import Engine, FacetValue, SearchRequest
from indexer.errors import BadParameter, shown
from indexer.fields import BY_ALIAS, BY_NAME, LONGEST, PATH_SEPARATOR, Field
from indexer.text import fold
from search_app import parameters
from search_app.facets import every_value
from search_app.parameters import Parameter, Values, read_parameters
from search_app.state import SearchState
from search_app.syntax import in_words, parse
from search_app.whole_paths import check_whole

PATH = "/facet"
Order = Literal["number", "name"]
ORDERS: dict[Order, str] = {"number": "数量", "name": "名称"}
_OWN = (
    Parameter("field", False, "哪一个分面：" + "、".join(BY_NAME), tuple(BY_ALIAS), required=True),
    Parameter("find", False, "只要名称里有这些字的，或读音（全拼、首字母）是这样的"),
    Parameter("order", False, "次序：number 多的在前，name 按名称", get_args(Order)),
)
PARAMETERS = (*_OWN, *(known for known in parameters.PARAMETERS if known.name != "page"))


@dataclass(frozen=True, slots=True)
class Asked:
    """The facet of ``field``, of the page of hits that ``search`` says; ``find`` narrows what is listed."""

    field: Field
    search: SearchState
    find: str = ""
    order: Order = "number"

    @classmethod
    def read(cls, given: Values) -> Asked:
        """What parameters say. Raises BadParameter."""
        values = read_parameters(PARAMETERS, given)
        own = {known.name: next(iter(values.get(known.name, ())), "") for known in _OWN}
        rest = {name: each for name, each in values.items() if name not in own}
        if len(own["find"]) > LONGEST:
            raise BadParameter("find", f"要找的名称最长 {LONGEST} 个字，现在有 {len(own['find'])} 个；请写短一些")
        if own["field"] not in BY_ALIAS:
            raise BadParameter("field", f"没有分面“{shown(own['field'])}”；可用的有 {'、'.join(BY_NAME)}")
        return cls(BY_ALIAS[own["field"]], SearchState.read(rest), own["find"].strip(), _order(own["order"]))

    def url(self, path: str = PATH) -> str:
        """The address of this list."""
        own = [("field", self.field.name)]
        own += [("find", self.find)] if self.find else []
        own += [("order", self.order)] if self.order != "number" else []
        return f"{path}?{urlencode([*own, *self.search.parameters()])}"


@dataclass(frozen=True, slots=True)
class ListedValue:
    """``units`` that have the value, heeding the query and the other facets, with ``occurrences`` of what is sought."""

    value: str
    units: int
    occurrences: int
    selected: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class FacetList:
    """The values of a facet that have units or are chosen: ``total`` of them, in ``values`` those that were looked for.
    ``in_words`` says over what was counted."""

    field: str
    label: str
    in_words: str
    total: int
    values: tuple[ListedValue, ...]


def facet_list(engine: Engine, asked: Asked) -> FacetList:
    """List a facet. Raises QuerySyntaxError, BadParameter."""
    field, search = asked.field, asked.search
    node = parse(search.q)
    check_whole(search.filters, engine.info())
    result = engine.search(SearchRequest(node, search.filters, (field.name,), "newest", size=0))
    every = every_value(result.facets[0], search)
    wanted = [value for value in every if _is_looked_for(field, value.value, fold(asked.find))]
    others = tuple(chosen for chosen in search.filters if chosen.field != field.name)
    values = tuple(_listed(value, search, field.name) for value in _sorted(field, wanted, asked.order))
    return FacetList(field.name, field.label, in_words(node, others), len(every), values)


def facet_url(search: SearchState, field: str) -> str:
    """The address of the list of a facet's values."""
    return Asked(BY_NAME[field], search.on_page(1)).url()


def _listed(value: FacetValue, search: SearchState, name: str) -> ListedValue:
    selected, excluded = value.value in search.selected(name), value.value in search.excluded(name)
    return ListedValue(value.value, value.units, value.occurrences, selected, excluded)


def _sorted(field: Field, values: list[FacetValue], order: Order) -> list[FacetValue]:
    """By number, then by name; years newest first, a closed vocabulary in its own order, places by sound."""
    if field.kind == "year":
        by_name = values[::-1]
    elif field.values:
        by_name = sorted(values, key=lambda value: field.order(value.value))
    else:
        by_name = sorted(values, key=lambda value: [_sound(part) for part in value.value.split(PATH_SEPARATOR)])
    return by_name if order == "name" else sorted(by_name, key=lambda value: -value.units)


def _is_looked_for(field: Field, value: str, folded: str) -> bool:
    """Whether a value has the folded characters, or its last part sounds so from some character on."""
    if folded in fold(value):
        return True
    by_sound = folded.isascii() and folded.isalpha()
    return by_sound and any(sound.startswith(folded) for sound in _sounds(value.rpartition(PATH_SEPARATOR)[2]))


@lru_cache(maxsize=8192)
def _sounds(name: str) -> tuple[str, ...]:
    """How a name sounds from each of its characters on, whole and by the first letters."""
    from indexer.text.pinyin import initials, spellings  # its tables are large, and few look by sound

    tails = [spelling[at:] for spelling in spellings(name) for at in range(len(spelling))]
    return *map("".join, tails), *map(initials, tails)


@lru_cache(maxsize=8192)
def _sound(name: str) -> tuple[tuple[str, ...], str]:
    from indexer.text.pinyin import spellings

    return spellings(name)[0], name


def _order(text: str) -> Order:
    orders: Mapping[str, Order] = {"": "number", **{order: order for order in ORDERS}}
    if text not in orders:
        raise BadParameter("order", f"没有次序“{shown(text)}”；可用的有 {'、'.join(ORDERS)}")
    return orders[text]
