"""A data protection officer lives through two reviews of a changing library: held, signed, closed, compared."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from pdpo_audit import Workspace
from pdpo_audit.model.reviews.plans import Step
from pdpo_audit.signing.evidence.manifest import MANIFEST
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.plans.chaining import REVIEWS
from pdpo_audit.workspace.plans.planning import Wish, add_plan, change_plan
from pdpo_audit.workspace.plans.registering import compose_register, signed_by_all
from pdpo_audit.workspace.plans.standing import reviews_of, schedule_status
from pdpo_audit.workspace.plans.timing import calendar
from pdpo_audit.workspace.plans.waking import wake_up
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.report import signing_off
from pdpo_audit.workspace.rules.adopting import adopt_period, periods
from tests.scheduling.officer import BEGIN, Officer
from tests.workspace.library import picture

#: Steps said in another order than they are done in.
EVERYTHING = (Step.HANDOUTS, Step.REPORT, Step.SCAN, Step.ASSESS)


@pytest.mark.slow
def test_two_reviews_are_held_signed_closed_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = Officer(tmp_path)
    monkeypatch.setattr(signing_off, "now", lambda: officer.now)
    project, share = officer.project, tmp_path / "share"
    add_plan(
        project, "q", Wish(every="last weekday of the quarter", sign_offs=("dpo",), does=EVERYTHING), by="Chan Tai Man"
    )
    officer.on("2026-12-31")
    woken = wake_up(project, patience=0)
    (first,) = woken.performed
    assert first.sealed and woken.notes == ("q of 2026-12-31: 1 handout was written, to be handed over",)
    assert (project.folder / "handouts" / "chan-tai-man" / "handout.en.pdf").is_file()
    officer.on("2027-01-20")
    assert [due.subject.value for due in schedule_status(project).late] == ["sign-off"]
    assert signatures_in_calendar(project) == ["2027-01-14"]
    officer.sign(first.audit_id)
    assert schedule_status(project).late == () and len(officer.records()) == 1
    assert signatures_in_calendar(project) == []
    wake_up(project, patience=0)
    assert schedule_status(project).late == ()
    assert [record.kind.value for record in officer.records()] == ["held", "closed"]
    (signature,) = officer.records()[1].sign_offs
    assert (signature["name"], signature["role"], signature["decision"]) == ("Chan Tai Man", "dpo", "agree")
    (share / "copies" / "copy of 0.jpg").unlink()
    picture(40).save(share / "new.jpg")
    shutil.copy(share / "new.jpg", share / "new again.jpg")
    officer.on("2027-02-01")
    rule = periods(project)[0].rule
    adopt_period(project, rule, by="Chan Tai Man", on=officer.now.date(), reference="IRS 4")
    change_plan(project, "q", Wish(owner="Chan Tai Man"), by="Chan Tai Man")
    officer.on("2027-03-31")
    shutil.rmtree(project.folder / "handouts")
    (project.folder / "handouts").write_text("in the way")
    project.passphrase_file = None
    woken = wake_up(project, patience=0)
    assert len(woken.performed) == 1 and "handouts were not written" in woken.notes[1]
    assert "1 record of a review waits for the seal" in " ".join(woken.notes) and len(officer.records()) == 2
    chain = verify_path(project.folder / REVIEWS, now=officer.now)
    assert chain.ok and "held q 2027-03-31 is waiting for the seal" in " ".join(one.statement for one in chain.checks)
    draft = woken.performed[0].audit_id
    project.passphrase_file = tmp_path / "pass"
    sealed = Workspace(project).report()
    assert not (project.folder / REVIEWS / "waiting.json").exists()
    held = officer.records()[2]
    assert (held.audit["id"], held.draft_reasons) == (draft, ())
    changes = held.audit["changes"]
    assert (changes["since"], changes["holdings"]["new"], changes["holdings"]["gone"]) == (first.audit_id, 2, 1)
    assert changes["clusters"]["born"] == 1 and held.audit["manifest_sha256"] and held.audit["packs"]
    assert verify_path(project.folder / REVIEWS, now=officer.now).ok
    assert not woken.performed[0].sealed and sealed.draft_reasons == ()
    told = json.loads((sealed.folder / "delta.json").read_text("utf-8"))
    assert (told["before"]["audit_id"], told["holdings"]["new"]) == (first.audit_id, 2)
    assert reviews_of(project)[sealed.audit_id] == "q of 2027-03-31, in its place"
    officer.sign(sealed.audit_id)
    officer.on("2027-04-01")
    wake_up(project, patience=0)
    closed = officer.records()[-1]
    assert (closed.kind.value, closed.slot, closed.audit["id"]) == ("closed", "2027-03-31", sealed.audit_id)
    more = replace(closed, planned={"plan": {"sign_offs": ["dpo", "legal", "compliance"]}})
    refused = replace(closed, sign_offs=tuple({**one, "decision": "refuse"} for one in closed.sign_offs))
    assert [signed_by_all(*pair) for pair in ((closed, closed), (more, closed), (closed, refused))] == [
        True, False, False,
    ]  # fmt: skip
    chain_of_audits(officer, sealed.folder)
    found = compose_register(project, first=BEGIN.date(), last=officer.now.date())
    assert [(row.slot, row.state, row.copies) for row in found.rows] == [
        ("2026-12-31", "closed", "6"), ("2027-03-31", "closed", "7"),
    ]  # fmt: skip
    assert found.rows[0].signers == ("Chan Tai Man (dpo: agree)",) and found.faults == ()
    details = found.rows[1].details
    assert details and details.covered == (("share", 7),) and details.changes["new"] == 2
    assert (details.since, details.not_reached, details.authorised_by) == (first.audit_id, (), "General Counsel")
    assert (details.in_place_of, details.sign_by, details.unsigned) == (draft, "2027-04-14", ())
    late = found.rows[0].details
    assert late and late.signed[0][3:] == ("2027-01-20", 6) and late.in_place_of == ""
    assert [(one.on, one.kind, one.rule, one.by, one.reference) for one in found.rules] == [
        ("2027-02-01", "adopted", rule, "Chan Tai Man", "IRS 4")
    ]
    (said,) = officer.records()[2].audit["rules_said"]
    assert (said["rule"], said["by"]) == (rule, "Chan Tai Man") and not officer.records()[1].audit["rules_said"]
    assert [one.changed for one in found.plans] == [(), (("owner", "", "Chan Tai Man"),)]
    assert officer.records()[2].planned["changes"][-1]["changed"] == [["owner", "", "Chan Tai Man"]]
    assert any(one.startswith("fingerprints ") for one in details.methods) and details.packs and details.run_by
    assert (
        details.signed == (("Chan Tai Man", "dpo", "agree", "2027-03-31", 0),)
        and found.rows[1].audit == sealed.audit_id
    )
    assert found.coming == (("q", "2027-06-30", "2027-06-30"),) and draft != sealed.audit_id
    assert json.loads((project.reports / held.audit["id"] / "delta.json").read_text("utf-8"))["holdings"]["new"] == 2


def chain_of_audits(officer: Officer, newest: Path) -> None:
    """The chain's verification looks at each audit's manifest, says what it did not look at, and finds another one."""

    def verified() -> dict[str, str]:
        found = verify_path(officer.project.folder / REVIEWS, now=officer.now).checks
        return {one.statement: one.verdict.value for one in found}

    said = " ".join(verified())
    assert "The manifests of 3 audits (" in said and "not examined: what the manifests of 3 audits (" in said
    assert "pdpo-audit verify reports/2027-03-31-" in said and "no manifest of them" not in said
    file = newest / MANIFEST
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b"Counsel", b"counsel"))
    assert "failed" in {verdict for words, verdict in verified().items() if "not the one that the record" in words}
    file.unlink()
    said = " ".join(verified())
    assert f"not examined: 1 audit ({newest.name}) (no manifest" in said
    file.write_bytes(kept)


def signatures_in_calendar(project: Project) -> list[str]:
    events: list[Any] = Calendar.from_ical(calendar(project)).walk("VEVENT")
    return [str(one.start) for one in events if "sign-off of the review q, planned for" in str(one["summary"])]
