"""Several names of one file are told, and its bytes are counted once; what lies in a trash folder is marked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.locations.litter import in_trash, is_spare
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import allow_losses, make_library

OFF = ScanOptions(workers=0, people="off")


def test_hard_links_are_told_and_counted_once_in_bytes(tmp_path: Path) -> None:
    share = tmp_path / "share"
    make_library(share, 3, copies=1)
    file = share / "set1" / "IMG_0001.jpg"
    os.link(file, share / "another name.jpg")
    os.link(file, share / "set2" / "a third.jpg")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    allow_losses(workspace)
    assert workspace.scan(OFF).hard_links == workspace.scan(OFF).hard_links == 2
    held = workspace.table("holdings").set_index("path")
    names = ["another name.jpg", "set1/IMG_0001.jpg", "set2/a third.jpg"]
    assert sorted(held.loc[names, "hard_link"]) == [False, True, True]
    assert held.loc[names, "bytes"].sum() == file.stat().st_size
    assert not held.loc["copies/copy of 0.jpg", "hard_link"]  # another file with the same bytes
    files = {path.stat().st_ino: path.stat().st_size for path in share.rglob("*.jpg")}
    assert held["bytes"].sum() == sum(files.values()) == workspace.status().counts.bytes
    rows = workspace.table("clusters")[["copies", "additional_bytes"]].to_numpy().tolist()
    assert sorted(rows) == [[2, (share / "copies" / "copy of 0.jpg").stat().st_size], [3, 0]]
    counted = next(name for name in names if not held.loc[name, "hard_link"])
    size = file.stat().st_size
    (share / counted).unlink()
    assert workspace.scan(OFF).hard_links == 1
    left = workspace.table("holdings").set_index("path")
    assert left.loc[left.index.isin(names), "bytes"].sum() == size


@pytest.mark.parametrize(
    ("place", "marked"),
    [
        ("#recycle/old/IMG_9.jpg", True), ("$RECYCLE.BIN/S-1-5/$R1.jpg", True), (".Trash-1000/files/a.jpg", True),
        ("a/.trash/b.jpg", True), (".local/share/Trash/files/a.jpg", True), (".Trashes/501/a.tif!/page/2", True),
        ("@Recycle/a.jpg", True), ("trash/a.jpg", False), ("recycler.jpg", False), ("my.trash/a.jpg", False),
        ("trash talk/files/a.jpg", False),
    ],
)  # fmt: skip
def test_trash_folders_are_known_by_their_names(place: str, marked: bool) -> None:
    assert in_trash(place) is is_spare(place) is marked


def test_earlier_states_that_a_server_keeps_are_spare_and_no_trash() -> None:
    for place in (".snapshot/hourly.0/a.jpg", "x/.zfs/snapshot/monday/a.jpg", "@Recently-Snapshot/a/b.jpg"):
        assert is_spare(place) and not in_trash(place)
    assert not is_spare("snapshot/a.jpg")


def test_what_lies_in_a_trash_folder_is_marked(tmp_path: Path) -> None:
    make_library(tmp_path / "share" / "#recycle", 1)
    make_library(tmp_path / "share", 2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(OFF)
    held = workspace.table("holdings")
    assert held.loc[held["in_trash"], "path"].tolist() == ["#recycle/set0/IMG_0000.jpg"]
    assert workspace.table("clusters")["master_path"].tolist() == ["set0/IMG_0000.jpg"]
