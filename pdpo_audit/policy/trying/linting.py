"""What is not wrong with a pack, but should be looked at before anybody relies on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import Act
from pdpo_audit.policy.judging.conditions import Evaluator, Verdict, fact_names_in, tests_in
from pdpo_audit.policy.judging.constellations import fact_names_of
from pdpo_audit.policy.terms.authorities import Confidence
from pdpo_audit.policy.terms.fact_table import Known, tabulate
from pdpo_audit.policy.terms.facts import REGISTRY, Absence, Fact, FactType, nearest
from pdpo_audit.policy.terms.rules import (
    Condition,
    Operator,
    Pack,
    Quantifier,
    Rule,
    RuleException,
    Status,
    Test,
)
from pdpo_audit.policy.trees import Place
from pdpo_audit.policy.trying.coverage import cover

if TYPE_CHECKING:
    import pandas as pd

#: More combinations of values than this are not tried when asking whether a rule can fire.
MAX_COMBINATIONS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to look at, with its place."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


def lint(packs: Sequence[Pack], *, on: date, supplied: Collection[str] | None = None) -> tuple[Remark, ...]:
    """Every remark on ``packs`` on the day ``on``, in the order of the files.

    ``supplied`` names the facts that some source, register or stage supplies; without it that check is left out.
    """
    found = [remark for pack in packs for remark in _of_pack(pack, on, supplied)]
    return tuple(sorted(found, key=lambda remark: (remark.file, remark.line, remark.column, remark.message)))


def _of_pack(pack: Pack, on: date, supplied: Collection[str] | None) -> Iterator[Remark]:
    for place, message in (*_on_tests(pack), *_on_review(pack, on), *_on_rules(pack, on, supplied)):
        yield Remark(file=pack.file, line=place.line, column=place.column, message=message)


def _on_tests(pack: Pack) -> Iterator[tuple[Place, str]]:
    covered = cover(pack)
    places = {rule.rule_id: rule.place for rule in pack.rules}
    places |= {item.exception_id: item.place for rule in pack.rules for item in rule.exceptions}
    for names, what in (
        (covered.never_fired, "no test in which it fires"),
        (covered.never_silent, "no test in which it stays silent"),
        (covered.exceptions_unused, "no test in which the exception applies"),
    ):
        yield from ((places[name], f"{name} has {what}") for name in names)
    for result in covered.results:
        for failure in result.failures:
            yield Place(result.line, 1), f'the test "{result.name}" fails: {failure}'


def _on_review(pack: Pack, on: date) -> Iterator[tuple[Place, str]]:
    review = pack.legal_review
    if not review.by or review.on is None:
        yield Place(1, 1), "not legally reviewed; reports say so"
    elif review.next_due and review.next_due < on:
        yield Place(1, 1), f"the legal review was due on {review.next_due.isoformat()}"
    if pack.effective_from and pack.effective_from > on:
        yield Place(1, 1), f"the pack is to take effect on {pack.effective_from.isoformat()} only"


def _on_rules(pack: Pack, on: date, supplied: Collection[str] | None) -> Iterator[tuple[Place, str]]:
    for item in pack.exceptions:
        yield from _on_exception(item, on)
    for rule in pack.rules:
        yield from _on_rule(rule, on)
        yield from _on_words(rule)
        if supplied is not None and rule.status is Status.ACTIVE:
            yield from _on_supply(rule, supplied)


def _on_rule(rule: Rule, on: date) -> Iterator[tuple[Place, str]]:
    if rule.status is Status.ACTIVE:
        yield from _on_authority(rule)
    yield from _on_reasons(rule)
    yield from _on_withdrawal(rule)
    if rule.review and rule.review.next_due and rule.review.next_due < on:
        yield rule.place, f"the review of {rule.rule_id} by {rule.review.by} was due again on {rule.review.next_due}"
    for exception in rule.exceptions:
        yield from _on_exception(exception, on)
    if can_fire(rule, on) is False:
        yield rule.place, f"{rule.rule_id} cannot fire: its conditions exclude each other"


#: Confidences of an authority that somebody has read in the text itself, or that needs no text.
_READ = (Confidence.FOUND, Confidence.FOUND_OLDER_TEXT, Confidence.JUDGEMENT)


def _on_authority(rule: Rule) -> Iterator[tuple[Place, str]]:
    """An active rule whose period, or whose duty where it has none, nobody has read in the text itself."""
    if not any(item.confidence in _READ for item in rule.carrying):
        kinds = {item.confidence for item in rule.carrying}
        words = "general knowledge" if kinds == {Confidence.GENERAL_KNOWLEDGE} else "secondary sources"
        yield rule.place, f"{rule.rule_id} is active on {words} only; make it a draft until somebody has read the text"


def _on_reasons(rule: Rule) -> Iterator[tuple[Place, str]]:
    """A bare reason that decides: it silences the rule, or makes it keep, without what has to stand beside it."""
    asked = set(fact_names_of(rule))
    keeps = rule.retention is not None and bool(rule.retention.must_keep or rule.retention.at_least)
    for name in sorted(asked):
        lacking = [other for other in REGISTRY[name].beside if other not in asked]
        if lacking and (keeps or _silences(rule.when, name)):
            yield (
                rule.place,
                f"{rule.rule_id} asks {name} without {', '.join(lacking)}: a bare reason decides for ever",
            )


_WANTING = (Operator.NOT_RECORDED, Operator.IS_NOT, Operator.NOT_ONE_OF, Operator.INCLUDES_NONE)


def _silences(condition: Condition, name: str, *, negated: bool = False) -> bool:
    """Whether some test of the fact turns against the condition once the fact is recorded."""
    if isinstance(condition, Test):
        return condition.fact.name == name and (condition.operator in _WANTING) is not negated
    turned = negated is not (condition.quantifier is Quantifier.NONE)
    return any(_silences(member, name, negated=turned) for member in condition.members)


def _on_withdrawal(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Withdrawn consent gives no right to erasure: the last copy is the evidence of what was agreed."""
    ends = rule.retention.ends_with if rule.retention else ()
    withdrawn = any(fact.name == "consent.withdrawn_on" for fact in ends)
    if withdrawn and rule.act is Act.ERASE and "duplicate.is_master" not in fact_names_in(rule.when):
        yield (
            rule.place,
            f"{rule.rule_id} may erase the last copy on withdrawal; let it ask duplicate.is_master",
        )


