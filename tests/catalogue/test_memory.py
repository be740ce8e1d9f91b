"""A key of the catalogue's memory that is lost or another one is told, and a person may let another take its place."""

from __future__ import annotations

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.workspace.catalogues.memory import make_anew
from pdpo_audit.workspace.memory_key import MEMORY_KEY
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.purging import purge
from tests.catalogue.test_proofs import code, made, unsound, workspace

__all__ = ["made", "workspace"]


@pytest.mark.parametrize("spoilt", ["gone", "other", "no key"])
def test_a_lost_key_is_told_and_not_made_again(workspace: Workspace, spoilt: str) -> None:
    key = workspace.project.folder / MEMORY_KEY
    before = key.read_bytes()
    key.unlink()
    if spoilt != "gone":
        key.write_text("00" * 32 if spoilt == "other" else "no key")
    workspace = Workspace.open(workspace.project.folder, clock=workspace.project.clock)
    for verb in (lambda: workspace.scan(ScanOptions(workers=0)), lambda: purge(workspace.project, early=True)):
        with pytest.raises(MachineError, match=r"memory\.key") as told:
            verb()
        assert "--anew" in told.value.advice
    assert any("memory.key" in one for one in workspace.status().warnings)
    assert code(workspace, "catalogue", "memory") == 5
    assert not key.exists() if spoilt == "gone" else key.read_bytes() != before
    key.write_bytes(before)
    assert code(workspace, "catalogue", "memory") == 0


def test_another_key_makes_no_hold_select_less(workspace: Workspace) -> None:
    project = workspace.project
    with pytest.raises(CallError, match="is there and belongs"):
        make_anew(project, by="Ho Mei")
    purge(project, early=True)
    (project.folder / MEMORY_KEY).unlink()
    again = Workspace.open(project.folder, clock=project.clock)
    with pytest.raises(CallError, match="needs the person"):
        make_anew(again.project, by=" ")
    done = make_anew(again.project, by="Ho Mei")
    assert done.holds == 1 and done.first_days > 0
    assert unsound(again) == {}
    again.scan(ScanOptions(workers=0, people="off"))
    assert again.assess().outcomes["on_hold"] == 1
