"""When a retention starts, runs out and ends, over every distinct set of facts, and what is missing to say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.terms.fact_table import FactTable
from pdpo_audit.policy.terms.facts import FACT_BITS, REGISTRY, Absence, Fact
from pdpo_audit.policy.terms.masks import Masks, any_of
from pdpo_audit.policy.terms.periods import Period, add_period, next_working_day
from pdpo_audit.policy.terms.rules import Choice, IfUnknown, Retention, Start

#: Days as ordinals (``date.toordinal``); 0 stands for no day.
Days = NDArray[np.int32]
Phases = NDArray[np.int16]

FALL_BACKS: tuple[Fact, ...] = (REGISTRY["image.captured_on"], REGISTRY["file.first_seen_on"])

# Phases of a period or an event.
NONE, RUNS, OUT, UNKNOWN = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Counted:
    """The day a period is counted from, which fact gave it, and what is missing where none did."""

    days: Days
    used: NDArray[np.int8]  # position in ``facts``; -1 where there is no day
    facts: tuple[Fact, ...]
    not_started: NDArray[np.bool_]
    unknown: Masks


@dataclass(frozen=True, slots=True)
class Dated:
    """The days of one retention over every distinct set of facts; None where it has no such day."""

    retention: Retention
    counted: Days | None
    counted_fact: NDArray[np.int8] | None  # position in ``counted_facts``
    counted_facts: tuple[Fact, ...]
    ceiling: Days | None
    floor: Days | None
    review: Days | None
    end: Days | None
    end_fact: NDArray[np.int8] | None  # position in ``retention.ends_with``


def dated(
    retention: Retention | None, table: FactTable, on: date, *, adopted: bool = False
) -> tuple[Dated | None, Phases, Masks]:
    """A retention's days, its phases as one number (see ``phases_in``), and what is missing.

    ``adopted``: a named person adopted its period, so that a review without its day is not decided either.
    """
    if retention is None:
        return None, np.zeros(table.size, np.int16), FACT_BITS.nothing(table.size)
    counted = _counted(retention.start, table) if retention.start else None
    ceiling = _run_out(counted, retention.no_longer_than, retention)
    floor = _run_out(counted, retention.at_least, retention)
    review = _run_out(counted, retention.review_after, retention)
    end, end_fact, end_unknown = _ends(retention, table)
    unknown = _needed(retention, table)
    if adopted and review is not None and counted is not None:
        unknown |= counted.unknown
    phases = np.zeros(table.size, np.int16)
    for phase in (
        _phase(counted, ceiling, on, table.size),
        _phase(counted, floor, on, table.size),
        _end_phase(end, end_unknown, on, table.size),
        any_of(unknown),
    ):
        phases = phases * np.int16(4) + phase.astype(np.int16)
    if counted is not None and (ceiling is not None or floor is not None):
        unknown |= counted.unknown
    unknown |= end_unknown
    dated = Dated(
        retention=retention,
        counted=counted.days if counted else None,
        counted_fact=counted.used if counted else None,
        counted_facts=counted.facts if counted else (),
        ceiling=ceiling,
        floor=floor,
        review=review,
        end=end,
        end_fact=end_fact,
    )
    return dated, phases, unknown


def phases_in(code: int) -> tuple[int, int, int, int]:
    """The phases of the maximum, the minimum, the end, and 1 where a fact is needed first."""
    return code // 64 % 4, code // 16 % 4, code // 4 % 4, code % 4


def _days(fact: Fact, table: FactTable) -> Days:
    """The fact's days, 0 where it is absent."""
    column = table.column(fact)
    ordinals = [value.toordinal() if isinstance(value, date) else 0 for value in column.values]
    return np.array(ordinals, np.int32)[column.codes]


