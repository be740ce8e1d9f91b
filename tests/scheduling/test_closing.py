"""What the record of a review states is what people had said of it by then, however late it is sealed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.plans.planning import Wish, add_plan
from pdpo_audit.workspace.plans.waking import wake_up
from pdpo_audit.workspace.report import signing_off
from pdpo_audit.workspace.review.deciding import export_decisions, import_decisions
from tests.scheduling.officer import Officer
from tests.workspace.test_judgements import fill


def decide(officer: Officer, row: int, decision: str, *, instead: bool = False) -> None:
    file = officer.base / "decisions.xlsx"
    export_decisions(officer.project, file)
    fill(file, row, decision=decision, reason="said so", decided_by="Chan Tai Man", role="dpo")
    assert import_decisions(officer.project, file, instead=instead) == 1


@pytest.mark.slow
def test_a_review_that_was_overtaken_is_closed_with_what_was_decided_until_the_next_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = Officer(tmp_path, portraits=2)
    monkeypatch.setattr(signing_off, "now", lambda: officer.now)
    add_plan(officer.project, "q", Wish(every="last weekday of the quarter", sign_offs=("dpo",)), by="Chan Tai Man")
    officer.on("2026-12-31")
    wake_up(officer.project, patience=0)
    officer.on("2027-01-05")
    decide(officer, 2, "agree")
    officer.on("2027-03-31")
    officer.project.passphrase_file = None
    (second,) = wake_up(officer.project, patience=0).performed
    officer.on("2027-04-06")
    decide(officer, 2, "disagree", instead=True)
    decide(officer, 3, "postponed")
    officer.project.passphrase_file = tmp_path / "pass"
    report = Workspace(officer.project).report()
    first, closed, held = officer.records()
    assert [one.kind.value for one in (first, closed, held)] == ["held", "closed", "held"]
    assert closed.slot == first.slot and held.audit["id"] == second.audit_id
    told = [[(one["decision"], one["findings"]) for one in record.decisions] for record in (first, closed, held)]
    assert told == [[], [("agree", 1)], [("agree", 1)]]
    officer.sign(report.audit_id)
    officer.on("2027-04-20")
    decide(officer, 3, "agree", instead=True)
    wake_up(officer.project, patience=0)
    last = officer.records()[-1]
    assert (last.kind.value, last.slot) == ("closed", "2027-03-31")
    assert [(one["decision"], one["findings"]) for one in last.decisions] == [("disagree", 1), ("postponed", 1)]
