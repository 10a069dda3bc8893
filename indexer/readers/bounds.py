"""How much a packed file may hold: nothing from a document is trusted to unpack to a reasonable size."""

from __future__ import annotations

import io
from zipfile import BadZipFile, ZipFile

from indexer.errors import FileRefused

MOST_MEMBERS = 20_000
MOST_UNPACKED = 1_000_000_000
HIGHEST_RATIO = 200
"""Text packs to a tenth; what unpacks to two hundred times its size is made to harm."""
_RATIO_COUNTS_FROM = 10_000_000


def check_zip(data: bytes) -> None:
    """Raises FileRefused when the zip's own table promises too much, or there is none."""
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            sizes = [member.file_size for member in packed.infolist()]
    except (BadZipFile, OSError, ValueError) as error:
        raise FileRefused("文件是坏的，打不开；请重新下载或另存") from error
    check_sizes(len(sizes), sum(sizes), len(data))


def check_sizes(members: int, unpacked: int, packed: int) -> None:
    """Raises FileRefused when so many members, or so many bytes from so few, are too many."""
    if members > MOST_MEMBERS:
        raise FileRefused(f"压缩包里有 {members} 个文件，超过 {MOST_MEMBERS} 个；请分成几个包")
    if unpacked > MOST_UNPACKED or (unpacked > _RATIO_COUNTS_FROM and unpacked > HIGHEST_RATIO * packed):
        raise FileRefused("压缩包解开后太大，不像是报告；请检查它的内容，或分成几个包")
