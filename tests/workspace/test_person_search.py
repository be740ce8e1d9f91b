"""A search by face is off unless permitted, an event each time, printed on the report, and never stored."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.report.searches import person_searches
from pdpo_audit.workspace.scan.person_search import find_person

PERMIT = """
[faces.search]
purpose = "DAR 2026-7"
approved_by = "DPO"
pia_reference = "PIA-9"
expires_on = {}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "share").mkdir()
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.save(tmp_path / "share" / "portrait.png")
    portrait.crop((90, 0, 400, 300)).save(tmp_path / "asked.png")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0))
    return workspace


def permit(workspace: Workspace, until: str) -> None:
    with workspace.project.settings_path.open("a") as file:
        file.write(PERMIT.format(until))
    workspace.project.reload()


def test_without_a_permission_nothing_is_searched(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="approved_by"):
        find_person(workspace.project, [tmp_path / "asked.png"])
    permit(workspace, "2020-01-01")
    with pytest.raises(CallError, match="ended"):
        find_person(workspace.project, [tmp_path / "asked.png"])


@pytest.mark.skipif(importlib.util.find_spec("dlib") is None, reason="the extra `recognition` is not installed")
def test_a_permitted_search_lists_and_leaves_only_an_event(workspace: Workspace, tmp_path: Path) -> None:
    permit(workspace, date.max.isoformat())
    tables = {name: workspace.table(name) for name in ("holdings", "people")}
    result = find_person(workspace.project, [tmp_path / "asked.png"])
    assert [one.path for one in result.by_face] == ["portrait.png"]
    assert any("never an answer" in caution for caution in result.cautions)
    for name, before in tables.items():
        assert workspace.table(name).equals(before)
    events = workspace.project.store.events()
    assert events[-1].event.kind == "person searched"
    assert "DAR 2026-7, approved by DPO, assessed in PIA-9" in person_searches(events)["person search"]
