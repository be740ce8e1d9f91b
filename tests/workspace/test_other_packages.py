"""What other packages bring by entry points: a face detector and a report writer, through the whole line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import MachineError, SettingsError
from pdpo_audit.workspace.report.verifying import verify
from tests.workspace.library import picture

#: A whole package that brings a detector, which finds one face in every picture, and a report writer.
_PACKAGE = """
from pdpo_audit.model.people import Face, Grade, Seen
from pdpo_audit.model.tables import Table


class Corner:
    name, version, weights_sha256 = "corner", "1", ""

    def examine(self, image):
        face = Face(
            x=0, y=0, width=80, height=80, score=1.0, eye_distance_px=30.0, sharpness=40.0,
            grade=Grade.IDENTIFIABLE, reason="the upper left corner",
        )
        return Seen(faces=(face,) if image.shape[0] > 200 else ())


class Plain:
    def write(self, header, numbers, tables, folder):
        rows = sum(len(part) for part in tables.chunks(Table.HOLDINGS))
        (folder / "summary.txt").write_text(f"{header.audit_id}: {rows} holdings", "utf-8")


class Torn:
    def write(self, header, numbers, tables, folder):
        raise ValueError("no ink")


def detector(spec):
    return Corner()


plain, torn = Plain, Torn
"""
_ENTRY_POINTS = """
[pdpo_audit.face_detectors]
corner = pdpo_audit_example:detector
[pdpo_audit.report_writers]
plain = pdpo_audit_example:plain
torn = pdpo_audit_example:torn
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package, installed."""
    info = tmp_path / "site" / "pdpo_audit_example-1.dist-info"
    info.mkdir(parents=True)
    (info.parent / "pdpo_audit_example.py").write_text(_PACKAGE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pdpo-audit-example\nVersion: 1\n")
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
    monkeypatch.syspath_prepend(info.parent)


def told(tmp_path: Path, writers: str) -> Workspace:
    (tmp_path / "share").mkdir()
    picture(1, (320, 240)).save(tmp_path / "share" / "one.jpg")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    settings = workspace.project.settings_path
    text = settings.read_text().replace('detector = "auto"', 'detector = "corner"')
    settings.write_text(text.replace("[report]", f"[report]\nwriters = {writers}"))
    workspace.close()
    return Workspace.open(tmp_path / "audit")


def everything(workspace: Workspace) -> Path:
    """Scan, assess and report; the folder of the audit."""
    workspace.scan()
    workspace.assess()
    return workspace.report().folder


@pytest.mark.usefixtures("site")
def test_a_detector_and_a_report_writer_of_another_package(tmp_path: Path) -> None:
    workspace = told(tmp_path, '["plain"]')
    folder = everything(workspace)
    assert list(workspace.table("people")["reason"]) == ["the upper left corner"]
    written = folder / "others" / "plain" / "summary.txt"
    assert written.read_text() == f"{folder.name}: 1 holdings"
    manifest = json.loads((folder / "evidence" / "manifest.json").read_bytes())
    assert "others/plain/summary.txt" in {file["path"] for file in manifest["files"]}
    assert verify(folder).ok
    written.write_text("2 holdings")
    assert not verify(folder).ok


@pytest.mark.usefixtures("site")
def test_a_writer_that_fails_leaves_no_audit_and_is_named(tmp_path: Path) -> None:
    workspace = told(tmp_path, '["torn"]')
    with pytest.raises(MachineError, match='"torn" failed: ValueError: no ink'):
        everything(workspace)
    assert not list((tmp_path / "audit" / "reports").glob("[0-9]*"))


@pytest.mark.usefixtures("site")
def test_a_writer_that_is_not_installed_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'no report writer "gold" \(known: plain, torn\)'):
        everything(told(tmp_path, '["gold"]'))
