"""A record class that is given to a source is one of the packs or declared; another is refused where it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.rules.answering import read_class, workspace_classes
from pdpo_audit.workspace.rules.classes import wrong_classes
from pdpo_audit.workspace.setup.changing import add_source
from tests.cli.conftest import Call, call

__all__ = ["call"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "share").mkdir()
    return Workspace.create(tmp_path / "audit")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("event photographs", "event_photo"), ("marketing", "marketing_picture"), ("xyz", "")],
)
def test_a_class_that_is_none_is_refused_and_nothing_is_written(
    workspace: Workspace, tmp_path: Path, call: Call, said: str, meant: str
) -> None:
    file = workspace.project.settings_path
    before = file.read_bytes()
    ended = call("source", "add", tmp_path / "share", "--record-class", said, "--workspace", file.parent)
    told = " ".join(ended.err.split())
    assert (
        ended.code == 2
        and f'"{said}" is no record class' in told
        and (f'did you mean "{meant}"' in told) == bool(meant)
    )
    assert "campaign_portrait, " in told and "record_classes" in told
    assert file.read_bytes() == before


def test_a_declared_class_is_taken_and_init_knows_it(workspace: Workspace, tmp_path: Path) -> None:
    file, project = workspace.project.settings_path, workspace.project
    file.write_text(
        file.read_text("utf-8").replace("\npacks = [", '\nrecord_classes = ["marketing"]\npacks = ['), "utf-8"
    )
    project.reload()
    assert [read_class(project, said) for said in ("Marketing", "event photo", "")] == ["marketing", "event_photo", ""]
    add_source(project, str(tmp_path / "share"), record_class="marketing")
    assert "marketing" in workspace_classes(project)
    file.write_text(file.read_text("utf-8").replace('["marketing"]', "[]"), "utf-8")
    project.reload()
    assert wrong_classes(project, workspace_classes(project)) == [
        'source "share": "marketing" is no record class; did you mean "marketing_picture"?'
    ]
