"""What a reader hands on: the lines of a text as they stand, and what only the format could tell of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line. ``depth`` is a heading's, where the format marks it (h2, 标题 2); None where it does not."""

    text: str
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """A file's text. ``dropped`` is what the reader left out as the page's own; ``published`` the page's date."""

    lines: tuple[Line, ...]
    encoding: str
    published: str | None = None
    dropped: tuple[str, ...] = ()
