"""How long ``find`` takes at so many holdings: a copy, an edit, a crop, and a picture that is not held.

    python benchmarks/find_speed.py PHOTOS [--holdings 100000]

The photographs are scanned; then the catalogue is filled with contents of random fingerprints (one holding each, 120
regions, as many as a photograph has). Each call is a process of its own, start-up included.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import insert

from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.whereabouts import add_folders, open_source
from pdpo_audit.model.methods import FINGERPRINTS
from pdpo_audit.workspace.project import ScanOptions

_REGIONS = 120
_ABSENT = 1  # photographs kept out of the library, to be looked for in vain


def fill(workspace: Workspace, count: int) -> None:
    """Contents and holdings with random digests and fingerprints, in a source of their own."""
    draws = np.random.default_rng(count)
    with workspace.project.store.transaction() as transaction:
        source = open_source(transaction, "synthetic")
        folder = add_folders(transaction, source, [b"made"])[b"made"]
        for start in range(0, count, 5_000):
            rows = range(1_000_000 + start, 1_000_000 + min(start + 5_000, count))
            contents = [
                {
                    "id": k, "digest": draws.bytes(32), "sha256": draws.bytes(32), "member": "", "image_sha256": b"",
                    "bytes": 100_000 + k, "format": "JPEG", "width": 4000, "height": 3000, "pages": 1,
                    "captured_at": "", "metadata": "{}", "reason": "", "detail": "", "examined": 1,
                }
                for k in rows
            ]  # fmt: skip
            prints = [
                {
                    "content_id": k, "method": FINGERPRINTS, "perceptual": draws.bytes(32), "phash": draws.bytes(8),
                    "texture": 50, "thumbnail": draws.bytes(1024), "keypoints": b"", "quality": 85, "detail": 1.0,
                    "regions": draws.bytes(16 * _REGIONS),
                }
                for k in rows
            ]  # fmt: skip
            held = [
                {
                    "folder_id": folder, "name": f"{k}.jpg".encode(), "member": "", "size": 100_000 + k,
                    "modified_ns": 0, "inode": k, "content_id": k, "reason": "", "detail": "", "image": 1,
                    "first_seen": "2026-01-01", "vanished_on": "",
                }
                for k in rows
            ]  # fmt: skip
            for table, made in ((schema.contents, contents), (schema.fingerprints, prints), (schema.holdings, held)):
                transaction.connection.execute(insert(table), made)
        transaction.note_change()


def ask(folder: Path, picture: Path) -> tuple[float, float, int]:
    """Wall and CPU seconds of one call, and how many holdings it found."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "pdpo_audit", "find", str(picture), "--workspace", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.stdout.count(b'"relation"')


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--holdings", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        share = Path(scratch) / "share"
        share.mkdir()
        photos = sorted(chosen.photos.rglob("*.[jJ][pP]*[gG]"))[: 20 + _ABSENT]
        for number, photo in enumerate(photos[_ABSENT:]):
            shutil.copy(photo, share / f"{number:02}.jpg")
        workspace = Workspace.create(Path(scratch) / "audit")
        workspace.add(share)
        workspace.scan(ScanOptions(workers=0, people="off"))
        fill(workspace, chosen.holdings - len(photos) + _ABSENT)
        workspace.close()
        edit, crop = Path(scratch) / "edit.jpg", Path(scratch) / "crop.jpg"
        with Image.open(photos[_ABSENT]) as image:
            width, height = image.size
            image.resize((width // 2, height // 2)).save(edit, quality=50)
            image.crop((width // 8, height // 8, width * 7 // 8, height * 7 // 8)).save(crop, quality=80)
        asked = {"a copy": photos[_ABSENT], "half as large": edit, "crop to 56 %": crop, "not held": photos[0]}
        for name, picture in asked.items():
            wall, cpu, found = ask(workspace.project.folder, picture)
            load = os.getloadavg()[0]
            print(
                f"{name:14s} {wall:5.2f} s ({cpu:.2f} s CPU), {found} found among {chosen.holdings:,}; load {load:.1f}"
            )


if __name__ == "__main__":
    main()
