"""A fault of the program asks for a report of it, in words that name no file of anybody."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from pdpo_audit.cli import app


def fail(*_: object, **__: object) -> None:
    raise KeyError("/home/chan/HR/passport of Wong.jpg")


@pytest.mark.parametrize("verbose", [False, True])
def test_an_unexpected_error_names_its_place_and_no_file(
    verbose: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("pdpo_audit.workspace.report.verifying.verify", fail)
    monkeypatch.setattr(sys, "argv", ["pdpo-audit", "verify", str(tmp_path), *(["-v"] if verbose else [])])
    with pytest.raises(SystemExit) as ended:
        app.start()
    said = capsys.readouterr().err.replace("\n", " ")
    assert ended.value.code == 5
    assert "Unexpected error: KeyError in" in said
    assert "inspecting.py:" in said
    assert "Please report it" in said
    assert ("Wong" in said) is verbose


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_locked_disk_is_no_fault_of_the_program(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused", "/home/chan/HR/passport of Wong.jpg")

    monkeypatch.setattr("pdpo_audit.workspace.report.verifying.verify", refuse)
    monkeypatch.setattr(sys, "argv", ["pdpo-audit", "verify", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        app.start()
    said = capsys.readouterr().err.replace("\n", " ")
    assert ended.value.code == 5
    assert "Way out:" in said and "fault of the program" not in said and "passport" not in said
