"""What a terminal shows while work goes on."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from pdpo_audit.cli import showing


def test_a_stage_that_finds_more_to_do_keeps_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(showing, "err", Console(file=screen, force_terminal=True, width=100))
    monkeypatch.setattr(showing, "PATIENCE", 0)
    bars = showing.Bars(quiet=False, verbose=False)
    for more in (2, 3):
        bars.start("Comparing pictures", more)
        bars.advance(more)
    bars.stop()
    last = screen.getvalue().split("\r")[-1]
    assert "5/5" in last
    assert last.count("Comparing pictures") == 1
