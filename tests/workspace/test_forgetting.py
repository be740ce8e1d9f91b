"""After a purge the workspace goes on: what is forgotten is examined again, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from tests.workspace.library import make_library, picture

START = datetime(2026, 11, 20, 12, tzinfo=HONG_KONG)
#: What a purge says of itself; the log of course has one event more.
SILENT = {Table.EVENTS}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def workspace_of(folder: Path, clock: Callable[[], datetime]) -> Workspace:
    share = folder / "share"
    make_library(share, 4, copies=2)
    picture(0).resize((120, 90)).save(share / "set3" / "smaller.jpg", quality=80)
    Image.fromarray(data.astronaut()).save(share / "set1" / "portrait.jpg")  # type: ignore[no-untyped-call]
    (share / "set2" / "portrait copy.jpg").write_bytes((share / "set1" / "portrait.jpg").read_bytes())
    (share / "set2" / "broken.jpg").write_bytes(b"no picture at all")
    workspace = Workspace.create(folder / "audit", clock=clock, token=iter(f"{n:06x}" for n in range(99)).__next__)
    workspace.add(share)
    return workspace


def look(workspace: Workspace) -> None:
    workspace.scan(ScanOptions(workers=0))
    workspace.assess()


def tables(workspace: Workspace) -> dict[Table, pd.DataFrame]:
    return {table: workspace.table(table.value) for table in Table if table not in SILENT}


def assert_equal(left: dict[Table, pd.DataFrame], right: dict[Table, pd.DataFrame]) -> None:
    for table, frame in left.items():
        # Two libraries made one after the other: the files' own times differ.
        gone = [c for c in ("modified", "oldest", "newest") if c in frame]
        pd.testing.assert_frame_equal(frame.drop(columns=gone), right[table].drop(columns=gone), obj=str(table))


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_run_after_a_purge_gives_the_tables_of_a_run_without_one(quarters: int, tmp_path: Path) -> None:
    clock = Clock()
    pair = [workspace_of(tmp_path / name, clock) for name in ("purged", "kept")]
    for workspace in pair:
        look(workspace)
    for _ in range(quarters):
        clock.now += timedelta(days=91)
        purge(pair[0].project, early=True)
        assert len(pair[0].table("holdings")) == 0
        for workspace in pair:
            look(workspace)
    seen = tables(pair[0])
    assert_equal(seen, tables(pair[1]))
    assert set(seen[Table.HOLDINGS]["first_seen"]) == {"2026-11-20"}
    assert len(seen[Table.CLUSTERS]) == 3 and "P2" in set(seen[Table.CLUSTERS]["people_level"])


def test_clusters_keep_their_names_and_what_people_said_of_them(tmp_path: Path) -> None:
    clock = Clock()
    workspace = workspace_of(tmp_path, clock)
    look(workspace)
    workspace.confirm_master("set3/smaller.jpg", by="Ho Mei")
    workspace.determine(
        "set1/portrait.jpg", LegalDetermination.PERSONAL_DATA, code=LegalReason.IDENTIFIED_BY_CONTEXT, by="Wong",
        role="legal",
    )  # fmt: skip
    look(workspace)
    before = workspace.table("clusters")
    clock.now += timedelta(days=91)
    purge(workspace.project, early=True)
    look(workspace)
    after = workspace.table("clusters")
    for column in ("cluster_id", "copies", "master_path", "confirmed_by", "first_seen"):
        assert list(after[column]) == list(before[column])
    determined = workspace.table("holdings").set_index("path")["legal_determination"]
    assert determined["set1/portrait.jpg"] == "personal_data"


@pytest.mark.parametrize(
    "selectors", [Selectors(path_pattern="set1/**"), Selectors(source="share"), Selectors(cluster_id="?")]
)
def test_a_hold_never_selects_less_than_it_did(selectors: Selectors, tmp_path: Path) -> None:
    clock = Clock()
    workspace = workspace_of(tmp_path, clock)
    look(workspace)
    if selectors.cluster_id:
        named = workspace.table("holdings").set_index("path")["cluster_id"]["set1/portrait.jpg"]
        selectors = Selectors(cluster_id=named)
    add_hold(
        workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
        selectors=selectors,
    )  # fmt: skip

    def held() -> set[str]:
        rows = workspace.table("dispositions")
        return set(rows[rows["outcome"] == "on_hold"]["path"])

    workspace.assess()
    before = held()
    assert "set1/portrait.jpg" in before
    clock.now += timedelta(days=91)
    purge(workspace.project, early=True)
    share = tmp_path / "share"
    (share / "set1" / "portrait.jpg").rename(share / "elsewhere.jpg")
    look(workspace)
    assert before - held() == {"set1/portrait.jpg"} and "elsewhere.jpg" in held()


def test_a_renamed_file_keeps_the_day_it_was_first_seen(tmp_path: Path) -> None:
    clock = Clock()
    workspace = workspace_of(tmp_path, clock)
    look(workspace)
    clock.now += timedelta(days=91)
    purge(workspace.project, early=True)
    share = tmp_path / "share"
    (share / "set1" / "portrait.jpg").rename(share / "renamed.jpg")
    picture(77).save(share / "new.jpg")
    look(workspace)
    seen = workspace.table("holdings").set_index("path")["first_seen"]
    assert seen["renamed.jpg"] == "2026-11-20" and seen["new.jpg"] == clock.now.date().isoformat()
