"""A workspace that may only be read can be looked at; what would write says that it cannot, and not a byte changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from tests.catalogue.test_proofs import made, workspace

__all__ = ["made", "workspace"]

#: Each command as a line of JSON: what it left with, and the last words.
_TRY = """
import json, sys
from typer.testing import CliRunner
from pdpo_audit.cli.app import assemble
for words in json.loads(sys.argv[1]):
    done = CliRunner().invoke(assemble(words[0]), words)
    error = done.exception
    print(json.dumps([getattr(error, "exit_code", done.exit_code), getattr(error, "message", "")]))
"""


@pytest.fixture
def resting(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    """A folder without the right to write in it, and a judgement that stands there."""
    folder, judgement = workspace.project.folder, workspace.judgements()[0].judgement_id
    workspace.close()
    places = [folder, *folder.rglob("*")]
    modes = {place: place.stat().st_mode for place in places}
    for place in places:
        place.chmod(0o500 if place.is_dir() else 0o400)
    yield folder, judgement
    for place, mode in modes.items():
        place.chmod(mode)


def without_rights(folder: Path, *commands: list[str]) -> list[tuple[int, str]]:
    """What each command leaves with, run by somebody who may not write where the folders say so (root may)."""
    bound = ["setpriv", "--bounding-set=-dac_override", "--"] if os.geteuid() == 0 else []
    asked = json.dumps([[*words, "--workspace", str(folder)] for words in commands])
    done = subprocess.run(
        [*bound, sys.executable, "-c", _TRY, asked], capture_output=True, text=True, check=True, timeout=300
    )
    return [(code, words) for code, words in map(json.loads, done.stdout.splitlines())]


def test_a_workspace_that_may_only_be_read_can_be_looked_at(resting: tuple[Path, str], tmp_path: Path) -> None:
    folder, judgement = resting
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    table = tmp_path / "holdings.csv"
    looking = [["status"], ["export", "holdings", "--format", "csv", "-o", str(table)], ["hold", "list"], ["audits"]]
    writing = [["scan"], ["assess"], ["decide", "undo", judgement, "--by", "Ho Mei"]]
    found = without_rights(folder, *looking, ["catalogue", "check"], *writing)
    assert [code for code, _ in found[:5]] == [0] * 5
    assert table.read_text("utf-8").count("\n") == 5
    assert all(code == 5 and "can only be read" in words for code, words in found[5:])
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
