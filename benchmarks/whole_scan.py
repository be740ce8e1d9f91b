"""CPU of a whole first scan of mixed files, start-up included, against findimagedupes and fastdup in one run.

    python benchmarks/whole_scan.py FOLDER [--workers 2] [--turns 2] [--fastdup PYTHON]

``PYTHON`` is an interpreter that has fastdup. Programs that are missing are left out. Linux only: worker processes
outlive their parent for a moment, and count as well.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pdpo_audit import Workspace

_PR_SET_CHILD_SUBREAPER = 36
_FASTDUP = "import sys, fastdup; fastdup.create(work_dir=sys.argv[1], input_dir=sys.argv[2]).run(overwrite=True)"


def adopt() -> None:
    """Become the parent of processes whose own parent ends: their CPU counts, too."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cpu(*command: str) -> float:
    """CPU seconds of a command with everything that it started, also what it left behind."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def scan(scratch: Path, folder: Path, *options: str) -> float:
    """CPU seconds of a first scan into a new workspace, people off."""
    workspace = Workspace.create(scratch / "audit")
    workspace.add(folder)
    workspace.close()
    command = (sys.executable, "-m", "pdpo_audit", "scan", "--people", "off", "--quiet")
    taken = cpu(*command, "--workspace", str(scratch / "audit"), *options)
    shutil.rmtree(scratch / "audit")
    return taken


def others(scratch: Path, folder: Path, fastdup: str) -> dict[str, float]:
    """CPU seconds of the other programs that are here."""
    found = {}
    if shutil.which("findimagedupes"):
        found["findimagedupes"] = cpu("findimagedupes", "-q", "-R", str(folder))
    if fastdup:
        found["fastdup"] = cpu(fastdup, "-c", _FASTDUP, str(scratch / "fastdup"), str(folder))
        shutil.rmtree(scratch / "fastdup")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--fastdup", default="", metavar="PYTHON")
    chosen = parser.parse_args()
    adopt()
    folder = chosen.folder.resolve()
    least: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for _ in range(chosen.turns):  # in turns: other work on the machine weighs on all alike
            workers = ("--workers", str(chosen.workers))
            taken = {
                "pdpo-audit, without crops": scan(scratch, folder, "--no-crops", *workers),
                "pdpo-audit": scan(scratch, folder, *workers),
                **others(scratch, folder, chosen.fastdup),
            }
            least = {what: min(seconds, least.get(what, seconds)) for what, seconds in taken.items()}
    for what, seconds in least.items():
        print(f"{what}: {seconds:.1f} CPU s")
    for ours, theirs in (("pdpo-audit, without crops", "findimagedupes"), ("pdpo-audit", "fastdup")):
        if theirs in least:
            print(f"{ours} / {theirs}: {least[ours] / least[theirs]:.2f}")


if __name__ == "__main__":
    main()
