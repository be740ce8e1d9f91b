"""The wake-up: what is due is performed, once; what was slept through is recorded as missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.catalogue.schedules.slots import begin, load_slots, states, write
from pdpo_audit.errors import AuditError
from pdpo_audit.model.events import Details
from pdpo_audit.model.reviews.plans import Plan, Slot, SlotRecord, SlotState
from pdpo_audit.scheduling.slots import plan_on, work_due
from pdpo_audit.workspace.plans.addressing import roles_of
from pdpo_audit.workspace.plans.planning import read_settings_once
from pdpo_audit.workspace.plans.standing import note_signatures
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import exclusive

#: Why a slot was missed, in words for the record.
SLEPT = "nobody woke the program up before the next review was due"
RESTED = "the plan was paused or removed before the review was held"
BROKEN_OFF = "the review was begun and not finished before the next one was due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """What a review made: the audit's id, whether it is sealed with the organisation's key, and why it is a draft."""

    audit_id: str
    sealed: bool
    draft_reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WokenUp:
    """What a wake-up did; ``failed`` names reviews that could not be performed and stay due, with the reason."""

    on: date
    performed: tuple[SlotRecord, ...] = ()
    missed: tuple[SlotRecord, ...] = ()
    failed: tuple[tuple[Slot, str], ...] = ()
    notes: tuple[str, ...] = ()


#: Performs a review for a slot.
Perform = Callable[[Project, Plan, Slot], Performed]
#: Hangs what became of a slot onto the chain of reviews.
Chain = Callable[[Project, SlotRecord, Performed | None], None]


@exclusive("schedule run-due")
def run_due(project: Project, perform: Perform, chain: Chain) -> WokenUp:
    """Do what is due on this day for every plan; calling it again the same day does nothing.

    A slot is claimed before its review begins, in a transaction of its own, and ends with the review. What was killed
    in between is begun again by the next wake-up: nobody else can be at it, since the run lock is held.
    """
    notes = read_settings_once(project)
    note_signatures(project)
    today = project.clock().date()
    performed: list[SlotRecord] = []
    missed: list[SlotRecord] = []
    failed: list[tuple[Slot, str]] = []
    told: list[str] = []
    recorded = load_slots(project.store)
    for name, history in load_plans(project.store).items():
        known = recorded.get(name, {})
        work = work_due(history, states(known), today)
        for slot in work.missed:
            if record := _miss(project, slot, _why(known.get(slot.day), work.perform)):
                chain(project, record, None)
                missed.append(record)
        plan = plan_on(history, today)
        if work.perform is None or plan is None:
            continue
        try:
            if held := _hold(project, plan, work.perform, perform, chain):
                record, done = held
                performed.append(record)
                told += [f"{record.plan} of {record.day}: {note}" for note in done.notes]
        except AuditError as error:
            failed.append((work.perform, error.message))
    return WokenUp(
        on=today, performed=tuple(performed), missed=tuple(missed), failed=tuple(failed), notes=(*notes, *told)
    )


def _why(known: SlotRecord | None, later: Slot | None) -> str:
    if later is None:
        return RESTED
    return BROKEN_OFF if known else SLEPT


def _miss(project: Project, slot: Slot, why: str) -> SlotRecord | None:
    at = _now(project)
    record = SlotRecord(
        plan=slot.plan, day=slot.day, due_on=slot.due_on, state=SlotState.MISSED, began_at=at, ended_at=at, reason=why
    )
    with project.store.transaction() as transaction:
        if not begin(transaction, record):
            return None
        details = {"plan": slot.plan, "slot": slot.day.isoformat(), "due_on": slot.due_on.isoformat(), "why": why}
        transaction.append_event("review missed", dict(details), at=project.clock(), actor=project.actor)
    return record


def _hold(
    project: Project, plan: Plan, slot: Slot, perform: Perform, chain: Chain
) -> tuple[SlotRecord, Performed] | None:
    begun = SlotRecord(plan=slot.plan, day=slot.day, due_on=slot.due_on, state=SlotState.BEGUN, began_at=_now(project))
    with project.store.transaction() as transaction:
        if not begin(transaction, begun):
            return None
    done = perform(project, plan, slot)
    record = replace(
        begun,
        state=SlotState.PERFORMED,
        ended_at=_now(project),
        audit_id=done.audit_id,
        sealed=done.sealed,
        signed_at="" if roles_of(project, plan) else _now(project),
    )
    with project.store.transaction() as transaction:
        write(transaction, record)
        details: Details = {
            "plan": slot.plan, "slot": slot.day.isoformat(), "audit": done.audit_id, "sealed": done.sealed,
        }  # fmt: skip
        transaction.append_event("review performed", details, at=project.clock(), actor=project.actor)
    chain(project, record, done)
    return record, done


def _now(project: Project) -> str:
    return project.clock().isoformat(timespec="seconds")
