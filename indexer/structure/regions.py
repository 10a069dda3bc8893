"""Places of China: where a named place lies, and which level of government it has."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

NATION = "全国"


@cache
def _paths() -> dict[str, tuple[str, ...]]:
    """From a place's full name to its path; provinces and prefectures."""
    paths: dict[str, tuple[str, ...]] = {NATION: (NATION,)}
    for line in files("indexer.structure").joinpath("places.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        province, _, prefectures = line.partition(":")
        paths[province] = (province,)
        paths.update({name: (province, name) for name in prefectures.split()})
    return paths


def locate(name: str) -> tuple[str, ...]:
    """The path of a place by its full name; of a place below the prefectures only itself is known."""
    return _paths().get(name, (name,))


def level_of(path: tuple[str, ...]) -> str:
    """The level of the government of the place at ``path``."""
    if path == (NATION,):
        return "国家"
    if path in _paths().values():
        return ("省", "市")[len(path) - 1]
    return "乡" if path[-1].endswith(("乡", "镇", "街道")) else "县"
