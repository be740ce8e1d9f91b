"""The digest of a row, by which an event of the log vouches for what it recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pdpo_audit.model.events import written

#: How an event names the digest of what it recorded.
RECORD = "record"


def digest_of_row(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a row's columns; a row that was edited since its event has another.

    Empty columns do not count: one that a later version adds changes no digest.
    """
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items() if value}
    return hashlib.sha256(written(plain).encode()).hexdigest()
