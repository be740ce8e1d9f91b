"""`status` never names a command that would be refused, nor one that would miss what was recorded since."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.pipeline import line
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from pdpo_audit.workspace.setup.run_lock import HOLDER_FILE, run_lock
from tests.workspace.library import make_library

HERE = ScanOptions(workers=0, people="off")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 5, copies=2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    return workspace


def interrupted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that is broken off once the files are read."""

    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(line, "_cluster", break_off)
        with pytest.raises(KeyboardInterrupt):
            workspace.scan(HERE)


def test_after_a_scan_that_was_broken_off_status_and_assess_agree(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CallError, match="nothing has been scanned yet"):
        workspace.assess()
    interrupted(workspace, monkeypatch)
    assert workspace.status().next_step.startswith("pdpo-audit scan")
    with pytest.raises(CallError, match="the first scan was broken off"):
        workspace.assess()
    workspace.scan(HERE)
    assert workspace.status().next_step == "pdpo-audit assess"
    assert workspace.assess().warnings == ()
    assert workspace.status().next_step == "pdpo-audit report"
    make_library(workspace.project.folder.parent / "share", 9)
    interrupted(workspace, monkeypatch)
    assert workspace.status().next_step.startswith("pdpo-audit scan")
    assert any("broken off" in warning for warning in workspace.assess().warnings)


def waits(workspace: Workspace) -> list[str]:
    """The commands of the next step."""
    return [one.removeprefix("pdpo-audit ").split(" (")[0] for one in workspace.status().next_step.split("; ")]


def test_after_a_hold_a_new_report_is_the_next_step(workspace: Workspace) -> None:
    workspace.scan(HERE)
    workspace.assess()
    workspace.report()
    assert waits(workspace) == ["questions export", "review serve", "policy adopt"]
    add_hold(
        workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
        selectors=Selectors(source="share"), review_on=None,
    )  # fmt: skip
    assert workspace.status().next_step.startswith("pdpo-audit report")
    workspace.report()
    assert waits(workspace) == ["review serve", "policy adopt"]  # nothing on hold is asked about


def test_a_run_that_is_under_way_is_no_scan_that_was_broken_off(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(workspace, monkeypatch)
    other = Workspace.open(workspace.project.folder)
    with run_lock(workspace.project, "run"):
        for one in (workspace, other):
            assert one.status().next_step.startswith("wait: run, started by ")
        holder = (workspace.project.folder / HOLDER_FILE).read_bytes()
    (workspace.project.folder / HOLDER_FILE).write_bytes(holder)  # as a killed run leaves it
    assert "broken off" in other.status().next_step
    other.close()
