"""Backup, restore and move on both databases, and the life of a catalogue that was lost or damaged."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pdpo_audit import Workspace
from pdpo_audit.catalogue.care import whole as care
from pdpo_audit.catalogue.database.versions import HEAD
from pdpo_audit.cli.app import assemble
from pdpo_audit.errors import MachineError
from pdpo_audit.model.events import first_broken
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.catalogues.care import back_up, check
from pdpo_audit.workspace.catalogues.moving import move
from pdpo_audit.workspace.catalogues.restoring import restore
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.holds import Selectors, add_hold, list_holds
from pdpo_audit.workspace.setup.held import restore_holds
from tests.workspace.library import make_library


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 3, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    add_hold(
        workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
        selectors=Selectors(path_pattern="set1/**"),
    )  # fmt: skip
    workspace.assess()
    return workspace


def exported(workspace: Workspace) -> dict[str, str]:
    tables = [table for table in Table if table is not Table.EVENTS]
    return {table: workspace.table(table.value).to_csv(index=False) for table in tables}


def test_a_restored_backup_is_the_catalogue_as_it_was(workspace: Workspace) -> None:
    before = exported(workspace)
    saved = back_up(workspace.project)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")
    done = restore(workspace.project, saved)
    assert done.aside.is_file() and not done.needs_upgrade
    assert exported(workspace) == before and workspace.judgements() == []
    assert workspace.project.store.events()[-1].event.kind == "catalogue restored"
    assert all(one.sound for one in check(workspace.project))


def test_a_catalogue_moves_to_another_database_and_back(
    workspace: Workspace, catalogue_url: str, tmp_path: Path
) -> None:
    before = exported(workspace)
    assert (
        move(workspace.project, catalogue_url).rows > 20 and workspace.project.settings.catalogue.url == catalogue_url
    )
    assert exported(workspace) == before
    assert first_broken(workspace.project.store.events()) is None
    workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")
    make_library(tmp_path / "share" / "more", 1)
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert len(workspace.table("holdings")) == 5
    saved = back_up(workspace.project)
    assert restore(workspace.project, saved).aside.is_file()
    assert len(workspace.table("holdings")) == 5 and len(workspace.judgements()) == 1
    move(workspace.project, f"sqlite:///{tmp_path / 'again.db'}")
    assert len(workspace.table("holdings")) == 5 and len(workspace.judgements()) == 1
    with pytest.raises(MachineError, match="another catalogue"):
        move(workspace.project, catalogue_url)
    assert care.version_of(care.Place(url=f"sqlite:///{saved}", base=tmp_path)) == HEAD


def test_a_lost_catalogue_is_told_and_holds_come_back_from_a_sealed_audit(workspace: Workspace) -> None:
    audit = workspace.report().folder
    project = workspace.project
    project.close()
    for file in project.folder.glob("catalogue.db*"):
        file.unlink()
    with pytest.raises(MachineError, match="lost or replaced") as told:
        workspace.status()
    assert "catalogue restore" in told.value.advice
    restore(project, None)
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert list_holds(project) == []
    assert len(restore_holds(project, audit).restored) == 1
    assert restore_holds(project, audit).restored == ()
    workspace.assess()
    outcomes = workspace.table("dispositions").set_index("path")["outcome"]
    assert outcomes["set1/IMG_0001.jpg"] == "on_hold"


def test_a_damaged_catalogue_is_told_as_such(workspace: Workspace) -> None:
    project = workspace.project
    project.close()
    file = project.folder / "catalogue.db"
    raw = bytearray(file.read_bytes())
    for page in range(4, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = os.urandom(64)
    file.write_bytes(raw)
    assert not all(one.sound for one in check(project))
    with pytest.raises(MachineError, match="damaged") as told:
        exported(workspace)
    assert "restore" in told.value.advice


def test_a_backup_that_is_none_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    before = exported(workspace)
    (tmp_path / "no.db").write_bytes(b"no database")
    with pytest.raises(MachineError, match="no backup"):
        restore(workspace.project, tmp_path / "no.db")
    odd = tmp_path / "a #1"
    odd.mkdir()
    saved = back_up(workspace.project, odd / "newer.db")
    with sqlite3.connect(saved) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(MachineError, match="newer version"):
        restore(workspace.project, saved)
    assert exported(workspace) == before


def test_everything_of_a_workspace_is_its_owners_alone(workspace: Workspace) -> None:
    folder = workspace.project.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("catalogue.db", "pdpo-audit.toml", "keys/memory.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


def test_the_commands_say_what_they_did(workspace: Workspace) -> None:
    app, folder = assemble("catalogue"), str(workspace.project.folder)
    workspace.close()
    for words in (["catalogue", "check"], ["catalogue", "backup", "--json"], ["catalogue", "upgrade"]):
        done = CliRunner().invoke(app, [*words, "--workspace", folder])
        assert done.exit_code == 0, done.output
