"""Whose key approves: one that the settings state, or one whose enrolment somebody with such a key countersigned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.workspace.acts.approving import Approved, Word, approve
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.report.signoffs.enrolling import countersign_enrolment, enrol
from pdpo_audit.workspace.setup.identities import KeyPlace, create_seal_file
from tests.disposition.material import House

SECRET = "a passphrase of the tests"


@dataclass(frozen=True)
class Newcomer:
    """Yip Wai is a data protection officer whose key the settings do not name."""

    house: House
    made: MadePlan
    key: KeyPlace

    def enrol(self, by: KeyPlace) -> None:
        file = self.house.base / "yip.json"
        enrol(file, key=self.key, name="Yip Wai", roles=["dpo"])
        countersign_enrolment(file, key=by, project=self.house.project)

    def approve(self, name: str = "Yip Wai") -> Approved:
        return approve(self.house.project, self.made.plan_id, key=self.key, word=Word(role="dpo", name=name))


def new_key(folder: Path, name: str) -> KeyPlace:
    file = folder / f"{name[:3]}.p12"
    create_seal_file(file, name=name, organisation="", passphrase=SECRET)
    return KeyPlace(key=str(file), ask=lambda _: SECRET)


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    house = House(tmp_path, 1)
    house.settings('\n[[people]]\nname = "Yip Wai"\nroles = ["dpo"]\n')
    house.scan()
    return Newcomer(house=house, made=house.quick(), key=new_key(tmp_path, "Yip Wai"))


def test_an_enrolled_key_approves_where_a_known_person_countersigned(newcomer: Newcomer) -> None:
    with pytest.raises(CallError, match=r"let somebody whose key is known so\s+countersign its enrolment"):
        newcomer.approve()
    newcomer.enrol(newcomer.house.key("Ho Mei"))
    with pytest.raises(CallError, match="its key is that of Yip Wai"):
        newcomer.approve("Chan Tai Man")
    assert newcomer.approve().lacking == ("owner", "legal")


def test_a_countersignature_of_nobody_known_ties_a_key_to_nobody(newcomer: Newcomer) -> None:
    newcomer.enrol(new_key(newcomer.house.base, "Ho Mei"))
    with pytest.raises(CallError, match="nothing ties its key to a person"):
        newcomer.approve()


def test_who_has_left_ties_no_key_to_anybody(newcomer: Newcomer) -> None:
    newcomer.enrol(newcomer.house.key("Ho Mei"))
    assert newcomer.approve().lacking == ("owner", "legal")
    newcomer.house.leaves("Ho Mei")
    with pytest.raises(CallError, match="not approved: owner, dpo, legal"):
        newcomer.house.run(newcomer.made)
