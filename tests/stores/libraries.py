"""One small library behind every store, and what a scan says of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from pdpo_audit import Workspace
from pdpo_audit.model.locations.holdings import FolderListing
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.ports import ReachableSource, Source
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import picture

OFF = ScanOptions(workers=0, people="off")
#: What the tables tell alike wherever the files lie.
ALIKE = ["path", "bytes", "sha256", "relation", "is_master", "skipped_reason", "phash"]
#: What only a folder tells: the order of names in it, and when something changed.
Tables = tuple[str, str]


def make_library(root: Path) -> None:
    """Pictures, copies of them, a picture in an archive, an empty file, a large one that is no picture."""
    for number, name in enumerate(("a.jpg", "夏 100%.jpg", "sub/b c.jpg", "sub/deeper/#1.jpg", "sub-x/d.jpg")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        picture(number // 2, (480, 360)).save(root / name, "JPEG", quality=95)
    with ZipFile(root / "sub" / "kept.zip", "w") as archive:
        archive.write(root / "a.jpg", "in/a.jpg")
    (root / "sub" / "empty.jpg").write_bytes(b"")
    (root / "notes.txt").write_bytes(b"x" * 200_000)


def state_of(root: Path) -> dict[str, tuple[str, int]]:
    """Bytes and times of everything below a folder."""
    return {
        str(one.relative_to(root)): (hashlib.sha256(one.read_bytes()).hexdigest(), one.stat().st_mtime_ns)
        for one in sorted(root.rglob("*")) if one.is_file()
    }  # fmt: skip


def as_store(uri: str, **more: Any) -> ReachableSource:
    """A store, not yet connected."""
    opened = open_source(SourceSpec(name="cloud", uri=uri, **more))
    assert isinstance(opened, ReachableSource)
    return opened


def listed(found: Source) -> dict[bytes, tuple[int, int]]:
    """Places with size and whole seconds of their time, as the listings give them."""
    return {
        (one.folder + b"/" if one.folder else b"") + name: (size, modified // 10**9)
        for one in found.folders()
        if isinstance(one, FolderListing)
        for name, size, modified, _ in one.entries
    }


def declared(folder: Path, uri: str, more: str = "") -> Workspace:
    """A workspace of one source."""
    workspace = Workspace.create(folder)
    with workspace.project.settings_path.open("a") as settings:
        settings.write(f'\n[[sources]]\nname = "cloud"\nuri = "{uri}"\n{more}\n')
    workspace.project.reload()
    return workspace


def tables_of(workspace: Workspace) -> Tables:
    """What a scan says of pictures and of what it skipped."""
    holdings, skipped = workspace.table("holdings"), workspace.table("skipped")
    return holdings[ALIKE].to_csv(index=False), skipped[skipped["reason"] != "older_versions"].to_csv(index=False)
