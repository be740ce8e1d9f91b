"""Which copy of a duplicate cluster stands out."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import picture


def test_the_oldest_and_the_poorest_copy_are_named(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    whole = picture(1, (640, 480))
    whole.save(share / "original.png")
    whole.save(share / "web.jpg", quality=30)
    whole.resize((160, 120), Image.Resampling.LANCZOS).save(share / "small.jpg", quality=90)
    for number, name in enumerate(("original.png", "small.jpg", "web.jpg")):
        os.utime(share / name, ns=(10**18 - number, 10**18 - number))
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(ScanOptions(workers=0, people="off"))
    (cluster,) = workspace.table("clusters").itertuples()
    assert (cluster.master_path, cluster.copies) == ("original.png", 3)
    assert (cluster.oldest_source, cluster.oldest_path) == ("share", "web.jpg")
    assert (cluster.lowest_quality_source, cluster.lowest_quality_path) == ("share", "small.jpg")


def test_identical_copies_have_no_poorest(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    picture(1).save(share / "a.jpg")
    (share / "b.jpg").write_bytes((share / "a.jpg").read_bytes())
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(ScanOptions(workers=0, people="off"))
    (cluster,) = workspace.table("clusters").itertuples()
    assert cluster.lowest_quality_path == ""
