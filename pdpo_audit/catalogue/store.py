"""Open the catalogue and write to it: one writer, one transaction a batch, the event log in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from pdpo_audit.catalogue import schema
from pdpo_audit.errors import MachineError
from pdpo_audit.model.events import GENESIS, ChainedEvent, Details, Event, chain

#: Counts the changes of what is held, so that a stage can tell whether its last result still stands.
GENERATION = "generation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An open transaction: everything written through it stands together or not at all."""

    connection: Connection

    def append_event(self, kind: str, details: Details, *, at: datetime, actor: str) -> ChainedEvent:
        """Record what happened, chained to the event before it."""
        log = schema.events
        head = self.connection.execute(
            select(log.c.sequence, log.c.digest).order_by(log.c.sequence.desc()).limit(1)
        ).first()
        sequence, previous = (head.sequence + 1, head.digest) if head else (1, GENESIS)
        entry = chain(
            Event(sequence=sequence, at=at.isoformat(timespec="seconds"), actor=actor, kind=kind, details=details),
            previous,
        )
        self.connection.execute(
            insert(log).values(
                sequence=sequence,
                at=entry.event.at,
                actor=actor,
                kind=kind,
                details=json.dumps(details, sort_keys=True, ensure_ascii=False),
                previous=entry.previous,
                digest=entry.digest,
            )
        )
        return entry

    def remember(self, key: str, value: str) -> None:
        """Keep one fact about the workspace, in place of what ``key`` held."""
        self.upsert(schema.facts_of_catalogue, [{"key": key, "value": value}], ["key"])

    def recall(self, key: str) -> str:
        """The fact kept under ``key``, or the empty string."""
        table = schema.facts_of_catalogue
        return str(self.connection.execute(select(table.c.value).where(table.c.key == key)).scalar() or "")

    def note_change(self) -> None:
        """What is held changed: whatever was derived from it is out of date."""
        self.remember(GENERATION, str(int(self.recall(GENERATION) or 0) + 1))

    def upsert(self, table: SqlTable, rows: list[dict[str, Any]], keys: list[str]) -> None:
        """Insert ``rows``; where ``keys`` exist already, overwrite the other columns."""
        if not rows:
            return
        statement: Any
        if self.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # loads every PostgreSQL driver's glue: 0.1 s

            statement = postgresql.insert(table)
        else:
            statement = sqlite.insert(table)
        rest = [name for name in rows[0] if name not in keys]
        statement = statement.on_conflict_do_update(
            index_elements=keys, set_={name: statement.excluded[name] for name in rest}
        )
        self.connection.execute(statement, rows)


class Store:
    """An open catalogue."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str, base: Path) -> Store:
        """Open the catalogue at ``url``, made on first use; a relative SQLite file lies in ``base``.

        :raises MachineError: the database cannot be opened, or is of another version of this program.
        """
        prefix = "sqlite:///"
        if url.startswith(prefix):
            url = prefix + str(base / url.removeprefix(prefix))
        try:
            engine = create_engine(url)
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _tune)
            schema.metadata.create_all(engine)
            store = cls(engine)
            store._check_version()
        except (DatabaseError, ArgumentError, ModuleNotFoundError) as error:
            raise MachineError(
                f"the catalogue cannot be opened: {getattr(error, 'orig', error)}",
                advice="check the folder's permissions, free space, and [catalogue] url",
            ) from error
        return store

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction, committed at the end of the block.

        :raises MachineError: the database is locked, full or unreachable; nothing of the block was written.
        """
        try:
            with self.engine.begin() as connection:
                yield Transaction(connection=connection)
        except OperationalError as error:
            raise MachineError(
                f"the catalogue could not be written: {error.orig}",
                advice="free disk space, or end the other pdpo-audit that uses this workspace, and run again",
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries.

        :raises MachineError: the database is locked or unreachable.
        """
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise MachineError(
                f"the catalogue could not be read: {error.orig}", advice="check the disk, and run again"
            ) from error

    def recall(self, key: str) -> str:
        """The fact kept under ``key``, or the empty string."""
        with self.reading() as connection:
            return Transaction(connection=connection).recall(key)

    def events(self) -> list[ChainedEvent]:
        """The whole event log in order."""
        with self.reading() as connection:
            rows = connection.execute(select(schema.events).order_by(schema.events.c.sequence)).all()
        return [
            ChainedEvent(
                event=Event(
                    sequence=row.sequence, at=row.at, actor=row.actor, kind=row.kind, details=json.loads(row.details)
                ),
                previous=row.previous,
                digest=row.digest,
            )
            for row in rows
        ]

    def _check_version(self) -> None:
        table = schema.facts_of_catalogue
        with self.engine.begin() as connection:
            found = connection.execute(select(table.c.value).where(table.c.key == "version")).scalar()
            if found is None:
                connection.execute(insert(table).values(key="version", value=str(schema.VERSION)))
            elif found != str(schema.VERSION):
                raise MachineError(
                    f"the catalogue is of version {found}, this program writes version {schema.VERSION}",
                    advice="use the program that made it, or scan into a new workspace",
                )


def _tune(connection: Any, _record: Any) -> None:
    """WAL lets readers work while the scan writes; a crash loses at most the transaction under way."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()