def _counted(start: Start, table: FactTable) -> Counted:
    facts = start.facts
    days = [_days(fact, table) for fact in facts]
    stacked = np.stack(days)
    present = stacked > 0
    waiting: NDArray[np.bool_] = np.zeros(table.size, bool)
    known: NDArray[np.bool_] = np.asarray(present.any(axis=0))
    if start.choice is Choice.LATEST:
        if start.if_unknown is IfUnknown.ASK:
            known = np.asarray((present | _left_out(facts)).all(axis=0) & present.any(axis=0))
        for fact, found in zip(facts, present, strict=True):
            if fact.absence is Absence.NOT_HAPPENED:
                waiting = waiting | ~found
        used = stacked.argmax(axis=0)
    else:
        if all(fact.absence is Absence.NOT_HAPPENED for fact in facts):
            waiting = ~known
        used = np.where(present, stacked, np.iinfo(np.int32).max).argmin(axis=0)
    chosen = np.where(known & ~waiting, np.take_along_axis(stacked, used[None], axis=0)[0], 0).astype(np.int32)
    used = np.where(chosen > 0, used, -1).astype(np.int8)
    open_ = (chosen == 0) & ~waiting
    if start.if_unknown is IfUnknown.FALL_BACK:
        chosen, used, facts = _fall_back(chosen, used, facts, open_, table)
        open_ = open_ & (chosen == 0)
    unknown = FACT_BITS.nothing(table.size)
    left_out = _left_out(start.facts) if start.choice is Choice.LATEST else np.zeros((len(start.facts), 1), bool)
    for fact, found, out in zip(start.facts, present, left_out, strict=True):
        if fact.absence is not Absence.NOT_HAPPENED and not out[0]:
            unknown |= FACT_BITS.where(open_ & ~found, fact.name)
    return Counted(chosen, used, facts, waiting, unknown)


def _left_out(facts: tuple[Fact, ...]) -> NDArray[np.bool_]:
    """The dates without which the latest is still known: of which silence says that there is no such record."""
    silent = np.array([fact.absence is Absence.NONE_RECORDED for fact in facts])
    return (silent & ~silent.all())[:, None]


def _fall_back(
    chosen: Days, used: NDArray[np.int8], facts: tuple[Fact, ...], open_: NDArray[np.bool_], table: FactTable
) -> tuple[Days, NDArray[np.int8], tuple[Fact, ...]]:
    for fact in FALL_BACKS:
        if fact in facts:
            continue
        days = _days(fact, table)
        taken = open_ & (chosen == 0) & (days > 0)
        chosen = np.where(taken, days, chosen).astype(np.int32)
        used = np.where(taken, len(facts), used).astype(np.int8)
        facts = (*facts, fact)
    return chosen, used, facts


def _run_out(counted: Counted | None, period: Period | None, retention: Retention) -> Days | None:
    if counted is None or period is None:
        return None
    starts, place = np.unique(counted.days, return_inverse=True)
    ends = [_due_day(int(start), period, retention.to_working_day) if start else 0 for start in starts]
    return np.array(ends, np.int32)[place]


@lru_cache(maxsize=65_536)
def _due_day(start: int, period: Period, to_working_day: bool) -> int:
    due = add_period(date.fromordinal(start), period)
    return (next_working_day(due) if to_working_day else due).toordinal()


def _phase(counted: Counted | None, due: Days | None, on: date, size: int) -> NDArray[np.int8]:
    if counted is None or due is None:
        return np.zeros(size, np.int8)
    phase = np.where(due == 0, UNKNOWN, np.where(due <= on.toordinal(), OUT, RUNS))
    return np.where(counted.not_started, RUNS, phase).astype(np.int8)


def _ends(retention: Retention, table: FactTable) -> tuple[Days | None, NDArray[np.int8] | None, Masks]:
    """The earliest recorded end, which event it is, and the events that are unknown where none is recorded."""
    unknown = FACT_BITS.nothing(table.size)
    if not retention.ends_with:
        return None, None, unknown
    stacked = np.stack([_days(fact, table) for fact in retention.ends_with])
    which = np.where(stacked > 0, stacked, np.iinfo(np.int32).max).argmin(axis=0)
    end = np.take_along_axis(stacked, which[None], axis=0)[0]
    for fact in retention.ends_with:
        if fact.absence is Absence.UNKNOWN:
            unknown |= FACT_BITS.where(end == 0, fact.name)
    return end.astype(np.int32), np.where(end > 0, which, -1).astype(np.int8), unknown


def _end_phase(end: Days | None, unknown: Masks, on: date, size: int) -> NDArray[np.int8]:
    if end is None:
        return np.zeros(size, np.int8)
    recorded = np.where(end <= on.toordinal(), OUT, RUNS)
    return np.where(end > 0, recorded, np.where(any_of(unknown), UNKNOWN, NONE)).astype(np.int8)


def _needed(retention: Retention, table: FactTable) -> Masks:
    needed = FACT_BITS.nothing(table.size)
    for fact in retention.undecided_without:
        needed |= FACT_BITS.where(table.column(fact).codes == 0, fact.name)
    return needed
