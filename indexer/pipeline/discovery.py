"""What the paths given hold: files, and what a folder brings with it, its catalogue and its lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.catalog import Catalog, CatalogEntry, read_catalog
from indexer.errors import NothingToIndex
from indexer.model import path_text
from indexer.readers import SUFFIXES
from indexer.synonyms import Synonyms, read_synonyms

CATALOG_FILE = "catalog.csv"
LEXICON_FOLDER = "lexicon"
LEXICON_FILE = "words.txt"
SYNONYMS_FILE = "synonyms.tsv"


@dataclass(frozen=True, slots=True)
class Found:
    """What the paths given hold. ``lexicon`` and ``synonyms`` are None where no folder brings them; ``roots`` are the
    paths themselves."""

    files: tuple[Path, ...]
    catalog: Catalog
    lexicon: tuple[str, ...] | None
    roots: tuple[Path, ...] = ()
    synonyms: Synonyms | None = None


def discover(paths: Iterable[Path], catalog: Path | None = None) -> Found:
    """Find the reports in files and folders, named by their whole paths, wherever one stands; a folder may bring its
    catalog.csv, and in lexicon/ words.txt and synonyms.tsv.

    Raises NothingToIndex where a path is missing or there is no file at all, CatalogError for a bad catalogue,
    SynonymsError for bad synonyms.
    """
    roots = tuple(path.resolve() for path in paths)
    files: list[Path] = []
    entries: dict[str, CatalogEntry] = {}
    lexicon: tuple[str, ...] | None = None
    for path in roots:
        if not path.exists():
            raise NothingToIndex(f"找不到 {path_text(path)}；请检查路径")
        files.extend(_files_in(path) if path.is_dir() else [path])
        if (path / CATALOG_FILE).is_file():
            entries.update(read_catalog(path / CATALOG_FILE))
        if (path / LEXICON_FOLDER / LEXICON_FILE).is_file():
            lexicon = (*(lexicon or ()), *_read_lexicon(path / LEXICON_FOLDER / LEXICON_FILE))
    if catalog is not None:
        entries.update(read_catalog(catalog))
    if not files:
        raise NothingToIndex(f"没有找到报告；支持的文件有 {' '.join(SUFFIXES)}")
    return Found(tuple(dict.fromkeys(files)), entries, lexicon, roots, _synonyms(roots))


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        ours = inside.parts[0] == LEXICON_FOLDER or str(inside) == CATALOG_FILE
        if path.is_file() and not ours and not any(part.startswith(".") for part in inside.parts):
            yield path


def _synonyms(roots: tuple[Path, ...]) -> Synonyms | None:
    """Those of the first folder that brings any; two tables might not agree."""
    tables = (root / LEXICON_FOLDER / SYNONYMS_FILE for root in roots)
    return next((read_synonyms(table) for table in tables if table.is_file()), None)


def _read_lexicon(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NothingToIndex(f"词表 {path_text(path)} 读不出来；请另存为 UTF-8 编码的 txt，一行一个词") from error
    return tuple(word for line in lines if (word := line.strip()) and not word.startswith("#"))
