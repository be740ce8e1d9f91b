"""Open the catalogue and write to it: one transaction a batch, the event log in the same transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from pdpo_audit.catalogue import log, schema
from pdpo_audit.catalogue.database.engines import DURABLE, WRITES, open_engine, sqlite_file
from pdpo_audit.catalogue.database.force import refuse_given_up
from pdpo_audit.catalogue.database.resting import GENERATION
from pdpo_audit.catalogue.database.versions import check_version, found_version, make_tables
from pdpo_audit.errors import MachineError
from pdpo_audit.model.events import ChainedEvent, Details

#: What a database says of statements that were wrong: faults of the program, told as such.
_OURS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)

#: The way out where a workspace may only be read.
ONLY_READ = (
    "status, export, verify, audits and the lists work here; for the rest copy the workspace to where you may write, or"
    " ask for the right to"
)

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An open transaction: everything written through it stands together or not at all."""

    connection: Connection
    entropy: Entropy = os.urandom

    def append_event(self, kind: str, details: Details, *, at: datetime, actor: str) -> ChainedEvent:
        """Record what happened, chained to the event before it."""
        return log.append(self.connection, kind, details, at=at, actor=actor, salt=self.entropy(16))

    def remember(self, key: str, value: str) -> None:
        """Keep one fact about the workspace, in place of what ``key`` held."""
        self.upsert(schema.facts_of_catalogue, [{"key": key, "value": value}], ["key"])

    def recall(self, key: str) -> str:
        """The fact kept under ``key``, or the empty string."""
        table = schema.facts_of_catalogue
        return str(self.connection.execute(select(table.c.value).where(table.c.key == key)).scalar() or "")

    def count(self, name: str) -> int:
        """Raise a counter by one, in the database; its new value."""
        table = schema.counters
        statement = self._insert(table).values(name=name, value=1)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": table.c.value + 1})
        return int(self.connection.execute(statement.returning(table.c.value)).scalar_one())

    def note_change(self) -> None:
        """What is held changed: whatever was derived from it is out of date."""
        self.count(GENERATION)

    def counted(self, name: str) -> int:
        """The value of a counter."""
        table = schema.counters
        return int(self.connection.execute(select(table.c.value).where(table.c.name == name)).scalar() or 0)

    def upsert(self, table: SqlTable, rows: list[dict[str, Any]], keys: list[str]) -> None:
        """Insert ``rows``; where ``keys`` exist already, overwrite the other columns."""
        if not rows:
            return
        statement = self._insert(table)
        rest = [name for name in rows[0] if name not in keys]
        if rest:
            overwritten = {name: statement.excluded[name] for name in rest}
            statement = statement.on_conflict_do_update(index_elements=keys, set_=overwritten)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=keys)
        self.connection.execute(statement, rows)

    def differing(
        self, table: SqlTable, rows: list[dict[str, Any]], key: str
    ) -> tuple[list[dict[str, Any]], list[Any]]:
        """What has to be done that ``table`` holds ``rows`` and no others, told apart by ``key``: the rows that are new
        or say something else, and the keys of those that go. What stands as it is is not written again."""
        wanted, gone = {row[key]: row for row in rows}, list[Any]()
        for found in self.connection.execute(select(table), execution_options={"yield_per": 5_000}):
            row = wanted.get(found._mapping[key])
            if row is None:
                gone.append(found._mapping[key])
            elif all(found._mapping[name] == value for name, value in row.items()):
                del wanted[row[key]]
        return list(wanted.values()), gone

    def drop(self, table: SqlTable, key: str, values: list[Any]) -> None:
        """Delete the rows with these keys."""
        if values:
            statement = delete(table).where(table.c[key] == bindparam("gone"))
            self.connection.execute(statement, [{"gone": value} for value in values])

    def _insert(self, table: SqlTable) -> Any:
        if self.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # loads every PostgreSQL driver's glue: 0.1 s

            return postgresql.insert(table)
        return sqlite.insert(table)


