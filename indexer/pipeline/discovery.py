"""What the paths given hold: files, and what a folder brings with it, its catalogue and its lexicon."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.catalog import Catalog, CatalogEntry, is_catalog, read_catalog
from indexer.engines import is_index
from indexer.errors import NothingToIndex, system_reason
from indexer.model import path_text
from indexer.readers import SUFFIXES, Refused, is_beside
from indexer.synonyms import Synonyms, read_synonyms

CATALOG_FILE = "catalog.csv"
LEXICON_FOLDER = "lexicon"
LEXICON_FILE = "words.txt"
SYNONYMS_FILE = "synonyms.tsv"


@dataclass(frozen=True, slots=True)
class Found:
    """What the paths given hold. ``lexicon`` and ``synonyms`` are None where no folder brings them; ``roots`` are the
    paths themselves, ``above`` folders they lie in that brought something; ``rows`` are the catalogue's that speak of
    these paths alone; ``unread`` is what could not be looked at."""

    files: tuple[Path, ...]
    catalog: Catalog
    lexicon: tuple[str, ...] | None
    roots: tuple[Path, ...] = ()
    synonyms: Synonyms | None = None
    above: tuple[Path, ...] = ()
    rows: frozenset[str] = frozenset()
    unread: tuple[Refused, ...] = ()

    def reaches(self, path: str) -> bool:
        """Whether a part's path lies in a path given: in a folder, or in a file."""
        return any(_lies_in(path, root) for root in self.roots)

    def could_not_look_at(self, path: str) -> bool:
        """Whether a path lies in a folder that could not be looked into."""
        return any(path.startswith(f"{each.path}/") for each in self.unread)


def discover(paths: Iterable[Path], catalog: Path | None = None) -> Found:
    """Find the reports in files and folders, named by their whole paths, wherever one stands. A folder may bring its
    catalog.csv, and in lexicon/ words.txt and synonyms.tsv; so may, where it has none, one that it lies in.

    Raises NothingToIndex where a path is missing or there is no file at all, CatalogError for a bad catalogue,
    SynonymsError for bad synonyms.
    """
    roots = tuple(path.resolve() for path in paths)
    found = [each for root in roots for each in _look_at(root)]
    files = tuple(dict.fromkeys(each for each in found if isinstance(each, Path)))
    if not files:
        raise NothingToIndex(f"没有找到报告；支持的文件有 {' '.join(SUFFIXES)}")
    homes = tuple(dict.fromkeys(home for root in roots if (home := _home(root)) is not None))
    above = tuple(home for home in homes if home not in roots)
    own = _entries([*(home for home in homes if home in roots)], catalog)
    return Found(
        files, {**_entries(above, None), **own}, _lexicon(homes), roots, _synonyms(homes), above, frozenset(own),
        tuple(each for each in found if isinstance(each, Refused)),
    )  # fmt: skip


def _look_at(root: Path) -> list[Path | Refused]:
    try:
        root.stat()
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise NothingToIndex(f"找不到 {path_text(root)}；请检查路径") from error
        raise NothingToIndex(f"打不开 {path_text(root)}（{system_reason(error)}）；请检查权限") from error
    if not root.is_dir():
        return [root]
    if is_index(root):
        raise NothingToIndex(f"{path_text(root)} 是索引，不是报告；请给出报告所在的文件夹")
    return sorted(_in_folder(root), key=lambda each: each if isinstance(each, Path) else Path(each.path))


def _in_folder(root: Path) -> Iterator[Path | Refused]:
    unread: list[OSError] = []
    for name, folders, files in os.walk(root, onerror=unread.append):
        folder = Path(name)
        inside = [each for each in folders if not _is_no_folder_of_reports(folder / each, root)]
        yield from (_linked(folder / each) for each in inside if (folder / each).is_symlink())
        folders[:] = [each for each in inside if not (folder / each).is_symlink()]
        for file in (folder / each for each in files):
            if not is_beside(file.name) and file != root / CATALOG_FILE:
                yield file if _is_there(file) else _no_file(file)
    for error in unread:
        yield Refused(path_text(Path(error.filename)), f"打不开这个文件夹（{system_reason(error)}）；请检查权限")


def _is_no_folder_of_reports(folder: Path, root: Path) -> bool:
    return is_beside(folder.name) or folder == root / LEXICON_FOLDER or is_index(folder)


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:
        return False


def _linked(folder: Path) -> Refused:
    return Refused(path_text(folder), "这是到另一个文件夹的链接，没有跟进去；里面有报告，请直接给出那个文件夹")


def _no_file(path: Path) -> Refused:
    if path.is_symlink():
        return Refused(path_text(path), "这个链接指向的文件不在了；请放回文件，或去掉链接")
    return Refused(path_text(path), "这不是普通的文件；请换成报告的文件")


def _lies_in(path: str, root: Path) -> bool:
    name = path_text(root)
    return path == name or path.startswith((f"{name.rstrip('/')}/", f"{name}!", f"{name}#"))


def _home(root: Path) -> Path | None:
    """The nearest folder that brings something for ``root``: itself, or one that it lies in."""
    if _is_there(root / CATALOG_FILE) or _has_words(root):
        return root
    return next((folder for folder in root.parents if is_catalog(folder / CATALOG_FILE) or _has_words(folder)), None)


def _has_words(folder: Path) -> bool:
    return any(_is_there(folder / LEXICON_FOLDER / name) for name in (LEXICON_FILE, SYNONYMS_FILE))


def _entries(folders: Iterable[Path], catalog: Path | None) -> dict[str, CatalogEntry]:
    """What the folders' catalogues say, and then the one given, which has the last word."""
    entries: dict[str, CatalogEntry] = {}
    for table in (*(folder / CATALOG_FILE for folder in folders), *((catalog,) if catalog else ())):
        if table == catalog or _is_there(table):
            entries.update(read_catalog(table))
    return entries


def _lexicon(folders: Iterable[Path]) -> tuple[str, ...] | None:
    lists = [words for folder in folders if _is_there(words := folder / LEXICON_FOLDER / LEXICON_FILE)]
    return tuple(word for words in lists for word in _read_lexicon(words)) if lists else None


def _synonyms(folders: Iterable[Path]) -> Synonyms | None:
    """Those of the first folder that brings any; two tables might not agree."""
    tables = (folder / LEXICON_FOLDER / SYNONYMS_FILE for folder in folders)
    return next((read_synonyms(table) for table in tables if _is_there(table)), None)


def _read_lexicon(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NothingToIndex(f"词表 {path_text(path)} 读不出来；请另存为 UTF-8 编码的 txt，一行一个词") from error
    return tuple(word for line in lines if (word := line.strip()) and not word.startswith("#"))
