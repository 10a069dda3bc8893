"""One reader's request: the Python API ``Reports`` and the web application ``create_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search_app.reports import Reports

if TYPE_CHECKING:
    from search_app.web import create_app

__all__ = ["Reports", "create_app"]


def __getattr__(name: str) -> object:
    """Import the web application when it is first asked for: the shell and Python start without Flask."""
    if name != "create_app":
        raise AttributeError(name)
    from search_app.web import create_app

    return create_app
