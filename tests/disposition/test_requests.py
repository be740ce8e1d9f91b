"""From a person's request to a plan for exactly their copies, and to what the reply states."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pdpo_audit.catalogue.disposition.plans import every_item
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.requests import planning
from pdpo_audit.workspace.acts.requests.planning import PersonRequest, RequestKind, plan_request, read_copies
from pdpo_audit.workspace.acts.requests.replying import reply_facts
from pdpo_audit.workspace.acts.undoing import finish
from tests.disposition.material import House
from tests.workspace.library import picture


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    picture(0).save(made.share / "due" / "p[0].png")
    picture(9).save(made.share / "kept" / "other.png")
    made.scan()
    monkeypatch.setattr(planning, "plan", lambda _project, wanted, preparer: made.quick(**fields(wanted)))
    return made


def fields(wanted: object) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in ("places", "act", "reason")}


def asked(house: House, kind: RequestKind, received: date | None = None) -> PersonRequest:
    return PersonRequest(kind=kind, reference="DSR-7", received_on=received or house.day.date())


def test_exactly_the_confirmed_copies(house: House, tmp_path: Path) -> None:
    listed = tmp_path / "confirmed.csv"
    listed.write_text(
        "source,path,confirmed\nshare,due/p[0].png,yes\nshare,due/p0.png,no\nshare,kept/other.png,YES\n", "utf-8"
    )
    copies = read_copies(listed)
    assert copies == (("share", "due/p[0].png"), ("share", "kept/other.png"))
    made = plan_request(house.project, asked(house, RequestKind.WITHDRAWAL), copies)
    assert [(one.path, one.act) for one in list_items(house.project, made.plan_id)] == [("due/p[0].png", "erase")]
    before = reply_facts(house.project, made.plan_id)
    assert (before.named, before.open, before.done) == (2, {"planned": 1}, {})
    assert sum(before.left.values()) == 1 and before.answer_by == ""
    for name in ("Ho Mei", "Chan Tai Man", "Wong Lai")[: len(made.approvals)]:
        house.say(made, name)
    assert house.run(made).states == {"quarantined": 1}
    waiting = reply_facts(house.project, made.plan_id)
    assert waiting.open == {"quarantined": 1} and waiting.ends_on
    finish(house.project, made.plan_id, early=True)
    facts = reply_facts(house.project, made.plan_id)
    assert (facts.done, facts.open, facts.ends_on) == ({"erase": 1}, {}, "")
    assert "p[0]" not in facts.texts["en"] and "1 copy this was done: erase" in facts.texts["en"]
    assert "撤回同意" in facts.texts["zh-Hant"]
    assert set(house.files()) == {"due/p0.png", "due/p1.png", "due/p2.png", "kept/other.png"}


def test_a_correction_is_answered_in_forty_days(house: House) -> None:
    request = asked(house, RequestKind.CORRECTION, date(2026, 11, 1))
    made = plan_request(house.project, request, [("share", "due/p1.png")], act=DisposalAct.STRIP)
    assert reply_facts(house.project, made.plan_id).answer_by == "2026-12-11"
    line = next(every_item(house.project.store, made.plan_id))
    assert line.item.decision == "correction, reference DSR-7, received on 2026-11-01"


def test_what_is_no_request(house: House, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="reference"):
        plan_request(house.project, PersonRequest(kind=RequestKind.ACCESS, reference=" ", received_on=date.min), [])
    with pytest.raises(CallError, match="no request"):
        reply_facts(house.project, house.quick().plan_id)
    nobody = tmp_path / "nobody.csv"
    nobody.write_text("source,path,confirmed\nshare,due/p0.png,\n", "utf-8")
    with pytest.raises(CallError, match="confirms no copy"):
        read_copies(nobody)
