"""Connections to either database, tuned so that a writing transaction begins as one."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from pdpo_audit.errors import MachineError, SettingsError

#: How a connection says that its next transaction writes, and that it must outlive a power failure.
WRITES, DURABLE = "pdpo_writes", "pdpo_durable"

#: Milliseconds that one writer waits for another; the longest batch of a scan takes well under a second.
_PATIENCE = 60_000

#: A dead host is noticed after about a minute, by either side: its locks end with its connection.
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SERVER_KEEPALIVE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


def open_engine(url: str, base: Path) -> Engine:
    """The engine for ``url``; a relative SQLite file lies in ``base``. Nothing is connected yet.

    :raises SettingsError: the address is none, or of a database that this program does not know.
    :raises MachineError: the driver is not installed.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise SettingsError(f'[catalogue] url: "{url}" is no address of a database', advice=_ADVICE) from error
    match address.get_backend_name():
        case "sqlite":
            return open_file(base / (address.database or "catalogue.db"))
        case "postgresql":
            address = address.set(drivername="postgresql+psycopg")
            try:
                engine = create_engine(
                    address,
                    pool_pre_ping=True,
                    connect_args={**_KEEPALIVE, "options": _SERVER_KEEPALIVE, "application_name": "pdpo-audit"},
                )
            except ModuleNotFoundError as error:
                raise MachineError(
                    "the catalogue is on PostgreSQL, and its driver is not installed",
                    advice='pip install "pdpo-audit[postgres]"',
                ) from error
            event.listen(engine, "begin", _begin_postgresql)
            return engine
        case other:
            raise SettingsError(f"[catalogue] url: {other} is no database of this program", advice=_ADVICE)


def open_file(file: Path) -> Engine:
    """The engine for a SQLite file, whatever stands in its path; where it may only be read, whatever writes fails."""
    address = URL.create("sqlite", database=str(file))
    if file.exists() and not may_write(file):
        engine = create_engine(address, creator=lambda: _connect_reading(file))
    else:
        engine = create_engine(address)
        event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def may_write(file: Path) -> bool:
    """Whether a SQLite file and the files that SQLite makes beside it may be written."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _connect_reading(file: Path) -> sqlite3.Connection:
    """A connection that can only read. Where nothing may be made beside the file, it counts as resting.

    :raises sqlite3.OperationalError: it cannot be read so: somebody's changes still lie beside it.
    """
    address = f"{file.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError:
        connection.close()
        beside = file.with_name(file.name + "-wal")
        if beside.exists() and beside.stat().st_size:
            raise
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, check_same_thread=False, isolation_level=None)
    return connection


def open_read_only(file: Path) -> Engine:
    """The engine for a SQLite file that nobody writes to: not a byte of it changes, and nothing is made beside it."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    return create_engine("sqlite://", creator=connect)


def with_password(url: str, password: str) -> str:
    """The address with a password in it; for connecting only, never to be written down."""
    return make_url(url).set(password=password).render_as_string(hide_password=False) if password else url


def shown(url: str) -> str:
    """The address as people and logs may see it: without a password."""
    return make_url(url).set(password=None).render_as_string(hide_password=True)


_ADVICE = 'write "sqlite:///catalogue.db" or "postgresql+psycopg://user@host/name"'


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite catalogue; ``None`` where it is on a server."""
    return Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None


def _tune(connection: Any, _record: Any) -> None:
    """WAL lets readers work while a scan writes; Python's own transactions are off, ``_begin_sqlite`` begins them."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_PATIENCE}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that will write takes the lock at once: one that reads first could lose what it read."""
    options = connection.get_execution_options()
    if options.get(WRITES):
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get(DURABLE) else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """Writers queue at one row, which is the head of the event log to them, too."""
    options = connection.get_execution_options()
    if options.get(WRITES):
        if not options.get(DURABLE):
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        connection.exec_driver_sql("SELECT value FROM catalogue WHERE key = 'writer' FOR UPDATE")
