"""The digest of a row, by which an event of the log vouches for what it recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from pdpo_audit.model.events import written

#: How an event names the digest of what it recorded.
RECORD = "record"


def digest_of_row(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a row's columns; a row that was edited since its event has another.

    Empty columns do not count: one that a later version adds changes no digest.
    """
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items() if value}
    return hashlib.sha256(written(plain).encode()).hexdigest()


def digest_of_table(connection: Connection, table: Table) -> str:
    """SHA-256 (hex) of all rows of a table in the order of its key, for the event that tells of a change of it."""
    rows = connection.execute(select(table).order_by(*table.primary_key.columns))
    digest = hashlib.sha256()
    for row in rows:
        digest.update(digest_of_row(row._asdict()).encode() + b"\n")
    return digest.hexdigest()
