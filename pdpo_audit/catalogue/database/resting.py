"""A SQLite catalogue through the standard library alone, for the scan that finds nothing to do.

Loading SQLAlchemy and describing the tables to it takes longer than comparing 100,000 unchanged files with what is
known of them. So the few statements of a re-scan stand here a second time; ``tests/workspace`` hold both ways equal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.model.events import GENESIS, Details, Event, chain, written
from pdpo_audit.model.locations.changes import KnownFolder
from pdpo_audit.model.locations.holdings import Skipped
from pdpo_audit.model.methods import CATALOGUE

#: Counts the changes of what is held (``catalogue.store`` writes it).
GENERATION = "generation"


class RestingCatalogue:
    """An open catalogue file: read without a lock, one event written at the end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, file: Path) -> RestingCatalogue | None:
        """The catalogue at ``file``, or ``None`` where there is none that can be read."""
        if not file.is_file():
            return None
        try:
            connection = sqlite3.connect(file, timeout=60, isolation_level=None)
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error:
            return None  # whoever opens it in earnest says what is wrong with it
        return cls(connection) if version == (CATALOGUE,) else None

    def recall(self, key: str) -> str:
        """The fact kept under ``key``, or the empty string."""
        row = self._connection.execute("SELECT value FROM catalogue WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def generation(self) -> int:
        """How often what is held has changed."""
        row = self._connection.execute("SELECT value FROM counters WHERE name = ?", (GENERATION,)).fetchone()
        return int(row[0]) if row else 0

    def last_event_at(self) -> str:
        """When the newest event was recorded (ISO 8601); empty before the first."""
        row = self._connection.execute("SELECT at FROM events ORDER BY sequence DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def known_folders(self, source: str) -> dict[bytes, KnownFolder]:
        """Every folder known of a source, by path."""
        rows = self._connection.execute(
            "SELECT f.id, f.path, f.listing FROM folders f JOIN sources s ON s.id = f.source_id WHERE s.name = ?",
            (source,),
        )
        return {path: KnownFolder(folder_id=number, listing=listing or b"") for number, path, listing in rows}

    def passed_over_as_before(self, source: str, skipped: Iterable[Skipped]) -> bool:
        """Whether ``skipped`` is what the last scan of the source saw and passed over."""
        rows = self._connection.execute(
            "SELECT p.path, p.reason, p.detail FROM passed_over p JOIN sources s ON s.id = p.source_id"
            " WHERE s.name = ?",
            (source,),
        )
        return set(rows) == {(one.ref.locator, one.reason.value, one.detail) for one in skipped}

    def append_event(self, kind: str, details: Details, *, at: datetime, actor: str, salt: bytes) -> None:
        """Record what happened, chained to the event before it.

        :raises MachineError: the database is locked or full; nothing was written.
        """
        try:
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("BEGIN IMMEDIATE")
            head = self._connection.execute(
                "SELECT sequence, digest FROM events ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
            sequence, previous = (head[0] + 1, head[1]) if head else (1, GENESIS)
            when = at.isoformat(timespec="seconds")
            event = Event(sequence=sequence, at=when, actor=actor, kind=kind, details=details)
            entry = chain(event, previous, salt)
            self._connection.execute(
                "INSERT INTO events (sequence, at, kind, told, previous, digest) VALUES (?, ?, ?, ?, ?, ?)",
                (sequence, when, kind, entry.told, previous, entry.digest),
            )
            self._connection.execute(
                "INSERT INTO event_texts (sequence, salt, actor, details) VALUES (?, ?, ?, ?)",
                (sequence, salt, actor, written(details)),
            )
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise MachineError(
                f"the catalogue could not be written: {error}",
                advice="free disk space, or end the other pdpo-audit that uses this workspace, and run again",
            ) from error

    def close(self) -> None:
        """Let go of the file; a transaction that was not committed is undone."""
        self._connection.close()
