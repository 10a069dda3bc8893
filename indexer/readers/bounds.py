"""How much a file may hold: nothing from a document is trusted to unpack to a reasonable size, or to say its size."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from indexer.errors import FileRefused

MAX_BYTES = 300_000_000
"""The largest file read, in an archive or not: an archive of some thousand reports. The longest report known here has
0.2 MB of text."""
MOST_MEMBERS = 20_000
MOST_UNPACKED = 1_000_000_000
"""Bytes out of one file, through all archives in it."""
HIGHEST_RATIO = 200
"""Text packs to a tenth; what unpacks to two hundred times its size is made to harm."""
_RATIO_COUNTS_FROM = 10_000_000
MOST_TAGS = 500_000
"""In one page, document or workbook. The largest report known here has 5,000; so many take some seconds to walk."""

_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 10 * MOST_MEMBERS
"""Seen in the raw bytes, where stored archives inside show theirs too; counted before a table of them is made."""
BROKEN = (BadZipFile, RuntimeError, EOFError, zlib.error, struct.error, OSError, ValueError)
"""What the zip module raises over bytes that are no good zip, or are locked (NotImplementedError is a RuntimeError)."""


class Allowance:
    """What may still be unpacked from one file, counted through the archives in its archives."""

    def __init__(self, unpacked: int = MOST_UNPACKED) -> None:
        self._left = unpacked

    def take(self, size: int) -> None:
        """Raises FileRefused when ``size`` bytes more are too many."""
        self._left -= size
        if self._left < 0:
            raise FileRefused("压缩包解开后太大，不像是报告；请检查它的内容，或分成几个包")


def open_zip(data: bytes) -> ZipFile:
    """A zip whose own table promises no more than is allowed. Raises FileRefused."""
    if (entries := data.count(_ENTRY)) > _MOST_ENTRIES:
        check_sizes(entries, 0, len(data))
    try:
        packed = ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise FileRefused("文件是坏的，打不开；请重新下载或另存") from error
    sizes = [member.file_size for member in packed.infolist()]
    check_sizes(len(sizes), sum(sizes), len(data))
    return packed


def unpacked(packed: ZipFile, member: ZipInfo, most: int = MAX_BYTES) -> bytes:
    """A member's bytes, never more than the table says. Raises FileRefused where it says over ``most``, or lies."""
    if member.file_size > most:
        raise FileRefused(f"压缩包里的 {member.filename[-80:]} 超过 {most // 1_000_000} MB；请拆开或只留正文")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise FileRefused("压缩包用了少见的压缩方法；请重新打成普通的 zip")
    try:
        with packed.open(member) as stream:
            return stream.read(member.file_size)
    except BROKEN as error:
        raise FileRefused("压缩包里的文件坏了，或有密码；请重新打包") from error


def check_sizes(members: int, unpacked: int, packed: int) -> None:
    """Raises FileRefused when so many members, or so many bytes from so few, are too many."""
    if members > MOST_MEMBERS:
        raise FileRefused(f"压缩包里有 {members} 个文件，超过 {MOST_MEMBERS} 个；请分成几个包")
    if unpacked > MOST_UNPACKED or (unpacked > _RATIO_COUNTS_FROM and unpacked > HIGHEST_RATIO * packed):
        raise FileRefused("压缩包解开后太大，不像是报告；请检查它的内容，或分成几个包")


def check_tags(*markup: bytes) -> None:
    """Raises FileRefused when ``markup`` has too many tags to be a report's."""
    tags = sum(part.count(b"<") for part in markup)
    if tags > MOST_TAGS:
        raise FileRefused(f"文件里有 {tags} 个标记，不像是报告；请只留正文，另存一份")
