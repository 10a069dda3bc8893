"""Which place is meant by what a person wrote: 河南省/郑州市, 河南省郑州市, 河南郑州, 郑州."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.places.table import Place, level_of, places_called

Path = tuple[str, ...]

_BETWEEN = re.compile(r"[\s/／\\|、,，·>＞—-]+")
_LONGEST = 60
_NO_PLACES = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖", "直辖")
"""What tables write where there is no prefecture."""


def resolve(text: str, year: int | None = None, level: str | None = None) -> tuple[Path, ...]:
    """The places that ``text`` can mean: one, several where it is not clear, none where no place is called so.

    The names are those of ``year``, or of any time where none of that year fits. ``level`` is that of the government,
    which tells apart those of one name; without it a province goes before others of its name (河南), and a place before
    those inside it (安阳).
    """
    pieces = tuple(piece for piece in _BETWEEN.split(text[: _LONGEST + 1]) if piece and piece not in _NO_PLACES)
    if len(text) > _LONGEST or not pieces:
        return ()
    found = dict.fromkeys(_below((), pieces, year)) or dict.fromkeys(_below((), pieces, None))
    fitting = [path for path in found if level is None or level_of(path) == level] or list(found)
    fitting = [path for path in fitting if len(path) == 1] or fitting
    return tuple(path for path in fitting if not any(path != other == path[: len(other)] for other in fitting))


def _below(outer: Path, pieces: tuple[str, ...], year: int | None) -> Iterator[Path]:
    """The places inside ``outer`` that the pieces lead to, each piece a name or several written together."""
    if not pieces:
        yield outer
        return
    first, *others = pieces
    for end in range(len(first), 1, -1):
        rest = (first[end:], *others) if first[end:] else tuple(others)
        for path in _inside(outer, first[:end], year):
            yield from _below(path, rest, year)


def _inside(outer: Path, name: str, year: int | None) -> tuple[Path, ...]:
    """The places of a name inside ``outer``; it itself where it is named again, as 北京市 is in 北京市/北京市."""
    paths = [place.path for place in _of_then(places_called(name, year), year)]
    inside = [path for path in paths if path[: len(outer)] == outer]
    return tuple(path for path in inside if path != outer) or tuple(inside)


def _of_then(places: tuple[Place, ...], year: int | None) -> Iterator[Place]:
    """Of a place that has two paths, the one of the year; where none is given, those of today if there are any."""
    later = {place.now for place in places if place.until is not None}
    today = any(place.until is None for place in places)
    for place in places:
        if (place.until is None or not today) if year is None else (place.until is not None or place.path not in later):
            yield place
