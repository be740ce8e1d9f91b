"""The table of cuts is printed without measuring anything, each with value, unit and margin."""

from __future__ import annotations

import pytest

from benchmarks import calibration
from pdpo_audit.similarity.cuts import CUTS


def test_the_table_tells_every_cut(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["calibration", "--table"])
    calibration.main()
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines.keys() == CUTS.keys()
    for one in CUTS.values():
        told = lines[one.name]
        assert told.split()[1] == f"{one.value:g}" and f"({one.unit};" in told
        assert one.margin is None or f"{one.margin:+.2f}" in told
