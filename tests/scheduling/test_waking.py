"""Reviews held by the wake-up: once, also after a kill and by two at once; what is told of them; timer and calendar."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from pdpo_audit import Workspace
from pdpo_audit.catalogue.schedules.slots import begin, load_slots
from pdpo_audit.catalogue.store import Store
from pdpo_audit.errors import CallError
from pdpo_audit.model.reviews.plans import SlotRecord, SlotState
from pdpo_audit.workspace.plans.planning import Wish, add_plan, change_plan, pause_plan, show_plan
from pdpo_audit.workspace.plans.running_due import Performed, run_due
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.plans.timing import calendar, wake_up_texts, write_units
from pdpo_audit.workspace.plans.waking import wake_up
from pdpo_audit.workspace.project import HONG_KONG
from tests.cli.conftest import Call, call
from tests.workspace.library import make_library

__all__ = ["call"]


class Clock:
    """The time of day, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 30, 9, tzinfo=HONG_KONG)

    def __call__(self) -> datetime:
        return self.now

    def to(self, day: str) -> None:
        self.now = datetime.combine(date.fromisoformat(day), self.now.timetz())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path, clock: Callable[[], datetime]) -> Workspace:
    make_library(tmp_path / "share", 3, copies=1)
    made = Workspace.create(tmp_path / "audit", clock=clock)
    made.add(tmp_path / "share")
    settings = made.project.settings_path
    settings.write_text(settings.read_text("utf-8").replace('scope = "all"', 'scope = "off"', 1), "utf-8")
    return made


def test_a_review_is_held_when_it_is_due_and_once(workspace: Workspace, clock: Clock) -> None:
    project = workspace.project
    add_plan(project, "q", Wish(every="last weekday of the quarter"), by="Ho Mei")
    assert wake_up(project).performed == ()
    clock.to("2026-12-31")
    woken = wake_up(project)
    (held,) = woken.performed
    assert (held.day, held.state, held.sealed) == (date(2026, 12, 31), SlotState.PERFORMED, False)
    assert (project.reports / held.audit_id / "report.en.pdf").is_file()
    assert wake_up(project).performed == () and not woken.status.late
    waiting = next(due for due in woken.status.dues if due.subject.value == "sign-off")
    assert waiting.due_on == date(2027, 1, 14)
    clock.to("2027-01-22")
    assert [due.standing.value for due in schedule_status(project).late] == ["escalated"]


def test_after_a_long_downtime_one_review_is_held_and_others_were_missed(workspace: Workspace, clock: Clock) -> None:
    project = workspace.project
    add_plan(project, "m", Wish(every="15th of the month"), by="Ho Mei")
    clock.to("2027-04-20")
    woken = run_due(project, lambda *_: Performed(audit_id="A", sealed=True), lambda *_: None)
    months = ("2026-12", "2027-01", "2027-02", "2027-03")
    assert [record.day.isoformat() for record in woken.missed] == [f"{month}-15" for month in months]
    assert [record.day for record in woken.performed] == [date(2027, 4, 15)]
    kinds = [entry.event.kind for entry in project.store.events()]
    assert kinds.count("review missed") == 4 and kinds.count("review performed") == 1


def test_a_slot_is_claimed_by_one_of_two_machines(catalogue_url: str, tmp_path: Path) -> None:
    stores = [Store.open(catalogue_url, tmp_path) for _ in range(2)]
    record = SlotRecord(
        plan="q", day=date(2026, 12, 31), due_on=date(2026, 12, 31), state=SlotState.MISSED, began_at="now"
    )

    def claim(number: int) -> bool:
        with stores[number % 2].transaction() as transaction:
            return begin(transaction, record)

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(claim, range(8)))
    assert claimed.count(True) == 1
    assert load_slots(stores[0])["q"][record.day] == record
    for store in stores:
        store.close()


def test_a_plan_of_the_settings_is_read_once_and_a_later_change_is_told(workspace: Workspace) -> None:
    file = workspace.project.settings_path
    text = file.read_text("utf-8")
    file.write_text(f'{text}\n[[schedule]]\nname = "q"\nevery = "quarterly"\n', "utf-8")
    workspace.project.reload()
    assert schedule_status(workspace.project).notes == ()
    assert show_plan(workspace.project, "q").history[0].act == "read from the settings"
    file.write_text(f'{text}\n[[schedule]]\nname = "q"\nevery = "monthly"\n', "utf-8")
    workspace.project.reload()
    (told,) = schedule_status(workspace.project).notes
    assert "schedule change q" in told
    plan = show_plan(workspace.project, "q").plan
    assert plan is not None and plan.every == "quarterly"


