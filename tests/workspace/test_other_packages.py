"""What other packages bring by entry points: a detector, a report writer, a notifier, each through what calls it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import MachineError, SettingsError
from pdpo_audit.workspace.plans.notifying import Delivered, Happened, deliver, put_notices
from pdpo_audit.workspace.plans.standing import ScheduleStatus
from pdpo_audit.workspace.report.verifying import verify
from tests.workspace.library import picture

#: A whole package that brings a detector, which finds one face in every picture, a report writer and a notifier.
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


class Bell:
    def notify(self, *, subject, text, document, identity):
        with open("rung.txt", "a") as file:
            print(identity, document["what"], document["day"], subject, file=file)


class Broken:
    def notify(self, **told):
        raise RuntimeError("the clapper is gone")


def detector(spec):
    return Corner()


plain, torn, bell, broken = Plain, Torn, Bell, Broken
"""
_ENTRY_POINTS = """
[pdpo_audit.face_detectors]
corner = pdpo_audit_example:detector
[pdpo_audit.report_writers]
plain = pdpo_audit_example:plain
torn = pdpo_audit_example:torn
[pdpo_audit.notifiers]
bell = pdpo_audit_example:bell
broken = pdpo_audit_example:broken
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


def notified(tmp_path: Path, names: str) -> Delivered:
    """A review was missed; what became of the notices about it."""
    workspace = Workspace.create(tmp_path / "audit")
    settings = workspace.project.settings_path
    settings.write_text(f"{settings.read_text()}\n[notices]\nnotifiers = {names}\n")
    workspace.project.reload()
    status = ScheduleStatus(on=date(2026, 12, 31), dues=())
    put_notices(workspace.project, status, [Happened(what="missed", plan="quarterly", slot="2026-12-31")])
    return deliver(workspace.project, patience=0)


@pytest.mark.usefixtures("site")
def test_a_notifier_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert notified(tmp_path, '["bell"]') == Delivered(sent=1)
    (line,) = (tmp_path / "rung.txt").read_text().splitlines()
    identity, what, day, subject = line.split(" ", 3)
    assert (len(identity), what, day) == (40, "missed", "2026-12-31")
    assert "quarterly" in subject


@pytest.mark.usefixtures("site")
def test_a_notifier_that_fails_or_is_missing_waits_and_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = notified(tmp_path, '["broken", "bell", "gong"]')
    assert (told.sent, told.waiting) == (1, 2)
    assert told.fault in (
        'OSError: notifier "broken": RuntimeError: the clapper is gone',
        '[notices] notifiers: there is no notifier "gong" (known: bell, broken): '
        "install the package that brings it, or leave it out",
    )
