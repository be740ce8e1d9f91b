"""A share whose copies are due, people with keys of their own, and plans that they approved."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from pdpo_audit import Workspace
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.plans import PlanHeader
from pdpo_audit.model.disposition.writing import write_header, write_item
from pdpo_audit.signing.keys.identities import create_seal
from pdpo_audit.workspace.acts import approving
from pdpo_audit.workspace.acts.approving import Approved, Word
from pdpo_audit.workspace.acts.plans import planning
from pdpo_audit.workspace.acts.plans.drafting import Draft
from pdpo_audit.workspace.acts.plans.folders import ITEMS, PLAN, disposals_folder, keep_file, seal_file
from pdpo_audit.workspace.acts.plans.planning import MadePlan, keep, plan, prepare
from pdpo_audit.workspace.acts.plans.selecting import Wanted
from pdpo_audit.workspace.acts.running import Ran, run
from pdpo_audit.workspace.project import ScanOptions, now
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from pdpo_audit.workspace.setup.identities import KeyPlace, open_seal
from tests.workspace.library import picture

OFF = ScanOptions(workers=0, people="off")
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

[[sources.facts]]
match = "kept/**"
people.level = "P0"
people.faces = 0
record.class = "product_image"
record.purpose = "catalogue"
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
            if name not in _KEYS:
                _KEYS[name] = _made(name)
            (self.base / f"{role}-{name[:2]}.pem").write_bytes(_KEYS[name][0])
            text += f'\n[[people]]\nname = "{name}"\nroles = ["{role}"]\nfingerprint = "{_KEYS[name][1]}"\n'
        self.settings(text)

    def key(self, name: str) -> KeyPlace:
        """Somebody's key."""
        return KeyPlace(key=str(self.base / f"{PEOPLE[name]}-{name[:2]}.pem"))

    def scan(self) -> None:
        """Look at the share."""
        self.workspace.scan(OFF)

    def plan(self, **wanted: object) -> MadePlan:
        """A plan of what is due."""
        return plan(self.project, Wanted(**wanted))  # type: ignore[arg-type]

    def quick(self, **wanted: object) -> MadePlan:
        """The same plan without its printed forms, which take most of the time."""
        seal = open_seal(self.project)
        mine = str(seal.identity.facts()["sha256"])
        header, drafted = prepare(self.project, Wanted(**wanted), "", mine)  # type: ignore[arg-type]
        keep(self.project, header, drafted.items)
        folder = disposals_folder(self.project, header.plan_id)
        keep_file(folder / ITEMS, "".join(f"{write_item(one)}\n" for one in drafted.items).encode())
        keep_file(folder / PLAN, write_header(header))
        seal_file(self.project, folder / PLAN, seal)
        return self.told(header, drafted)

    def told(self, header: PlanHeader, drafted: Draft) -> MadePlan:
        """What is said of a plan that was made."""
        return planning._told(header, drafted, self.base)

    def say(
        self, made: MadePlan, who: str, *, role: str = "", name: str = "", key: str = "", reject: bool = False
    ) -> Approved:
        """Somebody approves; ``role``, ``name`` and ``key`` are those of somebody else where they are given."""
        word = Word(role=role or PEOPLE[who], name=name or who, reject=reject)
        return approving.approve(self.project, made.plan_id, key=self.key(key or who), word=word)

    def leaves(self, name: str) -> None:
        """Somebody's last day was yesterday."""
        file, day = self.project.settings_path, self.day.date() - timedelta(days=1)
        said = f'name = "{name}"\n'
        text = file.read_text("utf-8")
        if f"{said}until" not in text:
            file.write_text(text.replace(said, f"{said}until = {day}\n"), "utf-8")
        self.project.reload()

    def hold(self, pattern: str) -> None:
        """Legal holds what matches."""
        add_hold(
            self.project, kind="legal_hold", matter="Chan v Harbour", issued_by="Wong Lai", issuer_role="legal",
            selectors=Selectors(path_pattern=pattern),
        )  # fmt: skip

    def copied(self, base: Path) -> House:
        """The same house somewhere else, with everything that it knows."""
        house = object.__new__(House)
        house.base, house.share, house.ahead = base, base / "share", timedelta()
        shutil.copytree(self.base, base, dirs_exist_ok=True)
        file = base / "audit" / "pdpo-audit.toml"
        file.write_text(file.read_text("utf-8").replace(str(self.base), str(base)), "utf-8")
        house.workspace = Workspace.open(base / "audit", clock=lambda: house.day, actor="operator")
        house.project = house.workspace.project
        return house

    def approved(self, **wanted: object) -> MadePlan:
        """A plan that everybody approved who must."""
        made = self.quick(**wanted)
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


def as_a_process_of_its_own() -> None:
    """After a fork: the servers from which workers come belong to the parent; this process starts its own."""
    server: Any = forkserver._forkserver
    server._forkserver_pid = server._forkserver_address = server._forkserver_alive_fd = None
    tracker: Any = resource_tracker._resource_tracker
    tracker._pid = tracker._fd = None


def _made(name: str) -> tuple[bytes, str]:
    """A key and its certificate as PEM, which opens at once, and the certificate's SHA-256."""
    secret = b"a passphrase of the tests"
    made = create_seal(common_name=name, organisation="", passphrase=secret, now=now() - timedelta(days=1))
    key, certificate, _ = pkcs12.load_key_and_certificates(made, secret)
    assert key is not None
    assert certificate is not None
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + certificate.public_bytes(Encoding.PEM), certificate.fingerprint(hashes.SHA256()).hex()


_KEYS: dict[str, tuple[bytes, str]] = {}
