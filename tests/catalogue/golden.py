"""Workspaces that earlier versions made, unpacked."""

from __future__ import annotations

import tarfile
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


def unpack(version: str, name: str, folder: Path) -> Path:
    """The archive ``name`` of a version, unpacked into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(GOLDEN / version / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder
