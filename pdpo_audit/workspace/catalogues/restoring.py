"""Put a backup in place of the catalogue, and say what is younger than it: that is gone from then on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pdpo_audit.catalogue.care import whole as care
from pdpo_audit.catalogue.care.backups import Younger, read_log, younger_than
from pdpo_audit.catalogue.care.made_files import files_made, note_again
from pdpo_audit.catalogue.database.versions import HEAD
from pdpo_audit.catalogue.proofs.witnesses import Witness, passes
from pdpo_audit.errors import AuditError, CallError
from pdpo_audit.model.events import RESTORED, ChainedEvent, Details
from pdpo_audit.workspace.catalogues.care import BACKUPS, place_of
from pdpo_audit.workspace.catalogues.witnesses import sealed_audits
from pdpo_audit.workspace.project import HONG_KONG, Project
from pdpo_audit.workspace.setup.paths import named_path
from pdpo_audit.workspace.setup.run_lock import run_lock

#: How a catalogue is called that something else was put in place of.
_ASIDE = "catalogue-replaced-"

Noted = tuple[Path, str, date, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put in place, where what was there before went, and what is younger than the backup.

    ``younger_audits`` are sealed and stay so, but the catalogue does not know them any more; ``younger`` counts the
    events that are gone by kind: decisions, holds, purges.
    """

    version: str
    aside: Path
    needs_upgrade: bool
    younger_audits: tuple[str, ...]
    younger: Younger


def restore(project: Project, backup: Path | None) -> Restored:
    """Put a backup in place of the catalogue; without one, an empty catalogue.

    What was there is set aside in the workspace first, as a file that ends like a backup. The restoration is an event
    of the restored log, and names the sealed audits that are younger.

    :raises CallError: there is no such file. :raises MachineError: the backup is none or damaged; nothing was changed.
    :raises VerificationError: its log was edited; nothing was changed.
    """
    file = named_path(project.folder, backup) if backup else None
    if file is not None and not file.is_file():
        there = sorted(one.name for one in (project.folder / BACKUPS).glob("*.db"))
        raise CallError(
            f"there is no backup {backup}",
            advice=f"in {BACKUPS}: {', '.join(there[-5:])}" if there else "there is none in the workspace",
        )
    with run_lock(project, "catalogue restore", catalogue=False):
        log = read_log(file) if file else []
        audits = [one for one in sealed_audits(project) if not passes(log, one)]
        with _current(project) as (now, noted):
            younger = younger_than(log, now)
        return _put(project, file, audits, younger, noted)


def _put(project: Project, file: Path | None, audits: list[Witness], younger: Younger, noted: list[Noted]) -> Restored:
    project.close()
    aside = project.folder / f"{_ASIDE}{project.clock():%Y%m%d-%H%M%S}.db"
    place = place_of(project)
    if not place.url.startswith("sqlite") and care.version_of(place) == HEAD:
        care.back_up_place(place, aside)  # a SQLite file is set aside by itself
    version = care.restore_place(place, file, aside)
    names = tuple(one.audit_id for one in audits)
    if version == HEAD:
        project.begin_anew = True
        with project.store.transaction() as transaction:
            set_aside = (aside, "backup", project.clock().date(), b"")
            note_again(transaction, [*noted, set_aside, *_lying_about(project)])
            details: Details = {
                "anew": file is None, "younger_audits": " ".join(names), "younger_events": sum(younger.events.values()),
            }  # fmt: skip
            transaction.append_event(RESTORED, details, at=project.clock(), actor=project.actor)
            transaction.note_change()
    return Restored(version=version, aside=aside, needs_upgrade=version != HEAD, younger_audits=names, younger=younger)


@contextmanager
def _current(project: Project) -> Iterator[tuple[list[ChainedEvent] | None, list[Noted]]]:
    """The log of the catalogue that is there, and the files that it noted; nothing where it cannot be read."""
    try:
        with project.store.reading() as connection:
            noted = files_made(connection)
        yield project.store.events(), noted
    except AuditError:
        yield None, []


def _lying_about(project: Project) -> list[Noted]:
    """Backups, and catalogues that were set aside: they end, too, whatever the restored catalogue knows of them."""
    found = [*(project.folder / BACKUPS).glob("catalogue-*.db"), *project.folder.glob(f"{_ASIDE}*.db")]
    return [
        (one, "backup", datetime.fromtimestamp(one.stat().st_mtime, HONG_KONG).date(), b"") for one in sorted(found)
    ]
