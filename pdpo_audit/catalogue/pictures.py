"""Stored pictures of some contents: taken out of the catalogue, and out of its backups, for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import ColumnElement

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.care.copying import open_backup
from pdpo_audit.catalogue.database.engines import open_engine
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.errors import MachineError

#: Every table that holds a picture of a content, by the columns for the content and for the picture: the pixelated
#: thumbnail of the face pass, and the 32 x 32 grey bytes that two files are compared by when they are gone.
_PICTURED = (schema.face_readings, schema.fingerprints)
_PART = 500


def count_pictures(connection: Connection, digests: Collection[bytes]) -> int:
    """How many stored pictures there are of the files with these SHA-256."""
    total = 0
    for part in _parts(digests):
        for table in _PICTURED:
            query = (
                select(func.count()).select_from(table).where(_of(table.c.content_id, part), table.c.thumbnail != b"")
            )
            total += int(connection.execute(query).scalar_one())
    return total


def forget_pictures(transaction: Transaction, digests: Collection[bytes]) -> int:
    """Empty every stored picture of the files with these SHA-256; gives how many.

    The bytes can be read from the database's file until ``purging.reclaim``.
    """
    total = 0
    for part in _parts(digests):
        for table in _PICTURED:
            emptied = update(table).where(_of(table.c.content_id, part), table.c.thumbnail != b"").values(thumbnail=b"")
            total += transaction.connection.execute(emptied).rowcount
    return total


def forget_in_backup(file: Path, digests: Collection[bytes]) -> int:
    """Empty the pictures of these files in a backup, whatever version of the tables it has, and overwrite their bytes.

    :raises MachineError: it is no catalogue, damaged, or cannot be written.
    """
    open_backup(file).dispose()
    engine = open_engine(f"sqlite:///{file.resolve()}", file.parent)
    try:
        with engine.begin() as connection:
            total = forget_pictures(Transaction(connection=connection), digests)
        engine.dispose()
        with closing(sqlite3.connect(file, isolation_level=None)) as plain:
            if total:
                plain.execute("VACUUM")
            plain.execute("PRAGMA journal_mode=DELETE")
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise MachineError(f"{file} cannot be written: {error.__cause__ or error}") from error
    finally:
        engine.dispose()
    return total


def _of(column: ColumnElement[int], digests: Sequence[bytes]) -> ColumnElement[bool]:
    contents = schema.contents
    return column.in_(select(contents.c.id).where(contents.c.sha256.in_(digests)))


def _parts(digests: Collection[bytes]) -> Iterator[list[bytes]]:
    ordered = sorted(digests)
    return (ordered[start : start + _PART] for start in range(0, len(ordered), _PART))
