"""Every safeguard before an act, by trying to get past it: approvals, holds, outcomes, what stays, edited plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from pdpo_audit.catalogue.disposition.plans import items_of
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.scheduling.standing import Subject
from pdpo_audit.workspace.acts.listing import list_items, list_plans
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.acts.undoing import finish, undo
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.scan.searching import search
from tests.disposition.material import House
from tests.policy.packs_of_ours import rule, write_pack


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that is scanned once; each test gets a copy of it."""
    house = House(tmp_path_factory.mktemp("scanned"), 2)
    (house.share / "kept" / "p0.png").write_bytes((house.share / "due" / "p0.png").read_bytes())
    (house.share / "kept" / "again.png").write_bytes((house.share / "due" / "p0.png").read_bytes())
    house.scan()
    house.workspace.close()
    return house


@pytest.fixture
def house(scanned: House, tmp_path: Path) -> House:
    return scanned.copied(tmp_path)


def states(house: House, made: MadePlan) -> dict[str, tuple[str, str]]:
    return {one.path: (one.state, one.detail) for one in list_items(house.project, made.plan_id)}


def untouched(house: House) -> bool:
    return len(house.files()) == 4 and house.quarantined() == []


def test_nobody_approves_what_they_prepared(house: House) -> None:
    made = house.quick()
    with pytest.raises(CallError, match="prepared a plan does not approve"):
        house.settings('\n[[people]]\nname = "operator"\nroles = ["dpo"]\n')
        house.say(made, "Chan Tai Man", name="operator")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda house, made: house.say(made, "Chan Tai Man", role="owner"), "is not owner"),
        (lambda house, made: house.say(made, "Ho Mei", role="communications"), "asks nobody of the role"),
        (lambda house, made: house.say(made, "Chan Tai Man", key="Ho Mei"), "its key is that of Ho Mei|nothing ties"),
        (lambda house, made: house.leaves("Ho Mei") or house.say(made, "Ho Mei"), "left on"),
    ],
)
def test_a_word_that_cannot_count_is_refused(
    house: House, break_it: Callable[[House, MadePlan], object], said: str
) -> None:
    made = house.quick()
    with pytest.raises(CallError, match=said):
        break_it(house, made)
    assert list_plans(house.project)[0].lacking == ("owner", "dpo", "legal")


def test_two_people_of_one_role_are_not_two_roles(house: House) -> None:
    made = house.quick()
    house.say(made, "Chan Tai Man")
    house.say(made, "Lam Siu")
    assert list_plans(house.project)[0].lacking == ("owner", "legal")
    with pytest.raises(CallError, match="not approved: owner, legal"):
        house.run(made)
    assert untouched(house)


def test_who_leaves_has_said_nothing_and_approvals_end(house: House) -> None:
    made, file = house.approved(), house.project.settings_path
    text = file.read_text("utf-8")
    house.leaves("Ho Mei")
    with pytest.raises(CallError, match="not approved: owner"):
        house.run(made)
    file.write_text(text.replace("[disposition]", '[disposition]\naccount = "writer"'), "utf-8")
    house.project.reload()
    with pytest.raises(CallError, match="only the account writer"):
        house.run(made)
    file.write_text(text, "utf-8")
    house.project.reload()
    house.later(31)
    with pytest.raises(CallError, match="older than they may be"):
        house.run(made)
    assert untouched(house)


def test_a_clock_that_runs_back_acts_on_nothing(house: House) -> None:
    made = house.approved()
    house.later(-2)
    assert house.run(made).left_alone == {"not_approved": 2}
    assert untouched(house)


def test_a_refusal_ends_a_plan(house: House) -> None:
    made = house.approved()
    house.say(made, "Wong Lai", reject=True)
    with pytest.raises(CallError, match="rejected"):
        house.run(made)
    with pytest.raises(CallError, match="nothing more is said"):
        house.say(made, "Wong Lai")
    assert untouched(house)


