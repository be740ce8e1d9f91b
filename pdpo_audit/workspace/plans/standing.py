"""Where the reviews stand today: what is due, overdue or waits for signatures, and other dates that come up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.disposition.whereabouts import count_waiting
from pdpo_audit.catalogue.sayings.holds import load_holds
from pdpo_audit.catalogue.sayings.judgements import count_reasons
from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.catalogue.schedules.slots import load_slots, states, write
from pdpo_audit.errors import AuditError
from pdpo_audit.model.reviews.plans import Plan, SlotRecord, SlotState
from pdpo_audit.policy.telling.standings import StandingKind
from pdpo_audit.policy.terms.periods import add_period, parse_period
from pdpo_audit.scheduling.slots import next_slots, plan_on
from pdpo_audit.scheduling.standing import (
    DueDate,
    Subject,
    due_of_signatures,
    due_of_slot,
    is_late,
    last_day_to_sign,
    stand,
)
from pdpo_audit.signing.signoffs.records import SignOff, read_records
from pdpo_audit.workspace.plans.addressing import roles_of, unreachable_told
from pdpo_audit.workspace.plans.planning import read_settings_once
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.choices import EXCEPTION, kept_until

#: Dates other than reviews are told from so many days before.
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStatus:
    """Every date that comes up, the earliest first; ``notes`` tell what to look after."""

    on: date
    dues: tuple[DueDate, ...]
    notes: tuple[str, ...] = ()

    @property
    def late(self) -> tuple[DueDate, ...]:
        """What a monitor should call about."""
        return tuple(due for due in self.dues if is_late(due))


def schedule_status(project: Project) -> ScheduleStatus:
    """Look at everything that is due, without doing any of it."""
    notes = (*read_settings_once(project), *unreachable_told(project))
    today = project.clock().date()
    dues = sorted(
        [*_reviews(project, today), *(one for one in other_dates(project, today) if one.due_on <= today + AHEAD)]
    )
    return ScheduleStatus(on=today, dues=tuple(dues), notes=notes)


def audits_of(project: Project, record: SlotRecord) -> tuple[str, ...]:
    """The audits of a review, oldest first: its own, and later ones that took its place before the next review."""
    audits = [one.audit_id for one in load_audits(project.store) if one.folder]
    if record.audit_id not in audits:
        return ()
    others = {one.audit_id for of_plan in load_slots(project.store).values() for one in of_plan.values()}
    start = audits.index(record.audit_id)
    later = takewhile(lambda audit: audit not in others, audits[start + 1 :])
    return (record.audit_id, *later)


def signed_since(project: Project, record: SlotRecord) -> tuple[SignOff, ...]:
    """The sign-offs of a review: on its audit, or on a later one that took its place."""
    found: list[SignOff] = []
    for audit in audits_of(project, record):
        try:
            found += read_records(project.reports / audit)
        except AuditError:
            continue
    return tuple(found)


def fully_signed(project: Project, record: SlotRecord, plan: Plan | None) -> str:
    """When the last signature was given that a review waited for, by the signatures themselves; empty until then."""
    signed = [one for one in signed_since(project, record) if one.agrees]
    if not {one.role.value for one in signed} >= set(roles_of(project, plan)):
        return ""
    return max((one.signed_at for one in signed), default=record.ended_at)


def note_signatures(project: Project) -> tuple[SlotRecord, ...]:
    """Record which reviews everybody has signed by now."""
    done = []
    histories = load_plans(project.store)
    for name, records in load_slots(project.store).items():
        for record in records.values():
            if record.state is not SlotState.PERFORMED or record.signed_at:
                continue
            if last := fully_signed(project, record, plan_on(histories.get(name, ()), record.day)):
                done.append(replace(record, signed_at=last))
    if done:
        with project.store.transaction() as transaction:
            for record in done:
                write(transaction, record)
                details = {"plan": record.plan, "slot": record.day.isoformat(), "audit": record.audit_id}
                transaction.append_event("review signed off", dict(details), at=project.clock(), actor=project.actor)
    return tuple(done)


def _reviews(project: Project, today: date) -> Iterator[DueDate]:
    recorded = load_slots(project.store)
    for name, history in load_plans(project.store).items():
        known = recorded.get(name, {})
        current = plan_on(history, today) or history[-1].plan
        for slot in next_slots(history, states(known), today):
            yield due_of_slot(slot, today)
            if slot.due_on > today:
                break
        for record in known.values():
            plan = plan_on(history, record.day) or current
            due = due_of_signatures(record, _time_to_sign(plan), today)
            if due is not None and not fully_signed(project, record, plan):
                yield due


def time_limit(project: Project, record: SlotRecord) -> date:
    """The last day for the signatures of a review that was held."""
    history = load_plans(project.store).get(record.plan, ())
    return last_day_to_sign(record, _time_to_sign(plan_on(history, record.day)))


def _time_to_sign(plan: Plan | None) -> timedelta:
    period = parse_period(plan.sign_off_within if plan else "P14D")
    start = date(2001, 1, 1)
    return add_period(start, period) - start if period else timedelta(days=14)


def other_dates(project: Project, today: date) -> Iterator[DueDate]:
    """Dates beside those of reviews, however far ahead: of holds, exceptions, rules, and the end of working data."""
    for dates in _DATES:
        for day, subject, name, count in dates(project):
            yield DueDate(due_on=day, subject=subject, name=name, standing=stand(day, today), count=count)


#: A day, what is due on it, of what, and of how many.
_Date = tuple[date, Subject, str, int]


def _hold_reviews(project: Project) -> list[_Date]:
    return [
        (hold.review_on, Subject.HOLD, hold.hold_id, 1)
        for hold in load_holds(project.store)
        if hold.review_on and hold.released_on is None
    ]


def _exceptions(project: Project) -> list[_Date]:
    """The last days of what is kept as an exception and is still found."""
    audits = load_audits(project.store)
    counted: Counter[date] = Counter()
    for reason, number in count_reasons(project.store, audits[-1].audit_id, EXCEPTION) if audits else ():
        if until := kept_until(reason):
            counted[until] += number
    return [(day, Subject.EXCEPTION, day.isoformat(), number) for day, number in counted.items()]


def _working_data(project: Project) -> list[_Date]:
    from pdpo_audit.workspace.purging import end_date

    ends = end_date(project)
    return [(ends.ends_on, Subject.WORKING_DATA, "working data", 1)] if ends else []


def _rule_reviews(project: Project) -> list[_Date]:
    """The day on which a lawyer's review of a rule is due again, a year after the last."""
    from pdpo_audit.workspace.rules.standing import standings

    period = parse_period("P1Y")
    newest = {one.rule: one.on for one in standings(project) if one.kind is StandingKind.REVIEWED}
    return [(add_period(day, period), Subject.RULE_REVIEW, rule, 1) for rule, day in newest.items() if period]


