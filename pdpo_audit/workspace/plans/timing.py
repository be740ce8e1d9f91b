"""What wakes the reviews up from outside, and the calendar that people see them in."""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pdpo_audit.catalogue.schedules.chain import load_chain
from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.catalogue.schedules.slots import load_slots, states
from pdpo_audit.errors import CallError
from pdpo_audit.scheduling.calendar import Entry, write_calendar
from pdpo_audit.scheduling.slots import next_slots, plan_on
from pdpo_audit.scheduling.standing import DueDate, Subject
from pdpo_audit.scheduling.timers import cron_line, systemd_units
from pdpo_audit.workspace.plans.planning import read_settings_once
from pdpo_audit.workspace.plans.standing import other_dates, schedule_status
from pdpo_audit.workspace.project import Project

#: Reviews of a plan that the calendar shows.
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeUpTexts:
    """The units of systemd by their file's name, and the lines for ``crontab``."""

    units: Mapping[str, str]
    cron: str


def wake_up_texts(project: Project) -> WakeUpTexts:
    """What is to be installed so that ``run-due`` is called once a day."""
    program = str(Path(sys.executable).with_name("pdpo-audit"))
    return WakeUpTexts(units=systemd_units(program, project.folder).files(), cron=cron_line(program, project.folder))


def write_units(texts: WakeUpTexts, folder: Path) -> list[Path]:
    """Write the units into a folder; what stands there under their names is kept unless it is the same."""
    folder = folder.expanduser()
    other = [name for name, text in texts.units.items() if _differs(folder / name, text)]
    if other:
        raise CallError(
            f"{folder / other[0]} is there and says something else", advice="look at it, and move it away first"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.units.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts.units]


def calendar(project: Project) -> bytes:
    """The next reviews of every plan, signatures that are waited for and the other dates, as iCalendar.

    Each names the head of the chain of reviews.
    """
    read_settings_once(project)
    today, recorded = project.clock().date(), load_slots(project.store)
    chain = load_chain(project.store)
    head = f"Head of the chain of reviews: {chain[-1].sha256}" if chain else "No review was held yet."
    organisation = project.settings.organisation.name or "pdpo-audit"
    entries = []
    for name, history in load_plans(project.store).items():
        for slot in islice(next_slots(history, states(recorded.get(name, {})), today), _SHOWN):
            plan = plan_on(history, slot.day)
            told = f"Image audit review {name}, planned for {slot.day}. {plan.every if plan else ''}\n{head}"
            summary = f"Review of images: {name} ({organisation})"
            identity = f"{slot.plan}-{slot.day.isoformat()}"
            entries.append(Entry(identity=identity, due_on=slot.due_on, summary=summary, description=told))
    signatures = [due for due in schedule_status(project).dues if due.subject is Subject.SIGN_OFF]
    entries += [_entry(due, organisation, head) for due in (*signatures, *other_dates(project, today))]
    mark = hashlib.sha256(bytes(project.folder)).hexdigest()[:12]
    return write_calendar(entries, workspace=f"{mark}.pdpo-audit", written_at=project.clock())


def _entry(due: DueDate, organisation: str, head: str) -> Entry:
    """Another date than that of a review."""
    identity = re.sub(r"[^A-Za-z0-9.-]+", "-", due.key)
    of = f"of the review {due.name}, planned for {due.slot}" if due.subject is Subject.SIGN_OFF else due.name
    summary = f"Image audit: {due.subject.value} {of} ({organisation})"
    return Entry(identity=identity, due_on=due.due_on, summary=summary, description=head)


def calendar_address(project: Project) -> str:
    """Where the review pages serve the calendar to who knows the address: a calendar program cannot sign in.

    It tells plans and due dates, no picture and no path; it ends with ``keys/memory.key``.
    """
    return f"/calendar/{_calendar_token(project)}.ics"


def calendar_for(project: Project, token: str) -> bytes | None:
    """The calendar for whoever has the right address; ``None`` for anybody else."""
    return calendar(project) if hmac.compare_digest(token.encode(), _calendar_token(project).encode()) else None


def _calendar_token(project: Project) -> str:
    return hmac.new(project.memory.key, b"calendar of reviews", hashlib.sha256).hexdigest()[:40]


def _differs(file: Path, text: str) -> bool:
    return file.exists() and file.read_text("utf-8", "replace") != text