class Store:
    """An open catalogue; ``entropy`` gives the salts of the event log."""

    def __init__(
        self, engine: Engine, *, entropy: Entropy = os.urandom, in_force: Callable[[], None] = lambda: None
    ) -> None:
        self.engine = engine
        self._entropy = entropy
        self._in_force = in_force

    @classmethod
    def open(
        cls,
        url: str,
        base: Path,
        *,
        fresh: bool = True,
        entropy: Entropy = os.urandom,
        in_force: Callable[[], None] = lambda: None,
    ) -> Store:
        """Open the catalogue at ``url``, made on first use; a relative SQLite file lies in ``base``.

        ``fresh`` says whether an empty catalogue may be begun. ``in_force`` is asked whenever a writing transaction has
        begun; it raises what is wrong where this catalogue is the right one no more.

        :raises MachineError: the database cannot be opened, is damaged, of another version, or empty and must not be.
        """
        engine = open_engine(url, base)
        file = sqlite_file(engine)
        if not fresh and file is not None and not file.exists():
            raise lost()
        try:
            with engine.connect() as connection:
                found = found_version(connection)
                if found:
                    check_version(found)
                    refuse_given_up(connection)
            if not found and not fresh:
                raise lost()
            if not found:
                make_tables(engine)
        except DatabaseError as error:
            raise _told("opened", error) from error
        return cls(engine, entropy=entropy, in_force=in_force)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Transaction]:
        """One writing transaction, committed at the end of the block; others wait for it before they read anything.

        ``durable`` says that it must outlive a power failure once the block has ended: everything that people said,
        and everything that an act depends on. A batch of a scan can be read again.

        :raises MachineError: the database is locked, full, damaged or unreachable, or the catalogue was moved
            meanwhile; nothing of the block was written.
        """
        try:
            with self.engine.connect() as connection:
                writing = connection.execution_options(**{WRITES: True, DURABLE: durable})
                with writing.begin():
                    self._in_force()
                    refuse_given_up(writing)
                    yield Transaction(connection=writing, entropy=self._entropy)
        except _OURS:
            raise
        except DBAPIError as error:
            raise _told("written", error) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries.

        :raises MachineError: the database is locked, damaged or unreachable.
        """
        try:
            with self.engine.connect() as connection:
                yield connection
        except _OURS:
            raise
        except DBAPIError as error:
            raise _told("read", error) from error

    def recall(self, key: str) -> str:
        """The fact kept under ``key``, or the empty string."""
        with self.reading() as connection:
            return Transaction(connection=connection).recall(key)

    def generation(self) -> int:
        """How often what is held has changed."""
        with self.reading() as connection:
            return Transaction(connection=connection).counted(GENERATION)

    def events_of(self, kind: str) -> list[ChainedEvent]:
        """The events of one kind whose text has not ended, in order."""
        with self.reading() as connection:
            return list(log.of_kind(connection, kind))

    def events(self) -> list[ChainedEvent]:
        """The whole event log in order."""
        with self.reading() as connection:
            return list(log.read(connection))


def lost() -> MachineError:
    """What is wrong where a catalogue is empty and cannot be: the error to raise."""
    return MachineError(
        "the catalogue is empty, but sealed reports lie beside it: it was lost or replaced",
        advice="pdpo-audit catalogue restore BACKUP, or catalogue restore --anew to begin again"
        " (then pdpo-audit hold restore AUDIT brings back the holds)",
    )


def _told(done: str, error: DBAPIError) -> MachineError:
    """What the database said, with the way out that fits."""
    said = str(error.orig).strip().partition("\n")[0]
    damaged = any(sign in said for sign in ("malformed", "not a database", "invalid page", "could not read block"))
    if damaged:
        return MachineError(
            f"the catalogue is damaged: {said}",
            advice="pdpo-audit catalogue check says how far, pdpo-audit catalogue restore BACKUP mends it",
        )
    if "readonly database" in said or "read-only transaction" in said:
        return MachineError(
            "the catalogue can only be read, and this would write to it: nothing was recorded", advice=ONLY_READ
        )
    return MachineError(
        f"the catalogue could not be {done}: {said}",
        advice="check the folder's permissions, free space and [catalogue] url; another pdpo-audit may be writing",
    )
