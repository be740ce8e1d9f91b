"""The stop rule: a picture that may not be looked at is stored nowhere and shown nowhere, from the flag on.

Who it speaks of is worked out from the flags as they stand now, never from what an assessment said before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.care.made_files import digest_of, files_made, note_file
from pdpo_audit.catalogue.care.purging import reclaim
from pdpo_audit.catalogue.pictures import count_pictures, forget_in_backup, forget_pictures
from pdpo_audit.catalogue.queries.tables import CatalogueTables
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.errors import MachineError
from pdpo_audit.model.events import Details
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.holds import stopped_rows
from pdpo_audit.workspace.project import Project

if TYPE_CHECKING:
    import pandas as pd

#: The event under which stored pictures were removed.
REMOVED = "stored pictures removed"
#: The catalogue's key for pictures that are emptied, and whose bytes still have to be overwritten.
_TO_OVERWRITE = "stopped_pictures_to_overwrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Removed:
    """Stored pictures emptied in the catalogue and in its backups; backups that could not be opened for it."""

    pictures: int
    in_backups: int
    closed_backups: tuple[Path, ...]


def stopped_digests(facts: pd.DataFrame) -> frozenset[str]:
    """The SHA-256 (hex) of every file that the stop rule holds: flagged, or a copy of what is flagged."""
    return frozenset(str(digest) for digest in facts.loc[stopped_rows(facts), "sha256"] if digest)


def remove_stored(project: Project, stopped: Collection[str]) -> None:
    """Take every stored picture of the stopped files out of the catalogue and its backups, and overwrite the bytes.

    Sealed reports cannot change: those that may show one are named, once, when its picture is removed here.
    """
    if stopped:
        _empty(project, [bytes.fromhex(digest) for digest in stopped])
    if project.store.recall(_TO_OVERWRITE):
        reclaim(project.owner_store)
        with project.store.transaction() as transaction:
            transaction.remember(_TO_OVERWRITE, "")


def _empty(project: Project, digests: Collection[bytes]) -> None:
    with project.store.reading() as connection:
        here = count_pictures(connection, digests)
    if not here:
        return
    with project.store.transaction() as transaction:
        emptied = forget_pictures(transaction, digests)
        transaction.remember(_TO_OVERWRITE, "due")
        removed = _from_backups(transaction, digests, emptied)
        earlier = ", ".join(audit.folder for audit in load_audits(project.store) if audit.folder)
        details: Details = {
            "pictures": removed.pictures, "in_backups": removed.in_backups, "reports_before": earlier,
        }  # fmt: skip
        transaction.append_event(REMOVED, details, at=project.clock(), actor=project.actor)
    project.progress.note(_told(removed, earlier))


def _from_backups(transaction: Transaction, digests: Collection[bytes], emptied: int) -> _Removed:
    """The same in every backup that is still as it was made."""
    total, closed = 0, []
    for file, kind, made_on, digest in files_made(transaction.connection):
        if kind != "backup" or not file.is_file():
            continue
        try:
            if digest_of(file) != digest:
                closed.append(file)
            elif found := forget_in_backup(file, digests):
                total += found
                note_file(transaction, file, kind, made_on)
        except (MachineError, OSError):
            closed.append(file)
    return _Removed(pictures=emptied, in_backups=total, closed_backups=tuple(closed))


def _told(removed: _Removed, earlier: str) -> str:
    text = f"The stop rule: {removed.pictures:,} stored pictures of what is flagged were removed"
    text += f", and {removed.in_backups:,} from backups." if removed.in_backups else "."
    if removed.closed_backups:
        names = ", ".join(file.name for file in removed.closed_backups)
        text += f" These backups were changed since, or could not be opened, and may hold them: {names}."
    if earlier:
        text += f" Reports sealed before may show them and cannot be changed: {earlier}. Restrict who can open them"
        text += " and their copies, and ask your counsel; erase nothing."
    return text


def without_stopped(shown: CatalogueTables, stopped: Collection[str]) -> CatalogueTables:
    """The tables without the pictures of duplicate clusters of which the stop rule holds a copy."""
    if not stopped:
        return shown
    clusters = _clusters(shown, stopped)
    picture: Callable[[str], bytes] = shown.picture
    return shown.picturing(lambda cluster: b"" if cluster in clusters else picture(cluster))


def _clusters(tables: CatalogueTables, stopped: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for frame in tables.chunks(Table.HOLDINGS):
        found.update(frame.loc[frame["sha256"].isin(stopped), "cluster_id"])
    return frozenset(found - {""})
