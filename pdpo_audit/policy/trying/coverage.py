"""How much of a pack its own tests reach."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.policy.judging.conditions import Evaluator, Verdict, fact_names_in, tests_in
from pdpo_audit.policy.terms.fact_table import tabulate
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.terms.rules import Pack, Test
from pdpo_audit.policy.trying.cases import CaseResult, alike, frame_of, run_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the cases reached: rule ids, exception ids, and conditions by line.

    ``conditions`` is the number of conditions in rules and exceptions; ``one_sided`` the lines of those that no case
    saw both true and false.
    """

    results: tuple[CaseResult, ...]
    never_fired: tuple[str, ...]
    never_silent: tuple[str, ...]
    exceptions_unused: tuple[str, ...]
    conditions: int
    one_sided: tuple[int, ...]


def cover(pack: Pack) -> Coverage:
    """Run the pack's cases and see what they reach."""
    results = run_cases(pack)
    ids = [rule.rule_id for rule in pack.rules]
    exceptions = [item.exception_id for rule in pack.rules for item in rule.exceptions]
    tests = _tests(pack)
    seen = _seen(pack, tests)
    return Coverage(
        results=results,
        never_fired=_missing(ids, [result.fired for result in results]),
        never_silent=_missing(ids, [result.silent for result in results]),
        exceptions_unused=_missing(exceptions, [result.exceptions for result in results]),
        conditions=len(tests),
        one_sided=tuple(sorted({test.place.line for test in tests if not {Verdict.YES, Verdict.NO} <= seen[id(test)]})),
    )


def _missing(names: list[str], reached: list[tuple[str, ...]]) -> tuple[str, ...]:
    found = {name for names_reached in reached for name in names_reached}
    return tuple(name for name in names if name not in found)


def _tests(pack: Pack) -> list[Test]:
    """Every condition once; a definition's conditions stand in the definition."""
    conditions = [rule.when for rule in pack.rules]
    conditions += [item.when for rule in pack.rules for item in rule.exceptions]
    return list({id(test): test for condition in conditions for test in tests_in(condition)}.values())


def _seen(pack: Pack, tests: list[Test]) -> dict[int, set[Verdict]]:
    facts = [REGISTRY[name] for name in dict.fromkeys(name for test in tests for name in fact_names_in(test))]
    seen: dict[int, set[Verdict]] = {id(test): set() for test in tests}
    for cases in alike(pack.cases):
        evaluator = Evaluator(tabulate(frame_of(cases), facts), cases[0].on)
        for test in tests:
            seen[id(test)].update(Verdict(int(verdict)) for verdict in set(evaluator.evaluate(test).verdict))
    return seen
