"""Archives: zip and tar.gz, one inside another at most once, whatever their names are written in."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Self
from zipfile import ZipInfo

from indexer.errors import FileRefused
from indexer.readers.bounds import check_sizes, open_zip, unpacked

_GZIP = b"\x1f\x8b\x08"
"""A gzip may be many in a row, even empty ones."""
_NAME_IS_UTF8 = 0x800
_LONGEST_NAME = 1_000
"""Characters, counted from the end: no system makes longer ones."""
_LONGEST_HEADER = 100_000
"""Bytes in which a tar tells a long name; without a bound it could be as long as the archive."""
_HEADERS = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, under a name that never leads out of it."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A file in an archive that cannot be unpacked, and why; the others can."""

    name: str
    reason: str


def unpack_zip(data: bytes) -> Iterator[Member | Spoiled]:
    """The files of a zip; links are passed over. Raises FileRefused for a broken or oversized one."""
    with open_zip(data) as packed:
        for member in packed.infolist():
            if member.filename.endswith("/") or stat.S_ISLNK(member.external_attr >> 16):
                continue
            name = _safe(_zip_name(member))
            try:
                yield Member(name, unpacked(packed, member))
            except FileRefused as refusal:
                yield Spoiled(name, refusal.message)


def unpack_tar(data: bytes) -> Iterator[Member | Spoiled]:
    """The files of a tar, packed or not; links and devices are passed over. Raises FileRefused."""
    promised = 0
    try:
        with tarfile.open(fileobj=_Stream(data), mode="r|", tarinfo=_Header) as packed:
            for number, member in enumerate(packed, start=1):
                promised += max(0, member.size)
                check_sizes(number, promised, len(data))
                file = packed.extractfile(member) if member.isreg() else None
                if file is not None:
                    yield Member(_safe(_decoded(member.name.encode("utf-8", "surrogateescape"))), file.read())
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, RecursionError) as error:
        raise FileRefused("压缩包打不开；请重新打包") from error


class _Stream(io.BufferedIOBase):
    """A tar's bytes as they are wanted, out of their gzip, and no more of them than is allowed."""

    def __init__(self, data: bytes) -> None:
        check_sizes(data.count(_GZIP), 0, len(data))
        file = io.BytesIO(data)
        self._plain = gzip.GzipFile(fileobj=file) if data.startswith(_GZIP[:2]) else file
        self._packed = len(data)
        self._read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._plain.read(size)
        self._read += len(data)
        check_sizes(1, self._read, self._packed)
        return data


class _Header(tarfile.TarInfo):
    """A tar's header of a member. Raises FileRefused for one that goes on too long, and for files with holes."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.type == tarfile.GNUTYPE_SPARSE or (header.type in _HEADERS and header.size > _LONGEST_HEADER):
            raise FileRefused("压缩包里有不像报告的文件；请重新打包")
        return header


def _zip_name(member: ZipInfo) -> str:
    """The member's name; zips made in Chinese Windows write it in GBK without saying so."""
    if member.flag_bits & _NAME_IS_UTF8:
        return member.filename
    return _decoded(member.filename.encode("cp437", "replace"))


def _decoded(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "replace")


def _safe(name: str) -> str:
    """The name below the archive: without root, drive or steps upward, and without signs that cannot be shown."""
    shown = "".join(char if char.isprintable() else "�" for char in name[-_LONGEST_NAME:])
    parts = PurePosixPath(shown.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..", ".") and not part.endswith(":")) or "无名"
