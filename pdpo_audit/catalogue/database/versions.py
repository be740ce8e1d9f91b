"""Which version a catalogue's tables are of: made, recognised, or refused with a way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert, inspect, text

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.database.engines import DURABLE, WRITES, sqlite_file
from pdpo_audit.errors import MachineError
from pdpo_audit.model.methods import CATALOGUE

#: The migration that the tables of this program correspond to (``catalogue/migrations``).
HEAD = CATALOGUE

#: Serialises changes of the tables on PostgreSQL, where there may be no row to lock yet.
_CHANGES = 0x7064706F


def found_version(connection: Connection) -> str:
    """The migration that a catalogue is at: ``"0001"`` for one of version 0.1.0, empty where there are no tables."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    return "0001" if "catalogue" in tables else ""


@contextmanager
def changing_tables(engine: Engine) -> Iterator[Connection]:
    """One transaction around a change of the tables; a second process that comes at the same moment waits for it."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection = connection.execution_options(**{WRITES: True, DURABLE: True})
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_CHANGES})"))
            yield connection


def make_tables(engine: Engine) -> None:
    """Make the tables where there are none; a second process that opens at the same moment finds them."""
    with changing_tables(engine) as connection:
        if found_version(connection):
            return
        schema.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
        connection.execute(insert(schema.facts_of_catalogue).values(key="writer", value=""))
    if (file := sqlite_file(engine)) is not None:
        file.chmod(0o600)  # its owner's alone, and so are the journals that SQLite makes beside it


def check_version(found: str) -> None:
    """Refuse a catalogue whose tables are of another version than this program's.

    :raises MachineError: older (it says how to upgrade), or newer than this program knows.
    """
    if found == HEAD:
        return
    if found < HEAD:
        raise MachineError(
            f"the catalogue was made by an older version of pdpo-audit (its tables are of {found}, this needs {HEAD})",
            advice="pdpo-audit catalogue upgrade: it makes a backup first, and keeps everything",
        )
    raise MachineError(
        f"the catalogue was written by a newer version of pdpo-audit (its tables are of {found}, this knows {HEAD})",
        advice="install that version; this one leaves the catalogue as it is",
    )
