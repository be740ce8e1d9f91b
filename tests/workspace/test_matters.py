"""An open matter without a hold is named wherever holds are placed or listed, with the command for one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import typer

from pdpo_audit import Workspace
from pdpo_audit.cli.commands.holds import _meant
from pdpo_audit.cli.showing import err
from pdpo_audit.workspace.rules.matters import hold_command, kind_of, meant_matter, unheld_matters
from pdpo_audit.workspace.setup.changing import add_matter
from tests.cli.conftest import Call, call

__all__ = ["call"]

MATTER = "complaint of a former employee, 2026-11"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "hr").mkdir()
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "hr")
    add_matter(workspace.project, MATTER, ["hr"])
    return workspace


def test_other_words_leave_the_matter_open_and_that_is_said(workspace: Workspace, call: Call) -> None:
    here = ("--workspace", workspace.project.folder)
    assert MATTER in call("status", *here).err
    nothing = call("hold", "list", *here)
    assert MATTER in nothing.err and "No hold is placed" in nothing.err
    placed = call(
        "hold", "add", "--matter", "former employee's complaint", "--source", "hr", "--expect-none",
        "--issued-by", "Wong", *here,
    )  # fmt: skip
    assert placed.code == 0
    told = " ".join(placed.err.split())
    assert f'"{MATTER}" of the settings has no hold' in told and "counts as held" in told
    command = told[told.index("pdpo-audit hold add --kind complaint") :]
    again = call(*shlex.split(command)[1:], *here)
    assert again.code == 0, again.err
    assert unheld_matters(workspace.project) == () and "has no hold" not in again.err
    assert "has no hold" not in call("hold", "list", *here).err


@pytest.mark.parametrize(
    ("said", "source", "meant"),
    [
        ("complaint of former employee", "", MATTER),
        ("Complaint of a former employee", "", MATTER),
        ("HCA 12/2026", "", ""),
        ("HCA 12/2026", "hr", MATTER),
        (MATTER.upper(), "hr", ""),
    ],
)
def test_what_may_be_the_same_matter_is_asked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, said: str, source: str, meant: str
) -> None:
    assert meant_matter(workspace.project, said, source) == meant
    monkeypatch.setattr(type(err), "is_terminal", property(lambda _: True))
    for yes in (True, False):
        monkeypatch.setattr(typer, "confirm", lambda *_, answer=yes, **__: answer)
        assert _meant(workspace.project, said, source) == (meant if yes and meant else said)


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (MATTER, "complaint"), ("DSAR of Chan", "access_request"), ("PCPD inquiry", "investigation"),
        ("改正要求", "correction_request"), ("HCA 1/2026", "legal_hold"),
    ],
)  # fmt: skip
def test_the_kind_is_that_of_the_words(what: str, kind: str) -> None:
    assert kind_of(what) == kind and f"--kind {kind} " in hold_command(what)
