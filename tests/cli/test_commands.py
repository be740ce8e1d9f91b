"""The commands as people and scripts call them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from pdpo_audit.cli.app import assemble
from tests.cli.conftest import Call
from tests.workspace.library import make_library

COMMANDS = [command.callback for command in assemble().registered_commands]


@pytest.fixture
def workspace(tmp_path: Path, call: Call) -> Path:
    make_library(tmp_path / "share", 6, copies=2)
    folder = tmp_path / "audit"
    assert call("init", folder, "--source", tmp_path / "share", "--organisation", "Harbour Light").code == 0
    return folder


def test_every_command_shows_an_example() -> None:
    for command in COMMANDS:
        assert command is not None and command.__doc__ is not None
        assert "Example: pdpo-audit " in command.__doc__, command.__name__


def test_help_names_every_command(call: Call) -> None:
    shown = call("--help")
    assert shown.code == 0
    for name in ("demo", "init", "run", "scan", "assess", "report", "verify", "export", "status", "keys", "doctor"):
        assert f" {name} " in shown.out


def test_init_writes_settings_that_load_and_never_overwrites(workspace: Path, call: Call) -> None:
    status = json.loads(call("status", "--workspace", workspace, "--json").out)
    assert (status["organisation"], status["sources"]) == ("Harbour Light", 1)
    again = call("init", workspace)
    assert again.code == 2 and "exists already" in again.err


def test_init_keeps_hostile_answers_as_text(tmp_path: Path, call: Call) -> None:
    name = 'Ltd"\n[people]\nscope = "off"\n#'
    assert call("init", tmp_path / "a", "--organisation", name).code == 0
    assert json.loads(call("status", "--workspace", tmp_path / "a", "--json").out)["organisation"] == name


def test_scan_export_and_status(workspace: Path, call: Call) -> None:
    scanned = call("scan", "--workspace", workspace, "--people", "off", "--workers", "0", "--json")
    assert scanned.code == 0
    assert json.loads(scanned.out)["clustered"]["clusters"] == 2
    rows = list(csv.DictReader(io.StringIO(call("export", "holdings", "--workspace", workspace).out)))
    assert len(rows) == 8 and {row["relation"] for row in rows} == {"", "master", "byte-identical"}
    exported = json.loads(call("export", "clusters", "--format", "json", "--workspace", workspace).out)
    assert [cluster["copies"] for cluster in exported] == [2, 2]
    status = json.loads(call("status", "--workspace", workspace, "--json").out)
    assert status["counts"]["holdings"] == 8 and status["next_step"] == "pdpo-audit assess"


def test_paths_join_the_workspace_once(tmp_path: Path, workspace: Path, call: Call) -> None:
    make_library(tmp_path / "more", 3)
    for _ in range(2):
        arguments = ["scan", tmp_path / "more", "--workspace", workspace, "--people", "off", "--workers", "0"]
        assert call(*arguments).code == 0
    assert json.loads(call("status", "--workspace", workspace, "--json").out)["sources"] == 2


def test_more_skipped_than_allowed_ends_with_3(tmp_path: Path, workspace: Path, call: Call) -> None:
    (tmp_path / "share" / "text.jpg").write_text("no picture")
    options = ["--workspace", workspace, "--people", "off", "--workers", "0", "--quiet"]
    assert call("scan", *options).code == 0
    assert call("scan", *options, "--max-skipped", "1").code == 0
    assert call("scan", *options, "--max-skipped", "0").code == 3


def test_wrong_settings_end_with_2_and_their_place(workspace: Path, call: Call) -> None:
    file = workspace / "pdpo-audit.toml"
    file.write_text(file.read_text().replace("scope =", "scpoe ="))
    ended = call("scan", "--workspace", workspace)
    assert ended.code == 2
    assert "pdpo-audit.toml:" in ended.err and 'did you mean "scope"?' in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["scna"],
        ["scan", "--worker", "x"],
        ["scan", "--workspace", "nowhere"],
        ["export", "nothing"],
        ["export", "holdings", "--format", "parquet"],
        ["keys", "create"],
    ],
)
def test_wrong_calls_end_with_2(
    arguments: list[str], call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(*arguments).code == 2


def test_a_seal_is_made_once_and_readable_by_its_owner_only(
    workspace: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", "correct horse")
    made = call("keys", "create", "--workspace", workspace, "--json")
    assert made.code == 0
    facts = json.loads(made.out)
    assert facts["self_signed"] == "yes" and "Harbour Light" in facts["subject"]
    assert Path(facts["file"]).stat().st_mode & 0o077 == 0
    assert call("keys", "create", "--workspace", workspace).code == 2


def test_a_workspace_is_not_made_inside_what_is_audited(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_library(tmp_path / "photos", 2)
    monkeypatch.chdir(tmp_path / "photos")
    ended = call("run", ".")
    assert ended.code == 2 and "--workspace" in ended.err
    assert not list((tmp_path / "photos").glob("pdpo*"))


def test_an_unexpected_error_is_a_sentence(workspace: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_: object) -> None:
        raise RuntimeError("[bold]boom[/]\x1b[2J")

    monkeypatch.setattr("pdpo_audit.workspace.opening.Workspace.status", break_down)
    ended = call("status", "--workspace", workspace)
    assert ended.code == 5
    # Its own words may name a file, or be written to fool a terminal: only its kind and place are shown.
    assert "RuntimeError in" in ended.err and "boom" not in ended.err
    assert "\x1b[2J" not in ended.err and "Traceback" not in ended.err


def test_an_interrupted_command_ends_with_130_and_says_how_to_go_on(
    workspace: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pdpo_audit.workspace.opening.Workspace.scan", interrupt)
    ended = call("scan", "--workspace", workspace)
    assert ended.code == 130 and "goes on where" in ended.err


def test_a_damaged_catalogue_ends_with_5(workspace: Path, call: Call) -> None:
    (workspace / "catalogue.db").write_bytes(b"this is no database" * 100)
    ended = call("status", "--workspace", workspace)
    assert ended.code == 5 and "catalogue" in ended.err
