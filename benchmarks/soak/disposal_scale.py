"""A hundred thousand copies: what a plan costs, what an act costs beside reading the bytes, and how much memory."""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import resource
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.recording import recorded
from pdpo_audit.workspace.acts.plans.folders import write_plan
from pdpo_audit.workspace.acts.plans.planning import keep, prepare
from pdpo_audit.workspace.acts.plans.selecting import Wanted
from pdpo_audit.workspace.acts.running import run as carry_out
from pdpo_audit.workspace.setup.identities import open_seal
from tests.disposition.material import PEOPLE, House
from tests.workspace.library import picture

WATCHED = (
    "pdpo_audit/workspace/acts/**/*.py", "pdpo_audit/disposition/acts/*.py", "pdpo_audit/catalogue/disposition/*.py",
)  # fmt: skip


def build(base: Path, copies: int) -> House:
    """Many copies of few pictures: what is measured is the plan, not the decoding."""
    house = House(base, 0)
    contents = []
    for number in range(100):
        file = base / "one.png"
        picture(number, (48, 36)).save(file)
        contents.append(file.read_bytes())
    for number in range(copies):
        file = house.share / "due" / f"{number % 500:03d}" / f"{number:06d}.png"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(contents[number % 100])
    scan = multiprocessing.get_context("fork").Process(target=house.scan)  # its memory is not the plan's
    scan.start()
    scan.join()
    assert not scan.exitcode
    return house


def main() -> None:
    """Plan everything, then act on a part of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=int, default=100_000)
    parser.add_argument("--acts", type=int, default=20_000)
    chosen = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="scale-"))
    try:
        with recorded("disposal_scale", chosen.seed, WATCHED) as run:
            house = build(base, chosen.copies)
            house.project.no_seal = True
            seal = open_seal(house.project)
            began = time.process_time()
            header, drafted = prepare(house.project, Wanted(), "", str(seal.identity.facts()["sha256"]))
            write_plan(house.project, header, drafted.items, seal).rename(base / "audit" / "disposals" / header.plan_id)
            keep(house.project, header, drafted.items)
            run.at_most(f"plan of {len(drafted.items):,} copies, CPU", round(time.process_time() - began, 1), 60, "s")
            made = house.told(header, drafted)
            for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
                if PEOPLE[name] in made.approvals:
                    house.say(made, name)
            files = [house.share / item.path for item in drafted.items[: chosen.acts]]
            began = time.process_time()
            for file in files:
                hashlib.sha256(file.read_bytes()).digest()
            reading = time.process_time() - began
            began, wall = time.process_time(), time.monotonic()
            carry_out(house.project, made.plan_id, limit=chosen.acts)
            spent, waited = time.process_time() - began - reading, time.monotonic() - wall
            run.at_most("an act beside reading, CPU", round(1000 * spent / chosen.acts, 2), 3, "ms")
            run.tell("an act, elapsed, beside others on this machine (ms)", round(1000 * waited / chosen.acts, 2))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            run.at_most("memory of the process", round(peak), 500, "MB")
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
