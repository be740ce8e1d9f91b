"""Whether a catalogue is sound: its pages, its tables, its references, its log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pdpo_audit.catalogue import log
from pdpo_audit.catalogue.care.upgrading import differences
from pdpo_audit.catalogue.database.versions import HEAD, found_version
from pdpo_audit.model.events import ChainedEvent, first_broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was looked at, and what was found."""

    what: str
    sound: bool
    found: str


def check_catalogue(engine: Engine) -> list[Checked]:
    """Look at everything; a database that cannot even be read is one unsound line."""
    done: list[Checked] = []
    try:
        done.extend(_checks(engine))
    except DBAPIError as error:
        done.append(Checked(what="reading", sound=False, found=str(error.orig)))
    return done


def _checks(engine: Engine) -> Iterator[Checked]:
    with engine.connect() as connection:
        version = found_version(connection)
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            said = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(20)"))]
            yield Checked(what="pages", sound=said == ["ok"], found="; ".join(said))
            strays = len(connection.execute(text("PRAGMA foreign_key_check")).all())
            yield Checked(what="references", sound=not strays, found=f"{strays} rows refer to nothing")
    yield Checked(what="version", sound=version == HEAD, found=f"tables of {version or '(none)'}, this program: {HEAD}")
    if version != HEAD:
        return
    differing = differences(engine)
    yield Checked(what="tables", sound=not differing, found="; ".join(differing) or "as this program makes them")
    with engine.connect() as connection:
        events = list(log.read(connection))
    broken = first_broken(events)
    yield Checked(what="event log", sound=broken is None, found=_log(events, broken))


def _log(events: list[ChainedEvent], broken: int | None) -> str:
    if broken is not None:
        return f"the chain breaks at event {broken + 1} of {len(events)}"
    return f"the chain of {len(events)} events is whole; head {events[-1].digest.hex()}" if events else "no event yet"
