"""A share whose copies are due, people with keys of their own, and plans that they approved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pdpo_audit import Workspace
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.workspace.acts import approving
from pdpo_audit.workspace.acts.approving import Approved, Word
from pdpo_audit.workspace.acts.plans.planning import MadePlan, plan
from pdpo_audit.workspace.acts.plans.selecting import Wanted
from pdpo_audit.workspace.acts.running import Ran, run
from pdpo_audit.workspace.project import ScanOptions, now
from pdpo_audit.workspace.setup.identities import KeyPlace, create_seal_file
from tests.workspace.library import picture

OFF = ScanOptions(workers=0, people="off")
PASSPHRASE = "a passphrase of the tests"
PEOPLE = {"Ho Mei": "owner", "Chan Tai Man": "dpo", "Wong Lai": "legal", "Lam Siu": "dpo"}

DUE = """
[[sources.facts]]
match = "{match}"
people.faces = 1
people.other_identifiers = ["number_plate"]
record.class = "identity_document"
record.purpose = "onboarding"
record.purpose_ended_on = 2026-01-31
record.purpose_end_confirmed_by = "Head of HR"
"""


class House:
    """A workspace over ``share``: everything below ``due/`` is due, and its day can be moved."""

    def __init__(self, base: Path, pictures: int = 3, *, allow: Sequence[str] = tuple(DisposalAct)) -> None:
        self.base, self.share = base, base / "share"
        self.ahead = timedelta()
        (self.share / "due" / "sub").mkdir(parents=True)
        (self.share / "kept").mkdir()
        for number in range(pictures):
            picture(number).save(self.share / "due" / f"p{number}.png")
        self.workspace = Workspace.create(base / "audit", clock=lambda: self.day, actor="operator")
        self.workspace.add(self.share)
        self.project = self.workspace.project
        acts = ", ".join(f'"{one}"' for one in allow if one != "keep")
        self.settings(DUE.format(match="due/**") + f"\n[disposition]\nallow = [{acts}]\n")
        self.keys()

    @property
    def day(self) -> datetime:
        """The moment in this house."""
        return now() + self.ahead

    def settings(self, more: str) -> None:
        """Add to the settings."""
        file = self.project.settings_path
        file.write_text(file.read_text("utf-8") + more, "utf-8")
        self.project.reload()

    def keys(self) -> None:
        """A key for everybody, entered in the settings; made once for all tests of a process."""
        text = ""
        for name, role in PEOPLE.items():
            file = self.base / f"{role}-{name[:2]}.p12"
            if name not in _KEYS:
                made = create_seal_file(file, name=name, organisation="", passphrase=PASSPHRASE)
                _KEYS[name] = (file.read_bytes(), str(made.facts()["sha256"]))
            file.write_bytes(_KEYS[name][0])
            text += f'\n[[people]]\nname = "{name}"\nroles = ["{role}"]\nfingerprint = "{_KEYS[name][1]}"\n'
        self.settings(text)

    def key(self, name: str) -> KeyPlace:
        """Somebody's key."""
        return KeyPlace(key=str(self.base / f"{PEOPLE[name]}-{name[:2]}.p12"), ask=lambda _: PASSPHRASE)

    def scan(self) -> None:
        """Look at the share."""
        self.workspace.scan(OFF)

    def plan(self, **wanted: object) -> MadePlan:
        """A plan of what is due."""
        return plan(self.project, Wanted(**wanted))  # type: ignore[arg-type]

    def say(self, made: MadePlan, name: str, *, role: str = "", reject: bool = False) -> Approved:
        """Somebody approves."""
        word = Word(role=role or PEOPLE[name], name=name, reject=reject)
        return approving.approve(self.project, made.plan_id, key=self.key(name), word=word)

    def approved(self, **wanted: object) -> MadePlan:
        """A plan that everybody approved who must."""
        made = self.plan(**wanted)
        for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
            if PEOPLE[name] in made.approvals:
                self.say(made, name)
        return made

    def run(self, made: MadePlan) -> Ran:
        """Carry it out."""
        return run(self.project, made.plan_id)

    def later(self, days: int) -> None:
        """Time goes by."""
        self.ahead += timedelta(days=days)

    def files(self) -> dict[str, bytes]:
        """What lies in the share outside of quarantines."""
        return {
            str(file.relative_to(self.share)): file.read_bytes()
            for file in sorted(self.share.rglob("*"))
            if file.is_file() and ".pdpo-quarantine" not in str(file)
        }

    def quarantined(self) -> list[Path]:
        """What lies in quarantines."""
        return [Path(at) / name for at, _, names in os.walk(self.share) if ".pdpo-quarantine" in at for name in names]


_KEYS: dict[str, tuple[bytes, str]] = {}
