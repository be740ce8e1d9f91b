"""The slots of a plan through all its changes, when each is due, and what a wake-up has to do about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from pdpo_audit.model.reviews.plans import Plan, PlanVersion, Slot, SlotState
from pdpo_audit.scheduling.rules import rule_days
from pdpo_audit.scheduling.working_days import ONE_DAY, working_day_from

#: How far ahead the next slot is looked for.
HORIZON = timedelta(days=3_660)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a wake-up has to do for a plan: slots that can only be recorded as missed, and the one to perform."""

    missed: tuple[Slot, ...] = ()
    perform: Slot | None = None


def plan_on(history: Sequence[PlanVersion], day: date) -> Plan | None:
    """The plan as it counts on a day; ``None`` before it begins and once it is removed."""
    found = None
    for version, end in _windows(history):
        if version.since <= day and (end is None or day < end):
            found = version.plan
    return found


def slots(history: Sequence[PlanVersion], until: date) -> Iterator[Slot]:
    """Every slot of a plan up to the day ``until``, in order.

    A slot is due on its day, or on the next working day that no slot before it is due on: due dates strictly increase.
    What is changed on a day counts from a later one, so that a slot once there stays, and its due date with it.
    """
    due = date.min
    for version, end in _windows(history):
        plan = version.plan
        if plan is None or plan.paused:
            continue
        last = until if end is None else min(until, end - ONE_DAY)
        for day in takewhile(lambda day, last=last: day <= last, rule_days(plan.rrule, plan.anchor)):  # type: ignore[misc]
            if day < version.since:
                continue
            due = working_day_from(max(day, due + ONE_DAY) if due > date.min else day)
            yield Slot(plan=version.name, day=day, due_on=due)


def next_slots(history: Sequence[PlanVersion], recorded: Mapping[date, SlotState], today: date) -> Iterator[Slot]:
    """The slots that are neither performed nor missed, in order: open ones first, then those to come."""
    ended = (SlotState.PERFORMED, SlotState.MISSED)
    return (slot for slot in slots(history, today + HORIZON) if recorded.get(slot.day) not in ended)


def work_due(history: Sequence[PlanVersion], recorded: Mapping[date, SlotState], today: date) -> Work:
    """What is to be done on a day: after downtime the newest slot is performed, once; those before it were missed.

    Slots of a plan that is paused or removed meanwhile are missed.
    """
    open_ones = [
        slot
        for slot in slots(history, today)
        if slot.due_on <= today and recorded.get(slot.day, SlotState.BEGUN) is SlotState.BEGUN
    ]
    plan = plan_on(history, today)
    if not open_ones or plan is None or plan.paused:
        return Work(missed=tuple(open_ones))
    return Work(missed=tuple(open_ones[:-1]), perform=open_ones[-1])


def _windows(history: Sequence[PlanVersion]) -> Iterator[tuple[PlanVersion, date | None]]:
    """Each version with the first day on which it no longer counts (``None``: it still does)."""
    for place, version in enumerate(history):
        end = min((later.since for later in history[place + 1 :]), default=None)
        if end is None or version.since < end:
            yield version, end
