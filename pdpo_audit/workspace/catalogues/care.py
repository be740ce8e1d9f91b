"""The catalogue's care: upgrade, check and backup, each repeatable after a kill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.care import whole as care
from pdpo_audit.catalogue.care.health import Checked
from pdpo_audit.catalogue.care.made_files import note_file
from pdpo_audit.catalogue.database.versions import HEAD
from pdpo_audit.catalogue.store import lost
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.addresses import catalogue_address
from pdpo_audit.workspace.catalogues.witnesses import sealed_audits
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import run_lock

#: Where backups lie that nobody gave another place.
BACKUPS = "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """The version of the tables before and after, and the backup that leads back."""

    before: str
    after: str
    backup: Path | None


def place_of(project: Project) -> care.Place:
    """Where the catalogue of a workspace is."""
    section, folder = project.settings.catalogue, project.folder
    owner_url = catalogue_address(section, folder, owner=True)
    return care.Place(url=catalogue_address(section, folder), base=folder, owner_url=owner_url)


def upgrade(project: Project) -> Upgraded:
    """Bring the tables to this program's version, with a backup first; nothing happens where they are.

    :raises MachineError: another run holds the workspace, the catalogue is empty beside sealed audits, or the
        migration fails: then everything is as it was.
    """
    with run_lock(project, "catalogue upgrade", catalogue=False):
        place = place_of(project)
        before = care.version_of(place)
        if not before and sealed_audits(project):
            raise lost()
        if before in ("", HEAD):
            return Upgraded(before=before, after=before, backup=None)
        saved = _backup_file(project, f"before-{HEAD}-")
        if place.url.startswith("sqlite"):
            care.back_up_place(place, saved)
        _, after = care.upgrade_place(place)
        with project.store.transaction() as transaction:
            note_file(transaction, saved, "backup", project.clock().date())
            details: Details = {"from": before, "to": after}
            transaction.append_event("catalogue upgraded", details, at=project.clock(), actor=project.actor)
        return Upgraded(before=before, after=after, backup=saved if saved.is_file() else None)


def back_up(project: Project, file: Path | None = None) -> Path:
    """Write a backup of the catalogue to ``file``, or into the workspace's ``backups``.

    The key of the catalogue's memory is not in it.

    :raises CallError: the file exists.
    """
    saved = file or _backup_file(project)
    if saved.exists():
        raise CallError(f"{saved} exists already", advice="give another name")
    care.back_up_place(place_of(project), saved)
    with project.store.transaction() as transaction:
        note_file(transaction, saved, "backup", project.clock().date())
        transaction.append_event("catalogue backed up", {}, at=project.clock(), actor=project.actor)
    return saved


def check(project: Project) -> list[Checked]:
    """Look at everything, without changing anything: the log by the sealed audits beside it, too."""
    return care.check_place(place_of(project), sealed_audits(project))


def _backup_file(project: Project, what: str = "") -> Path:
    folder = project.folder / BACKUPS
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"catalogue-{what}{project.clock():%Y%m%d-%H%M%S}.db"
