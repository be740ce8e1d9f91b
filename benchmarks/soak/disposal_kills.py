"""A plan with 500 copies over two file systems, killed again and again at random moments, for each kind of act.

The process that acts is a copy of this one that opens the workspace anew, so that a kill costs little; it is ended by
SIGKILL after a random time. The same call then goes on, until the plan is through. Files, states, log and certificate
must be those of a run that nobody broke off.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.recording import Run, recorded
from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.model.disposition.acts import MOVING, DisposalAct
from pdpo_audit.model.events import first_broken
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.undoing import finish, undo
from tests.disposition.material import DUE, House, as_a_process_of_its_own
from tests.workspace.library import picture

WATCHED = (
    "pdpo_audit/workspace/acts/**/*.py", "pdpo_audit/disposition/acts/*.py", "pdpo_audit/catalogue/disposition/*.py",
)  # fmt: skip
#: Seconds after which a run is broken off at the latest: a little longer than most take.
LONGEST = 1.5
ACTS = (DisposalAct.ERASE, DisposalAct.RESTRICT, DisposalAct.TAKE_DOWN, DisposalAct.LINK)


def build(base: Path, other: Path, copies: int) -> House:
    """A house with half of its copies on each file system, places for moves on both, and a sidecar here and there."""
    house = House(base, 0)
    for share in (house.share, other / "share"):
        (share / "due").mkdir(parents=True, exist_ok=True)
        (share / "kept").mkdir(parents=True, exist_ok=True)
        for number in range(copies // 2):
            content = share / "due" / f"p{number:04d}.png"
            picture(number if share == house.share else 10_000 + number, (48, 36)).save(content)
            (share / "kept" / f"p{number:04d}.png").write_bytes(content.read_bytes())
            (share / "kept" / f"q{number:04d}.png").write_bytes(content.read_bytes())
            if number % 10 == 0:
                content.with_name(f"{content.name}.xmp").write_text("<x:xmpmeta/>")
    house.workspace.add(other / "share")
    house.settings(DUE.format(match="due/**"))
    text = house.project.settings_path.read_text("utf-8")
    for place in ("restricted", "down"):
        (base / place).mkdir()
    places = f'places = {{ restricted = "{base / "restricted"}", taken_down = "{base / "down"}" }}'
    house.project.settings_path.write_text(text.replace("[disposition]\n", f"[disposition]\n{places}\n"), "utf-8")
    house.project.reload()
    house.scan()
    return house


def broken_off(house: House, work: Callable[[], object], seconds: float) -> bool:
    """Do the work in a process that is killed after so long; whether it was still at work."""
    house.workspace.close()
    pid = os.fork()
    if pid == 0:
        as_a_process_of_its_own()
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def killed_through(house: House, work: Callable[[], object], kills: int, chance: random.Random, longest: float) -> int:
    """Break the work off up to so often, then let it end; how often it was broken off."""
    done = sum(broken_off(house, work, chance.uniform(0.05, longest)) for _ in range(kills))
    work()
    return done


def files(house: House, other: Path) -> Counter[tuple[str, bytes]]:
    """What lies on both file systems outside of the workspace, by name and content; quarantines under one name."""
    found: Counter[tuple[str, bytes]] = Counter()
    for root in (house.base, other):
        for folder, _, names in os.walk(root):
            if "/audit" in folder:
                continue
            waits = ".pdpo-quarantine" in folder
            for name in names:
                if not name.endswith((".pem", ".p12")):
                    found["waits" if waits else name, (Path(folder) / name).read_bytes()] += 1
    return found


def through(run: Run, house: House, other: Path, act: DisposalAct, kills: int, chance: random.Random) -> None:
    """One kind of act: broken off while it acts and while it is undone; everything must be back at the end.

    A move stays on the file system of its place, which is the first; the others act on both.
    """
    before = files(house, other)
    names = [one.name for one in house.project.settings.sources]
    for source in names[:1] if act in MOVING else names:
        _through_source(run, house, act, source, kills // (1 if act in MOVING else 2), chance)
    after = files(house, other)
    run.equal(f"{act.value}: files after everything was undone, other than before", sum((after - before).values()), 0)
    run.equal(f"{act.value}: files lost", sum((before - after).values()), 0)


def _through_source(
    run: Run, house: House, act: DisposalAct, source: str, kills: int, chance: random.Random
) -> None:  # fmt: skip
    made = house.approved(act=act, source=source, places=("kept/q*",) if act is DisposalAct.LINK else ("due/**",))
    done = killed_through(house, lambda: house.run(made), kills, chance, LONGEST)
    states = Counter(one.state for one in list_items(house.project, made.plan_id))
    state = "done" if act in MOVING else "quarantined"
    run.equal(f"{act.value}, {source}: copies in the state of an unbroken run", states[state], made.copies)
    with house.project.store.reading() as connection:
        log = list(acts_log.read(connection, made.plan_id))
    acted = [one.event.details["number"] for one in log if one.event.kind == "acted"]
    run.equal(f"{act.value}, {source}: log whole", int(first_broken(log) is None), 1)
    run.equal(f"{act.value}, {source}: acts in the log", len(set(acted)), made.copies)
    run.equal(f"{act.value}, {source}: acts told twice", len(acted) - len(set(acted)), 0)
    back = partial(undo, house.project, made.plan_id, by="Ho Mei", reason="soak")
    done += killed_through(house, back, max(2, kills // 5), chance, LONGEST)
    run.tell(f"{act.value}, {source}: kills that hit", done)


def ends(run: Run, house: House, other: Path, kills: int, chance: random.Random) -> None:
    """What waits is erased, broken off again and again: what the plan names is gone, and nothing else."""
    before, hit = files(house, other), 0
    names: set[str] = set()
    for source in [one.name for one in house.project.settings.sources]:
        made = house.approved(source=source, places=("due/**",))
        house.run(made)
        end = partial(finish, house.project, made.plan_id, early=True)
        hit += killed_through(house, end, kills // 2, chance, LONGEST)
        names |= {Path(one.path).name for one in list_items(house.project, made.plan_id)}
        states = Counter(one.state for one in list_items(house.project, made.plan_id))
        run.equal(f"finish, {source}: copies erased", states["done"], made.copies)
    after = files(house, other)
    gone = {name for name, _ in before - after}
    run.equal("finish: files gone that no plan named", sum(one.removesuffix(".xmp") not in names for one in gone), 0)
    waiting = sum(count for (name, _), count in after.items() if name == "waits")
    run.equal("finish: copies left in quarantines", waiting, 0)
    run.tell("finish: kills that hit", hit)


def main() -> None:
    """Every kind of act, then the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=int, default=500)
    parser.add_argument("--kills", type=int, default=44)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    base = Path(tempfile.mkdtemp(prefix="kills-"))
    other = Path(tempfile.mkdtemp(prefix="kills-", dir="/dev/shm"))
    try:
        with recorded("disposal_kills", chosen.seed, WATCHED) as run:
            house = build(base, other, chosen.copies)
            for act in ACTS:
                through(run, house, other, act, chosen.kills, chance)
            ends(run, house, other, chosen.kills, chance)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    main()
