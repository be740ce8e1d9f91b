"""Files and folders of a workspace as people name them."""

from __future__ import annotations

from pathlib import Path


def named_path(folder: Path, named: Path) -> Path:
    """The path as it is named from here, or else from the workspace's folder, as every message names it."""
    return named if named.exists() or not (folder / named).exists() else folder / named
