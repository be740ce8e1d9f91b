"""A scan told before it is made: what is listed, what is sampled, and that nothing is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.execution.serial import Serial
from tests.workspace.library import make_library, picture


def test_a_dry_run_tells_bytes_hours_and_money_and_records_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
    share = tmp_path / "share"
    make_library(share, 9)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    options = ScanOptions(workers=1, people="off")
    found = workspace.forecast(options, seed=1)
    size = sum(one.stat().st_size for one in share.rglob("*.jpg"))
    assert (found.files, found.bytes, found.files_to_read, found.bytes_to_read) == (9, size, 9, size)
    assert found.sampled == 9 and found.hkd is None and found.executor == "processes:1"
    assert [one.stage for one in found.stages] == ["Listing sources", "Reading pictures"]
    assert 0 < found.seconds < 60 and found.bytes_in_all == size
    assert [one.name for one in (tmp_path / "audit").iterdir()] == ["pdpo-audit.toml"]

    workspace.scan(options)
    picture(77).save(share / "set1" / "new.jpg")
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8").replace('uri = "', 'cost_hkd_per_gb_read = 1000000\nuri = "', 1)
    settings.write_text(text + "\n[execution]\ncost_hkd_per_hour = 3600\n", "utf-8")
    workspace.project.reload()
    later = workspace.forecast(options, seed=1)
    assert (later.files, later.files_to_read, later.sampled) == (10, 1, 1)
    reading = 1000 * (share / "set1" / "new.jpg").stat().st_size / 1e6
    assert later.hkd == pytest.approx(reading + later.seconds, abs=0.02)
    assert workspace.status().counts.holdings == 9
    workspace.close()
