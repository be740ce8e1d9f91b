"""A sealed report says when the scan ran, apart from when the rules were applied and the report was written."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.report.searches import judgements_told, scans_told
from tests.workspace.library import make_library


def test_a_scan_tells_when_it_began_and_what_was_recorded_later_does_not_change_it(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 10, 6, 6, tzinfo=HONG_KONG)]

    def clock() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    make_library(tmp_path / "share", 1)
    workspace = Workspace.create(tmp_path / "audit", clock=clock)
    workspace.add(tmp_path / "share")
    store = workspace.project.store
    assert scans_told(store.events(), 99) == {}
    before = clock()
    workspace.scan(ScanOptions(workers=0, people="off"))
    after = clock()
    told = scans_told(store.events(), store.events()[-1].event.sequence)
    assert before < told["scan_began_at"] < told["scan_ended_at"] < after
    assert (told["scans"], told["scan_partly"]) == (1, False)
    first = store.events()[-1].event.sequence
    now[0] += timedelta(hours=1)
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert scans_told(store.events(), first) == told
    again = scans_told(store.events(), first + 1)
    assert again["scan_began_at"] > after
    assert again["scans"] == 2


def test_judgements_since_the_last_scan_are_said_until_a_scan_follows(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 10, 6, 6, tzinfo=HONG_KONG)]

    def clock() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    make_library(tmp_path / "share", 2, copies=2)
    workspace = Workspace.create(tmp_path / "audit", clock=clock)
    workspace.add(tmp_path / "share")
    here = ScanOptions(workers=0, people="off")
    workspace.scan(here)
    store = workspace.project.store
    assert judgements_told(store) == {"judgements": {}, "judgements_waiting": 0}
    table = workspace.table("holdings")
    copy = table[table["cluster_id"] != ""].iloc[0]
    workspace.confirm_master(str(copy["path"]), by="Chan", role="owner", reason="final artwork")
    assert judgements_told(store) == {"judgements": {"master": 1}, "judgements_waiting": 1}
    assert any("1 judgement of masters or pairs since the last scan" in one for one in workspace.status().warnings)
    workspace.scan(here)
    assert judgements_told(store) == {"judgements": {"master": 1}, "judgements_waiting": 0}
    assert not any("judgement" in one for one in workspace.status().warnings)
