"""What each rule says of each distinct set of facts: its verdict, its dates, and its words for the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.policy.conditions import Evaluator, Masks, Verdict, mask_of
from pdpo_audit.policy.fact_table import Codes, FactTable, distinct
from pdpo_audit.policy.facts import REGISTRY, Absence, Fact
from pdpo_audit.policy.ladder import Alternatives, Says, Word, Words
from pdpo_audit.policy.periods import Period, add_period, next_working_day
from pdpo_audit.policy.rules import Choice, IfUnknown, Retention, Rule, RuleException, Start, Supports

#: Days as ordinals (``date.toordinal``); 0 stands for no day.
Days = NDArray[np.int32]

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
    """One retention over every distinct set of facts."""

    retention: Retention
    counted: Counted | None
    ceiling: Days
    floor: Days
    review: Days
    end: Days
    end_fact: NDArray[np.int8]
    codes: Codes  # the phases, as one number: see ``_phases``
    unknown: Masks


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """One rule over every distinct set of facts.

    ``variant`` says which retention applies: 0 the rule's own, k the k-th active exception; ``code`` numbers the
    constellation in ``alternatives``.
    """

    rule: Rule
    verdict: NDArray[np.int8]
    unknown: Masks
    variants: tuple[Dated | None, ...]
    exceptions: tuple[RuleException, ...]
    exception_verdicts: tuple[NDArray[np.int8], ...]
    variant: NDArray[np.int8]
    code: Codes
    alternatives: tuple[Alternatives, ...]


def effect_of(rule: Rule, evaluator: Evaluator) -> RuleEffect:
    """Evaluate one rule."""
    table, on = evaluator.table, evaluator.on
    when = evaluator.evaluate(rule.when)
    exceptions = tuple(item for item in rule.exceptions if on <= item.valid_until)
    answers = [evaluator.evaluate(item.when) for item in exceptions]
    variants = (_dated(rule.retention, table, on), *(_dated(item.retention, table, on) for item in exceptions))
    keys = [
        when.verdict.astype(np.int64),
        *(answer.verdict.astype(np.int64) for answer in answers),
        *(dated.codes if dated else np.zeros(table.size, np.int64) for dated in variants),
    ]
    code, first = distinct(keys, table.size)
    rows = [tuple(int(key[row]) for key in keys) for row in first]
    picked, alternatives = _constellations(rule, exceptions, rows)
    unknown = when.unknown.copy()
    for answer in answers:
        unknown |= np.where(when.verdict == Verdict.NO, np.uint64(0), answer.unknown)
    for dated in variants:
        if dated:
            unknown |= np.where(when.verdict == Verdict.NO, np.uint64(0), dated.unknown)
    variant = picked[code] if len(picked) else np.zeros(table.size, np.int8)
    return RuleEffect(
        rule=rule,
        verdict=when.verdict,
        unknown=unknown,
        variants=variants,
        exceptions=exceptions,
        exception_verdicts=tuple(answer.verdict for answer in answers),
        variant=variant,
        code=code,
        alternatives=alternatives,
    )


# --- dates ---------------------------------------------------------------------------------------------------------


def _dated(retention: Retention | None, table: FactTable, on: date) -> Dated | None:
    if retention is None:
        return None
    counted = _counted(retention.start, table) if retention.start else None
    ceiling = _run_out(counted, retention.no_longer_than, retention, table)
    floor = _run_out(counted, retention.at_least, retention, table)
    review = _run_out(counted, retention.review_after, retention, table)
    end, end_fact, end_unknown = _ends(retention, table)
    needed = _needed(retention, table)
    phases = (
        _phase(counted, retention.no_longer_than, ceiling, on),
        _phase(counted, retention.at_least, floor, on),
        np.where(
            end_unknown & (end == 0), _UNKNOWN, np.where(end == 0, _NONE, np.where(end <= on.toordinal(), _OUT, _RUNS))
        ),
        (needed > 0).astype(np.int64),
    )
    codes = np.zeros(table.size, np.int64)
    for phase in phases:
        codes = codes * 4 + phase
    unknown = needed.copy()
    if counted is not None and (retention.no_longer_than or retention.at_least):
        unknown |= counted.unknown
    for fact in retention.ends_with:
        if fact.absence is Absence.UNKNOWN:
            absent = (table.column(fact).codes == 0) & (end == 0)
            unknown |= np.where(absent, mask_of(fact), np.uint64(0))
    return Dated(retention, counted, ceiling, floor, review, end, end_fact, codes, unknown)


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


def _run_out(counted: Counted | None, period: Period | None, retention: Retention, table: FactTable) -> Days:
    if counted is None or period is None:
        return np.zeros(table.size, np.int32)
    starts, place = np.unique(counted.days, return_inverse=True)
    ends = [_due_day(int(start), period, retention.to_working_day) if start else 0 for start in starts]
    return np.array(ends, np.int32)[place]


@lru_cache(maxsize=65_536)
def _due_day(start: int, period: Period, to_working_day: bool) -> int:
    due = add_period(date.fromordinal(start), period)
    return (next_working_day(due) if to_working_day else due).toordinal()


def _phase(counted: Counted | None, period: Period | None, due: Days, on: date) -> Codes:
    if counted is None or period is None:
        return np.zeros(len(due), np.int64)
    phase = np.where(due == 0, _UNKNOWN, np.where(due <= on.toordinal(), _OUT, _RUNS))
    return np.where(counted.not_started, _RUNS, phase).astype(np.int64)


def _ends(retention: Retention, table: FactTable) -> tuple[Days, NDArray[np.int8], NDArray[np.bool_]]:
    """The earliest recorded end, which event it is, and where an end is unknown."""
    if not retention.ends_with:
        none = np.zeros(table.size, np.int32)
        return none, np.full(table.size, -1, np.int8), np.zeros(table.size, bool)
    stacked = np.stack([_days(fact, table) for fact in retention.ends_with])
    far = np.where(stacked > 0, stacked, np.iinfo(np.int32).max)
    which = far.argmin(axis=0)
    end = np.take_along_axis(stacked, which[None], axis=0)[0]
    unknown = np.zeros(table.size, bool)
    for fact, days in zip(retention.ends_with, stacked, strict=True):
        unknown |= (days == 0) & (fact.absence is Absence.UNKNOWN)
    return end.astype(np.int32), np.where(end > 0, which, -1).astype(np.int8), unknown


def _needed(retention: Retention, table: FactTable) -> Masks:
    needed = np.zeros(table.size, np.uint64)
    for fact in retention.undecided_without:
        needed |= np.where(table.column(fact).codes == 0, mask_of(fact), np.uint64(0))
    return needed


def days_of(effect: RuleEffect, sets: Codes, field: Literal["ceiling", "floor", "review", "end"]) -> Days:
    """The days of the retention that applies, the rule's own or an exception's; 0 where it has none."""
    days = np.zeros(len(sets), np.int32)
    for number, dated in enumerate(effect.variants):
        if dated is not None:
            found: Days = getattr(dated, field)
            days = np.where(effect.variant[sets] == number, found[sets], days)
    return days


# --- words ---------------------------------------------------------------------------------------------------------


def is_statutory(rule: Rule) -> bool:
    """Whether a law, not a policy, stands behind the rule's period or prohibition."""
    carrying = [item for item in rule.authorities if item.supports is Supports.PERIOD] or rule.authorities
    return any(item.rank in _STATUTORY for item in carrying)


