"""Which rules read a report: a change in any of them makes every file worth reading again."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

_ROOMS = ("text", "places", "readers", "structure")
"""What a report's text and metadata come from."""


@cache
def rules_version() -> str:
    """Names the code and the tables that turn a file into a report."""
    digest = sha256()
    house = Path(__file__).parent.parent
    for path in sorted(path for room in _ROOMS for path in (house / room).rglob("*") if path.suffix in (".py", ".csv")):
        digest.update(path.relative_to(house).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
