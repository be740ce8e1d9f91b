"""Where each review stands on a day: to come, due, overdue, waiting for signatures; and which notice that calls for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pdpo_audit.model.reviews.plans import Plan, Slot, SlotRecord, SlotState
from pdpo_audit.scheduling.working_days import working_day_from

#: Days from the due date at which people are told, and after which a senior is.
MILESTONES = (-14, -3, 0, 7)
ESCALATED_AFTER = 7


class Standing(StrEnum):
    """Where a review, or another date that comes up, stands."""

    TO_COME = "to come"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    DONE = "done"
    MISSED = "missed"


class Subject(StrEnum):
    """What is due on a date."""

    REVIEW = "review"
    SIGN_OFF = "sign-off"
    HOLD = "hold review"
    EXCEPTION = "end of exceptions"
    RULE_REVIEW = "legal review of a rule"
    WORKING_DATA = "end of working data"
    QUARANTINE = "end of the quarantine"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DueDate:
    """A date on which something is due: ``name`` is the plan, hold, rule or audit; ``slot`` the review's identity.

    ``count`` tells how many findings or the like end on that day together.
    """

    due_on: date
    subject: Subject
    name: str
    slot: str = ""
    standing: Standing = Standing.TO_COME
    count: int = 1

    @property
    def key(self) -> str:
        """What a notice about it is known by, whatever is said of it later."""
        return f"{self.subject.value}|{self.name}|{self.slot or self.due_on.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A notice that is called for: ``days`` from the due date; the senior is told, too, where it is ``escalated``."""

    due: DueDate
    days: int

    @property
    def escalated(self) -> bool:
        """Whether the named senior hears of it."""
        return self.days >= ESCALATED_AFTER

    @property
    def key(self) -> str:
        """What the notice is known by: it is sent once."""
        return f"{self.due.key}|{self.days:+d}"


def stand(due_on: date, today: date) -> Standing:
    """How something open stands that is due on a day."""
    late = (today - due_on).days
    if late < 0:
        return Standing.TO_COME
    if late == 0:
        return Standing.DUE
    return Standing.ESCALATED if late >= ESCALATED_AFTER else Standing.OVERDUE


def due_of_slot(slot: Slot, today: date) -> DueDate:
    """A review that was not held yet."""
    return DueDate(
        due_on=slot.due_on,
        subject=Subject.REVIEW,
        name=slot.plan,
        slot=slot.day.isoformat(),
        standing=stand(slot.due_on, today),
    )


def last_day_to_sign(record: SlotRecord, within: timedelta) -> date:
    """The working day on which the signatures of a review are due."""
    return working_day_from(date.fromisoformat(record.ended_at[:10]) + within)


def due_of_signatures(record: SlotRecord, within: timedelta, today: date) -> DueDate | None:
    """The signatures that a review waits for; ``None`` where it waits for none."""
    if record.state is not SlotState.PERFORMED or record.signed_at:
        return None
    due = last_day_to_sign(record, within)
    return DueDate(
        due_on=due,
        subject=Subject.SIGN_OFF,
        name=record.plan,
        slot=record.day.isoformat(),
        standing=stand(due, today),
    )


def is_late(due: DueDate) -> bool:
    """Whether a monitor should call."""
    return due.standing in (Standing.OVERDUE, Standing.ESCALATED)


def milestones(dues: Iterable[DueDate], today: date) -> Iterator[Milestone]:
    """The newest milestone that each date has passed: after downtime people hear once, and not of every step."""
    for due in dues:
        passed = [days for days in MILESTONES if due.due_on + timedelta(days=days) <= today]
        if passed:
            yield Milestone(due=due, days=passed[-1])


def waits_for_signatures(plan: Plan | None) -> bool:
    """Whether reviews of a plan are signed by people."""
    return plan is not None and bool(plan.sign_offs)
