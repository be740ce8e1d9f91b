"""Absence is no evidence: what was not reached is told, and counts neither as held nor as gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.cli.app import start
from pdpo_audit.errors import CallError, ExitCode, NotReachedError
from pdpo_audit.model.locations.roots import Doubt, RootIdentity
from pdpo_audit.sources.filesystem import FolderSource
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan.reaching import accept_sources, check_sources
from tests.workspace.library import make_library

OFF = ScanOptions(workers=0, people="off")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    make_library(tmp_path / "share", 10, copies=2)
    return tmp_path / "share"


@pytest.fixture
def workspace(share: Path, tmp_path: Path) -> Workspace:
    (tmp_path / "other").mkdir()
    shutil.copy(next(share.rglob("*.jpg")), tmp_path / "other" / "same.jpg")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share, tmp_path / "other")
    first = workspace.scan(OFF)
    assert (first.new, first.not_reached) == (13, ())
    return workspace


def emptied(share: Path) -> None:
    for path in list(share.iterdir()):
        shutil.rmtree(path)


def unmounted(share: Path) -> None:
    emptied(share)
    share.rmdir()


def half_gone(share: Path) -> None:
    for path in sorted(share.rglob("*.jpg"))[:6]:
        path.unlink()


def linked(share: Path) -> None:
    share.rename(share.with_name("elsewhere"))
    share.symlink_to(share.with_name("elsewhere"))


def of_source(workspace: Workspace, name: str = "share") -> int:
    return int((workspace.table("holdings")["source"] == name).sum())


@pytest.mark.parametrize(
    ("happens", "doubt", "lost"),
    [(unmounted, Doubt.MISSING, 0), (emptied, Doubt.EMPTY, 12), (half_gone, Doubt.LOSS, 6), (linked, Doubt.LINK, 0)],
)
def test_a_source_that_may_not_be_what_it_was_is_set_aside(
    workspace: Workspace, share: Path, happens: Callable[[Path], None], doubt: Doubt, lost: int
) -> None:
    shutil.copytree(share, share.with_name("kept"))
    happens(share)
    for _ in range(2):  # it does not become true by being seen twice
        seen = workspace.scan(OFF)
        (found,) = seen.not_reached
        assert (found.source, found.doubt, found.files) == ("share", doubt, 12)
        assert found.lost == lost or doubt is Doubt.MISSING
        assert (seen.vanished, seen.moved, seen.unchanged, seen.examined.files) == (0, 0, 1, 0)
        assert of_source(workspace) == 0 and of_source(workspace, "other") == 1
        assert workspace.status().counts.holdings == 1 and workspace.status().counts.clusters == 0
        skipped = workspace.table("skipped")
        assert list(skipped["reason"]) == ["not_reached"] and list(skipped["path"]) == ["."]
    back(share)
    seen = workspace.scan(OFF)
    assert (seen.not_reached, seen.vanished, of_source(workspace)) == ((), 0, 12)
    assert workspace.table("skipped").empty


def back(share: Path) -> None:
    """The share as it was, with its inodes where they were not lost."""
    if share.is_symlink():
        share.unlink()
        share.with_name("elsewhere").rename(share)
        return
    share.mkdir(exist_ok=True)
    shutil.copytree(share.with_name("kept"), share, dirs_exist_ok=True)


def test_cluster_names_last_through_an_outage(workspace: Workspace, share: Path) -> None:
    before = set(workspace.table("clusters")["cluster_id"])
    share.rename(share.with_name("away"))
    workspace.scan(OFF)
    assert not len(workspace.table("clusters"))
    share.with_name("away").rename(share)
    workspace.scan(OFF)
    assert set(workspace.table("clusters")["cluster_id"]) == before != set()


def test_a_small_loss_is_a_loss_and_the_setting_says_how_small(workspace: Workspace, share: Path) -> None:
    next(share.rglob("*.jpg")).unlink()
    seen = workspace.scan(OFF)
    assert (seen.vanished, seen.not_reached, of_source(workspace)) == (1, (), 11)
    for path in sorted(share.rglob("*.jpg"))[:4]:
        path.unlink()
    assert (workspace.scan(OFF).vanished, of_source(workspace)) == (4, 7)  # more than a third, and a person's act
    settings = workspace.project.settings_path
    stated = "\n[execution]\nsource_loss = 0.05\nsource_loss_files = 0\n"
    settings.write_text(settings.read_text("utf-8") + stated, "utf-8")
    workspace.project.reload()
    next(share.rglob("*.jpg")).unlink()
    assert [one.doubt for one in workspace.scan(OFF).not_reached] == [Doubt.LOSS]


def test_what_the_settings_leave_out_by_now_is_no_loss(workspace: Workspace, share: Path) -> None:
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8")
    settings.write_text(
        text.replace('name = "share"', 'name = "share"\nexclude = ["set0/", "set1/", "set2/"]'), "utf-8"
    )
    workspace.project.reload()
    seen = workspace.scan(OFF)
    assert seen.not_reached == () and seen.vanished > 2


def test_another_disk_at_the_place_is_told_and_one_mounted_anew_is_not(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderSource.identity

    def moved(**changed: int | str) -> None:
        def identity(self: FolderSource) -> RootIdentity | None:
            found = real(self)
            return replace(found, **changed) if found and self.name == "share" else found  # type: ignore[arg-type]

        monkeypatch.setattr(FolderSource, "identity", identity)

    moved(device=99)
    assert workspace.scan(OFF).not_reached == ()
    moved(device=99, store="fake")
    assert [one.doubt for one in workspace.scan(OFF).not_reached] == [Doubt.OTHER_STORE]
    accept_sources(workspace.project, ["share"], by="Chan Tai Man")
    assert (workspace.scan(OFF).not_reached, of_source(workspace)) == ((), 12)


def test_a_person_says_that_it_is_gone(workspace: Workspace, share: Path) -> None:
    half_gone(share)
    workspace.scan(OFF)
    with pytest.raises(CallError, match="nobody is named"):
        accept_sources(workspace.project, ["share"], by=" ")
    with pytest.raises(CallError, match="nothing to accept"):
        accept_sources(workspace.project, ["other"], by="Chan")
    (checked,) = accept_sources(workspace.project, ["share"], by="Chan Tai Man")
    assert (checked.doubt, checked.lost, checked.accepted) == ("loss", 6, True)
    assert of_source(workspace) == 0  # until somebody looks again
    seen = workspace.scan(OFF)
    assert (seen.not_reached, seen.vanished, of_source(workspace)) == ((), 6, 6)
    said = [one.event for one in workspace.project.store.events() if one.event.kind == "source accepted"]
    assert [(one.details["by"], one.details["lost"]) for one in said] == [("Chan Tai Man", 6)]
    assert [one.doubt for one in check_sources(workspace.project)] == ["", ""]
    half_gone(share)
    assert [one.doubt for one in workspace.scan(OFF).not_reached] == [Doubt.EMPTY]  # once is not for ever


def test_what_cannot_be_listed_cannot_be_accepted(workspace: Workspace, share: Path) -> None:
    unmounted(share)
    workspace.scan(OFF)
    with pytest.raises(CallError, match="nobody can say what became of it"):
        accept_sources(workspace.project, ["share"], by="Chan")


def test_a_folder_swapped_for_a_link_is_neither_followed_nor_gone(workspace: Workspace, share: Path) -> None:
    folder = share / "set0"
    files = len(list(folder.iterdir()))
    folder.rename(share.with_name("elsewhere"))
    folder.symlink_to(share.with_name("elsewhere"))
    for _ in range(2):
        seen = workspace.scan(OFF)
        (found,) = seen.not_reached
        assert (found.doubt, found.lost, found.files, seen.vanished) == (Doubt.FOLDERS, files, 12, 0)
        assert of_source(workspace) == 12 - files
    folder.unlink()
    share.with_name("elsewhere").rename(folder)
    assert (workspace.scan(OFF).not_reached, of_source(workspace)) == ((), 12)


#: Writes a file's time for ever.
RESTLESS = "import itertools, os, sys\nfor n in itertools.count(10**18): os.utime(sys.argv[1], ns=(1, n))"


def test_a_file_that_is_rewritten_without_end_is_told(workspace: Workspace, share: Path) -> None:
    file = next(share.rglob("*.jpg"))
    whole = file.read_bytes()
    os.truncate(file, 100_000_000)  # reading so much takes long enough for somebody to write
    before = file.stat().st_mtime_ns
    with subprocess.Popen([sys.executable, "-c", RESTLESS, str(file)]) as writer:
        try:
            while file.stat().st_mtime_ns in (before, 10**18):
                time.sleep(0.01)
            seen = workspace.scan(OFF)
        finally:
            writer.kill()
    assert (seen.examined.restless, seen.whole, seen.not_reached) == (1, False, ())
    assert "changed_while_read" in set(workspace.table("skipped")["reason"])
    file.write_bytes(whole)
    assert workspace.scan(OFF).whole and workspace.table("skipped").empty


def test_a_clock_that_was_set_back_stops_a_scan(workspace: Workspace) -> None:
    events = len(workspace.project.store.events())
    workspace.project.clock = lambda: datetime.now().astimezone() - timedelta(days=366)
    with pytest.raises(NotReachedError, match="the clock says") as told:
        workspace.scan(OFF)
    assert told.value.exit_code == ExitCode.TOO_MUCH_SKIPPED and len(workspace.project.store.events()) == events


@pytest.mark.parametrize("is_file", [False, True])
def test_a_first_scan_of_what_cannot_be_listed_is_refused(tmp_path: Path, is_file: bool) -> None:
    for name in ("fine", "away"):
        (tmp_path / name).mkdir()
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "fine", tmp_path / "away")
    (tmp_path / "away").rmdir()
    if is_file:
        (tmp_path / "away").write_bytes(b"no folder")
    with pytest.raises(NotReachedError, match='source "away": folder cannot be listed'):
        workspace.scan(OFF)
    assert not workspace.project.store.events() and not workspace.status().counts.holdings


def test_the_command_line_names_it_and_leaves_with_3(
    workspace: Workspace, share: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(workspace.project.folder)
    workspace.close()
    emptied(share)

    def called(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["pdpo-audit", *arguments, "--workspace", folder])
        with pytest.raises(SystemExit) as ended:
            start()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    code, _, said = called("scan", "--workers", "0", "--people", "off")
    assert code == 3 and "share: NOT REACHED" in said and "none of the 12 files" in said
    code, shown, _ = called("source", "check", "--json")
    assert code == 3 and [(one["source"], one["doubt"]) for one in json.loads(shown)] == [
        ("share", "empty"),
        ("other", ""),
    ]
    code, shown, _ = called("source", "check", "share", "--accept", "--by", "Chan")
    assert code == 0 and "accepted" in shown
    code, _, _ = called("scan", "--workers", "0", "--people", "off")
    assert code == 0
