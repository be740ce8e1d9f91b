"""Move a catalogue into another database: nobody writes to the old one from the first row read until it is given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from pdpo_audit.catalogue.care import copying
from pdpo_audit.catalogue.care import whole as care
from pdpo_audit.catalogue.database.engines import DURABLE, WRITES, shown, sqlite_file
from pdpo_audit.catalogue.database.force import give_up
from pdpo_audit.catalogue.database.versions import HEAD, check_version, found_version
from pdpo_audit.catalogue.schema import events, metadata
from pdpo_audit.errors import MachineError

#: The advisory lock by which two ways to one PostgreSQL database are told from two databases.
_SAME = 0x70647073


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The rows copied now (0 where an earlier call had copied them); ``already``: the catalogue is there already."""

    rows: int
    already: bool = False


def move_place(place: care.Place, target: care.Place, settle: Callable[[], None]) -> Moved:
    """Copy everything into an empty database, and call ``settle``, which lets the settings name it.

    Writers of the old catalogue wait from the first row read; once it is given up they are told to call again. A kill
    before ``settle`` leaves the old catalogue in force, and the same call goes on.

    :raises MachineError: the target holds another catalogue or tables of something else, or the copy is not equal.
    """
    care.refuse_missing(place)
    with care.told(place) as source, care.told(target) as goal:
        with source.connect() as connection:
            check_version(found_version(connection))
        with _held_still(source) as still:
            if _same_database(still, goal):
                return Moved(rows=0, already=True)
            rows = _copy(source, still, goal)
            care.grant(goal, target)
            give_up(still, shown(target.url))
            settle()
            return Moved(rows=rows)


@contextmanager
def _held_still(engine: Engine) -> Iterator[Connection]:
    """An open writing transaction: whoever wants to write waits for its end."""
    with engine.connect() as connection:
        writing = connection.execution_options(**{WRITES: True, DURABLE: True})
        with writing.begin():
            yield writing


def _copy(source: Engine, still: Connection, goal: Engine) -> int:
    """The rows copied; 0 where the target holds the same catalogue by an earlier call."""
    foreign = _tables_of(goal) - {*metadata.tables, "alembic_version"}
    if foreign:
        raise MachineError(
            f"the target holds tables of something else: {', '.join(sorted(foreign)[:5])}",
            advice="give an empty database",
        )
    with goal.connect() as connection:
        found = found_version(connection)
        taken = found not in ("", HEAD) or (bool(found) and connection.execute(events.select().limit(1)).first())
    if taken and (found != HEAD or not copying.same_content(source, goal)):
        raise MachineError("the target holds another catalogue", advice="give an empty database")
    if taken:
        return 0
    rows = copying.copy_rows(still, goal)
    if not copying.same_content(source, goal):
        raise MachineError("the copy is not what was copied", advice="call again; the old catalogue still stands")
    return rows


def _tables_of(goal: Engine) -> set[str]:
    """The names of all tables; a SQLite file of something else is not changed by looking."""
    file = sqlite_file(goal)
    if file is None:
        with goal.connect() as connection:
            return set(inspect(connection).get_table_names())
    if not file.exists():
        return set()
    try:
        return _tables_in(file, "ro")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):
            raise
        return _tables_in(file, "rw")  # a killed writer left its journal: SQLite undoes what was half written


def _tables_in(file: Path, mode: str) -> set[str]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=60)) as held:
        return {str(row[0]) for row in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _same_database(still: Connection, goal: Engine) -> bool:
    """Whether both ways lead to one database, however they are spelled."""
    here, there = sqlite_file(still.engine), sqlite_file(goal)
    if here is not None or there is not None:
        return here is not None and there is not None and there.exists() and here.samefile(there)
    still.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SAME})
    with goal.connect() as connection:
        return not connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _SAME}).scalar()
