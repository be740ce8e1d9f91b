"""Intent before act, and both before the next: the order of syncs and renames in a trace of the system calls.

A plan is run under ``strace``. Before the first rename of a part the record of its intents was synced; after the last
one the folders are synced, and then the record of the results; no rename lies outside of that.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.recording import Run, recorded
from tests.disposition.material import House

WATCHED = (
    "pdpo_audit/workspace/acts/**/*.py", "pdpo_audit/disposition/acts/*.py", "pdpo_audit/catalogue/database/*.py",
)  # fmt: skip
_CALL = re.compile(r"(renameat2|rename|fsync|fdatasync|unlinkat)\((.*?)\)\s+= (-?\d+)")
_RUN = """
import sys
from pathlib import Path
from pdpo_audit import Workspace
from pdpo_audit.workspace.acts.running import run
from pdpo_audit.workspace.acts.undoing import finish
workspace = Workspace.open(Path(sys.argv[1]), actor="operator")
run(workspace.project, sys.argv[2])
finish(workspace.project, sys.argv[2], early=True)
"""


def trace(folder: Path, plan_id: str, file: Path) -> list[str]:
    """What the run asked of the system, one letter a call: R a rename into the quarantine, U an end in it, F a sync of
    a folder, C a sync of the catalogue."""
    command = ["strace", "-f", "-y", "-o", str(file), "-e", "trace=renameat2,rename,fsync,fdatasync,unlinkat"]
    subprocess.run([*command, sys.executable, "-c", _RUN, str(folder), plan_id], check=True, capture_output=True)
    letters = []
    for line in file.read_text("utf-8", "replace").splitlines():
        found = _CALL.search(line)
        if found is None or found[3].startswith("-"):
            continue
        name, said = found[1], found[2]
        if name == "renameat2" and ".pdpo-quarantine" in said:
            letters.append("R")
        elif name == "unlinkat" and ".pdpo-quarantine" in said:
            letters.append("U")
        elif name in ("fsync", "fdatasync"):
            letters.append("C" if "catalogue.db" in said else "F")
    return letters


def main() -> None:
    """One plan of many copies, several parts long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=int, default=230)
    chosen = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="order-"))
    try:
        with recorded("disposal_order", chosen.seed, WATCHED) as run:
            house = House(base, chosen.copies)
            house.scan()
            made = house.approved()
            house.workspace.close()
            letters = "".join(trace(house.project.folder, made.plan_id, base / "trace"))
            judge(run, letters, chosen.copies)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def judge(run: Run, letters: str, copies: int) -> None:
    """The order of the whole trace."""
    first = letters.index("R")
    acts = letters[first:]
    run.equal("renames into the quarantine", letters.count("R"), copies)
    run.equal("ends in the quarantine", letters.count("U"), copies)
    run.at_least("syncs of the catalogue before the first rename", letters[:first].count("C"), 1)
    parts = re.findall(r"(?:[RU]F*)+C", acts)
    run.equal("acts whose part ends with a sync of folders, then of the catalogue", sum(
        one.count("R") + one.count("U") for one in parts if one.endswith("FC")
    ), 2 * copies)  # fmt: skip
    before = [acts[: match.start()] for match in re.finditer(r"(?:[RU]F*)+", acts)]
    run.equal("parts whose intents were not synced before", sum(bool(b) and not b.endswith("C") for b in before), 0)
    run.tell("parts", len(parts))
    run.tell("order", re.sub(r"((.)\2{3})\2+", r"\1…", letters)[:400])


if __name__ == "__main__":
    main()
