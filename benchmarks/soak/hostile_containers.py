"""Hostile archives, documents, mails and caches through the guarded workers, and a scan of them that is killed.

    python benchmarks/soak/hostile_containers.py [--cases 600] [--first 0] [--corpus FOLDER]

Every file has to be accounted for, none by our own fault; memory and time are kept for each. With ``--corpus`` the
``container-*`` folders of a corpus go first, as they are. Then a whole scan of the first cases is killed in its middle
and made again: the folder for temporary files stays empty, the sources unchanged.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

from benchmarks.hostile import hostile
from benchmarks.hostile_examined import MEMORY, SECONDS, Outcome, corpus_files, examine_cases, lost
from benchmarks.recording import recorded
from pdpo_audit.execution import Bounds, map_bounded, open_executor, unheard

WATCHED = (
    "pdpo_audit/sources/containers/**/*.py",
    "pdpo_audit/workers/inside.py",
    "pdpo_audit/workers/examining.py",
    "benchmarks/hostile.py",
    "benchmarks/hostile_examined.py",
)
#: Cases of the scan that is killed.
_SCANNED = 120


def killed_and_scanned_again(folder: Path) -> tuple[int, int, bool]:
    """Temporary files left by a killed scan and by the next one, files not accounted for, and whether the source is as
    it was."""
    source, scratch, audit = folder / "source", folder / "tmp", folder / "audit"
    for one in (source, scratch):
        one.mkdir()
    for number in range(_SCANNED):
        (source / f"{number:03}-{hostile(number).name}").write_bytes(hostile(number).data)
    before = digest(source)
    run = partial(subprocess.Popen, env=os.environ | {"TMPDIR": str(scratch)}, stdout=subprocess.DEVNULL)
    program = [sys.executable, "-m", "pdpo_audit"]
    run([*program, "init", str(audit), "--source", str(source), "--no-ask", "--quiet"]).wait()
    scan = [*program, "scan", "--workspace", str(audit), "--people", "off", "--quiet"]
    with run(scan) as first:
        time.sleep(20)
        first.kill()
    left = sum(1 for one in scratch.rglob("*") if one.is_file())
    run(scan).wait()
    left += sum(1 for one in scratch.rglob("*") if one.is_file())
    listed = set[str]()
    for table in ("holdings", "skipped"):
        run(
            [*program, "export", table, "--workspace", str(audit), "--format", "csv", "--output", str(folder / table)]
        ).wait()
        text = (folder / table).read_text("utf-8", "replace")
        listed |= {one.name for one in source.iterdir() if one.name in text}
    return left, _SCANNED - len(listed), digest(source) == before


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for one in sorted(folder.rglob("*")):
        found.update(one.name.encode() + one.read_bytes() + str(one.stat().st_mtime_ns).encode())
    return found.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--corpus", default="")
    chosen = parser.parse_args()
    numbers = [*range(-len(corpus_files(chosen.corpus)), 0), *range(chosen.first, chosen.first + chosen.cases)]
    outcomes = list[Outcome]()
    with recorded("hostile_containers", chosen.first, WATCHED) as run:
        with open_executor(
            "processes:1", preload=("benchmarks.hostile_examined", "imagehash", "scipy.fftpack"),
            bounds=Bounds(memory=MEMORY),
            prepare="pdpo_audit.imaging.process:prepare",
        ) as executor:  # fmt: skip
            batches = ([(number, chosen.corpus)] for number in numbers)
            for batch in map_bounded(executor, examine_cases, batches, in_flight=2, lost=lost, note=unheard):
                outcomes += batch
        for one in sorted(outcomes, key=lambda one: -one.seconds)[:5]:
            print(f"{one.seconds:6.1f} s  {one.name}: {one.results} results")
        faults = [fault for one in outcomes for fault in one.faults]
        for fault in faults:
            print(fault)
        run.equal("files accounted for", sum(one.results > 0 for one in outcomes), len(numbers))
        run.equal("faults of our own, and crashes", len(faults), 0)
        run.at_most("slowest file", round(max(one.seconds for one in outcomes), 1), SECONDS, "s")
        run.at_most(
            "peak memory of the worker", round(max(one.memory for one in outcomes) / 1e9, 2), MEMORY / 1e9, "GB"
        )
        run.tell("results", sum(one.results for one in outcomes))
        run.tell("kinds", str(dict(Counter(one.name.rpartition(".")[2] for one in outcomes))))
        with tempfile.TemporaryDirectory() as name:
            left, missing, unchanged = killed_and_scanned_again(Path(name))
        run.equal("temporary files left by a killed scan and the next", left, 0)
        run.equal("files that no table names", missing, 0)
        run.equal("sources unchanged", str(unchanged), "True")


if __name__ == "__main__":
    main()
