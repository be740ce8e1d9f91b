"""A thousand copies taken and put back: bytes, names, times, modes, owners and extended attributes are as before."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
from pathlib import Path

from benchmarks.recording import recorded
from pdpo_audit.workspace.acts.undoing import undo
from tests.disposition.material import House
from tests.workspace.library import picture

WATCHED = ("pdpo_audit/workspace/acts/**/*.py", "pdpo_audit/disposition/acts/*.py")
Facts = tuple[bytes, int, int, int, int, int, tuple[tuple[str, bytes], ...]]


def facts_of(root: Path) -> dict[str, Facts]:
    """Everything of each file that an undo must bring back, by its path."""
    found: dict[str, Facts] = {}
    for file in sorted(root.rglob("*")):
        if file.is_file() and ".pdpo-quarantine" not in str(file):
            status = file.stat()
            attributes = tuple((name, os.getxattr(file, name)) for name in sorted(os.listxattr(file)))
            found[str(file.relative_to(root))] = (
                file.read_bytes(), status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns, status.st_ino,
                attributes,
            )  # fmt: skip
    return found


def main() -> None:
    """Lay out, take, put back, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=int, default=1_000)
    chosen = parser.parse_args()
    chance, base = random.Random(chosen.seed), Path(tempfile.mkdtemp(prefix="undo-"))
    try:
        with recorded("disposal_undo", chosen.seed, WATCHED) as run:
            house = House(base, 0)
            for number in range(chosen.copies):
                file = house.share / "due" / f"{number % 37:02d}" / f"圖 {number:04d} %!.png"
                file.parent.mkdir(exist_ok=True)
                picture(number % 200, (48, 36)).save(file)
                file.chmod(chance.choice([0o600, 0o640, 0o444, 0o777]))
                os.chown(file, chance.randrange(1000), chance.randrange(1000))
                os.setxattr(file, "user.note", chance.randbytes(20))
                os.utime(file, ns=(chance.randrange(10**18, 2 * 10**18), chance.randrange(10**18, 2 * 10**18)))
            house.scan()
            before, made = facts_of(house.share), house.approved()
            run.equal("copies in quarantine", house.run(made).states.get("quarantined", 0), chosen.copies)
            run.equal("copies left at their places", len(facts_of(house.share)), 0)
            run.equal(
                "copies undone",
                undo(house.project, made.plan_id, by="Ho Mei", reason="soak").states["undone"],
                chosen.copies,
            )
            after = facts_of(house.share)
            run.equal("copies that differ in anything", sum(after.get(path) != one for path, one in before.items()), 0)
            run.equal("files that are new", len(after.keys() - before.keys()), 0)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
