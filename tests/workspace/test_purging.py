"""The tool's own data ends: boxes at sign-off, working data at the end date, decisions and evidence never."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.people import load_faces
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import HONG_KONG, Project, ScanOptions
from pdpo_audit.workspace.purging import end_date, forget_boxes, purge
from tests.workspace.library import make_library

START = datetime(2026, 11, 20, 12, tzinfo=HONG_KONG)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 3, copies=1)
    _portrait(tmp_path / "share" / "who-is-this.jpg")
    workspace = Workspace.create(tmp_path / "audit", clock=lambda: START)
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0))
    workspace.assess()
    return workspace


def _portrait(path: Path) -> None:
    from PIL import Image
    from skimage import data

    Image.fromarray(data.astronaut()).save(path)  # type: ignore[no-untyped-call]  # scikit-image is typed in part


def _bytes_of_catalogue(workspace: Workspace) -> bytes:
    workspace.close()
    return b"".join(path.read_bytes() for path in workspace.project.folder.glob("catalogue.db*"))


def test_boxes_are_forgotten_and_levels_stay_also_through_later_scans(workspace: Workspace, tmp_path: Path) -> None:
    project = workspace.project
    before = workspace.table("holdings")
    assert len(workspace.table("people")) == 1
    assert forget_boxes(project) == 1
    assert len(workspace.table("people")) == 0
    _portrait(tmp_path / "share" / "copy.jpg")
    make_library(tmp_path / "share" / "more", 1)
    workspace.scan(ScanOptions(workers=0))
    after = workspace.table("holdings")
    kept = after[after["path"].isin(before["path"])].reset_index(drop=True)
    for column in ("people_level", "faces", "largest_face_px"):
        assert list(kept[column].fillna(-1)) == list(before[column].fillna(-1))


def test_working_data_ends_on_its_date_and_not_before(workspace: Workspace) -> None:
    project = workspace.project
    with pytest.raises(CallError, match="no audit was reported yet"):
        purge(project)
    workspace.report()
    ends = end_date(project)
    assert ends is not None and ends.ends_on == START.date() + timedelta(days=180)
    with pytest.raises(CallError, match=str(ends.ends_on)):
        purge(project)
    later = Project(project.folder, clock=lambda: START + timedelta(days=180))
    assert purge(later).holdings == 5


@pytest.mark.sqlite
def test_a_purge_keeps_digests_audits_and_the_log_and_nothing_else(workspace: Workspace) -> None:
    digests = set(workspace.table("holdings")["sha256"])
    workspace.report()
    assert b"who-is-this" in _bytes_of_catalogue(workspace)
    purge(workspace.project, early=True)
    assert len(workspace.table("holdings")) == 0
    assert load_faces(workspace.project.store, workspace.project.store.recall("people_method")) == {}
    events = [entry.event.kind for entry in workspace.project.store.events()]
    assert events == ["scanned", "assessed", "reported", "working data purged"]
    assert len(workspace.status().audits) == 1
    left = _bytes_of_catalogue(workspace)
    assert b"who-is-this" not in left
    assert all(bytes.fromhex(digest) in left for digest in digests)
