"""CPU of a second scan of unchanged files, whole process, against ``find -printf '%s %T@ %p'`` in one run.

    python benchmarks/rescan.py FOLDER... [--files 100000] [--turns 5]

Every FOLDER is scanned once for its size, then again and again in turns with find. Where none is given one is made of
small pictures, with ``--files`` files in folders of 1,000. A FOLDER that holds a ``pdpo-audit.toml`` is a workspace
that was scanned before.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from pdpo_audit import Workspace

_SEEDS = 500


def make_tree(root: Path, files: int) -> None:
    """Hard links to a few hundred small pictures: a listing does not tell them from copies."""
    seeds = root.parent / "seeds"
    seeds.mkdir()
    for number in range(_SEEDS):
        noise = np.random.default_rng(number).integers(0, 256, (9, 12, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((96 + number % 40, 72)).save(seeds / f"{number}.jpg", quality=60)
    for number in range(files):
        folder = root / f"{number // 1000:05}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        os.link(seeds / f"{number % _SEEDS}.jpg", folder / f"IMG_{number:07}.jpg")


def cpu(*command: str) -> float:
    """CPU seconds of a command with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(workspace: Path, turns: int) -> None:
    scan = (sys.executable, "-m", "pdpo_audit", "scan", "--people", "off", "--quiet", "--workspace", str(workspace))
    with_roots = Workspace.open(workspace)
    roots = [source.uri for source in with_roots.project.sources()]
    with_roots.close()
    first = cpu(*scan)
    cpu(*scan)
    listing, again = [], []
    for _ in range(turns):  # in turns: other work on the machine weighs on both alike
        listing.append(cpu("find", *roots, "-printf", "%s %T@ %p\n"))
        again.append(cpu(*scan))
    opened = Workspace.open(workspace)
    holdings = opened.status().counts.holdings
    opened.close()
    ratio = sorted(again)[turns // 2] / sorted(listing)[turns // 2]
    print(
        f"{holdings:,} holdings: find {sorted(listing)[turns // 2]:.2f} s, scan again {sorted(again)[turns // 2]:.2f} s"
        f" CPU (medians of {turns}), {ratio:.1f} x; first call {first:.1f} s CPU; load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folders = chosen.folders
        if not folders:
            folders = [Path(scratch) / "library"]
            made = time.monotonic()
            make_tree(folders[0], chosen.files)
            print(f"{chosen.files:,} files made in {time.monotonic() - made:.0f} s")
        for number, folder in enumerate(folders):
            workspace = folder
            if not (folder / "pdpo-audit.toml").is_file():
                workspace = Path(scratch) / f"workspace{number}"
                fresh = Workspace.create(workspace)
                fresh.add(folder)
                fresh.close()
            measure(workspace, chosen.turns)


if __name__ == "__main__":
    main()
