"""One file to the reports in it: itself, the rows of a table, or the files of an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath

from indexer.catalog import NOTHING_SAID, CatalogEntry
from indexer.errors import CatalogError, FileRefused, shown, system_reason
from indexer.model import Source, path_text
from indexer.readers.archives import Member, Spoiled, unpack_tar, unpack_zip
from indexer.readers.bounds import MAX_BYTES, Allowance
from indexer.readers.lines import Extract, Line
from indexer.readers.plain import read_txt
from indexer.readers.portable import read_pdf
from indexer.readers.rows import read_row
from indexer.readers.tables import BadRow, Row, read_csv, read_jsonl, read_xlsx
from indexer.readers.webpage import read_html
from indexer.readers.word import read_docx

MOST_TEXT_BYTES = 30_000_000
"""In a file that is nothing but its text; one with pictures may be larger."""

TEXTS: dict[str, Callable[[bytes], Extract]] = {
    ".txt": read_txt,
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_docx,
    ".pdf": read_pdf,
}
TABLES: dict[str, Callable[[bytes], Iterator[Row | BadRow]]] = {
    ".csv": read_csv,
    ".xlsx": read_xlsx,
    ".jsonl": read_jsonl,
}
ARCHIVES: dict[str, Callable[[bytes], Iterator[Member | Spoiled]]] = {
    ".zip": unpack_zip,
    ".tar": unpack_tar,
    ".tgz": unpack_tar,
    ".tar.gz": unpack_tar,
}
SUFFIXES = (*TEXTS, *TABLES, *ARCHIVES)

_NOTHING_BUT_TEXT = (".txt", ".html", ".htm")
_PICTURE = "图片（{}）里的字读不了；请用文字识别软件（OCR）转成 docx 或 txt"
_SLIDES = "演示文稿（{}）读不了；请把文字另存为 docx 或 PDF"
_WAYS_OUT = {
    ".doc": "旧的 Word 格式（{}）读不了；请在 Word 或 WPS 里另存为 docx",
    ".wps": "WPS 格式（{}）读不了；请在 WPS 里另存为 docx",
    ".rtf": "RTF 格式（{}）读不了；请在 Word 或 WPS 里另存为 docx",
    ".xls": "旧的表格格式（{}）读不了；请另存为 xlsx",
    ".et": "WPS 表格（{}）读不了；请在 WPS 里另存为 xlsx",
    ".md": "Markdown 文件（{}）读不了；请把后缀改成 .txt",
    **dict.fromkeys((".mhtml", ".mht"), "网页存档（{}）读不了；请在浏览器里另存为 html"),
    **dict.fromkeys((".ppt", ".pptx", ".dps"), _SLIDES),
    **dict.fromkeys((".rar", ".7z"), "这种压缩包（{}）读不了；请解开，或重新打成 zip"),
    ".ofd": "OFD 版式文件（{}）读不了；请转换成 PDF",
    ".caj": "知网的 CAJ 文件（{}）读不了；请转换成 PDF",
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".heic"), _PICTURE),
}
"""From a suffix that cannot be read to what to do; the suffix stands in the sentence as it is."""
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


def parts_of_bytes(
    name: str, data: bytes, depth: int = 0, allowance: Allowance | None = None
) -> Iterator[Part | Refused]:
    """What there is to read in the content of a file called ``name``; ``allowance`` is what the archives around it
    leave."""
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
            yield from _archive(name, suffix, data, depth, allowance or Allowance())
        else:
            raise FileRefused(_way_out(suffix))
    except FileRefused as refusal:
        yield Refused(name, refusal.message)
    except MemoryError:
        yield Refused(name, "文件太大，内存不够读完它；请拆开或只留正文")


def _way_out(suffix: str) -> str:
    if suffix in _WAYS_OUT:
        return _WAYS_OUT[suffix].format(suffix)
    unknown = f"还不能读 {shown(suffix)} 文件" if suffix else "文件名没有后缀，看不出是什么文件"
    return f"{unknown}；请另存为能读的一种：{' '.join(SUFFIXES)}"


def _suffix(name: str) -> str:
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    return ".tar.gz" if suffixes[-2:] == [".tar", ".gz"] else suffixes[-1] if suffixes else ""


def _text(source: Source, data: bytes) -> RawText:
    suffix = f".{source.format}"
    if suffix in _NOTHING_BUT_TEXT and len(data) > MOST_TEXT_BYTES:
        raise FileRefused(f"这个文件超过 {MOST_TEXT_BYTES // 1_000_000} MB，不像是一篇报告；请拆开或只留正文")
    extract = TEXTS[suffix](data)
    source = replace(source, encoding=extract.encoding)
    return RawText(source, extract.lines, published=extract.published, dropped=extract.dropped)


def _table(name: str, suffix: str, data: bytes) -> Iterator[Part | Refused]:
    kind = suffix.removeprefix(".")
    for row in TABLES[suffix](data):
        path = f"{name}#{row.at}"
        if isinstance(row, BadRow):
            yield Refused(path, row.reason)
            continue
        digest = sha256(repr(sorted(row.cells.items())).encode()).hexdigest()
        yield Part(path, digest, partial(_row, Source(path, digest, kind, kind), row))


def _row(source: Source, row: Row) -> RawText:
    lines = tuple(Line(line) for line in row.cells.get("text", "").splitlines())
    try:
        return RawText(source, lines, read_row(row.cells))
    except CatalogError as mistake:
        raise FileRefused(mistake.message) from mistake


def _archive(name: str, suffix: str, data: bytes, depth: int, allowance: Allowance) -> Iterator[Part | Refused]:
    if depth > _DEEPEST:
        raise FileRefused("压缩包里的压缩包里还有压缩包；请先解开外面的")
    times: Counter[str] = Counter()
    for member in ARCHIVES[suffix](data):
        if is_beside(member.name):
            continue
        times[member.name] += 1
        path = f"{name}!{_told_apart(member.name, times[member.name])}"
        if isinstance(member, Spoiled):
            yield Refused(path, member.reason)
            continue
        allowance.take(len(member.data))
        yield from parts_of_bytes(path, member.data, depth + 1, allowance)


def _told_apart(name: str, time: int) -> str:
    """The name, with a number before its suffix where it is not the first of that name in its archive."""
    path = PurePosixPath(name)
    return name if time == 1 else str(path.with_name(f"{path.stem}（{time}）{path.suffix}"))


def is_beside(name: str) -> bool:
    """Whether a file is what systems and office programs put beside the files."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return hidden or parts[-1].startswith("~$") or parts[-1] in ("Thumbs.db", "desktop.ini")
