"""Copy a whole catalogue from one database into another: what moving, backing up and restoring have in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Integer, Table, delete, func, insert, select, text

from pdpo_audit.catalogue import log, schema
from pdpo_audit.catalogue.database.engines import DURABLE, WRITES, open_file, open_read_only, sqlite_file
from pdpo_audit.catalogue.database.versions import make_tables
from pdpo_audit.errors import MachineError

_BATCH = 2_000


def back_up(engine: Engine, file: Path) -> None:
    """Write the catalogue as a SQLite file, of the version that it is; ``file`` appears only when it is whole.

    A catalogue on a server becomes one in a file: either can be restored from it.
    """
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    source = sqlite_file(engine)
    if source is not None:
        with closing(sqlite3.connect(source, timeout=60)) as held, closing(sqlite3.connect(part)) as copy:
            held.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file: nothing is made beside it when it is read
    else:
        copy_engine = open_file(part)
        copy_catalogue(engine, copy_engine)
        copy_engine.dispose()
        with closing(sqlite3.connect(part)) as made:
            made.execute("PRAGMA journal_mode=DELETE")
    part.chmod(0o600)
    part.replace(file)


def copy_catalogue(source: Engine, target: Engine) -> int:
    """Put everything that ``source`` holds in place of what ``target`` holds, as it is at one moment."""
    with source.connect() as reading:
        if reading.dialect.name == "postgresql":
            reading = reading.execution_options(isolation_level="REPEATABLE READ")
        return copy_rows(reading, target)


def copy_rows(reading: Connection, target: Engine) -> int:
    """Put everything that an open transaction sees in place of what ``target`` holds, in one transaction.

    Both must be of this program's version; the tables of an empty target are made. Gives the rows.
    """
    make_tables(target)
    rows = 0
    with target.connect() as connection:
        writing = connection.execution_options(**{WRITES: True, DURABLE: True})
        with writing.begin():
            tables = schema.metadata.sorted_tables
            for table in reversed(tables):
                writing.execute(delete(table))
            for table in tables:
                for batch in _batches(reading, table):
                    writing.execute(insert(table), batch)
                    rows += len(batch)
                _number_on(writing, table)
    return rows


def same_content(left: Engine, right: Engine) -> bool:
    """Whether two catalogues have the same log and as many rows in each table."""
    return _outline(left) == _outline(right)


def _outline(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        ]
        return [*counts, *(entry.digest for entry in log.read(connection))]


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    rows = connection.execute(select(table), execution_options={"yield_per": _BATCH})
    for part in rows.partitions():
        yield [dict(row._mapping) for row in part]


def _number_on(connection: Connection, table: Table) -> None:
    """On PostgreSQL the next row gets a number that is free; SQLite looks for itself."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not _numbered(keys[0]):
        return
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', '{keys[0].name}'),"  # noqa: S608  names of our own
            f" (SELECT coalesce(max({keys[0].name}), 0) + 1 FROM {table.name}), false)"
        )
    )


def _numbered(column: Any) -> bool:
    return (
        isinstance(column.type, Integer | BigInteger) and column.autoincrement is not False and not column.foreign_keys
    )


def open_backup(file: Path) -> Engine:
    """A backup as a catalogue to copy from.

    :raises MachineError: it is no catalogue, or damaged.
    """
    file = file.resolve()
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            connection.execute("SELECT 1 FROM catalogue")
    except sqlite3.Error as error:
        raise MachineError(f"{file} is no backup of a catalogue: {error}") from error
    if said != "ok":
        raise MachineError(f"{file} is damaged: {said}", advice="use another backup")
    return open_read_only(file)