@pytest.mark.parametrize(
    "edit",
    [
        'UPDATE disposal_items SET line = replace(line, \'"act":"erase"\', \'"act":"link"\') WHERE number = 1',
        "DELETE FROM disposal_items WHERE number = 2",
        "UPDATE disposal_plans SET document = replace(document, '\"approval_days\":30', '\"approval_days\":90')",
        "UPDATE disposal_approvals SET document = replace(document, 'Ho Mei', 'Ho May')",
    ],
)
def test_an_edited_plan_acts_on_nothing(house: House, edit: str) -> None:
    made = house.approved()
    with house.project.store.transaction() as transaction:
        transaction.connection.exec_driver_sql(edit)
    with pytest.raises((VerificationError, CallError)):
        house.run(made)
    assert untouched(house)


def test_a_hold_after_the_approvals_is_seen(house: House) -> None:
    made = house.approved()
    house.hold("due/p1.png")
    assert house.run(made).states == {"quarantined": 1, "failed": 1}
    assert states(house, made)["due/p1.png"] == ("failed", "on_hold")


def test_a_hold_freezes_what_waits(house: House) -> None:
    made = house.approved()
    house.run(made)
    house.hold("due/p1.png")
    house.later(31)
    assert finish(house.project, made.plan_id).states == {"done": 1, "quarantined": 1}
    assert states(house, made)["due/p1.png"] == ("quarantined", "on_hold")
    assert len(house.quarantined()) == 1


def test_while_it_waits_it_is_held_and_found(house: House) -> None:
    made = house.approved()
    house.run(made)
    house.scan()
    held = house.workspace.table("holdings")
    assert sorted(held["path"]) == ["due/p0.png", "due/p1.png", "kept/again.png", "kept/p0.png"]
    undo(house.project, made.plan_id, by="Ho Mei", reason="asked for")
    house.scan()
    assert len(house.workspace.table("holdings")) == 4


def test_an_open_matter_holds_everything(house: House) -> None:
    made = house.approved()
    house.settings('\n[[open_matters]]\nwhat = "Chan v Harbour"\n')
    assert house.run(made).left_alone == {"on_hold": 2}
    assert untouched(house)


def test_what_is_due_no_more_is_left_alone(house: House) -> None:
    made = house.approved()
    file = house.project.settings_path
    file.write_text(file.read_text("utf-8").replace("2026-01-31", "2036-01-31"), "utf-8")
    house.project.reload()
    assert house.run(made).left_alone == {"outcome": 2}
    assert untouched(house)


def test_the_copy_that_stays_is_read_back_when_the_other_is_aside(house: House) -> None:
    made = house.approved()
    (house.share / "kept" / "again.png").write_bytes(b"something else by now")
    assert house.run(made).states == {"quarantined": 1, "failed": 1}
    assert states(house, made)["due/p0.png"] == ("failed", "no_copy_left")
    assert (house.share / "due" / "p0.png").is_file()


def test_a_copy_that_stays_by_a_link_is_none(house: House) -> None:
    """The same file under two names is one copy: whoever takes one of the names leaves no other."""
    made = house.approved()
    (house.share / "kept" / "again.png").unlink()
    (house.share / "kept" / "again.png").hardlink_to(house.share / "due" / "p0.png")
    house.run(made)
    assert states(house, made)["due/p0.png"] == ("failed", "no_copy_left")


def test_two_workspaces_that_keep_each_others_copy_lose_none(house: House, scanned: House, tmp_path: Path) -> None:
    """Facts 3: both look before either acts, and neither knows of the other; checked after the move, one copy stays."""
    other = scanned.copied(tmp_path / "other")
    file = other.project.settings_path
    file.write_text(file.read_text("utf-8").replace(str(other.share), str(house.share)), "utf-8")
    first = house.approved(places=("kept/p0.png",), act=DisposalAct.ERASE, reason="a decision")
    second = other.approved(places=("kept/again.png",), act=DisposalAct.ERASE, reason="a decision")
    assert house.run(first).states == {"quarantined": 1}
    assert other.run(second).left_alone == {"no_copy_left": 1}
    assert (house.share / "kept" / "again.png").is_file()


def test_another_store_at_the_place_of_the_source(house: House) -> None:
    made = house.approved()
    with house.project.store.transaction() as transaction:
        transaction.connection.exec_driver_sql("UPDATE roots SET store = 'another', device = 1")
    assert house.run(made).left_alone == {"not_reached": 2}
    assert untouched(house)


def test_what_the_settings_allow_no_more(house: House) -> None:
    made = house.approved()
    file = house.project.settings_path
    file.write_text(file.read_text("utf-8").replace('allow = ["erase", ', "allow = ["), "utf-8")
    house.project.reload()
    assert house.run(made).left_alone == {"not_allowed": 2}


