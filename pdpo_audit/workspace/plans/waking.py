"""One wake-up: reviews that are due, then what is told of it. Telling never holds a review up."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.catalogue.disposition.returns import untold
from pdpo_audit.model.reviews.plans import Slot, SlotRecord
from pdpo_audit.workspace.plans.addressing import unreachable_told
from pdpo_audit.workspace.plans.chaining import seal_records, waiting_records
from pdpo_audit.workspace.plans.notifying import Delivered, Happened, deliver, put_notices
from pdpo_audit.workspace.plans.performing import perform_review
from pdpo_audit.workspace.plans.running_due import WokenUp, run_due
from pdpo_audit.workspace.plans.standing import ScheduleStatus, schedule_status
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import run_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeUp:
    """What a wake-up did, what is due after it, and who was told."""

    performed: tuple[SlotRecord, ...]
    missed: tuple[SlotRecord, ...]
    failed: tuple[tuple[Slot, str], ...]
    notes: tuple[str, ...]
    status: ScheduleStatus
    told: Delivered


def wake_up(project: Project, *, patience: float = 45.0) -> WakeUp:
    """Hold what is due, seal a record of everything that ended, and then tell people for ``patience`` seconds."""
    with run_lock(project, "schedule run-due"):
        seal_records(project)
        done = run_due(project, perform_review, lambda *_: None)
        seal_records(project)
    status = schedule_status(project)
    put_notices(project, status, [*_happened(done), *returned(project)])
    told = deliver(project, patience=patience)
    notes = (f"{told.waiting} notices wait to be sent: {told.fault}",) if told.waiting else ()
    if waiting := len(waiting_records(project)):
        notes = (_locked(waiting), *notes)
    notes = (*notes, *unreachable_told(project))
    return WakeUp(
        performed=done.performed, missed=done.missed, failed=done.failed, notes=(*done.notes, *notes), status=status,
        told=told,
    )  # fmt: skip


def _locked(waiting: int) -> str:
    """Said while the key of the seal is locked."""
    what = "1 record of a review waits" if waiting == 1 else f"{waiting} records of reviews wait"
    ways = "`pdpo-audit report` or `pdpo-audit schedule register`"
    return f"{what} for the seal, whose key is locked: {ways}, with the passphrase, seals what waits"


def _happened(done: WokenUp) -> list[Happened]:
    drafts = [("unsealed", one.plan, one.day) for one in done.performed if not one.sealed]
    missed = [("missed", one.plan, one.day) for one in done.missed]
    failed = [("failed", slot.plan, slot.day) for slot, _ in done.failed]
    return [Happened(what=what, plan=plan, slot=day.isoformat()) for what, plan, day in (*drafts, *missed, *failed)]


def tell_returns(project: Project, *, patience: float = 0.0) -> int:
    """Put out a notice of copies that came back since the last one; how many plans they were erased under."""
    happened = returned(project)
    if happened:
        put_notices(project, schedule_status(project), happened)
        deliver(project, patience=patience)
    return len(happened)


def returned(project: Project) -> list[Happened]:
    """That copies which were certified as erased lie in a source again, once for each plan and day."""
    with project.store.transaction() as transaction:
        counts = untold(transaction)
    day = project.clock().date().isoformat()
    return [Happened(what="returned", plan=plan, slot=day) for plan in counts]
