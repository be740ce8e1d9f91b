"""The run lock of a catalogue on a server: held by a connection, and gone with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from pdpo_audit.catalogue.store import Store

#: The advisory lock's key; each database has its own.
_KEY = 0x70647072


@contextmanager
def server_lock(store: Store) -> Iterator[bool]:
    """Hold the lock of a catalogue on PostgreSQL; ``False`` where somebody else holds it.

    The server lets go of it when the connection ends: at once when the process dies, after about a minute when its
    host does (``engines`` sets the keepalive). A SQLite catalogue has none: its workspace's file lock does.
    """
    if store.engine.dialect.name != "postgresql":
        yield True
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar())
        try:
            yield taken
        finally:
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
