"""Why there is no cluster."""

from __future__ import annotations


class CannotStart(Exception):
    """No cluster can be had here. The message is one Chinese sentence that says how to mend it."""


class Missing(CannotStart):
    """… because the system lacks something that Debian has a package for."""
