"""The region index over growing libraries: time as the count doubles, memory, and crops found.

    python benchmarks/regions_scale.py 50000 100000 200000 [--regions 120] [--crops 500]

Every picture has so many regions at random places; three in a hundred of their hashes are drawn from a few thousand
that many pictures share, as letters, corners and plain edges are. Crops that remove 30 % of each side are planted: of
the regions that lie inside 60 % are found again, their hashes 0 to 8 bits apart. CPU seconds and peak memory of one
process a count.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import RECORD
from pdpo_audit.similarity.candidates.partitions import windows
from pdpo_audit.similarity.candidates.regions import find_crop_candidates

_COMMON_SHARE, _COMMON_HASHES = 0.03, 3_000
_REMOVED, _FOUND_AGAIN, _MOST_BITS = 0.3, 0.6, 8
_SIDE = 65536


def regions_of(content: int, count: int) -> NDArray[np.void]:
    """The regions of one picture, the same for the same id."""
    draws = np.random.default_rng(content)
    records = np.zeros(count, RECORD)
    records["hash"] = draws.integers(0, 1 << 63, count, dtype=np.uint64)
    common = draws.random(count) < _COMMON_SHARE
    pool = np.random.default_rng(7).integers(0, 1 << 63, _COMMON_HASHES, dtype=np.uint64)
    records["hash"][common] = pool[draws.integers(0, _COMMON_HASHES, int(common.sum()))]
    records["x"], records["y"] = draws.integers(0, _SIDE, (2, count))
    records["size"] = draws.integers(800, 6_000, count)
    records["angle"] = draws.integers(0, _SIDE, count)
    return records


def crop_of(content: int, count: int) -> NDArray[np.void]:
    """What is found again in a crop of a picture: the middle of it, enlarged."""
    draws = np.random.default_rng((content, 1))
    whole = regions_of(content, count)
    low, high = _REMOVED / 2 * _SIDE, (1 - _REMOVED / 2) * _SIDE
    inside = (whole["x"] > low) & (whole["x"] < high) & (whole["y"] > low) & (whole["y"] < high)
    kept = whole[inside & (draws.random(count) < _FOUND_AGAIN)].copy()
    bits = draws.integers(0, _MOST_BITS + 1, len(kept)).tolist()
    flips = [sum(1 << int(bit) for bit in draws.permutation(63)[:number]) for number in bits]
    kept["hash"] ^= np.array(flips, np.uint64)
    scale = 1 / (1 - _REMOVED)
    for axis in ("x", "y"):
        kept[axis] = ((kept[axis].astype(float) - low) * scale).astype(np.uint16)
    kept["size"] = (kept["size"].astype(float) * scale).astype(np.uint16)
    return kept


def shards(pictures: int, regions: int, crops: int) -> Iterator[tuple[int, bytes]]:
    """Pictures, and crops of some of them behind."""
    for content in range(1, pictures + 1):
        yield content, regions_of(content, regions).tobytes()
    step = pictures // crops
    for number in range(crops):
        yield pictures + 1 + number, crop_of(1 + number * step, regions).tobytes()


def measure(pictures: int, regions: int, crops: int) -> dict[str, float]:
    """One count, in this process."""
    making = time.process_time()
    for _ in shards(pictures, regions, crops):
        pass
    making = time.process_time() - making
    began = time.process_time()
    pairs = {(int(one), int(other)) for one, other in find_crop_candidates(shards(pictures, regions, crops))}
    seconds = time.process_time() - began - making
    step = pictures // crops
    planted = {(1 + number * step, pictures + 1 + number) for number in range(crops)}
    width, begins = windows(pictures * regions)
    return {
        "pictures": pictures, "seconds": round(seconds, 1), "found": len(planted & pairs) / crops,
        "others": len(pairs - planted), "width": width, "windows": len(begins),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--regions", type=int, default=120)
    parser.add_argument("--crops", type=int, default=500)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        print(json.dumps(measure(chosen.counts[0], chosen.regions, chosen.crops)))
        return
    before = 0.0
    for count in sorted(chosen.counts):
        own = [sys.executable, __file__, str(count), "--alone"]
        own += ["--regions", str(chosen.regions), "--crops", str(chosen.crops)]
        said = json.loads(subprocess.run(own, check=True, capture_output=True, text=True).stdout)
        growth = f", {said['seconds'] / before:.2f} x the count before" if before else ""
        print(
            f"{count:,} pictures: {said['seconds']} s CPU{growth}; {100 * said['found']:.1f} % of crops found,"
            f" {said['others']} other pairs; {said['peak_mb']} MB; {said['windows']} keys of {said['width']} bits",
            flush=True,
        )
        before = said["seconds"]


if __name__ == "__main__":
    main()
