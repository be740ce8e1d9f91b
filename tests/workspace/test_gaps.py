"""A search says "not held" only where everything that is declared was looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pdpo_audit import Workspace
from pdpo_audit.cli.app import assemble
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.scan.gaps import gaps_of
from tests.workspace.library import make_library, picture

HERE = ScanOptions(workers=0, people="off")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("nas", "web"):
        make_library(tmp_path / name, 2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "nas", tmp_path / "web")
    picture(99).save(tmp_path / "asked.png")
    return workspace


def found(workspace: Workspace) -> tuple[int, str]:
    asked = workspace.project.folder.parent / "asked.png"
    told = CliRunner().invoke(assemble("find"), ["find", str(asked), "--workspace", str(workspace.project.folder)])
    return told.exit_code, told.output


def test_not_held_is_said_once_everything_was_looked_at(workspace: Workspace) -> None:
    code, told = found(workspace)
    assert code == 3 and "Not held" not in told
    assert told.count("was never scanned") == 2 and "whether it is held is not known" in told
    workspace.scan(HERE)
    code, told = found(workspace)
    assert (code, gaps_of(workspace.project)) == (0, ()) and "Not held" in told


def test_what_was_forgotten_was_not_looked_at(workspace: Workspace) -> None:
    workspace.scan(HERE)
    purge(workspace.project, early=True)
    code, told = found(workspace)
    assert code == 3 and "Not held" not in told and told.count("was forgotten") == 2
    workspace.scan(HERE)
    assert found(workspace)[0] == 0


def test_a_source_that_was_not_reached_is_named(workspace: Workspace, tmp_path: Path) -> None:
    workspace.scan(HERE)
    (tmp_path / "web").rename(tmp_path / "away")
    workspace.scan(HERE)
    code, told = found(workspace)
    assert code == 3 and 'source "web": its folder is missing or cannot be listed' in told and '"nas"' not in told


def test_files_that_could_hold_it_are_told(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "nas" / "notes.txt").write_text("no picture")
    (tmp_path / "nas" / "more.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(18))
    workspace.scan(HERE)
    code, told = found(workspace)
    assert code == 3 and "1 file was seen and not examined" in told
