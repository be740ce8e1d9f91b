"""CPU per file of a scan, start-up subtracted, against ``djpeg -scale 1/8 -grayscale`` on the same files in one run.

    python benchmarks/scan_cost.py PHOTOS ... [--files 40] [--megapixels 12] [--workers 1]

Photographs (folders of JPEG files) are enlarged to the wanted size with some noise and saved as baseline JPEG in a
temporary folder. They are examined without and with region hashes, and scanned by the command without and with crops;
the scan of one file is subtracted. djpeg runs once per file, as a tool would call it. Linux only.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from PIL import Image

from benchmarks.whole_scan import adopt, scan
from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import Limits
from pdpo_audit.imaging.process import prepare
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.sources.files import open_file

LIMITS = Limits()


def enlarge(photos: list[Path], folder: Path, files: int, megapixels: float) -> list[Path]:
    draws = np.random.default_rng(1)
    made = []
    for number, source in enumerate([file for one in photos for file in sorted(one.rglob("*.[jJ][pP]*[gG]"))][:files]):
        with Image.open(source) as image:
            scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
            size = (round(image.width * scale), round(image.height * scale))
            pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BICUBIC)).astype(np.int16)
        pixels += draws.integers(-9, 10, pixels.shape[:2], dtype=np.int16)[..., None]
        made.append(folder / f"{number:04}.jpg")
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(made[-1], quality=85)
    return made


def examine_all(files: list[Path], regions: bool) -> float:
    """CPU seconds of this process."""
    prepare()
    started = time.process_time()
    for file in files:
        ref = ImageRef(source="bench", locator=os.fsencode(file.name))
        examine_file(partial(open_file, os.fsencode(file)), ref, LIMITS, regions=regions)
    return time.process_time() - started


def djpeg_all(files: list[Path]) -> float:
    """CPU seconds of the child processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for file in files:
        subprocess.run(["djpeg", "-scale", "1/8", "-grayscale", str(file)], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    adopt()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "files").mkdir()
        (scratch / "one").mkdir()
        files = enlarge(chosen.photos, scratch / "files", chosen.files, chosen.megapixels)
        shutil.copy(files[0], scratch / "one")
        examine_all(files[:2], True)
        results = {"djpeg": 0.0, "hashes": 0.0, "hashes and regions": 0.0}
        for start in range(0, len(files), 10):  # in turns: other work on the machine weighs on all alike
            part = files[start : start + 10]
            results["djpeg"] += djpeg_all(part)
            results["hashes"] += examine_all(part, False)
            results["hashes and regions"] += examine_all(part, True)
        for what, options in (("scan --no-crops", ("--no-crops",)), ("scan", ())):
            taken = [
                scan(scratch, scratch / folder, *options, "--workers", str(chosen.workers))
                for folder in ("one", "files")
            ]
            results[what] = (taken[1] - taken[0]) * len(files) / (len(files) - 1)
    for what, seconds in results.items():
        each, ratio = 1000 * seconds / len(files), seconds / results["djpeg"]
        print(f"{what:20s} {each:7.1f} ms a file, {ratio:.2f} x djpeg ({len(files)} files)")


if __name__ == "__main__":
    main()
