"""One file to the reports in it: itself, the rows of a table, or the files of an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath

from indexer.catalog import NOTHING_SAID, CatalogEntry, read_entry
from indexer.errors import CatalogError, FileRefused, system_reason
from indexer.model import Source, path_text
from indexer.readers.archives import Member, unpack_tar, unpack_zip
from indexer.readers.lines import Extract, Line
from indexer.readers.plain import read_txt
from indexer.readers.portable import read_pdf
from indexer.readers.tables import Row, read_csv, read_jsonl, read_xlsx
from indexer.readers.webpage import read_html
from indexer.readers.word import read_docx

MAX_BYTES = 300_000_000
"""The largest file read: an archive of some thousand reports. The longest report known here has 0.2 MB of text."""

TEXTS: dict[str, Callable[[bytes], Extract]] = {
    ".txt": read_txt,
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_docx,
    ".pdf": read_pdf,
}
TABLES: dict[str, Callable[[bytes], Iterator[Row]]] = {".csv": read_csv, ".xlsx": read_xlsx, ".jsonl": read_jsonl}
ARCHIVES: dict[str, Callable[[bytes], Iterator[Member]]] = {
    ".zip": unpack_zip,
    ".tar": unpack_tar,
    ".tgz": unpack_tar,
    ".tar.gz": unpack_tar,
}
SUFFIXES = (*TEXTS, *TABLES, *ARCHIVES)

_WAY_OUT = {
    ".doc": "旧的 Word 格式（.doc）读不了；请在 Word 或 WPS 里另存为 docx",
    ".wps": "WPS 格式（.wps）读不了；请在 WPS 里另存为 docx",
    ".xls": "旧的表格格式（.xls）读不了；请另存为 xlsx",
    ".rar": "rar 压缩包读不了；请解开，或重新打成 zip",
    ".7z": "7z 压缩包读不了；请解开，或重新打成 zip",
    ".ofd": "OFD 版式文件读不了；请转换成 PDF",
}
_DEEPEST = 1
"""An archive in an archive is opened, one in that is not."""


@dataclass(frozen=True, slots=True)
class RawText:
    """A report's text before any structure. ``stated`` is what a table's other columns say of it, ``published`` a
    page's own date, ``dropped`` what the reader left out."""

    source: Source
    lines: tuple[Line, ...]
    stated: CatalogEntry = NOTHING_SAID
    published: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, or a part of one, that is no report, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A text in a file, not yet read: the file itself, a row of a table, a member of an archive. ``read`` raises
    FileRefused; ``sha256`` is of what it would read."""

    path: str
    sha256: str
    read: Callable[[], RawText]


def read(path: Path) -> Iterator[RawText | Refused]:
    """Every report in a file, or why there is none. Raises nothing over the file's content."""
    return map(read_part, parts_of(path))


def read_bytes(name: str, data: bytes) -> Iterator[RawText | Refused]:
    """Every report in the content of a file called ``name``, or why there is none."""
    return map(read_part, parts_of_bytes(name, data))


def read_part(part: Part | Refused) -> RawText | Refused:
    """A part's text, or why there is none."""
    if isinstance(part, Refused):
        return part
    try:
        return part.read()
    except FileRefused as refusal:
        return Refused(part.path, refusal.message)


def parts_of(path: Path) -> Iterator[Part | Refused]:
    """What there is to read in a file. Raises nothing over the file's content."""
    try:
        data = _bytes_of(path)
    except FileRefused as refusal:
        yield Refused(path_text(path), refusal.message)
        return
    yield from parts_of_bytes(path_text(path), data)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(f"文件超过 {MAX_BYTES // 1_000_000} MB；请拆开或只留正文")
        return path.read_bytes()
    except OSError as error:
        raise FileRefused(f"打不开这个文件（{system_reason(error)}）；请检查它是否存在、是否有读取权限") from error


def parts_of_bytes(name: str, data: bytes, depth: int = 0) -> Iterator[Part | Refused]:
    """What there is to read in the content of a file called ``name``."""
    suffix = _suffix(name)
    try:
        if not data.strip():
            raise FileRefused("文件是空的；请换成有正文的文件")
        if suffix in TEXTS:
            digest = sha256(data).hexdigest()
            yield Part(name, digest, partial(_text, Source(name, digest, suffix.removeprefix("."), ""), data))
        elif suffix in TABLES:
            yield from _table(name, suffix, data)
        elif suffix in ARCHIVES:
            yield from _archive(name, suffix, data, depth)
        else:
            raise FileRefused(
                _WAY_OUT.get(suffix, f"还不能读 {suffix or '没有后缀的'} 文件；能读的有 {' '.join(SUFFIXES)}")
            )
    except FileRefused as refusal:
        yield Refused(name, refusal.message)


def _suffix(name: str) -> str:
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    return ".tar.gz" if suffixes[-2:] == [".tar", ".gz"] else suffixes[-1] if suffixes else ""


def _text(source: Source, data: bytes) -> RawText:
    extract = TEXTS[f".{source.format}"](data)
    source = replace(source, encoding=extract.encoding)
    return RawText(source, extract.lines, published=extract.published, dropped=extract.dropped)


def _table(name: str, suffix: str, data: bytes) -> Iterator[Part]:
    kind = suffix.removeprefix(".")
    for number, row in enumerate(TABLES[suffix](data), start=1):
        digest = sha256(repr(sorted(row.items())).encode()).hexdigest()
        yield Part(
            f"{name}#{number}", digest, partial(_row, Source(f"{name}#{number}", digest, kind, kind), number, row)
        )


def _row(source: Source, number: int, row: Row) -> RawText:
    lines = tuple(Line(line) for line in row.get("text", "").splitlines())
    try:
        return RawText(source, lines, read_entry(f"第 {number} 行", row))
    except CatalogError as error:
        raise FileRefused(error.message) from error


def _archive(name: str, suffix: str, data: bytes, depth: int) -> Iterator[Part | Refused]:
    if depth > _DEEPEST:
        raise FileRefused("压缩包里的压缩包里还有压缩包；请先解开外面的")
    times: Counter[str] = Counter()
    for member in _reports_among(ARCHIVES[suffix](data)):
        times[member.name] += 1
        again = f"（{times[member.name]}）" if times[member.name] > 1 else ""
        yield from parts_of_bytes(f"{name}!{_renamed(member.name, again)}", member.data, depth + 1)


def _renamed(name: str, mark: str) -> str:
    """The name with ``mark`` before its suffix: an archive may hold two files of one name."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}{mark}{path.suffix}")) if mark else name


def _reports_among(members: Iterable[Member]) -> Iterator[Member]:
    """Without what systems put beside the files."""
    for member in members:
        parts = PurePosixPath(member.name).parts
        if not any(part.startswith((".", "__MACOSX")) for part in parts) and parts[-1] not in (
            "Thumbs.db",
            "desktop.ini",
        ):
            yield member
