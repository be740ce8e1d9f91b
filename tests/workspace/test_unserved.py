"""A record class that no pack in use speaks of is told, with the pack that does."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit import Workspace
from pdpo_audit.workspace.rules.assessing import project_packs
from pdpo_audit.workspace.rules.classes import unserved_classes


def test_a_class_without_a_pack_is_told(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "audit")
    (tmp_path / "share").mkdir()
    workspace.add(tmp_path / "share")
    file = workspace.project.settings_path
    file.write_text(file.read_text("utf-8").replace('record_class = ""', 'record_class = "school_photo"'), "utf-8")
    workspace.project.reload()
    (told,) = unserved_classes(workspace.project, project_packs(workspace.project))
    assert "school_photo" in told and "hk-children-schools does" in told
    assert told in workspace.status().warnings
    file.write_text(file.read_text("utf-8").replace('"hk-core-pdpo"', '"hk-core-pdpo", "hk-children-schools"'), "utf-8")
    workspace.project.reload()
    assert unserved_classes(workspace.project, project_packs(workspace.project)) == ()