def test_a_second_plan_does_not_take_what_the_first_took(house: House) -> None:
    house.approved()
    with pytest.raises(CallError, match="another plan"):
        house.quick()


def test_no_rule_is_erased_only_by_a_named_decision(house: House) -> None:
    with pytest.raises(CallError, match="without a decision"):
        house.quick(places=("kept/*",), act=DisposalAct.ERASE)


def test_what_waits_is_told_wherever_it_is_found(house: House, tmp_path: Path) -> None:
    """Still held: found by comparison with the file in the quarantine, and everything says where it lies until when."""
    made = house.approved(places=("due/p1.png",))
    assert house.run(made).states == {"quarantined": 1}
    ends = (house.day.date() + timedelta(days=30)).isoformat()
    with Image.open(house.quarantined()[0]) as opened:
        opened.convert("RGB").resize((opened.width * 3 // 4, opened.height * 3 // 4)).save(tmp_path / "asked.jpg")
    outcome = search(house.project, [tmp_path / "asked.jpg"])
    (found,) = [one for one in outcome.found if one.path == "due/p1.png"]
    assert (found.through, found.waits_under, found.quarantined_until) == ("comparison", made.plan_id, ends)
    assert (house.share / found.lies_at) == house.quarantined()[0]
    assert [one for one in outcome.not_compared if one.path == "due/p1.png"] == []
    held = house.workspace.table("holdings")
    told = {row["path"]: (row["quarantined_until"], row["quarantine_place"]) for row in held.to_dict("records")}
    assert (told["due/p1.png"], told["due/p0.png"]) == ((ends, found.lies_at), ("", ""))
    stands = house.workspace.status()
    assert [(one.plan_id, one.copies, one.ends_on) for one in stands.quarantined] == [(made.plan_id, 1, ends)]
    assert [(one.subject, one.name) for one in stands.dues] == [(Subject.QUARANTINE, made.plan_id)]
    undo(house.project, made.plan_id, by="Ho Mei", reason="asked for")
    assert house.workspace.status().quarantined == ()


def test_what_a_hold_froze_beyond_its_last_day_is_overdue(house: House) -> None:
    made = house.approved()
    house.run(made)
    house.hold("due/p1.png")
    house.later(31)
    assert house.workspace.status().late, "its last day is over and nobody finished"
    ran = finish(house.project, made.plan_id)
    assert (ran.states, ran.overdue, ran.complete) == ({"done": 1, "quarantined": 1}, 1, False)
    stands = house.workspace.status()
    assert [(one.copies, one.frozen) for one in stands.quarantined] == [(1, 1)]
    assert [(one.subject, one.name) for one in stands.late] == [(Subject.QUARANTINE, made.plan_id)]
    assert [one.subject for one in schedule_status(house.project).late] == [Subject.QUARANTINE]


def test_a_rejected_plan_asks_for_nobody(house: House) -> None:
    made = house.quick()
    assert house.say(made, "Ho Mei", reject=True).lacking == ()
    (listed,) = list_plans(house.project)
    assert (listed.ended, listed.lacking, listed.approved) == ("rejected", (), False)


def test_a_plan_by_rule_takes_every_copy_of_which_the_rule_says_something(house: House) -> None:
    """One rule gives the due copies their act, another one observes something of one of them: it takes that copy."""
    observes = rule("T-01", "{duplicate.copies is at least: 2}")
    write_pack(house.project.folder / "rules", observes)
    file = house.project.settings_path
    file.write_text(file.read_text("utf-8").replace("packs = [", 'packs = ["./rules", '), "utf-8")
    house.project.reload()
    house.workspace.assess()
    named = house.workspace.table("findings")
    (copy,) = [path for path in named[named["rule"] == "T-01"]["path"] if path.startswith("due/")]
    made = house.quick(rule="T-01")
    assert [one.item.path for one in items_of(house.project.store, made.plan_id)] == [copy]
    assert [one.item.rule for one in items_of(house.project.store, made.plan_id)] != ["T-01"]
    with pytest.raises(CallError, match="no copy fits: rule CAMP-99"):
        house.quick(rule="CAMP-99")
