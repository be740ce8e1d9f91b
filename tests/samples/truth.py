"""The sample library's truth table, read."""

from __future__ import annotations

import csv
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"


def truth(folder: Path = SAMPLES) -> list[dict[str, str]]:
    """The rows of ``expected.csv`` in ``folder``; accepted answers are separated by ``|``."""
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def file_of(path: str) -> str:
    """The file that holds ``path``: ``scan.tif`` of ``scan.tif!/page/3``."""
    return path.partition("!/")[0]
