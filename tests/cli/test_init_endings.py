"""What `init` prints last can be pasted as it is."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pdpo_audit.cli.commands.setting_up import _tell_matter
from pdpo_audit.workspace.setup.initialising import Answers, SourceAnswers
from tests.cli.conftest import Call


def test_the_hold_for_an_open_matter_is_a_whole_command(tmp_path: Path, call: Call) -> None:
    (tmp_path / "hr").mkdir()
    workspace, matter = tmp_path / "an audit", 'complaint of "Ah Wong"'
    made = call("init", workspace, "--no-ask", "--source", tmp_path / "hr", "--open-matter", matter)
    (command,) = [line for line in made.err.splitlines() if "hold add" in line]
    said = shlex.split(command)
    assert said[said.index("--kind") + 1] == "complaint" and said[said.index("--source") + 1] == "hr"
    placed = call(*said[1:])
    assert placed.code == 0, placed.err
    assert "has no hold" not in placed.err


def test_who_signs_for_legal_places_it_and_other_sources_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = tuple(SourceAnswers(name=name, uri=f"/{name}") for name in ("hr", "events"))
    _tell_matter(tmp_path, "HCA 1", Answers(roles={"dpo": "Chan", "legal": "Wong Lai"}, sources=sources))
    told = capsys.readouterr().err
    assert "--issued-by 'Wong Lai' --role legal" in told and "another --source (events)" in told and "NAME" not in told
