"""Small libraries of pictures that tests make themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from pdpo_audit import Workspace


def picture(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture like no other: smooth random colours with structure, the same for the same seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def make_library(root: Path, count: int, *, copies: int = 0, folders: int = 4) -> None:
    """``count`` different JPEGs spread over folders, the first ``copies`` of them held a second time."""
    for number in range(count):
        path = root / f"set{number % folders}" / f"IMG_{number:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(number).save(path, quality=90)
        if number < copies:
            copy = root / "copies" / f"copy of {number}.jpg"
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())


def allow_losses(workspace: Workspace) -> None:
    """Take any loss for what it looks like: in a library of five files one is 20 % of them."""
    settings = workspace.project.settings_path
    settings.write_text(settings.read_text("utf-8") + "\n[execution]\nsource_loss = 1.0\n", "utf-8")
    workspace.project.reload()