def _constellations(
    rule: Rule, exceptions: Sequence[RuleException], rows: list[tuple[int, ...]]
) -> tuple[NDArray[np.int8], tuple[Alternatives, ...]]:
    picked: list[int] = []
    found: list[Alternatives] = []
    count = len(exceptions)
    for row in rows:
        when, answers, codes = row[0], row[1 : 1 + count], row[1 + count :]
        certain = [index for index, answer in enumerate(answers, 1) if answer == Verdict.YES]
        unsure = [index for index, answer in enumerate(answers, 1) if answer == Verdict.UNKNOWN]
        variant = _most_lenient(certain, exceptions, codes)
        options = {variant, *(_most_lenient([*certain, index], exceptions, codes) for index in unsure)}
        words: set[Words] = set()
        if when != Verdict.NO:
            for option in options:
                words |= _words(rule, exceptions, option, codes)
        if when != Verdict.YES:
            words.add(frozenset())
        picked.append(variant)
        found.append(frozenset(words))
    return np.array(picked, np.int8), tuple(found)


def _most_lenient(matched: list[int], exceptions: Sequence[RuleException], codes: Sequence[int]) -> int:
    """Of several exceptions that match, the one that keeps longest: first suspension, then what still runs."""
    if not matched:
        return 0
    return min(matched, key=lambda index: (not exceptions[index - 1].suspend, _strictness(codes[index]), index))


def _strictness(code: int) -> int:
    ceiling, _, end, _ = _phases(code)
    return max((_NONE, _RUNS, _UNKNOWN, _OUT).index(phase) for phase in (ceiling, end))


def _phases(code: int) -> tuple[int, int, int, int]:
    return code // 64 % 4, code // 16 % 4, code // 4 % 4, code % 4


def _words(rule: Rule, exceptions: Sequence[RuleException], variant: int, codes: Sequence[int]) -> set[Words]:
    """What the rule says under one of its retentions; several where a phase is unknown."""
    if variant and exceptions[variant - 1].suspend:
        return {frozenset({Word(Says.COVERED)})}
    retention = exceptions[variant - 1].retention if variant else rule.retention
    if retention is None:
        return {frozenset({Word(Says.OBSERVED)})}
    ceiling, floor, end, needed = _phases(codes[variant])
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
