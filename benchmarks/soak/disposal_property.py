"""Random houses, holds, floors, decisions, approvals, failures: what must never happen is looked for at each step.

Never: an act that the contract's table does not allow for the outcome of that moment; the last copy gone of a picture
that something still authorises; an act without the approvals it needs; an act on bytes that no plan names.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.recording import Run, recorded
from pdpo_audit.errors import AuditError, CallError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.findings import Outcome
from pdpo_audit.workspace.acts.listing import ListedItem, list_items
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.acts.running import run as carry_out
from pdpo_audit.workspace.acts.standing import LadderNow, Now, Place
from pdpo_audit.workspace.acts.undoing import finish, undo
from tests.disposition.material import PEOPLE, House
from tests.workspace.library import picture

WATCHED = (
    "pdpo_audit/workspace/acts/**/*.py", "pdpo_audit/disposition/**/*.py", "pdpo_audit/model/disposition/*.py",
)  # fmt: skip
#: What facts make of a folder: due, a statutory floor, nothing decided, another purpose alive.
FOLDERS = {
    "floor": 'record.class = "identity_document"\nrecord.preservation_ordered_on = 2026-01-01\n',
    "open": 'people.other_identifiers = ["number_plate"]\npeople.faces = 1\nrecord.class = "identity_document"\n',
    "alive": (
        'people.faces = 1\npeople.other_identifiers = ["number_plate"]\nrecord.class = "identity_document"\n'
        'record.purpose = "onboarding"\nrecord.purpose_ended_on = 2026-01-31\n'
        'record.purpose_end_confirmed_by = "Head of HR"\nrecord.continuing_purpose = "arbitration"\n'
        'record.continuing_purpose_by = "Wong Lai"\nrecord.continuing_purpose_ends_on = 2037-06-30\n'
    ),
}
ACTS = (None, *DisposalAct)


def build(base: Path) -> House:
    """Pictures with copies in folders of every outcome; scanned once, copied for each round."""
    house = House(base, 0)
    for folder, facts in FOLDERS.items():
        (house.share / folder).mkdir()
        if folder != "floor":
            house.settings(f'\n[[sources.facts]]\nmatch = "{folder}/**"\n{facts}')
    for name in ("restricted", "down"):
        (base / name).mkdir()
    places = f'places = {{ restricted = "{base / "restricted"}", taken_down = "{base / "down"}" }}'
    file = house.project.settings_path
    text = file.read_text("utf-8")
    facts_last = text.index("[disposition]")
    head, tail = text[:facts_last], text[facts_last:]
    own = tail.index("[[sources.facts]]") if "[[sources.facts]]" in tail else len(tail)
    file.write_text(
        head + tail[own:] + "\n" + tail[:own].replace("[disposition]\n", f"[disposition]\n{places}\n"), "utf-8"
    )
    house.project.reload()
    chance = random.Random(7)
    for number in range(9):
        shown = picture(number)
        for folder in chance.sample(["due", "due/sub", "kept", "open", "alive", "floor"], chance.randint(1, 4)):
            for copy in range(chance.randint(1, 2)):
                shown.save(house.share / folder / f"p{number}-{copy}.png")
    house.scan()
    house.workspace.close()
    return house


class Round:
    """One random history of one house, and what is watched of it."""

    def __init__(self, house: House, chance: random.Random, told: Counter[str]) -> None:
        self.house, self.chance, self.told = house, chance, told
        self.broken: list[str] = []
        self.meddled: set[str] = set()

    def play(self) -> list[str]:
        """A plan or two, some approvals, some steps with something between them, an end or an undo."""
        plans = [made for _ in range(self.chance.randint(1, 2)) if (made := self._plan()) is not None]
        for made in plans:
            self._approve(made)
        for _ in range(self.chance.randint(1, 4)):
            for made in plans:
                self._step(made)
            self._meddle()
        for made in plans:
            self._end(made)
        return self.broken

    def _plan(self) -> MadePlan | None:
        act = self.chance.choice(ACTS)
        wanted: dict[str, object] = {"act": act}
        if self.chance.random() < 0.5:
            wanted["places"] = (self.chance.choice(["due/**", "kept/**", "open/**", "alive/**", "**/p1*", "**/p2*"]),)
        if act is DisposalAct.KEEP or self.chance.random() < 0.5:
            wanted |= {"reason": "a decision"} if act else {}
        if act is DisposalAct.KEEP:
            wanted["until"] = "2037-01-01"
        try:
            return self.house.quick(**wanted)
        except CallError:
            self.told["no plan"] += 1
            return None

    def _approve(self, made: MadePlan) -> None:
        for name in self.chance.sample(list(PEOPLE), self.chance.choice([2, 3, 4, 4, 4])):
            if PEOPLE[name] in made.approvals:
                self.house.say(made, name)

    def _step(self, made: MadePlan) -> None:
        before, ladder = self._files(), self._ladder()
        was = {one.number: one for one in list_items(self.house.project, made.plan_id)}
        roles = {PEOPLE[name] for name in PEOPLE if self._said(made, name)}
        try:
            carry_out(self.house.project, made.plan_id, limit=self.chance.choice([1, 2, 5]))
        except AuditError as error:
            self.told[type(error).__name__] += 1
        now = {one.number: one for one in list_items(self.house.project, made.plan_id)}
        acted = [
            one for one in now.values() if one.state != was[one.number].state and one.state in ("quarantined", "done")
        ]
        for one in acted:
            self.told[f"acted: {one.act}"] += 1
            self._check_allowed(one, ladder.get((one.source, one.path)), made)
            if not set(made.approvals) <= roles:
                self.broken.append(f"{one.path}: {one.act} without approvals: {sorted(roles)}")
        for one in now.values():
            if one.state == "failed" and was[one.number].state != "failed":
                self.told[f"left alone: {one.detail}"] += 1
        self._check_copies(before, ladder, acted)

    def _said(self, made: MadePlan, name: str) -> bool:
        from pdpo_audit.catalogue.disposition.plans import approvals_of
        from pdpo_audit.model.disposition.writing import read_approval

        with self.house.project.store.reading() as connection:
            return any(read_approval(one.document).name == name for one in approvals_of(connection, made.plan_id))

    def _check_allowed(self, one: ListedItem, now: Now | None, made: MadePlan) -> None:
        if now is None:
            self.broken.append(f"{one.path}: {one.act} on a copy that nobody knows")
            return
        outcome, act = now.outcome, one.act
        never = {
            Outcome.ON_HOLD: ("erase", "link"), Outcome.CANNOT_DECIDE: ("erase", "link"),
            Outcome.CONFLICT: ("erase", "mask", "strip", "link"), Outcome.MUST_KEEP: ("erase", "mask", "strip", "link"),
        }  # fmt: skip
        if act in never.get(outcome, ()):
            self.broken.append(f"{one.path}: {act} while {outcome.value}")
        if outcome in (Outcome.ON_HOLD, Outcome.CANNOT_DECIDE) and act != "keep" and "legal" not in made.approvals:
            self.broken.append(f"{one.path}: {act} while {outcome.value}, legal was not asked")

    def _check_copies(self, before: dict[str, str], ladder: dict[Place, Now], acted: list[ListedItem]) -> None:
        after = self._files()
        planned = {one.path for one in acted}
        for path, sha256 in before.items():
            if path not in after and path not in planned and path not in self.meddled:
                self.broken.append(f"{path} is gone and no plan acted on it")
            if path in after and after[path] != sha256 and path not in planned:
                self.broken.append(f"{path} was changed")
        left = set(after.values())
        for one in acted:
            now = ladder.get((one.source, one.path))
            if one.act not in ("erase", "link") or now is None:
                continue
            copies = [
                n
                for n in ladder.values()
                if n.sha256 == now.sha256 or (now.cluster_id and n.cluster_id == now.cluster_id)
            ]
            authorised = [n for n in copies if n.outcome is not Outcome.DUE]
            kept = {n.sha256 for n in copies}
            if authorised and not kept & left:
                self.broken.append(f"{one.path}: the last copy of a picture that something authorises is gone")

    def _meddle(self) -> None:
        chance, house = self.chance, self.house
        kind = chance.choice(["hold", "edit", "remove", "leave", "time", "nothing", "nothing"])
        self.told[f"meddled: {kind}"] += 1
        files = sorted(self._files())
        if kind == "hold":
            try:
                house.hold(chance.choice(["due/**", "**/p1*", "**/p3*", "kept/**"]))
            except CallError:
                self.told["no hold"] += 1
        elif kind in ("edit", "remove") and files:
            path = chance.choice(files)
            self.meddled.add(path)
            if kind == "edit":
                (house.share / path).write_bytes(b"somebody's own work")
            else:
                (house.share / path).unlink()
        elif kind == "leave":
            house.leaves(chance.choice(list(PEOPLE)))
        elif kind == "time":
            house.later(chance.choice([1, 20, 40]))

    def _end(self, made: MadePlan) -> None:
        ladder = self._ladder()
        waiting = {one.path: one for one in list_items(self.house.project, made.plan_id) if one.state == "quarantined"}
        try:
            if self.chance.random() < 0.5:
                undo(self.house.project, made.plan_id, by="Wong Lai", reason="a random thought")
            else:
                finish(self.house.project, made.plan_id, early=True)
        except AuditError as error:
            self.told[type(error).__name__] += 1
            return
        for one in list_items(self.house.project, made.plan_id):
            if one.path in waiting and one.state == "done":
                now = ladder.get((one.source, one.path))
                if one.act == "erase" and now is not None and now.outcome is Outcome.ON_HOLD:
                    self.broken.append(f"{one.path} ended while on hold")
                self.told["ended"] += 1

    def _ladder(self) -> dict[Place, Now]:
        ladder = LadderNow(self.house.project)
        ladder.refresh()
        return dict(ladder.places())

    def _files(self) -> dict[str, str]:
        found = {}
        for folder, _, names in os.walk(self.house.share):
            if ".pdpo-quarantine" not in folder:
                for name in names:
                    file = Path(folder) / name
                    found[str(file.relative_to(self.house.share))] = hashlib.sha256(file.read_bytes()).hexdigest()
        return found


def main() -> None:
    """As many rounds as asked, each from its own seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=120)
    chosen = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="property-"))
    try:
        with recorded("disposal_property", chosen.seed, WATCHED) as run:
            _rounds(run, base, chosen.seed, chosen.rounds)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _rounds(run: Run, base: Path, seed: int, rounds: int) -> None:
    first, told, broken = build(base / "first"), Counter[str](), list[str]()
    for number in range(rounds):
        house = first.copied(base / f"round{number}")
        found = Round(house, random.Random(f"{seed}/{number}"), told).play()
        broken += [f"round {number}: {one}" for one in found]
        house.workspace.close()
        shutil.rmtree(base / f"round{number}")
    for one in broken[:20]:
        print(one)
    run.equal("what must never happen", len(broken), 0)
    run.at_least("acts done", sum(n for name, n in told.items() if name.startswith("acted")), rounds)
    for name, count in sorted(told.items()):
        run.tell(name, count)


if __name__ == "__main__":
    main()
