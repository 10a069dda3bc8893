"""The index's folder: making it, knowing it for ours, and refusing one that is not, or no longer, readable."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec
from whoosh.index import TOC

from indexer.engines.columnar import disk, toc
from indexer.engines.columnar.layout import Damaged
from indexer.engines.columnar.schema import SCHEMA_VERSION, schema
from indexer.errors import (
    IndexDamaged,
    IndexForeign,
    IndexMissing,
    IndexOutdated,
    IndexUnavailable,
    system_reason,
    system_remedy,
)
from indexer.synonyms import Synonyms
from indexer.text import FOLDING_VERSION

SETTINGS_FILE = "baogao.json"
SYNONYMS_FILE = "synonyms.json"
LOCK_FILE = "MAIN_WRITING"
_FORMAT = "baogao-whoosh"

_REBUILD = "请重新建立：baogao index --rebuild 报告所在的文件夹 --index {folder}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the index was made with; it never changes after. ``digest`` is that of the rest."""

    format: str
    schema: int
    folding: int
    lexicon: tuple[str, ...]
    digest: str = ""

    @property
    def lexicon_hash(self) -> str:
        return sha256("\n".join(self.lexicon).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Groups:
    """The synonyms. ``digest`` is that of the rest."""

    groups: Synonyms
    digest: str = ""


_Kept = TypeVar("_Kept", Settings, _Groups)


def _sealed(kept: _Kept) -> _Kept:
    return replace(kept, digest=sha256(msgspec.json.encode(replace(kept, digest=""))).hexdigest())


def _decoded(path: Path, kind: type[_Kept]) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged(path.name) from error


def settings_for(lexicon: tuple[str, ...]) -> Settings:
    return _sealed(Settings(_FORMAT, SCHEMA_VERSION, FOLDING_VERSION, tuple(sorted(set(lexicon)))))


def make_place(folder: Path) -> None:
    """See to it that ``folder`` is there and that an index may be made in it. Raises IndexUnavailable."""
    with _making(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not _is_free(folder) and not exists(folder):
            raise IndexForeign(f"{folder} 不是报告索引，里面有别的文件；请换一个文件夹")


def make(folder: Path, settings: Settings) -> None:
    """Make an empty index in ``folder``, which is empty. The settings are written last, whole."""
    with _making(folder):
        toc.write(folder, TOC(schema(), [], 0))
        disk.put(folder / SETTINGS_FILE, msgspec.json.encode(settings))
        disk.flush(folder)


@contextmanager
def _making(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexMissing(f"不能在 {folder} 建立索引（{system_reason(error)}）；请换一个能写入的文件夹") from error


def _is_free(folder: Path) -> bool:
    """Whether ``folder`` is empty but for a lock, and what a killed ``make`` leaves: an index of no documents and no
    settings."""
    ours = ("_MAIN_0.toc*", f"{SETTINGS_FILE}.new", LOCK_FILE)
    return all(any(path.match(pattern) for pattern in ours) for path in folder.iterdir())


def exists(folder: Path) -> bool:
    """Whether ``folder`` has been made an index, readable or not."""
    return (folder / SETTINGS_FILE).is_file()


def check_replaceable(folder: Path) -> None:
    """Raises IndexForeign when what is at ``folder`` is no index of ours, nor free to become one."""
    if folder.exists() and not exists(folder) and not (folder.is_dir() and _is_free(folder)):
        raise IndexForeign(f"{folder} 不是报告索引，不能覆盖；请换一个文件夹")


def remove(folder: Path) -> None:
    """Remove the index in ``folder``, if any; its settings last, so that what a killed removal leaves is still ours."""
    if not folder.exists():
        return
    try:
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != SETTINGS_FILE:
                path.unlink()
        shutil.rmtree(folder)
    except OSError as error:
        raise IndexUnavailable(f"删不掉 {folder}（{system_reason(error)}）；请删掉它再运行一次") from error


def read_settings(folder: Path) -> Settings:
    """The settings of the index in ``folder``. Raises IndexUnavailable where there is none this version reads."""
    if not exists(folder):
        if not folder.is_dir() or _is_free(folder):
            raise IndexMissing(f"{folder} 还没有索引；请先运行：baogao index 报告所在的文件夹 --index {folder}")
        raise IndexForeign(f"{folder} 不是报告索引；请检查 --index 写的文件夹")
    with trouble_named(folder):
        settings = _decoded(folder / SETTINGS_FILE, Settings)
        if (settings.format, settings.schema, settings.folding) != (_FORMAT, SCHEMA_VERSION, FOLDING_VERSION):
            raise IndexOutdated(f"索引 {folder} 是另一个版本建立的；" + _REBUILD.format(folder=folder))
        if settings != _sealed(settings):
            raise Damaged(SETTINGS_FILE)
    return settings


def identity(folder: Path) -> tuple[int, int, int]:
    """What tells this index from another one later put in the same place (which may have been given its old inode)."""
    try:
        found = (folder / SETTINGS_FILE).stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_dev, found.st_ino, found.st_mtime_ns)


def check_lexicon(folder: Path, settings: Settings, lexicon: tuple[str, ...]) -> None:
    """Raises IndexOutdated when the index was made with another lexicon."""
    if settings_for(lexicon).lexicon_hash != settings.lexicon_hash:
        raise IndexOutdated(f"词表和建立索引 {folder} 时的不同；" + _REBUILD.format(folder=folder))


def read_synonyms(folder: Path) -> Synonyms:
    """The synonyms kept in the index; none where none were given."""
    with trouble_named(folder):
        try:
            kept = _decoded(folder / SYNONYMS_FILE, _Groups)
        except FileNotFoundError:
            return ()
        if kept != _sealed(kept):
            raise Damaged(SYNONYMS_FILE)
    return kept.groups


def write_synonyms(folder: Path, groups: Synonyms) -> None:
    """Keep ``groups`` in a file of their own, replaced whole: the settings never change, synonyms may."""
    try:
        disk.put(folder / SYNONYMS_FILE, msgspec.json.encode(_sealed(_Groups(groups))))
        disk.flush(folder)
    except OSError as error:
        raise IndexUnavailable(f"同义词写不进索引 {folder}（{system_reason(error)}）；请解决后再运行一次") from error


@contextmanager
def trouble_named(folder: Path) -> Iterator[None]:
    """Turn what the system refuses into IndexUnavailable, and what is not what was written into IndexDamaged."""
    try:
        yield
    except Damaged as error:
        raise IndexDamaged(f"索引 {folder} 的文件 {error} 不见了或坏了；{_REBUILD.format(folder=folder)}") from error
    except OSError as error:
        raise IndexUnavailable(f"打不开索引 {folder}（{system_reason(error)}）；{system_remedy(error)}") from error
