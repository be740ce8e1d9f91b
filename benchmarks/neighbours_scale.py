"""Neighbour search over synthetic 256-bit hashes: share found, time as the count doubles, memory, and faiss if there.

    python benchmarks/neighbours_scale.py 250000 500000 1000000 [--faiss]

A tenth of the hashes are planted copies at distance 0 to 24. CPU seconds of one process; faiss (if installed) searches
a sample of the queries against all hashes by brute force, in one orientation, and is scaled to all of them.
"""

from __future__ import annotations

import argparse
import importlib
import os
import resource
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.candidates.neighbours import find_candidates

_SAMPLE = 4_000


def planted(count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Hashes (count x 32); the last tenth are changed copies, whose sources (rows) come second."""
    draws = np.random.default_rng(count)
    hashes = draws.integers(0, 256, (count, 32), dtype=np.uint8)
    copies = count // 10
    sources = draws.integers(0, count - copies, copies)
    bits = np.unpackbits(hashes[sources], axis=1)
    for start in range(0, copies, 50_000):
        part = bits[start : start + 50_000]
        places = np.argsort(draws.random(part.shape), axis=1)[:, :24]
        change = np.arange(24)[None] < draws.integers(0, 25, (len(part), 1))
        flips = np.zeros_like(part)
        np.put_along_axis(flips, places, change.astype(np.uint8), axis=1)
        part ^= flips
    hashes[count - copies :] = np.packbits(bits, axis=1)
    return hashes, sources


def measure(count: int) -> tuple[float, float]:
    """Share of planted copies found, and CPU seconds."""
    hashes, sources = planted(count)
    started = time.process_time()
    pairs = find_candidates(hashes)
    seconds = time.process_time() - started
    wanted = sources * count + np.arange(count - len(sources), count)
    return float(np.isin(wanted, pairs[:, 0] * count + pairs[:, 1]).mean()), seconds


def brute_force(count: int) -> float:
    """CPU seconds that faiss would need for all queries, from a sample."""
    faiss = importlib.import_module("faiss")
    hashes, _ = planted(count)
    index = faiss.IndexBinaryFlat(256)
    index.add(hashes)
    started = time.process_time()
    index.search(hashes[:_SAMPLE], 8)
    return (time.process_time() - started) * count / _SAMPLE


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--faiss", action="store_true")
    chosen = parser.parse_args()
    before = 0.0
    for count in sorted(chosen.counts):
        share, seconds = measure(count)
        growth = f", {seconds / before:.2f} x the count before" if before else ""
        print(f"{count} hashes: {100 * share:.3f} % found, {seconds:.1f} s CPU{growth}")
        before = seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MB")
    if chosen.faiss:
        brute = brute_force(max(chosen.counts))
        print(f"faiss brute force, one orientation: {brute:.0f} s CPU, {brute / before:.1f} x ours")


if __name__ == "__main__":
    main()
