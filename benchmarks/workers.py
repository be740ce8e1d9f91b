"""Wall time of a scan with two workers against one, on the same photographs, in turns.

    python benchmarks/workers.py PHOTOS [--files 500] [--megapixels 12] [--turns 2]

Photographs are enlarged as in ``scan_cost``. A machine that does other work tells nothing here: the load is printed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scan_cost import enlarge
from pdpo_audit import Workspace


def scan(folder: Path, share: Path, workers: int) -> float:
    """Wall seconds of a first scan into a new workspace, start-up included, people off."""
    workspace = Workspace.create(folder)
    workspace.add(share)
    workspace.close()
    command = [sys.executable, "-m", "pdpo_audit", "scan", "--people", "off", "--quiet", "--workspace", str(folder)]
    started = time.monotonic()
    subprocess.run([*command, "--workers", str(workers)], check=True)
    taken = time.monotonic() - started
    shutil.rmtree(folder)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--turns", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        share = Path(scratch) / "share"
        share.mkdir()
        files = enlarge([chosen.photos], share, chosen.files, chosen.megapixels)
        taken: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(chosen.turns):
            for workers, times in taken.items():
                times.append(scan(Path(scratch) / "audit", share, workers))
    one, two = min(taken[1]), min(taken[2])
    print(
        f"{len(files)} files: one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f} x;"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
