"""What a backup holds, before anything is put in its place: its version, and a log that verifies."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from pdpo_audit.catalogue import log
from pdpo_audit.catalogue.care import copying
from pdpo_audit.catalogue.care.upgrading import upgrade
from pdpo_audit.catalogue.database.engines import open_file
from pdpo_audit.catalogue.database.versions import HEAD, check_version, found_version
from pdpo_audit.catalogue.proofs.witnesses import log_faults
from pdpo_audit.errors import VerificationError
from pdpo_audit.model.events import ChainedEvent


def read_log(file: Path) -> list[ChainedEvent]:
    """The log of a backup of this or an earlier version; the file is not changed.

    :raises MachineError: it is no backup, damaged, or of a newer version.
    :raises VerificationError: its log was edited, or cut off.
    """
    engine = copying.open_backup(file)
    with engine.connect() as connection:
        found = found_version(connection)
    engine.dispose()
    if found > HEAD:
        check_version(found)
    if found == HEAD:
        return _verified(copying.open_backup(file), file)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copyfile(file, Path(scratch) / "backup.db"))
        upgraded = open_file(copy)
        upgrade(upgraded)
        return _verified(upgraded, file)


def _verified(engine: Engine, file: Path) -> list[ChainedEvent]:
    try:
        with engine.connect() as connection:
            faults = list(log_faults(connection))
            if faults:
                raise VerificationError(
                    f"the event log of {file} does not verify: {'; '.join(faults)}", advice="use another backup"
                )
            return list(log.read(connection))
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Younger:
    """What a catalogue's log tells that a backup's does not know: events by kind.

    ``told`` is false where the catalogue could not be read, or the backup's log is not its beginning.
    """

    events: dict[str, int]
    told: bool


def younger_than(backup: list[ChainedEvent], now: list[ChainedEvent] | None) -> Younger:
    """What would be lost by putting a backup in place of a catalogue whose log is ``now``."""
    if now is None or len(now) < len(backup) or (backup and now[len(backup) - 1].digest != backup[-1].digest):
        return Younger(events={}, told=False)
    kinds = [entry.event.kind for entry in now[len(backup) :]]
    return Younger(events={kind: kinds.count(kind) for kind in sorted(set(kinds))}, told=True)
