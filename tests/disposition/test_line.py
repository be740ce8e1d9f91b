"""From a plan to a certificate: what is due is planned, approved, taken, ended, certified, and verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.acts.certifying import certify
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.undoing import finish, undo
from tests.disposition.material import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.scan()
    return made


def test_the_whole_line(house: House) -> None:
    before = house.files()
    made = house.plan()
    for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
        house.say(made, name)
    assert (made.copies, made.acts, made.no_copy_stays, made.approvals) == (
        3, {"erase": 3}, 3, ("owner", "dpo", "legal"),
    )  # fmt: skip
    assert house.files() == before
    assert house.run(made).states == {"quarantined": 3}
    assert (house.files(), len(house.quarantined())) == ({}, 3)
    assert finish(house.project, made.plan_id).states == {"quarantined": 3}
    house.later(30)
    assert finish(house.project, made.plan_id).states == {"done": 3}
    assert house.quarantined() == []
    certified = certify(house.project, made.plan_id)
    assert certified.states == {"certified": 3}
    result = verify_path(certified.folder, now=house.day)
    assert [check for check in result.checks if check.verdict == "failed"] == []
    assert result.ok
    assert {one.state for one in list_items(house.project, made.plan_id)} == {"certified"}
    house.scan()
    assert len(house.workspace.table("holdings")) == 0


def test_undo_brings_everything_back(house: House) -> None:
    before = house.files()
    made = house.approved()
    house.run(made)
    assert undo(house.project, made.plan_id, by="Ho Mei", reason="the wrong campaign").states == {"undone": 3}
    assert house.files() == before
    with pytest.raises(CallError, match="why"):
        undo(house.project, made.plan_id)


def test_nothing_happens_unless_it_is_allowed(tmp_path: Path) -> None:
    house = House(tmp_path, allow=())
    house.scan()
    with pytest.raises(CallError, match="allow is not set"):
        house.plan()
