"""What the catalogue observes of metadata reaches the rules as facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.assessing import project_facts
from tests.workspace.library import picture

ARTIST = 0x013B


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    share = tmp_path / "share"
    share.mkdir()
    shown = picture(1)
    for name, artist in (("one.jpg", "Lee"), ("two.jpg", "Wong"), ("three.jpg", "")):
        exif = Image.Exif()
        if artist:
            exif[ARTIST] = artist
        shown.save(share / name, quality=90, exif=exif)
    picture(2).save(share / "alone.jpg", quality=90)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def test_copies_that_name_different_authors_contradict_each_other(workspace: Workspace) -> None:
    facts = project_facts(workspace.project).set_index("path")
    for name in ("one.jpg", "two.jpg", "three.jpg"):
        assert facts.loc[name, "duplicate.contradictions"] == ("artist",)
    assert facts.loc["alone.jpg", "duplicate.contradictions"] is None
    assert not facts["image.stale_thumbnail"].any()


def test_a_contradiction_is_one_finding_at_the_master(workspace: Workspace) -> None:
    frame = project_facts(workspace.project)
    masters = frame[frame["duplicate.is_master"].eq(True)]
    assert masters["duplicate.contradictions"].notna().sum() == 1
    workspace.assess()
    assert "CORE-12" not in set(workspace.table("findings")["rule"])  # the face pass did not run: nothing is guessed
    missing = workspace.table("dispositions").set_index("path")["missing_facts"]
    assert all("people.level" in missing[name] for name in ("one.jpg", "two.jpg", "three.jpg"))
