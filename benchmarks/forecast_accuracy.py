"""What ``scan --dry-run`` tells against what the scan then takes: seconds by stage, and bytes.

    python -m benchmarks.forecast_accuracy [--files 600] [--workers 2] [--seed 1]

Two libraries: mixed files (the samples, each copied, cut, resized and saved again), and photographs of 12 megapixels of
which each is saved under several names. The forecast comes first and warms the cache of files. Stages that a forecast
leaves out (the forming of clusters) are told apart.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.soak.cluster import make_library
from pdpo_audit import Workspace
from pdpo_audit.ports import Silent
from pdpo_audit.workspace.project import ScanOptions

#: Photographs are so many different ones, each saved again and again with another quality.
_DIFFERENT = 12


class Stopwatch(Silent):
    """Seconds from the beginning of each stage to its last item."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._began = "", 0.0

    def start(self, stage: str, total: int | None) -> None:  # noqa: ARG002  the protocol
        self._stage, self._began = stage, time.monotonic()

    def advance(self, items: int = 1) -> None:  # noqa: ARG002  the protocol
        now = time.monotonic()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._began
        self._began = now


def make_photographs(share: Path, files: int, seed: int) -> None:
    """Noise on a smooth ground, which compresses as photographs do."""
    random = np.random.default_rng(seed)
    share.mkdir(parents=True)
    for number in range(files):
        if number % max(1, files // _DIFFERENT) == 0:
            ground = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8))
            smooth = np.asarray(ground.resize((4000, 3000), Image.Resampling.BICUBIC), np.int16)
            grain = random.integers(-9, 10, smooth.shape, dtype=np.int16)
            picture = Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))
        picture.save(share / f"IMG_{number:05}.jpg", quality=75 + number % 20)


def compare(name: str, share: Path, base: Path, workers: int, seed: int) -> None:
    """One library: what was told, what it took."""
    watch, options = Stopwatch(), ScanOptions(workers=workers, people="off")
    workspace = Workspace.create(base / f"of-{name}", progress=watch)
    workspace.add(share)
    told = workspace.forecast(options, seed=seed)
    watch.seconds.clear()
    began = time.monotonic()
    workspace.scan(options)
    whole = time.monotonic() - began
    holdings = workspace.table("holdings")
    workspace.close()
    stages = {one.stage: one.seconds for one in told.stages}
    took = {stage: watch.seconds.get(stage, 0.0) for stage in stages}
    held = sum(one.stat().st_size for one in share.rglob("*") if one.is_file())
    print(
        f"{name}: {told.files} files, {told.sampled} sampled, {len(holdings)} holdings; load {os.getloadavg()[0]:.1f}"
    )
    print(f"  bytes to read: told {told.bytes_to_read:,}, there are {held:,}")
    for stage, seconds in stages.items():
        print(f"  {stage}: told {seconds:.1f} s, took {took[stage]:.1f} s")
    real = sum(took.values())
    print(f"  together: told {told.seconds:.1f} s, took {real:.1f} s: {told.seconds / real:.2f}")
    print(f"  the whole scan {whole:.1f} s, with start-up and what is not told", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        make_library(base / "mixed", chosen.files, chosen.seed)
        compare("mixed", base / "mixed", base, chosen.workers, chosen.seed)
        make_photographs(base / "photographs", chosen.files // 2, chosen.seed)
        compare("photographs", base / "photographs", base, chosen.workers, chosen.seed)


if __name__ == "__main__":
    main()
