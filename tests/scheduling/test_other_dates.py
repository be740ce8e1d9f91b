"""Dates beside those of reviews: holds, exceptions, rules, working data; in status, calendar and notices alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from icalendar import Calendar

from pdpo_audit import Workspace
from pdpo_audit.scheduling.standing import Standing, Subject
from pdpo_audit.workspace.plans.notifying import put_notices
from pdpo_audit.workspace.plans.standing import other_dates, schedule_status
from pdpo_audit.workspace.plans.timing import calendar
from pdpo_audit.workspace.review.choices import Choice, Said, kept_until, told
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from tests.review.conftest import Clock, Visitor, clock, house, join, made, stranger, workspace
from tests.review.test_access import cluster

__all__ = ["clock", "house", "join", "made", "stranger", "workspace"]


def test_exceptions_and_holds_are_due_dates_like_others(
    workspace: Workspace, join: Callable[[str], Visitor], clock: Clock
) -> None:
    project, visitor, key = workspace.project, join("Chan Tai Man"), cluster(workspace)
    said = {"choice": "keep", "reason": "press kit", "approver": "Ho Mei", "until": "2027-01-15"}
    done = visitor.submit(f"/case/{key}/decide", **said, **visitor.case(key))
    assert done.status_code == 200
    placed = add_hold(
        project, kind="legal_hold", matter="HC 7/2026", issued_by="Chan Tai Man", issuer_role="dpo",
        selectors=Selectors(path_pattern="single 0*"), review_on=date(2027, 12, 1),
    )  # fmt: skip
    hold = f"Image audit: hold review {placed.hold.hold_id} (Harbour Light Agency Ltd)"
    status = schedule_status(project)
    (due,) = [one for one in status.dues if one.subject is Subject.EXCEPTION]
    assert (due.due_on, due.count, due.standing) == (date(2027, 1, 15), 6, Standing.TO_COME)
    assert all(one.subject is not Subject.HOLD for one in status.dues)  # more than 60 days ahead
    assert {one.subject for one in other_dates(project, clock().date())} >= {Subject.HOLD, Subject.EXCEPTION}
    events: dict[str, Any] = {str(one["summary"]): one for one in Calendar.from_ical(calendar(project)).walk("VEVENT")}
    assert events["Image audit: end of exceptions 2027-01-15 (Harbour Light Agency Ltd)"]["dtstart"].dt == due.due_on
    assert events[hold]["dtstart"].dt == date(2027, 12, 1)
    assert len({str(one["uid"]) for one in events.values()}) == len(events)
    assert "End of exceptions" in visitor.get("/").text and "2027-01-15" in visitor.get("/?lang=zh-Hant").text
    clock.forward(days=54)
    late = schedule_status(project).late
    assert [(one.subject, one.standing) for one in late] == [(Subject.EXCEPTION, Standing.ESCALATED)]
    settings = project.settings_path
    settings.write_text(settings.read_text() + '\n[notices]\nwebhook = "http://127.0.0.1:9/"\n')
    project.reload()
    assert put_notices(project, schedule_status(project)) == 1 and put_notices(project, schedule_status(project)) == 0
    visitor = join("Chan Tai Man")
    fields = {**visitor.case(key), "finding": workspace.table("findings").query("cluster_id == @key")["finding_id"]}
    visitor.submit(f"/case/{key}/decide", choice="agree", **{**fields, "finding": list(fields["finding"])})
    assert schedule_status(project).late == ()


def test_the_last_day_is_read_out_of_what_was_recorded() -> None:
    said = Said(choice=Choice.KEEP, reason="until 2030-01-01, approved by me", approver="Ho Mei", until="2027-06-30")
    assert kept_until(told(said)) == date(2027, 6, 30)
    for other in (
        "",
        "Keep as an exception until 2027-02-30, approved by X",
        "He said: " + told(said),
        told(said)[:38],
    ):
        assert kept_until(other) is None
