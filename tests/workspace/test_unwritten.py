"""A scan writes nothing of files that are as they were: neither where all are, nor where one is new."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import allow_losses, make_library, picture

#: Triggers are SQLite's own.
pytestmark = pytest.mark.sqlite

OFF = ScanOptions(workers=0, people="off")
#: What tells that a scan was made, and of the whole: not of files.
OF_SCANS = {"events", "event_texts", "catalogue", "counters"}


@pytest.fixture
def audit(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 40, copies=10, folders=5)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    allow_losses(workspace)
    workspace.scan(OFF)
    return workspace


def watch(workspace: Workspace) -> None:
    """Let the catalogue note every row that is written from now on."""
    with sqlite3.connect(workspace.project.folder / "catalogue.db") as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        connection.execute("create table written (name text, act text)")
        for table in (one for one in tables if not one.startswith("sqlite_")):
            for act in ("insert", "update", "delete"):
                connection.execute(
                    f"create trigger note_{table}_{act} after {act} on {table}"
                    f" begin insert into written values ('{table}', '{act}'); end"
                )


def written(workspace: Workspace) -> Counter[tuple[str, str]]:
    """How many rows were written since, by table and act, but for those that tell of the scan itself."""
    with sqlite3.connect(workspace.project.folder / "catalogue.db") as connection:
        rows = connection.execute("select name, act from written").fetchall()
        connection.execute("delete from written")
    return Counter((table, act) for table, act in rows if table not in OF_SCANS)


def test_no_row_is_written_of_files_that_are_as_they_were(audit: Workspace) -> None:
    watch(audit)
    audit.scan(OFF)
    assert written(audit) == {}


def test_neither_where_the_scan_looks_at_everything(audit: Workspace) -> None:
    """Other options: nothing can be told from a listing alone, and yet nothing changed."""
    watch(audit)
    audit.scan(ScanOptions(workers=0, people="off", only=("share",), gentle=True))
    assert written(audit) == {}


def test_of_one_new_file_its_own_rows_are_written_and_none_of_the_others(audit: Workspace, tmp_path: Path) -> None:
    picture(500).save(tmp_path / "share" / "set1" / "new.jpg")
    watch(audit)
    audit.scan(OFF)
    found = written(audit)
    assert found["holdings", "insert"] == found["contents", "insert"] == found["fingerprints", "insert"] == 1
    assert not {act for table, act in found if table in ("holdings", "contents", "fingerprints")} - {"insert", "update"}
    assert found["holdings", "update"] <= 1 and found["contents", "update"] <= 1
    assert sum(found.values()) < 12, found
