"""Writing what a crash leaves as it was, or as it became, and never between."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def put(path: Path, data: bytes) -> None:
    """Make ``data`` the content of a file, at once, when the disk has it. Raises OSError, and leaves what was there."""
    unfinished = path.with_name(f"{path.name}.new")
    try:
        with unfinished.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def flush(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can do so. Raises OSError."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)
