"""What each rule says of each distinct set of facts: its verdict, its dates, and its words for the ladder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.policy.conditions import Evaluator, Masks, Verdict, mask_of
from pdpo_audit.policy.fact_table import Codes, FactTable, Small, distinct
from pdpo_audit.policy.facts import REGISTRY, Absence, Fact
from pdpo_audit.policy.ladder import Alternatives, Says, Word, Words
from pdpo_audit.policy.periods import Period, add_period, next_working_day
from pdpo_audit.policy.rules import Choice, IfUnknown, Retention, Rule, RuleException, Start, Supports

#: Days as ordinals (``date.toordinal``); 0 stands for no day.
Days = NDArray[np.int32]
Phases = NDArray[np.int16]

_N = TypeVar("_N", bound=np.generic)

_STATUTORY = (AuthorityRank.ORDINANCE, AuthorityRank.SUBSIDIARY_LEGISLATION, AuthorityRank.COURT)

FALL_BACKS: tuple[Fact, ...] = (REGISTRY["image.captured_on"], REGISTRY["file.first_seen_on"])

# Phases of a period or an event.
_NONE, _RUNS, _OUT, _UNKNOWN = 0, 1, 2, 3


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


@dataclass(frozen=True, slots=True)
class Turn:
    """One way in which a rule meets facts: the verdicts, the retention that applies, the words, and what is unknown.

    ``variant`` 0 is the rule's own retention, k that of the k-th active exception.
    """

    verdict: Verdict
    exceptions: tuple[Verdict, ...]
    variant: int
    alternatives: Alternatives
    unknown: int


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """One rule over every distinct set of facts: ``turns[code[i]]``, with the days of each retention."""

    rule: Rule
    exceptions: tuple[RuleException, ...]
    variants: tuple[Dated | None, ...]
    code: Small
    turns: tuple[Turn, ...]

    def table(self, read: Callable[[Turn], bool | int], dtype: type[_N]) -> NDArray[_N]:
        """``read`` for each turn: index it with ``code``."""
        return np.array([read(turn) for turn in self.turns] or [0], dtype)


def effect_of(rule: Rule, evaluator: Evaluator) -> RuleEffect:
    """Evaluate one rule."""
    table, on = evaluator.table, evaluator.on
    when = evaluator.evaluate(rule.when)
    exceptions = tuple(item for item in rule.exceptions if on <= item.valid_until)
    answers = [evaluator.evaluate(item.when) for item in exceptions]
    retentions = [rule.retention, *(item.retention for item in exceptions)]
    variants, phases, lacking = zip(*(_dated(found, table, on) for found in retentions), strict=True)
    unknown = np.bitwise_or.reduce([when.unknown, *(answer.unknown for answer in answers), *lacking])
    unknown = np.where(when.verdict == Verdict.NO, np.uint64(0), unknown)
    keys = [when.verdict, *(answer.verdict for answer in answers), *phases]
    code, first = distinct([*keys, unknown.view(np.int64)], table.size)
    rows = [tuple(int(key[row]) for key in keys) for row in first]
    turns = tuple(_turn(rule, exceptions, row, int(unknown[at])) for row, at in zip(rows, first, strict=True))
    return RuleEffect(rule, exceptions, variants, code.astype(np.int32), turns)


# --- dates ---------------------------------------------------------------------------------------------------------


def _dated(retention: Retention | None, table: FactTable, on: date) -> tuple[Dated | None, Phases, Masks]:
    """A retention's days, its phases as one number (see ``_phases``), and what is missing."""
    if retention is None:
        return None, np.zeros(table.size, np.int16), np.zeros(table.size, np.uint64)
    counted = _counted(retention.start, table) if retention.start else None
    ceiling = _run_out(counted, retention.no_longer_than, retention)
    floor = _run_out(counted, retention.at_least, retention)
    review = _run_out(counted, retention.review_after, retention)
    end, end_fact, end_unknown = _ends(retention, table)
    unknown = _needed(retention, table)
    phases = np.zeros(table.size, np.int16)
    for phase in (
        _phase(counted, ceiling, on, table.size),
        _phase(counted, floor, on, table.size),
        _end_phase(end, end_unknown, on, table.size),
        unknown > 0,
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
            known = np.asarray(present.all(axis=0))
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
    unknown = np.zeros(table.size, np.uint64)
    for fact, found in zip(start.facts, present, strict=True):
        if fact.absence is not Absence.NOT_HAPPENED:
            unknown |= np.where(open_ & ~found, mask_of(fact), np.uint64(0))
    return Counted(chosen, used, facts, waiting, unknown)


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
    phase = np.where(due == 0, _UNKNOWN, np.where(due <= on.toordinal(), _OUT, _RUNS))
    return np.where(counted.not_started, _RUNS, phase).astype(np.int8)


def _ends(retention: Retention, table: FactTable) -> tuple[Days | None, NDArray[np.int8] | None, Masks]:
    """The earliest recorded end, which event it is, and the events that are unknown where none is recorded."""
    unknown = np.zeros(table.size, np.uint64)
    if not retention.ends_with:
        return None, None, unknown
    stacked = np.stack([_days(fact, table) for fact in retention.ends_with])
    which = np.where(stacked > 0, stacked, np.iinfo(np.int32).max).argmin(axis=0)
    end = np.take_along_axis(stacked, which[None], axis=0)[0]
    for fact in retention.ends_with:
        if fact.absence is Absence.UNKNOWN:
            unknown |= np.where(end == 0, mask_of(fact), np.uint64(0))
    return end.astype(np.int32), np.where(end > 0, which, -1).astype(np.int8), unknown


def _end_phase(end: Days | None, unknown: Masks, on: date, size: int) -> NDArray[np.int8]:
    if end is None:
        return np.zeros(size, np.int8)
    recorded = np.where(end <= on.toordinal(), _OUT, _RUNS)
    return np.where(end > 0, recorded, np.where(unknown > 0, _UNKNOWN, _NONE)).astype(np.int8)


def _needed(retention: Retention, table: FactTable) -> Masks:
    needed = np.zeros(table.size, np.uint64)
    for fact in retention.undecided_without:
        needed |= np.where(table.column(fact).codes == 0, mask_of(fact), np.uint64(0))
    return needed


def days_of(effect: RuleEffect, sets: Codes, field: Literal["counted", "ceiling", "floor", "review", "end"]) -> Days:
    """The days of the retention that applies, the rule's own or an exception's; 0 where it has none."""
    found = np.zeros(len(sets), np.int32)
    variant = effect.table(lambda turn: turn.variant, np.int8)[effect.code[sets]]
    for number, dated in enumerate(effect.variants):
        days: Days | None = getattr(dated, field) if dated else None
        if days is not None:
            found = np.where(variant == number, days[sets], found)
    return found


# --- words ---------------------------------------------------------------------------------------------------------


def is_statutory(rule: Rule) -> bool:
    """Whether a law, not a policy, stands behind the rule's period or prohibition."""
    carrying = [item for item in rule.authorities if item.supports is Supports.PERIOD] or rule.authorities
    return any(item.rank in _STATUTORY for item in carrying)


def _turn(rule: Rule, exceptions: Sequence[RuleException], row: tuple[int, ...], unknown: int) -> Turn:
    count = len(exceptions)
    when, answers, phases = Verdict(row[0]), row[1 : 1 + count], row[1 + count :]
    certain = [index for index, answer in enumerate(answers, 1) if answer == Verdict.YES]
    unsure = [index for index, answer in enumerate(answers, 1) if answer == Verdict.UNKNOWN]
    variant = _most_lenient(certain, exceptions, phases)
    options = {variant, *(_most_lenient([*certain, index], exceptions, phases) for index in unsure)}
    words: set[Words] = set()
    if when is not Verdict.NO:
        for option in options:
            words |= _words(rule, exceptions, option, phases)
    if when is not Verdict.YES:
        words.add(frozenset())
    return Turn(when, tuple(map(Verdict, answers)), variant, frozenset(words), unknown)


def _most_lenient(matched: list[int], exceptions: Sequence[RuleException], phases: Sequence[int]) -> int:
    """Of several exceptions that match, the one that keeps longest: first suspension, then what still runs."""
    if not matched:
        return 0
    return min(matched, key=lambda index: (not exceptions[index - 1].suspend, _strictness(phases[index]), index))


def _strictness(code: int) -> int:
    ceiling, _, end, _ = _phases(code)
    return max((_NONE, _RUNS, _UNKNOWN, _OUT).index(phase) for phase in (ceiling, end))


def _phases(code: int) -> tuple[int, int, int, int]:
    return code // 64 % 4, code // 16 % 4, code // 4 % 4, code % 4


def _words(rule: Rule, exceptions: Sequence[RuleException], variant: int, phases: Sequence[int]) -> set[Words]:
    """What the rule says under one of its retentions; several where a phase is unknown."""
    if variant and exceptions[variant - 1].suspend:
        return {frozenset({Word(Says.COVERED)})}
    retention = exceptions[variant - 1].retention if variant else rule.retention
    if retention is None:
        return {frozenset({Word(Says.OBSERVED)})}
    ceiling, floor, end, needed = _phases(phases[variant])
    parts: list[tuple[frozenset[Word], ...]] = [_fixed(retention, needed)]
    if retention.no_longer_than:
        runs, out = Word(Says.CEILING_RUNS, retention.purpose), Word(Says.CEILING_OUT, retention.purpose)
        parts.append(_either(ceiling, runs, out))
    if retention.at_least:
        parts.append(_either(floor, Word(Says.FLOOR_RUNS, statutory=is_statutory(rule)), Word(Says.COVERED)))
    if retention.ends_with:
        parts.append(_ending(retention, end))
    return {frozenset().union(*turn) for turn in product(*parts)}


def _fixed(retention: Retention, needed: int) -> tuple[frozenset[Word], ...]:
    said = set()
    if retention.must_keep:
        said.add(Word(Says.KEEP))
    if needed:
        said.add(Word(Says.UNDECIDED))
    if retention.review_after:
        said.add(Word(Says.OBSERVED))
    return (frozenset(said),)


def _either(phase: int, runs: Word, out: Word) -> tuple[frozenset[Word], ...]:
    if phase == _UNKNOWN:
        return (frozenset({runs}), frozenset({out}))
    return (frozenset({out if phase == _OUT else runs}),)


def _ending(retention: Retention, phase: int) -> tuple[frozenset[Word], ...]:
    purpose = all(fact.ends_purpose for fact in retention.ends_with)
    ended = Word(Says.PURPOSE_ENDED if purpose else Says.PERMISSION_ENDED)
    match phase:
        case 0:
            return (frozenset(),)
        case 1:
            return (frozenset({Word(Says.END_AHEAD)}),)
        case 2:
            return (frozenset({ended}),)
        case _:
            return (frozenset(), frozenset({ended}))
