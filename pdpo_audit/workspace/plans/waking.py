"""One wake-up: reviews that are due, then what is told of it. Telling never holds a review up."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.model.reviews.plans import Slot, SlotRecord
from pdpo_audit.workspace.plans.chaining import seal_records
from pdpo_audit.workspace.plans.performing import perform_review
from pdpo_audit.workspace.plans.running_due import run_due
from pdpo_audit.workspace.plans.standing import ScheduleStatus, schedule_status
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import run_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeUp:
    """What a wake-up did, and what is due after it."""

    performed: tuple[SlotRecord, ...]
    missed: tuple[SlotRecord, ...]
    failed: tuple[tuple[Slot, str], ...]
    notes: tuple[str, ...]
    status: ScheduleStatus


def wake_up(project: Project) -> WakeUp:
    """Hold what is due, and seal a record of everything that ended."""
    with run_lock(project, "schedule run-due"):
        seal_records(project)
        done = run_due(project, perform_review, lambda *_: None)
        seal_records(project)
    return WakeUp(
        performed=done.performed,
        missed=done.missed,
        failed=done.failed,
        notes=done.notes,
        status=schedule_status(project),
    )