def _quarantines(project: Project) -> list[_Date]:
    """The last days of what waits in quarantines; what a hold froze stays there, and is told of."""
    return [
        (date.fromisoformat(one.ends_on), Subject.QUARANTINE, one.plan_id, one.copies)
        for one in count_waiting(project.store)
        if one.ends_on
    ]


#: Whatever else ends or is looked at again on a day has its line here.
_DATES = (_hold_reviews, _exceptions, _rule_reviews, _working_data, _quarantines)


def reviews_of(project: Project) -> dict[str, str]:
    """Which review each audit was made for: plan and slot, by the audit's id."""
    found = [record for records in load_slots(project.store).values() for record in records.values()]
    return {
        audit: f"{record.plan} of {record.day.isoformat()}{'' if audit == record.audit_id else ', in its place'}"
        for record in found
        for audit in audits_of(project, record)
    }


def unsigned_review(project: Project) -> SlotRecord | None:
    """The newest review that was held, as long as not everybody signed it: a report now takes its place."""
    held = [one for of_plan in load_slots(project.store).values() for one in of_plan.values() if one.audit_id]
    newest = max(held, key=lambda one: one.ended_at, default=None)
    if newest is None or newest.signed_at:
        return None
    plan = plan_on(load_plans(project.store).get(newest.plan, ()), newest.day)
    return None if fully_signed(project, newest, plan) else newest
