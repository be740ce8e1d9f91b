"""What each rule says of each distinct set of facts: its verdict, its exceptions, and its words for the ladder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import ALTERING, AuthorityRank
from pdpo_audit.policy.judging.conditions import Evaluator, Verdict
from pdpo_audit.policy.judging.dating import NONE, OUT, RUNS, UNKNOWN, Dated, Days, dated, phases_in
from pdpo_audit.policy.judging.ladder import Alternatives, Says, Word, Words
from pdpo_audit.policy.terms.authorities import Supports
from pdpo_audit.policy.terms.fact_table import Codes, Narrow, Small, distinct, narrow
from pdpo_audit.policy.terms.facts import FACT_BITS
from pdpo_audit.policy.terms.rules import Retention, Rule, RuleException

_N = TypeVar("_N", bound=np.generic)

_STATUTORY = (AuthorityRank.ORDINANCE, AuthorityRank.SUBSIDIARY_LEGISLATION, AuthorityRank.COURT)


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
    """One rule over every distinct set of facts: ``turns[code[i]]``, with the days of each retention at ``own[i]``.

    A rule asks a few facts, so many sets are one to it: its days are worked out once for each set of its own.
    ``rule`` is the rule as it stands in its pack; ``waits`` where its period counts for nothing on the day because
    nobody has adopted it.
    """

    rule: Rule
    waits: bool
    exceptions: tuple[RuleException, ...]
    variants: tuple[Dated | None, ...]
    code: Narrow
    own: Small
    turns: tuple[Turn, ...]

    def table(self, read: Callable[[Turn], bool | int], dtype: type[_N]) -> NDArray[_N]:
        """``read`` for each turn: index it with ``code``."""
        return np.array([read(turn) for turn in self.turns] or [0], dtype)


def effect_of(rule: Rule, evaluator: Evaluator, own: Small) -> RuleEffect:
    """Evaluate one rule over the sets of the facts that it asks; ``own`` says which of them each set is."""
    table, on = evaluator.table, evaluator.on
    when = evaluator.evaluate(rule.when)
    exceptions = tuple(item for item in rule.exceptions if item.works(on))
    answers = [evaluator.evaluate(item.when) for item in exceptions]
    working, waits = replace(rule, retention=rule.deciding(on)), rule.waits(on)
    retentions = [working.retention, *(item.retention for item in exceptions)]
    adopted = rule.suggested and not waits
    variants, phases, lacking = zip(
        *(dated(found, table, on, adopted=adopted and found is working.retention) for found in retentions), strict=True
    )
    unknown = np.bitwise_or.reduce([when.unknown, *(answer.unknown for answer in answers), *lacking])
    unknown = FACT_BITS.only(unknown, when.verdict != Verdict.NO)
    keys = [when.verdict, *(answer.verdict for answer in answers), *phases]
    code, first = distinct([*keys, *FACT_BITS.keys(unknown)], table.size)
    rows = [tuple(int(key[row]) for key in keys) for row in first]
    speaks = partial(_words, working, waits, exceptions)
    turns = tuple(
        _turn(exceptions, row, FACT_BITS.number(unknown[at]), speaks) for row, at in zip(rows, first, strict=True)
    )
    return RuleEffect(rule, waits, exceptions, variants, narrow(code, len(turns))[own], own, turns)


def days_of(effect: RuleEffect, sets: Codes, field: Literal["counted", "ceiling", "floor", "review", "end"]) -> Days:
    """The days of the retention that applies, the rule's own or an exception's; 0 where it has none."""
    found = np.zeros(len(sets), np.int32)
    variant = effect.table(lambda turn: turn.variant, np.int8)[effect.code[sets]]
    for number, found_dates in enumerate(effect.variants):
        days: Days | None = getattr(found_dates, field) if found_dates else None
        if days is not None:
            found = np.where(variant == number, days[effect.own[sets]], found)
    return found


# --- words ---------------------------------------------------------------------------------------------------------


def is_statutory(rule: Rule) -> bool:
    """Whether a law, not a policy, stands behind the rule's period or prohibition."""
    return any(item.rank in _STATUTORY for item in rule.carrying)


