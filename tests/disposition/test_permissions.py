"""The table of the contract, cell by cell, and approvals by brute force."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pdpo_audit.disposition.permissions import Circumstances, may
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.approvals import APPROVE, REJECT, Given, cannot_approve, judge, why_legal
from pdpo_audit.model.disposition.plans import Approval, Keeper, PlanHeader, PlanItem
from pdpo_audit.model.findings import Outcome

ERASE, DOWN, RESTRICT, MASK, STRIP, LINK, KEEP = (
    DisposalAct.ERASE, DisposalAct.TAKE_DOWN, DisposalAct.RESTRICT, DisposalAct.MASK, DisposalAct.STRIP,
    DisposalAct.LINK, DisposalAct.KEEP,
)  # fmt: skip


def by_the_contract(act: DisposalAct, case: Circumstances) -> bool:
    """INTERFACE section 10, written anew from its words."""
    outcome = case.outcome.value
    if outcome in ("on_hold", "cannot_decide"):
        if act in (ERASE, LINK):
            return False
        return act is KEEP or (case.preserved and case.legal and not case.stopped)
    if outcome in ("conflict", "must_keep"):
        return act in (DOWN, RESTRICT, KEEP)
    if outcome == "due":
        return {
            ERASE: case.proposed == "erase" or case.decided, DOWN: True, MASK: True, STRIP: True, RESTRICT: True,
            LINK: case.additional, KEEP: case.excepted,
        }[act]  # fmt: skip
    return {
        ERASE: case.decided, DOWN: case.decided, MASK: case.decided, STRIP: case.decided, RESTRICT: True,
        LINK: case.additional, KEEP: True,
    }[act]  # fmt: skip


def test_every_cell_of_the_table() -> None:
    yes = (False, True)
    cases = 0
    for outcome, act in product(Outcome, DisposalAct):
        for proposed, decided, additional, preserved, legal, stopped, excepted in product(
            ("", "erase", "restrict"), yes, yes, yes, yes, yes, yes
        ):
            case = Circumstances(
                outcome=outcome, proposed=proposed, decided=decided, additional=additional, preserved=preserved,
                legal=legal, stopped=stopped, excepted=excepted,
            )  # fmt: skip
            assert may(act, case) is by_the_contract(act, case), (act, case)
            cases += 1
    assert cases == 8 * 7 * 192


AT = datetime.fromisoformat("2026-11-30T12:00:00+08:00")


def header(roles: tuple[str, ...]) -> PlanHeader:
    return PlanHeader(
        plan_id="DP-1", organisation="", organisation_zh="", made_at=AT.isoformat(), preparer="operator",
        account="operator", selection="", assessed_on="", approvals=roles, approval_days=30, quarantine_days=30,
        copies_that_stay=1, alarm_days=0, packs=(), sources=(), items=1, items_sha256="", seal_sha256="", tool="",
    )  # fmt: skip


def word(name: str, role: str, key: str, *, decision: str = APPROVE, plan: str = "D", days: int = 0) -> Approval:
    at = (AT + timedelta(days=days)).isoformat()
    return Approval(
        plan_id="DP-1", plan_sha256=plan, name=name, role=role, decision=decision, comment="", at=at, signer_sha256=key
    )


WORDS = some.builds(
    word,
    some.sampled_from(["Ho Mei", "ho  mei", "Chan", "Wong"]),
    some.sampled_from(["owner", "dpo", "legal"]),
    some.sampled_from(["k1", "k2", "k3"]),
    decision=some.sampled_from([APPROVE, APPROVE, APPROVE, REJECT]),
    plan=some.sampled_from(["D", "D", "D", "E"]),
    days=some.integers(0, 40),
)


@given(said=some.lists(some.tuples(WORDS, some.booleans()), max_size=6), later=some.integers(0, 60))
def test_a_plan_is_approved_only_by_different_people_with_different_keys_in_time(
    said: list[tuple[Approval, bool]], later: int
) -> None:
    now = AT + timedelta(days=later)
    found = judge(header(("owner", "dpo")), "D", [Given(approval=a, faults=("x",) if f else ()) for a, f in said], now)
    if not found.approved:
        return
    counted = found.counted
    assert sorted(one.role for one in counted) == ["dpo", "owner"]
    assert len({" ".join(one.name.casefold().split()) for one in counted}) == 2
    assert len({one.signer_sha256 for one in counted}) == 2
    for one in counted:
        assert (one, False) in said
        assert one.plan_sha256 == "D"
        assert now < datetime.fromisoformat(one.at) + timedelta(days=30)
    assert datetime.fromisoformat(found.ends_at) > now


@pytest.mark.parametrize("roles", [("owner",), ()])
def test_fewer_than_two_roles_approve_nothing(roles: tuple[str, ...]) -> None:
    given_words = [Given(approval=word("Ho Mei", role, "k1")) for role in roles]
    assert not judge(header(roles), "D", given_words, AT).approved


STAYS = (Keeper(source="nas", path="m.jpg", sha256="b" * 64, master=True),)
LINE = PlanItem(
    number=1, source="nas", path="a.jpg", sha256="a" * 64, bytes=9, act=ERASE, rule="R", authority="s.26",
    due_on="2026-01-01", outcome="due", proposed="erase", owner="o", cluster_id="C1", people_level="P2", keepers=STAYS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "flags", "why"),
    [
        ({}, (), ""),
        ({"people_level": "P3"}, (), "named person"),
        ({}, ("child",), "child"),
        ({}, ("religion",), ""),
        ({"keepers": ()}, (), "no copy stays"),
        ({"keepers": (), "act": MASK}, (), ""),
        ({"outcome": "on_hold", "act": RESTRICT}, (), "on_hold"),
        ({"outcome": "cannot_decide", "act": RESTRICT}, (), "cannot_decide"),
        ({"outcome": "must_keep", "act": RESTRICT}, (), ""),
        ({"people_level": "P3", "keepers": ()}, ("child",), "named person, child, no copy stays"),
        ({"people_level": "P3", "keepers": (), "act": KEEP, "outcome": "on_hold"}, ("child",), ""),
    ],
)
def test_why_legal_approves_as_well(changed: dict[str, Any], flags: tuple[str, ...], why: str) -> None:
    assert why_legal(replace(LINE, **changed), flags) == why


def test_who_cannot_approve_a_plan() -> None:
    plan = replace(header(("legal", "dpo")), preparer="Lam Ka Yan", account="ops")
    others = {"wong siu ling": "she invites people to the pages"}
    assert cannot_approve(plan, " lam  KA yan", others) == "whoever prepared a plan does not approve it"
    assert cannot_approve(plan, "OPS", others) == "whoever prepared a plan does not approve it"
    assert cannot_approve(plan, "Wong Siu Ling", others) == "she invites people to the pages"
    assert cannot_approve(plan, "Chan Tai Man", others) == ""
