"""CPU per file of the examination, against ``djpeg -scale 1/8 -grayscale`` on the same files in one run.

    python benchmarks/scan_cost.py PHOTOS [--files 40] [--megapixels 12]

Photographs (a folder of JPEG files) are enlarged to the wanted size with some noise, saved as baseline JPEG in a
temporary folder, and examined without and with region hashes. djpeg runs once per file, as a tool would call it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from PIL import Image

from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import Limits
from pdpo_audit.model.holdings import FileStat, ImageRef

LIMITS = Limits()


def enlarge(photos: Path, folder: Path, files: int, megapixels: float) -> list[Path]:
    draws = np.random.default_rng(1)
    made = []
    for source in sorted(photos.glob("*.[jJ][pP]*[gG]"))[:files]:
        with Image.open(source) as image:
            scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
            size = (round(image.width * scale), round(image.height * scale))
            pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BICUBIC)).astype(np.int16)
        pixels += draws.integers(-9, 10, pixels.shape[:2], dtype=np.int16)[..., None]
        made.append(folder / f"{source.stem}.jpg")
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(made[-1], quality=85)
    return made


def examine_all(files: list[Path], regions: bool) -> float:
    """CPU seconds of this process."""
    started = time.process_time()
    for file in files:
        ref = ImageRef(source="bench", locator=os.fsencode(file.name))
        examine_file(os.fsencode(file), ref, FileStat(size=0, modified_ns=0), LIMITS, regions=regions)
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
    parser.add_argument("photos", type=Path)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--megapixels", type=float, default=12)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = enlarge(chosen.photos, Path(folder), chosen.files, chosen.megapixels)
        examine_all(files[:2], True)
        results = {"djpeg": 0.0, "hashes": 0.0, "hashes and regions": 0.0}
        for start in range(0, len(files), 10):  # in turns: other work on the machine weighs on all alike
            part = files[start : start + 10]
            results["djpeg"] += djpeg_all(part)
            results["hashes"] += examine_all(part, False)
            results["hashes and regions"] += examine_all(part, True)
    for name, seconds in results.items():
        each, ratio = 1000 * seconds / len(files), seconds / results["djpeg"]
        print(f"{name:20s} {each:7.1f} ms a file, {ratio:.2f} x djpeg")


if __name__ == "__main__":
    main()
