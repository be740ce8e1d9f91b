"""Three-valued conditions: yes, no, or unknown with the facts that would tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.terms.fact_table import Column, FactTable, Known, distinct
from pdpo_audit.policy.terms.facts import FACT_BITS, Absence, Fact, FactType
from pdpo_audit.policy.terms.masks import Mask, Masks
from pdpo_audit.policy.terms.periods import add_period
from pdpo_audit.policy.terms.rules import Condition, Group, Operator, Quantifier, Test


class Verdict(IntEnum):
    """Kleene's three values: "all" is the least, "any" the greatest of its members."""

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A condition over every distinct set of facts: its verdict, and the bits of the facts it lacks."""

    verdict: NDArray[np.int8]
    unknown: Masks


def holds(test: Test, value: Known | None, other: Known | None, on: date) -> Verdict:
    """What one test says of one value (None = absent); ``other`` is the value of the fact it is compared with."""
    if test.operator is Operator.RECORDED:
        return Verdict.NO if value is None else Verdict.YES
    if test.operator is Operator.NOT_RECORDED:
        return Verdict.YES if value is None else Verdict.NO
    value, settled = _supplied(test.fact, value)
    if value is None:
        return settled if test.operator not in _NEGATIVE or settled is Verdict.UNKNOWN else Verdict.YES
    if test.ago is not None and isinstance(value, date):
        value = add_period(value, test.ago)
    if test.other is None:
        return _yes(_compares(test, value, on if test.today else None))
    other, settled = _supplied(test.other, other)
    return settled if other is None else _yes(_compares(test, value, other))


_NEGATIVE = (Operator.IS_NOT, Operator.NOT_ONE_OF, Operator.INCLUDES_NONE)


def _supplied(fact: Fact, value: Known | None) -> tuple[Known | None, Verdict]:
    """The value with its default, and what a comparison says where there is none."""
    if value is None and fact.absence is Absence.DEFAULT:
        return fact.default, Verdict.UNKNOWN
    return value, Verdict.UNKNOWN if fact.absence is Absence.UNKNOWN else Verdict.NO


def _yes(answer: bool) -> Verdict:
    return Verdict.YES if answer else Verdict.NO


def _compares(test: Test, value: Known, other: Known | None) -> bool:
    against: tuple[Known, ...] = test.values if other is None else (other,)
    if isinstance(value, frozenset):
        found = bool(value & {str(flag) for flag in against})
        return found is not (test.operator is Operator.INCLUDES_NONE)
    match test.operator:
        case Operator.IS | Operator.ONE_OF:
            return value in against
        case Operator.IS_NOT | Operator.NOT_ONE_OF:
            return value not in against
        case _:
            return _ordered(test, value, against[0])


def _ordered(test: Test, value: Known, against: Known) -> bool:
    left, right = _rank(test.fact, value), _rank(test.fact, against)
    match test.operator:
        case Operator.AT_LEAST | Operator.ON_OR_AFTER:
            return left >= right
        case Operator.AT_MOST | Operator.ON_OR_BEFORE:
            return left <= right
        case Operator.MORE_THAN | Operator.AFTER:
            return left > right
        case Operator.LESS_THAN | Operator.BEFORE:
            return left < right
    raise AssertionError(f"{test.operator} does not order")


def _rank(fact: Fact, value: Known) -> int:
    if isinstance(value, date):
        return value.toordinal()
    if fact.type is FactType.LEVEL:
        return tuple(fact.values).index(str(value))
    return int(value) if isinstance(value, int) else 0


class Evaluator:
    """Evaluates conditions over one fact table on one day; definitions are computed once and kept."""

    def __init__(self, table: FactTable, on: date) -> None:
        self.table = table
        self.on = on
        self._known: dict[int, tuple[Group, Verdicts]] = {}  # with the group, so that its id stays its own

    def evaluate(self, condition: Condition) -> Verdicts:
        """The verdict for every distinct set of facts."""
        if isinstance(condition, Test):
            return self._test(condition)
        if not condition.name:
            return self._group(condition)
        if id(condition) not in self._known:
            self._known[id(condition)] = (condition, self._group(condition))
        return self._known[id(condition)][1]

    def _group(self, group: Group) -> Verdicts:
        members = [self.evaluate(member) for member in group.members]
        size = self.table.size
        if not members:
            start = Verdict.NO if group.quantifier is Quantifier.ANY else Verdict.YES
            return Verdicts(np.full(size, start, np.int8), FACT_BITS.nothing(size))
        combine = np.minimum if group.quantifier is Quantifier.ALL else np.maximum
        verdict = combine.reduce([member.verdict for member in members])
        unknown = np.bitwise_or.reduce([member.unknown for member in members])
        unknown = FACT_BITS.only(unknown, verdict == Verdict.UNKNOWN)
        if group.quantifier is Quantifier.NONE:
            verdict = (Verdict.YES - verdict).astype(np.int8)
        return Verdicts(verdict, unknown)

    def _test(self, test: Test) -> Verdicts:
        column = self.table.column(test.fact)
        if test.other is not None:
            return self._pair(test, column, self.table.column(test.other))
        answers = np.array([holds(test, value, None, self.on) for value in column.values], np.int8)
        verdict = answers[column.codes]
        return Verdicts(verdict, FACT_BITS.where(verdict == Verdict.UNKNOWN, test.fact.name))

    def _pair(self, test: Test, left: Column, right: Column) -> Verdicts:
        assert test.other is not None
        pairs, first = distinct([left.codes, right.codes], self.table.size)
        seen = [(left.values[left.codes[row]], right.values[right.codes[row]]) for row in first]
        answers = np.array([holds(test, value, other, self.on) for value, other in seen], np.int8)
        lacking = FACT_BITS.rows([_lacking((test.fact, value), (test.other, other)) for value, other in seen])
        verdict = answers[pairs]
        return Verdicts(verdict, FACT_BITS.only(lacking[pairs], verdict == Verdict.UNKNOWN))


def _lacking(*asked: tuple[Fact, Known | None]) -> Mask:
    absent = (fact.name for fact, value in asked if value is None and fact.absence is Absence.UNKNOWN)
    return FACT_BITS.mask(*absent)


def tests_in(condition: Condition) -> tuple[Test, ...]:
    """Every test of a condition, in the order of the file."""
    if isinstance(condition, Test):
        return (condition,)
    return tuple(test for member in condition.members for test in tests_in(member))


def fact_names_in(condition: Condition) -> tuple[str, ...]:
    """The names of every fact a condition asks, each once."""
    names = [fact.name for test in tests_in(condition) for fact in (test.fact, test.other) if fact is not None]
    return tuple(dict.fromkeys(names))