def _on_exception(item: RuleException, on: date) -> Iterator[tuple[Place, str]]:
    if item.valid_until < on:
        yield item.place, f"the exception {item.exception_id} expired on {item.valid_until.isoformat()}"


def _on_words(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Words of an open list that nobody else uses: most likely misspelt."""
    for test in tests_in(rule.when):
        if test.fact.type is FactType.CHOICE and not test.fact.closed:
            for value in test.values:
                if value not in test.fact.values:
                    close = nearest(str(value), tuple(test.fact.values))
                    yield test.place, f'"{value}" is no known {test.fact.name}{close}'


def _on_supply(rule: Rule, supplied: Collection[str]) -> Iterator[tuple[Place, str]]:
    tests = tests_in(rule.when)
    with_nothing = {test.other.name for test in tests if test.other is not None and test.fact.name not in supplied}
    idle = with_nothing - {test.fact.name for test in tests}  # only compared with what nobody supplies either
    for name in dict.fromkeys(fact_names_of(rule)):
        if name not in supplied and name not in idle and REGISTRY[name].absence is Absence.UNKNOWN:
            yield rule.place, f"{rule.rule_id} asks {name}, which no source supplies"


def can_fire(rule: Rule, on: date) -> bool | None:
    """Whether any values let the rule fire; None where there are too many combinations to try them all."""
    facts = [REGISTRY[name] for name in fact_names_in(rule.when)]
    choices = [_worth_trying(fact, rule, on) for fact in facts]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MAX_COMBINATIONS:
        return None
    frame = _frame(facts, list(product(*choices)))
    verdicts = Evaluator(tabulate(frame, facts), on).evaluate(rule.when).verdict
    return bool((verdicts == Verdict.YES).any())


def _frame(facts: Sequence[Fact], rows: list[tuple[Known | None, ...]]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    columns = {}
    for at, fact in enumerate(facts):
        column = np.empty(len(rows), object)
        column[:] = [row[at] for row in rows]
        columns[fact.name] = pd.Series(column, dtype=object)
    return pd.DataFrame(columns)


def _worth_trying(fact: Fact, rule: Rule, on: date) -> list[Known | None]:
    """Absence, every value that the rule names, and one on each side of it."""
    named = [value for test in tests_in(rule.when) if test.fact is fact for value in test.values]
    match fact.type:
        case FactType.YES_NO:
            return [None, True, False]
        case FactType.LEVEL:
            return [None, *fact.values]
        case FactType.COUNT:
            numbers = {0, 1, *(step for value in named for step in _around(int(value)))}  # type: ignore[arg-type]
            return [None, *sorted(numbers)]
        case FactType.DATE:
            days = {on, *(value for value in named if isinstance(value, date))}
            return [None, *sorted({day + timedelta(step) for day in days for step in (-1, 0, 1)})]
        case FactType.FLAGS:
            flags = dict.fromkeys((*named, *list(fact.values)[:1]))
            return [None, frozenset(), *(frozenset({str(value)}) for value in flags)]
        case FactType.TEXT | FactType.CHOICE:
            other = next((word for word in fact.values if word not in named), "another word")
            return [None, *dict.fromkeys(str(value) for value in named), other]


def _around(number: int) -> tuple[int, ...]:
    return (max(number - 1, 0), number, number + 1)