def rank_of_day(rule: Rule, on: date) -> AuthorityRank:
    """On whose word the day stands that a rule gives; where it gives none, its strongest authority.

    Where a law attaches a duty to an event that the organisation records, and no authority carries the day itself, the
    day is the record's and not the law's.
    """
    order = list(AuthorityRank)
    periods = [item.rank for item in rule.authorities if item.supports is Supports.PERIOD]
    if rule.suggested:
        return AuthorityRank.SUGGESTED_DEFAULT if rule.waits(on) else AuthorityRank.ORGANISATION_POLICY
    if periods:
        return min(periods, key=order.index)
    strongest = min((item.rank for item in rule.authorities), key=order.index)
    event = rule.retention is not None and bool(rule.retention.ends_with)
    return AuthorityRank.RECORDED_EVENT if event and strongest in _STATUTORY else strongest


_Speaks = Callable[[int, Sequence[int]], set[Words]]


def _turn(exceptions: Sequence[RuleException], row: tuple[int, ...], unknown: int, speaks: _Speaks) -> Turn:
    count = len(exceptions)
    when, answers, phases = Verdict(row[0]), row[1 : 1 + count], row[1 + count :]
    certain = [index for index, answer in enumerate(answers, 1) if answer == Verdict.YES]
    unsure = [index for index, answer in enumerate(answers, 1) if answer == Verdict.UNKNOWN]
    variant = _most_lenient(certain, exceptions, phases)
    options = {variant, *(_most_lenient([*certain, index], exceptions, phases) for index in unsure)}
    words: set[Words] = set()
    if when is not Verdict.NO:
        for option in options:
            words |= speaks(option, phases)
    if when is not Verdict.YES:
        words.add(frozenset())
    return Turn(when, tuple(map(Verdict, answers)), variant, frozenset(words), unknown)


def _most_lenient(matched: list[int], exceptions: Sequence[RuleException], phases: Sequence[int]) -> int:
    """Of several exceptions that match, the one that keeps longest: first suspension, then what still runs."""
    if not matched:
        return 0
    return min(matched, key=lambda index: (not exceptions[index - 1].suspend, _strictness(phases[index]), index))


def _strictness(code: int) -> int:
    ceiling, _, end, _ = phases_in(code)
    return max((NONE, RUNS, UNKNOWN, OUT).index(phase) for phase in (ceiling, end))


def _words(
    rule: Rule, waits: bool, exceptions: Sequence[RuleException], variant: int, phases: Sequence[int]
) -> set[Words]:
    """What the rule says under one of its retentions; several where a phase is unknown."""
    if variant and exceptions[variant - 1].suspend:
        return {frozenset({Word(Says.COVERED)})}
    retention = exceptions[variant - 1].retention if variant else rule.retention
    if retention is None:
        return {frozenset({Word(Says.OBSERVED)})}
    ceiling, floor, end, needed = phases_in(phases[variant])
    parts: list[tuple[frozenset[Word], ...]] = [_fixed(retention, needed, waits=waits and not variant)]
    alters = rule.act in ALTERING
    if retention.no_longer_than:
        runs = Word(Says.CEILING_RUNS, retention.purpose, alters=alters)
        out = Word(Says.CEILING_OUT, retention.purpose, alters=alters)
        parts.append(_either(ceiling, runs, out))
    if retention.at_least:
        parts.append(_either(floor, Word(Says.FLOOR_RUNS, statutory=is_statutory(rule)), Word(Says.COVERED)))
    if retention.ends_with:
        parts.append(_ending(retention, end, alters))
    return {frozenset().union(*turn) for turn in product(*parts)}


def _fixed(retention: Retention, needed: int, *, waits: bool) -> tuple[frozenset[Word], ...]:
    said = set()
    if retention.must_keep:
        said.add(Word(Says.KEEP))
    if needed:
        said.add(Word(Says.UNDECIDED))
    if retention.conflict:
        said.add(Word(Says.BLOCKED))
    if retention.review_after or waits:
        said.add(Word(Says.OBSERVED))
    return (frozenset(said),)


def _either(phase: int, runs: Word, out: Word) -> tuple[frozenset[Word], ...]:
    if phase == UNKNOWN:
        return (frozenset({runs}), frozenset({out}))
    return (frozenset({out if phase == OUT else runs}),)


def _ending(retention: Retention, phase: int, alters: bool) -> tuple[frozenset[Word], ...]:
    purpose = all(fact.ends_purpose for fact in retention.ends_with)
    ended = Word(Says.PURPOSE_ENDED if purpose else Says.PERMISSION_ENDED, alters=alters)
    match phase:
        case 0:
            return (frozenset(),)
        case 1:
            return (frozenset({Word(Says.END_AHEAD)}),)
        case 2:
            return (frozenset({ended}),)
        case _:
            return (frozenset(), frozenset({ended}))
