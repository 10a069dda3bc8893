"""Archives: zip and tar.gz, one inside another at most once, whatever their names are written in."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from indexer.errors import FileRefused
from indexer.readers.bounds import HIGHEST_RATIO, MOST_UNPACKED, check_sizes, check_zip

_NAME_IS_UTF8 = 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, under a name that never leads out of it."""

    name: str
    data: bytes


def unpack_zip(data: bytes) -> Iterator[Member]:
    """The files of a zip. Raises FileRefused for a broken, locked or oversized one."""
    check_zip(data)
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            for member in packed.infolist():
                if not member.is_dir():
                    yield Member(_safe(_zip_name(member)), packed.read(member))
    except (BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, OSError, ValueError) as error:
        raise FileRefused("压缩包打不开（坏了，或有密码）；请重新打包") from error


def unpack_tar(data: bytes) -> Iterator[Member]:
    """The files of a tar, packed or not; links and devices are passed over. Raises FileRefused."""
    unpacked = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(_unzipped(data))) as packed:
            for number, member in enumerate(packed, start=1):
                unpacked += member.size
                check_sizes(number, unpacked, len(data))
                file = packed.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield Member(_safe(member.name), file.read())
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise FileRefused("压缩包打不开；请重新打包") from error


def _unzipped(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    most = min(MOST_UNPACKED, max(10_000_000, HIGHEST_RATIO * len(data)))
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        plain = stream.read(most + 1)
    check_sizes(1, len(plain), len(data))
    return plain


def _zip_name(member: ZipInfo) -> str:
    """The member's name; zips made in Chinese Windows write it in GBK without saying so."""
    if member.flag_bits & _NAME_IS_UTF8:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _safe(name: str) -> str:
    """The name below the archive: without root, drive or steps upward."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..", ".") and not part.endswith(":")) or "无名"
