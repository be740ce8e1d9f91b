"""The seal's passphrase is asked for and tried before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import AuditError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.running import run
from tests.workspace.library import make_library

HERE = ScanOptions(workers=0, people="off")
SECRET = "correct horse"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name in ("PDPO_AUDIT_PASSPHRASE", "PDPO_AUDIT_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    make_library(tmp_path / "share", 2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.create_seal(SECRET)
    return workspace


@pytest.mark.parametrize("answer", [None, "wrong"])
def test_nothing_is_scanned_with_a_seal_that_does_not_open(workspace: Workspace, answer: str | None) -> None:
    workspace.project.ask_passphrase = None if answer is None else lambda _prompt: answer
    with pytest.raises(AuditError, match=r"passphrase|password"):
        run(workspace, HERE)
    assert not [one for one in workspace.project.store.events() if one.event.kind == "scanned"]


def test_it_is_asked_once(workspace: Workspace) -> None:
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return SECRET

    workspace.project.ask_passphrase = answer
    assert not run(workspace, HERE).reported.throw_away_seal
    assert len(asked) == 1


def test_a_file_tells_it_and_no_seal_makes_a_draft_that_says_so(workspace: Workspace, tmp_path: Path) -> None:
    workspace.project.no_seal = True
    made = run(workspace, HERE).reported
    assert made.throw_away_seal and any("throw-away" in reason for reason in made.draft_reasons)
    workspace.project.no_seal = False
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    workspace.project.passphrase_file = tmp_path / "secret"
    assert not run(workspace, HERE).reported.throw_away_seal