def test_what_a_plan_names_must_be_there(workspace: Workspace) -> None:
    project = workspace.project
    for wish in (Wish(), Wish(every="quarterly", sources=("nowhere",)), Wish(every="quarterly", sign_offs=("king",))):
        with pytest.raises(CallError):
            add_plan(project, "q", wish, by="Ho Mei")
    with pytest.raises(CallError, match="past"):
        add_plan(project, "q", Wish(every="quarterly", starts_on=date(2026, 1, 1)), by="Ho Mei")
    with pytest.raises(CallError, match="cannot be a name"):
        add_plan(project, "../q", Wish(every="quarterly"), by="Ho Mei")
    with pytest.raises(CallError, match="no plan is called"):
        pause_plan(project, "q", by="Ho Mei")
    add_plan(project, "q", Wish(every="quarterly"), by="Ho Mei")
    with pytest.raises(CallError, match="already"):
        add_plan(project, "q", Wish(every="quarterly"), by="Ho Mei")


def test_a_change_counts_from_tomorrow_on_and_leaves_what_came(workspace: Workspace, clock: Clock) -> None:
    project = workspace.project
    add_plan(project, "q", Wish(every="quarterly", starts_on=date(2026, 11, 30)), by="Ho Mei")
    shown = change_plan(project, "q", Wish(every="15th of the month"), by="Ho Mei")
    assert [slot.day.isoformat() for slot in shown.next] == ["2026-11-30", "2026-12-15", "2027-01-15", "2027-02-15"]
    assert [version.act for version in shown.history] == ["added", "changed"]


def test_the_calendar_reads_back_with_the_right_dates(workspace: Workspace) -> None:
    add_plan(workspace.project, "new-year", Wish(every="first day of the year"), by="Ho Mei")
    events = Calendar.from_ical(calendar(workspace.project)).walk("VEVENT")
    dates = [event.decoded("dtstart").isoformat() for event in events]
    assert dates[:3] == ["2027-01-04", "2028-01-03", "2029-01-02"]
    assert "new-year-2027-01-01@" in str(events[0]["uid"])
    triggers = sorted(alarm.decoded("trigger") for alarm in events[0].walk("VALARM"))
    assert triggers == [timedelta(days=-14, hours=9), timedelta(days=-3, hours=9)]


def test_systemd_accepts_the_units_and_they_hold_no_secret(workspace: Workspace, tmp_path: Path) -> None:
    texts = wake_up_texts(workspace.project)
    files = write_units(texts, tmp_path / "units % and $more")
    assert write_units(texts, tmp_path / "units % and $more") == files
    files[0].write_text("mine", "utf-8")
    with pytest.raises(CallError, match="says something else"):
        write_units(texts, tmp_path / "units % and $more")
    assert "assphrase" not in "".join([*texts.units.values(), texts.cron])
    assert "Persistent=true" in texts.units["pdpo-audit-reviews.timer"] and "@reboot" in texts.cron
    if shutil.which("systemd-analyze"):
        folder = tmp_path / "checked"
        write_units(texts, folder)
        done = subprocess.run(
            ["systemd-analyze", "verify", "--user", *map(str, sorted(folder.iterdir()))],
            capture_output=True,
            text=True,
            check=False,
            env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )
        ours = [line for line in done.stderr.splitlines() if "pdpo-audit-reviews" in line]
        assert [line for line in ours if "not executable" not in line] == []


def test_the_commands_tell_what_is_due_and_monitors_see_it(workspace: Workspace, call: Call) -> None:
    folder = workspace.project.folder
    added = call("schedule", "add", "q", "--every", "quarterly", "--workspace", folder, "--json")
    assert json.loads(added.out)["plan"]["rrule"].startswith("FREQ=MONTHLY;INTERVAL=3")
    assert call("schedule", "add", "r", "--every", "sometimes", "--workspace", folder).code == 2
    assert call("schedule", "status", "--workspace", folder).code == 0
    for verb in ("list", "show", "pause", "resume", "change", "remove"):
        arguments = [] if verb == "list" else ["q"]
        arguments += ["--owner", "Ho Mei"] if verb == "change" else []
        assert call("schedule", verb, *arguments, "--workspace", folder).code == 0, verb
    assert "BEGIN:VCALENDAR" in call("schedule", "ics", "--workspace", folder).out
    assert "[Timer]" in call("schedule", "install", "--systemd", "--workspace", folder).out
    assert call("schedule", "run-due", "--workspace", folder).code == 0
