"""Whether a catalogue is sound: its pages, its tables, its references, its log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pdpo_audit.catalogue import log, schema
from pdpo_audit.catalogue.care.upgrading import differences
from pdpo_audit.catalogue.database.force import successor_of
from pdpo_audit.catalogue.database.versions import HEAD, found_version
from pdpo_audit.catalogue.proofs.sayings import unsaid
from pdpo_audit.catalogue.proofs.witnesses import Witness, log_faults
from pdpo_audit.model.locations.printed import amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was looked at, and what was found."""

    what: str
    sound: bool
    found: str


#: What verifies or not (exit code 4), where the rest is sound or damaged (5).
LOG, SAID = "event log", "what people said"


def check_catalogue(engine: Engine, witnesses: Sequence[Witness] = ()) -> list[Checked]:
    """Look at everything; a database that cannot even be read is one unsound line.

    ``witnesses`` are the sealed audits beside it, through whose last events the log must pass.
    """
    done: list[Checked] = []
    try:
        done.extend(_checks(engine, witnesses))
    except DBAPIError as error:
        done.append(Checked(what="reading", sound=False, found=str(error.orig)))
    return done


def _checks(engine: Engine, witnesses: Sequence[Witness]) -> Iterator[Checked]:
    with engine.connect() as connection:
        version = found_version(connection)
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            said = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(20)"))]
            yield Checked(what="pages", sound=said == ["ok"], found="; ".join(said))
            rows = connection.execute(text("PRAGMA foreign_key_check")).all()
            strays = sum(row[0] != schema.event_texts.name for row in rows)  # a text without its event: the log tells
            yield Checked(what="references", sound=not strays, found=f"{strays} rows refer to nothing")
    if not version:
        yield Checked(what="tables", sound=False, found="none: the catalogue is empty")
        return
    yield Checked(what="version", sound=version == HEAD, found=f"tables of {version}, this program: {HEAD}")
    if version != HEAD:
        return
    differing = differences(engine)
    yield Checked(what="tables", sound=not differing, found="; ".join(differing) or "as this program makes them")
    with engine.connect() as connection:
        successor = successor_of(connection)
        found = f"moved to {successor}: not in force" if successor else "in force"
        yield Checked(what="place", sound=not successor, found=found)
        faults = list(log_faults(connection, witnesses))
        entries = list(log.read(connection, unread=True))
        head = f"; head {entries[-1].digest.hex()}" if entries else ""
        told = f"the chain of {amount(len(entries), 'event')} is whole{head}"
        yield Checked(what=LOG, sound=not faults, found="; ".join(faults) or told)
        differing = list(unsaid(connection, entries))
        yield Checked(what=SAID, sound=not differing, found="; ".join(differing[:10]) or "as the log says")
