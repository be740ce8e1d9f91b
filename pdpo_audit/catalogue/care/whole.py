"""What is done to a catalogue as a whole: upgraded, backed up, restored, moved; each again after a kill."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pdpo_audit.catalogue.care import copying
from pdpo_audit.catalogue.care.health import Checked, check_catalogue
from pdpo_audit.catalogue.care.upgrading import upgrade
from pdpo_audit.catalogue.database.engines import open_engine, sqlite_file
from pdpo_audit.catalogue.database.force import take_up
from pdpo_audit.catalogue.database.versions import check_version, found_version, make_tables
from pdpo_audit.catalogue.proofs.witnesses import Witness
from pdpo_audit.catalogue.schema import metadata
from pdpo_audit.errors import MachineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a catalogue is: its address, the folder of relative files, and the address of its owner if there is one.

    The program's role may append to the event log of a PostgreSQL catalogue and not change it; the owner makes the
    tables and gives it that right.
    """

    url: str
    base: Path
    owner_url: str = ""

    def engine(self) -> Engine:
        """A way in, with every right that is to be had."""
        return open_engine(self.owner_url or self.url, self.base)


def is_missing(place: Place) -> bool:
    """Whether the catalogue is a file that is not there: who only looks must not make an empty one."""
    file = sqlite_file(place.engine())
    return file is not None and not file.exists()


def refuse_missing(place: Place) -> None:
    """:raises MachineError: the catalogue is a file that is not there."""
    if is_missing(place):
        raise MachineError(
            "there is no catalogue: it was lost, or nothing was scanned yet",
            advice="pdpo-audit catalogue restore BACKUP puts a backup in its place (--anew where there is none)",
        )


def version_of(place: Place) -> str:
    """The migration that the catalogue is at; empty where there are no tables."""
    if is_missing(place):
        return ""
    with told(place) as engine, engine.connect() as connection:
        return found_version(connection)


def upgrade_place(place: Place) -> tuple[str, str]:
    """Bring the tables to this program's version; the version before and after."""
    with told(place) as engine:
        done = upgrade(engine)
        grant(engine, place)
        return done


def check_place(place: Place, witnesses: Sequence[Witness] = ()) -> list[Checked]:
    """Look at everything; the log must pass through what the ``witnesses`` state."""
    if is_missing(place):
        return [Checked(what="pages", sound=False, found="there is no catalogue file")]
    engine = place.engine()
    try:
        return check_catalogue(engine, witnesses)
    finally:
        engine.dispose()


def back_up_place(place: Place, file: Path) -> None:
    """Write a backup; ``file`` appears only when it is whole."""
    refuse_missing(place)
    with told(place) as engine:
        with engine.connect() as connection:
            found = found_version(connection)
        if not found:
            raise MachineError("there is no catalogue to back up", advice="pdpo-audit catalogue restore BACKUP")
        if sqlite_file(engine) is None:
            check_version(found)
        copying.back_up(engine, file)


def restore_place(place: Place, backup: Path | None, aside: Path) -> str:
    """Put ``backup`` (or, without one, an empty catalogue) in place of what is there; gives its version.

    A SQLite file that was there is set ``aside``, whatever state it is in. On a server one transaction does it all.
    """
    source = copying.open_backup(backup) if backup else None
    engine = place.engine()
    file = sqlite_file(engine)
    try:
        if file is not None:
            engine.dispose()
            _replace_file(file, backup, aside)
        elif source is not None:
            with source.connect() as connection:
                check_version(found_version(connection))
            copying.copy_catalogue(source, engine)
        else:
            with engine.begin() as connection:
                metadata.drop_all(connection)
                connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        make_tables(engine)
        grant(engine, place)
        with engine.begin() as connection:
            take_up(connection)
            return found_version(connection)
    except DBAPIError as error:
        raise MachineError(f"the catalogue could not be restored: {error.orig}") from error
    finally:
        engine.dispose()


def grant(engine: Engine, place: Place) -> None:
    """Give the program's role what it needs: everything but to change or shorten the log."""
    if engine.dialect.name != "postgresql" or not place.owner_url:
        return
    role = open_engine(place.url, place.base).url.username
    if role == engine.url.username:
        return
    final = ("events", "event_texts")
    with engine.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote(str(role))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
        connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
        for name in (*(table.name for table in metadata.sorted_tables), "alembic_version"):
            rights = "SELECT, INSERT" if name in final else "SELECT, INSERT, UPDATE, DELETE"
            rights = "SELECT" if name == "alembic_version" else rights
            connection.execute(text(f'REVOKE ALL ON "{name}" FROM {quoted}'))
            connection.execute(text(f'GRANT {rights} ON "{name}" TO {quoted}'))


def _replace_file(file: Path, backup: Path | None, aside: Path) -> None:
    """Put a copy of ``backup`` at ``file``; what was there goes ``aside`` whole, with its write-ahead log."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    if backup is not None:
        shutil.copyfile(backup, part)
        part.chmod(0o600)
        with part.open("rb") as written:
            os.fsync(written.fileno())
    with suppress(sqlite3.Error), closing(sqlite3.connect(file, timeout=10)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in ("", "-wal", "-shm"):
        old = file.with_name(file.name + ending)
        if old.exists():
            old.replace(aside.with_name(aside.name + ending))
    if backup is not None:
        part.replace(file)


class told:  # noqa: N801  a context manager in the form of a word
    """An engine for a block; what the database says becomes an error for people."""

    def __init__(self, place: Place) -> None:
        self._engine = place.engine()

    def __enter__(self) -> Engine:
        return self._engine

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._engine.dispose()
        if isinstance(error, DBAPIError | sqlite3.Error):
            said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
            raise MachineError(f"the catalogue: {said}", advice="pdpo-audit catalogue check says more") from error
