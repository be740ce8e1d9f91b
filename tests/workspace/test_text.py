"""Identity numbers through a whole audit: told, fed to the rules, covered, and never written anywhere."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.assessing import tables
from pdpo_audit.workspace.running import run
from tests.execution.serial import Serial
from tests.text.samples import ZONE, card, saved
from tests.workspace.library import picture

HERE = ScanOptions(workers=0, people="off")
OTHER = "R548071(9)"


def make_share(share: Path) -> None:
    """A card held twice and once more compressed, a passport in a TIFF's second page, a slip in a GIF's second frame,
    and pictures without numbers."""
    front = card()
    saved(front, share / "site" / "card.jpg")
    (share / "site" / "again.jpg").write_bytes((share / "site" / "card.jpg").read_bytes())
    saved(front, share / "site" / "small.jpg", quality=60)
    zone = card(ZONE, size=(1100, 600), ink=30)
    (share / "scans").mkdir()
    picture(5, (400, 300)).save(share / "scans" / "two.tif", save_all=True, append_images=[zone])
    slide = picture(8, (640, 400))
    slide.save(share / "scans" / "slides.gif", save_all=True, append_images=[card(OTHER)], duration=900, loop=0)
    saved(picture(7, (400, 300)), share / "scans" / "plain.jpg")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    base = tmp_path_factory.mktemp("text")
    make_share(base / "share")
    (base / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PDPO_AUDIT_TEXT__SCOPE", "all")
        patched.setenv("TMPDIR", str(base / "tmp"))
        patched.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
        workspace = Workspace.create(base / "audit")
        workspace.add(*sorted((base / "share").iterdir()))
        run(workspace, HERE, [])
        yield workspace
        workspace.close()


def rows(workspace: Workspace) -> dict[str, dict[Hashable, object]]:
    frame = pd.concat(list(tables(workspace.project).chunks(Table.HOLDINGS)))
    return {str(row["path"]): row for row in frame.to_dict("records")}


def test_numbers_are_told_in_copies_pages_and_frames(workspace: Workspace) -> None:
    told = {path: row["identity_numbers"] for path, row in rows(workspace).items()}
    assert told == {
        "card.jpg": "hkid", "again.jpg": "hkid", "small.jpg": "hkid", "slides.gif": "hkid",
        "two.tif!/page/2": "passport", "two.tif!/page/1": "looked for, none legible",
        "plain.jpg": "looked for, none legible",
    }  # fmt: skip


def test_they_are_flags_and_what_shows_none_is_not_called_free_of_them(workspace: Workspace) -> None:
    flags = {path: row["sensitivity"] for path, row in rows(workspace).items()}
    assert flags["small.jpg"] == flags["two.tif!/page/2"] == "identity_document"
    assert flags["plain.jpg"] == "not looked for"
