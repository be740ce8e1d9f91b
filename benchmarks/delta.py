"""What changed between two audits of a million holdings: CPU seconds and memory, from sealed tables alone.

``.venv/bin/python benchmarks/delta.py [HOLDINGS]``. Bars: 30 CPU seconds and 1.5 GB at a million against a million.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pdpo_audit.model.reviews.deltas import AuditNamed
from pdpo_audit.reports.deltas.comparison import AuditTables, compare_audits
from pdpo_audit.reports.deltas.reading import csv_frames

OWNERS = [f"Owner {number}" for number in range(40)]


def write(folder: Path, count: int, seed: int) -> None:
    """An audit of ``count`` holdings: of the second one a fifth moved, changed, went or is new."""
    chance = random.Random(seed)
    folder.mkdir()
    with (
        (folder / "holdings.csv").open("w") as holdings,
        (folder / "findings.csv").open("w") as findings,
        (folder / "dispositions.csv").open("w") as dispositions,
    ):
        holdings.write("source,path,bytes,sha256,format,width,cluster_id,relation,people_level,owner\r\n")
        findings.write("finding_id,rule,pack,pack_sha256,due_on,source,path,owner,status,explanation\r\n")
        dispositions.write("source,path,outcome,act,explanation\r\n")
        for number in range(count):
            other = seed > 1 and chance.random() < 0.2
            shown = number + count * (other and chance.random() < 0.5)
            source, path = f"source-{number % 12}", f"department/{number % 997}/campaign/IMG_{shown:08}.jpg"
            digest = f"{(number // 2) * 7919 + (other and chance.random() < 0.3):064x}"
            cluster = f"C-{number // 2:010}" if number % 3 else ""
            owner = OWNERS[number % 40]
            holdings.write(
                f"{source},{path},{number % 9_000_000},{digest},JPEG,4000,{cluster},byte-identical,P{number % 4},"
                f"{owner}\r\n"
            )
            findings.write(
                f"{source[-1]}-{shown},CORE-01,core,{seed // 2},2027-01-01,{source},{path},{owner},open,"
                "Nobody recorded a purpose for this copy.\r\n"
            )
            dispositions.write(f"{source},{path},{'due' if number % 10 == 0 else 'flag'},erase,why\r\n")


def audit(folder: Path, day: str) -> AuditTables:
    """The audit in a folder."""
    return AuditTables(
        named=AuditNamed(audit_id=folder.name, assessed_on=day, methods={}, packs=(("core", "0"),)),
        holdings=csv_frames(folder / "holdings.csv"),
        findings=csv_frames(folder / "findings.csv"),
        dispositions=csv_frames(folder / "dispositions.csv"),
        skipped=csv_frames(folder / "skipped.csv"),
    )


def main() -> None:
    """Write both audits in a process of its own, compare them in this one."""
    if len(sys.argv) == 4:
        write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / f"A{seed}" for seed in (1, 2)]
        for seed, folder in enumerate(folders, 1):
            subprocess.run([sys.executable, __file__, str(folder), str(count), str(seed)], check=True)
        begun = time.process_time()
        delta = compare_audits(audit(folders[0], "2026-06-30"), audit(folders[1], "2027-06-30"), key="0" * 16)
        took = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{count:,} against {count:,} holdings: {took:.1f} CPU s, {memory:.2f} GB")
    print(delta.holdings)


if __name__ == "__main__":
    main()
