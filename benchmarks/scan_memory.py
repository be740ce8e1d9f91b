"""Peak memory of a scan, all processes together, in a catalogue of so many holdings.

    python benchmarks/scan_memory.py PHOTOS [--holdings 100000] [--workers 2]

The catalogue is filled with contents of random fingerprints (``find_speed.fill``); then PHOTOS are scanned into it, so
that reading, the neighbour search, the region index and the clusters work over all of them. Memory is the sum of the
proportional set sizes (shared pages counted once) of the scan and its children, looked at ten times a second.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.find_speed import fill
from pdpo_audit import Workspace


def children(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += children(int(child))
        except OSError:
            continue  # it ended meanwhile
    return found


def proportional(process: int) -> int:
    """Kilobytes of a process, shared pages divided among those that share them."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def watch(command: list[str]) -> tuple[int, int, float]:
    """Peak kilobytes of all processes and of the largest, and seconds."""
    started, total, single = time.monotonic(), 0, 0
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while running.poll() is None:
        sizes = [proportional(one) for one in children(running.pid)]
        total, single = max(total, sum(sizes)), max(single, *sizes, 0)
        time.sleep(0.1)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return total, single, time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--holdings", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.create(Path(scratch) / "audit")
        workspace.add(chosen.photos)
        fill(workspace, chosen.holdings)
        folder = workspace.project.folder
        workspace.close()
        scan = [sys.executable, "-m", "pdpo_audit", "scan", "--people", "off", "--quiet", "--workspace", str(folder)]
        total, single, seconds = watch([*scan, "--workers", str(chosen.workers)])
    load = os.getloadavg()[0]
    print(
        f"{chosen.holdings:,} holdings and {chosen.photos.name}: {total // 1024} MB in all, {single // 1024} MB the"
        f" largest process, {chosen.workers} workers, {seconds:.0f} s; load {load:.1f}"
    )


if __name__ == "__main__":
    main()
