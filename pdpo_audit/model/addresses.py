"""Addresses of databases: whether one gives away a password."""

from __future__ import annotations

import re

#: Where a password belongs, for whoever wrote it into an address.
PASSWORD_ADVICE = (
    "take it out and change it; give it by PGPASSWORD, ~/.pgpass, or [catalogue] password = "
    '"env:VARIABLE" or "file:PATH"'
)

#: ``scheme://user:password@...``, as SQLAlchemy reads it, or a password among the options at the end.
_PASSWORD = re.compile(r"^[\w.+-]+://[^/@:]*:[^@]+@|[?&](ssl)?password=", re.IGNORECASE)


def holds_password(url: str) -> bool:
    """Whether the address of a database has a password in it."""
    return bool(_PASSWORD.search(url))
