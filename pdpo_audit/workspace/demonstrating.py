"""Demo: a sample workspace, a whole audit on it, sealed with an identity made for the occasion."""

from __future__ import annotations

import shutil
from pathlib import Path

from pdpo_audit.errors import CallError
from pdpo_audit.model.tool import SETTINGS_FILE
from pdpo_audit.resources import resource


def make_demo(folder: Path) -> Path:
    """Copy the sample library and its settings into ``folder``, which must be new or empty.

    :raises CallError: there is something in it already.
    """
    samples = resource("samples")
    if folder.exists() and any(folder.iterdir()):
        raise CallError(f"{folder} is not empty", advice="choose a new folder, or remove the old demo")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(samples / "library", folder / "library", symlinks=True)
    shutil.copyfile(samples / SETTINGS_FILE, folder / SETTINGS_FILE)
    return folder
