"""A move loses nothing that is said meanwhile, writes no password, and takes no database that holds something else."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.care import copying
from pdpo_audit.errors import CallError, MachineError, SettingsError
from pdpo_audit.model.events import first_broken
from pdpo_audit.settings import load
from pdpo_audit.workspace.catalogues.care import back_up, check
from pdpo_audit.workspace.catalogues.moving import move
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.purging import purge
from tests.postgres import Database
from tests.workspace.library import make_library


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    make_library(tmp_path / "share", 3, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    yield workspace
    workspace.close()


def settings_of(workspace: Workspace) -> str:
    return workspace.project.settings_path.read_text("utf-8")


def test_who_decides_during_a_move_waits_and_is_told_to_call_again(
    workspace: Workspace, catalogue_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if catalogue_url.startswith("postgresql"):  # the old catalogue is the one on the server
        move(workspace.project, catalogue_url)
    other = Workspace.open(workspace.project.folder)
    assert other.judgements() == []
    said: list[BaseException] = []

    def decide() -> None:
        try:
            other.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")
        except MachineError as error:
            said.append(error)

    writer, compare = threading.Thread(target=decide), copying.same_content

    def meanwhile(left, right):  # type: ignore[no-untyped-def]
        if not writer.ident:
            writer.start()
            writer.join(0.7)
            assert writer.is_alive(), "it did not wait"
        return compare(left, right)

    monkeypatch.setattr(copying, "same_content", meanwhile)
    old = workspace.project.settings.catalogue.url
    move(workspace.project, f"sqlite:///{tmp_path / 'there.db'}")
    writer.join(30)
    assert "moved" in str(said[0]) and workspace.judgements() == []
    Workspace.open(workspace.project.folder).confirm_master("set0/IMG_0000.jpg", by="Ho Mei")
    assert len(workspace.judgements()) == 1
    settings = workspace.project.settings_path
    settings.write_text(settings_of(workspace).replace(str(workspace.project.settings.catalogue.url), old), "utf-8")
    with pytest.raises(MachineError, match="was moved to sqlite"):  # somebody who still names the old one
        Workspace.open(workspace.project.folder).judgements()


def test_settings_that_name_another_catalogue_by_now_stop_a_writer(workspace: Workspace, tmp_path: Path) -> None:
    """A kill between the new settings and the mark in the old catalogue leaves only the settings to go by."""
    other = Workspace.open(workspace.project.folder)
    assert other.judgements() == []
    settings = workspace.project.settings_path
    settings.write_text(settings_of(workspace).replace("catalogue.db", "another.db"), "utf-8")
    with pytest.raises(MachineError, match="moved meanwhile"):
        other.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")


def test_no_password_reaches_the_settings(workspace: Workspace, postgresql: Database, tmp_path: Path) -> None:
    given = postgresql.url.replace("@", f":{postgresql.password}@")
    before = settings_of(workspace)
    for url in (given, f"{postgresql.url}?password={postgresql.password}"):
        with pytest.raises(CallError, match="password"):
            move(workspace.project, url)
        assert settings_of(workspace) == before
        file = tmp_path / "pdpo-audit.toml"
        file.write_text(f'[catalogue]\nurl = "{url}"\n', "utf-8")
        with pytest.raises(SettingsError, match=r":2:1: catalogue.url: a password") as told:
            load(file, {})
        assert postgresql.password not in str(told.value)


@pytest.mark.parametrize("kind", ["env", "file"])
def test_a_password_comes_by_reference(
    kind: str, workspace: Workspace, postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    with pytest.raises(MachineError, match="password"):
        move(workspace.project, postgresql.url)
    reference = "env:CATALOGUE_SECRET" if kind == "env" else "file:keys/catalogue.txt"
    file = workspace.project.folder / "keys" / "catalogue.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{postgresql.password}\n", "utf-8")
    file.chmod(0o644)
    with pytest.raises(MachineError, match="is not set" if kind == "env" else "others can read"):
        move(workspace.project, postgresql.url, password=reference)
    file.chmod(0o600)
    monkeypatch.setenv("CATALOGUE_SECRET", postgresql.password)
    move(workspace.project, postgresql.url, password=reference)
    assert postgresql.password not in settings_of(workspace) and reference in settings_of(workspace)
    assert stat.S_IMODE(workspace.project.settings_path.stat().st_mode) == 0o600
    assert len(workspace.table("holdings")) == 4
    assert postgresql.password not in "".join(str(one.event) for one in workspace.project.store.events())


def test_nothing_is_moved_onto_itself(workspace: Workspace, catalogue_url: str) -> None:
    move(workspace.project, catalogue_url)
    before = settings_of(workspace)
    others = [f"{catalogue_url}?options=-cgeqo%3Doff"] if catalogue_url.startswith("postgresql") else []
    for url in (catalogue_url, *others):
        done = move(workspace.project, url)
        assert done.already and done.rows == 0 and settings_of(workspace) == before
    assert first_broken(workspace.project.store.events()) is None


def test_a_database_of_something_else_is_left_alone(workspace: Workspace, postgresql: Database, tmp_path: Path) -> None:
    other = tmp_path / "accounts.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")
    with psycopg.connect(postgresql.url.replace("+psycopg", "")) as server:
        server.execute("CREATE TABLE accounts (id INTEGER)")
    raw = other.read_bytes()
    for url in (f"sqlite:///{other}", postgresql.url):
        with pytest.raises(MachineError, match="something else: accounts"):
            move(workspace.project, url)
    assert other.read_bytes() == raw and len(workspace.table("holdings")) == 4


@pytest.mark.parametrize("name", ["50%20 off", "why?", "a #1"])
def test_odd_folders_hold_catalogues_and_backups(name: str, tmp_path: Path) -> None:
    make_library(tmp_path / "share", 2)
    workspace = Workspace.create(tmp_path / name / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    saved = back_up(workspace.project)
    assert saved.is_file() and all(one.sound for one in check(workspace.project))
    assert {path.name for path in tmp_path.iterdir()} == {"share", name}


def test_with_an_owner_the_program_appends_to_the_log_and_cannot_change_it(
    workspace: Workspace, postgresql: Database
) -> None:
    server = postgresql.server
    server.create_role(f"{postgresql.name}_app")
    server.run("GRANT CONNECT ON DATABASE {db} TO {role}", db=postgresql.name, role=f"{postgresql.name}_app")
    try:
        url = server.url(postgresql.name, f"{postgresql.name}_app")
        move(workspace.project, url, owner_url=postgresql.url)
        assert workspace.project.settings.catalogue.owner_url == postgresql.url
        workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")
        with psycopg.connect(url.replace("+psycopg", "")) as connection, pytest.raises(psycopg.errors.Error):
            connection.execute("DELETE FROM events")
        assert purge(workspace.project, early=True).holdings == 4
        assert all(one.sound for one in check(workspace.project))
        workspace.close()
    finally:
        server.run("DROP OWNED BY {role}", database=postgresql.name, role=f"{postgresql.name}_app")
        server.run("DROP ROLE {role}", role=f"{postgresql.name}_app")


def test_a_move_forgets_the_owner_of_the_old_place(workspace: Workspace, postgresql: Database, tmp_path: Path) -> None:
    move(workspace.project, postgresql.url, owner_url=postgresql.url)  # the same role twice is no second role
    workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")
    move(workspace.project, f"sqlite:///{tmp_path / 'back.db'}")
    assert workspace.project.settings.catalogue.owner_url == ""
    purge(workspace.project, early=True)
    assert len(workspace.table("holdings")) == 0


def test_a_move_goes_on_where_a_kill_left_a_half_written_file(workspace: Workspace, tmp_path: Path) -> None:
    """The journal of a dead writer makes a file unreadable without leave to write: the same call undoes it."""
    writing, target = sqlite3.connect(tmp_path / "writing.sqlite", isolation_level=None), tmp_path / "target.sqlite"
    writing.execute("PRAGMA cache_size = 1")  # pages go to the file before the end of the transaction
    writing.execute("BEGIN")
    writing.execute("CREATE TABLE half (text)")
    writing.executemany("INSERT INTO half VALUES (?)", [("x" * 4000,)] * 200)
    for ending in ("", "-journal"):  # as a kill leaves them
        target.with_name(target.name + ending).write_bytes((tmp_path / f"writing.sqlite{ending}").read_bytes())
    writing.close()
    before = workspace.table("holdings")
    assert move(workspace.project, f"sqlite:///{target}").rows > 0
    assert workspace.table("holdings").equals(before)
    assert all(one.sound for one in check(workspace.project))
