"""Files that the program made for people and that end: noted when they are made, deleted by a purge."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, delete, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Transaction


def note_file(transaction: Transaction, file: Path, kind: str, made_on: date) -> None:
    """Note a file of a ``kind`` that ends (``backup``, ``spreadsheet``, ``handout``)."""
    _note(transaction, file, kind, made_on, digest_of(file))


def _note(transaction: Transaction, file: Path, kind: str, made_on: date, sha256: bytes) -> None:
    row = {"path": str(file.resolve()), "kind": kind, "made_on": made_on.isoformat(), "sha256": sha256}
    transaction.upsert(schema.made_files, [row], ["path"])


def files_made(connection: Connection) -> list[tuple[Path, str, date, bytes]]:
    """Every noted file: path, kind, the day it was made, SHA-256 as it was made."""
    table = schema.made_files
    rows = connection.execute(select(table).order_by(table.c.made_on, table.c.path)).all()
    return [(Path(row.path), row.kind, date.fromisoformat(row.made_on), row.sha256) for row in rows]


def note_again(transaction: Transaction, files: Sequence[tuple[Path, str, date, bytes]]) -> None:
    """Note files that a catalogue does not know, as another one knew them; what it knows itself stays."""
    known = {file for file, *_ in files_made(transaction.connection)}
    for file, kind, made_on, sha256 in files:
        if file.resolve() not in known and file.is_file():
            known.add(file.resolve())
            _note(transaction, file, kind, made_on, sha256 or digest_of(file))


def drop_note(transaction: Transaction, file: Path) -> None:
    """The file is gone."""
    table = schema.made_files
    transaction.connection.execute(delete(table).where(table.c.path == str(file)))


def digest_of(file: Path) -> bytes:
    """SHA-256 of a file's bytes; empty where it is not there."""
    if not file.is_file():
        return b""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
