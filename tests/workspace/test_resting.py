"""A re-scan of unchanged sources: quick because it loads nothing, and equal to one that looks at everything."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.events import first_broken
from pdpo_audit.model.locations.roots import RootIdentity
from pdpo_audit.sources.filesystem import FolderSource
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan import resting
from tests.workspace.library import allow_losses, make_library, picture

#: Whether a scan rests is asked of the SQLite file alone.
pytestmark = pytest.mark.sqlite

OFF = ScanOptions(workers=0, people="off")
#: What a scan loads only when there is work for it.
HEAVY = ("cv2", "numpy", "pandas", "PIL", "sqlalchemy", "cryptography", "pdpo_audit.settings", "pdpo_audit.workers")


@pytest.fixture
def audit(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 8, copies=2)
    (tmp_path / "share" / "link.jpg").symlink_to("set0")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    allow_losses(workspace)
    workspace.scan(OFF)
    return workspace


def rests(workspace: Workspace, options: ScanOptions = OFF) -> bool:
    rest = resting.look(workspace.project, options)
    return rest is not None and rest.summary is not None


def loaded(audit: Workspace, names: tuple[str, ...]) -> list[str]:
    """Which of these modules a scan of its own process loads."""
    script = (
        "import sys\n"
        "sys.argv = ['pdpo-audit', 'scan', '--people', 'off', '--workers', '1', '--quiet']\n"
        "from pdpo_audit.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code, ended.code\n"
        f"print(*[name for name in {names!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=audit.project.folder, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_an_unchanged_rescan_loads_no_decoder_and_no_database_library(audit: Workspace) -> None:
    assert loaded(audit, HEAVY) == []


def test_a_scan_that_reads_loads_no_rules(audit: Workspace) -> None:
    """Rule packs are asked for where a class is stated, and what the stop rule holds where pictures are made."""
    _touch(audit.project.folder.parent / "share")
    assert loaded(audit, ("sqlalchemy", "pandas", "pdpo_audit.workspace.rules.assessing")) == ["sqlalchemy"]


def test_it_tells_and_records_what_a_slow_scan_would(audit: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = audit.scan(OFF)
    tables = {name: audit.table(name) for name in ("holdings", "clusters", "links", "skipped")}
    monkeypatch.setattr(resting, "look", lambda *_: None)
    slow = audit.scan(OFF)
    assert quick == slow and quick.unchanged == 10
    for name, table in tables.items():
        pd.testing.assert_frame_equal(audit.table(name), table)
    log = audit.project.store.events()
    assert first_broken(log) is None
    one, other = ({**said.event.details, "began": ""} for said in (log[-1], log[-2]))  # they began one after the other
    assert one == other and log[-1].event.kind == log[-2].event.kind == "scanned"


def _touch(folder: Path) -> None:
    os.utime(folder / "set0" / "IMG_0000.jpg", ns=(1, 1))


def _change(folder: Path) -> None:
    picture(77).save(folder / "set0" / "IMG_0000.jpg")


def _link(folder: Path) -> None:
    (folder / "another.jpg").symlink_to("set1")


def _lose(folder: Path) -> None:
    for file in (folder / "copies").iterdir():
        file.unlink()
    (folder / "copies").rmdir()


@pytest.mark.parametrize("disturb", [_touch, _change, _link, _lose])
def test_any_change_in_a_source_ends_the_rest(audit: Workspace, disturb: Callable[[Path], None]) -> None:
    assert rests(audit)
    disturb(audit.project.folder.parent / "share")
    assert not rests(audit)
    audit.scan(OFF)
    assert rests(audit)


def test_another_root_or_a_clock_that_is_back_ends_the_rest(audit: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(FolderSource, "identity", lambda _: RootIdentity(device=1, inode=2, store="other"))
        assert not rests(audit)
    now = audit.project.clock()
    audit.project.clock = lambda: now - timedelta(days=2)
    assert not rests(audit)
    audit.project.clock = lambda: now - timedelta(minutes=2)
    assert rests(audit)


def test_a_source_that_was_not_reached_ends_the_rest_until_it_is(audit: Workspace) -> None:
    share = audit.project.folder.parent / "share"
    share.rename(share.with_name("away"))
    assert audit.scan(OFF).not_reached and not rests(audit)
    share.with_name("away").rename(share)
    assert not rests(audit) and not audit.scan(OFF).not_reached and rests(audit)


def test_other_settings_options_or_methods_end_the_rest(audit: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not rests(audit, ScanOptions(workers=0, people="off", thorough=True))
    assert rests(audit, ScanOptions(workers=2, people="off", gentle=True))
    with monkeypatch.context() as patch:
        patch.setattr(resting, "FINGERPRINTS", "newer")
        assert not rests(audit)
    with monkeypatch.context() as patch:
        patch.setenv("PDPO_AUDIT_SIMILARITY__LEVEL", "exact")
        assert not rests(audit)
    file = audit.project.settings_path
    file.write_text(file.read_text("utf-8").replace('level = "near"', 'level = "pixel"'), "utf-8")
    assert not rests(audit)


def test_a_change_of_the_catalogue_or_a_scan_cut_short_ends_the_rest(audit: Workspace) -> None:
    with audit.project.store.transaction() as transaction:
        transaction.note_change()
    assert not rests(audit)
    audit.scan(OFF)
    assert rests(audit)
    resting.disturb(audit.project)
    assert not rests(audit)


def test_a_walk_that_was_in_vain_is_not_taken_twice(audit: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(78).save(audit.project.folder.parent / "share" / "set1" / "new.jpg")
    listed: list[bytes] = []
    from pdpo_audit.sources.filesystem import FolderSource
    from pdpo_audit.sources.handles import Handles

    plain = FolderSource._list

    def listing(self: FolderSource, handles: Handles, folder: bytes) -> object:
        listed.append(folder)
        return plain(self, handles, folder)

    monkeypatch.setattr(FolderSource, "_list", listing)
    assert audit.scan(OFF).new == 1
    assert len(listed) == len(set(listed))


def test_what_was_left_is_no_secret(audit: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", "correct horse")
    assert rests(audit)
    with sqlite3.connect(audit.project.folder / "catalogue.db") as connection:
        (text,) = connection.execute("SELECT value FROM catalogue WHERE key = 'left_by_scan'").fetchone()
    assert set(json.loads(text)) == {
        "terms", "generation", "sources", "roots", "clusters", "additional_copies", "people",
        "hard_links", "text", "text_missing",
    }  # fmt: skip
