"""A pack's own tests: each case evaluated as if it were the only holding.

Cases of one day and the same holds are rows of one library, without a duplicate cluster between them: a pack with a
thousand cases is evaluated a few times, not a thousand.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.conditions import Verdict
from pdpo_audit.policy.judging.constellations import Picture, constellate
from pdpo_audit.policy.judging.disposing import dispose
from pdpo_audit.policy.judging.effects import RuleEffect, Turn
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.terms.authorities import Adoption
from pdpo_audit.policy.terms.facts import IDENTITY_COLUMNS
from pdpo_audit.policy.terms.identities import Who
from pdpo_audit.policy.terms.rules import Case, Pack, Rule, Status

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case: empty ``failures`` where everything came out as expected."""

    name: str
    line: int
    failures: tuple[str, ...]
    fired: tuple[str, ...]
    silent: tuple[str, ...]
    exceptions: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Everything came out as expected."""
        return not self.failures


def run_cases(pack: Pack) -> tuple[CaseResult, ...]:
    """Every case of the pack, in order; drafts take part, so that they can be tested before they are switched on."""
    results: dict[int, CaseResult] = {}
    ready = testable(pack)
    for cases in alike(pack.cases):
        frame, on = frame_of(cases), cases[0].on
        picture = constellate([_adopted(ready, cases[0])], frame, select(_holds(cases[0]), frame, on), on)
        rows = dispose(picture, Who.of(frame)).to_dict("records")
        for number, (case, row) in enumerate(zip(cases, rows, strict=True)):
            results[id(case)] = _result(case, row, picture, number)
    return tuple(results[id(case)] for case in pack.cases)


def alike(cases: Sequence[Case]) -> list[list[Case]]:
    """The cases that one evaluation can answer: the same day, the same holds, the same adopted periods."""
    groups: dict[tuple[date, tuple[str, ...], tuple[str, ...]], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.on, case.hold_kinds, case.adopted), []).append(case)
    return list(groups.values())


def testable(pack: Pack) -> Pack:
    """The pack as it will be: its drafts switched on, and in force."""
    rules = tuple(_switched_on(rule) for rule in pack.rules)
    return replace(pack, rules=rules, effective_from=None)


def _adopted(pack: Pack, case: Case) -> Pack:
    """The pack as if the organisation had adopted the periods of the rules that the case names."""
    adoption = Adoption(by="case", on=date.min)
    rules = (replace(rule, adoption=adoption) if rule.rule_id in case.adopted else rule for rule in pack.rules)
    return replace(pack, rules=tuple(rules))


def _switched_on(rule: Rule) -> Rule:
    return replace(rule, status=Status.ACTIVE) if rule.status is Status.DRAFT else rule


def frame_of(cases: Sequence[Case]) -> pd.DataFrame:
    """The cases' holdings as rows of facts."""
    import pandas as pd

    blank = dict.fromkeys(IDENTITY_COLUMNS, "")
    rows = [{**blank, "source": "case", "path": case.name, **case.given} for case in cases]
    names = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})


def _holds(case: Case) -> tuple[Hold, ...]:
    return tuple(
        Hold(
            hold_id=f"{kind}-{number}",
            kind=kind,
            matter="case",
            issued_by="case",
            issuer_role="legal",
            starts_on=date.min,
        )
        for number, kind in enumerate(case.hold_kinds, 1)
    )


def _result(case: Case, row: Mapping[Hashable, Any], picture: Picture, number: int) -> CaseResult:
    turns = list(_turns(picture, number))
    fired = tuple(_with_verdict(turns, Verdict.YES))
    silent = tuple(_with_verdict(turns, Verdict.NO))
    exceptions = tuple(_matched_exceptions(turns))
    failures = (
        *_absent("fire", case.fires, fired),
        *_absent("stay silent", case.silent, silent),
        *_absent("apply", case.exceptions, exceptions),
        *_differs("outcome", case.outcome, str(row["outcome"])),
        *_differs("act", case.act, str(row["act"])),
        *_differs("due_rule", case.due_rule, str(row["due_rule"])),
        *_differs("due_rank", case.due_rank, str(row["due_rank"])),
        *_differs("due_on", case.due_on.isoformat() if case.due_on else "", str(row["due_on"])),
        *(_missing(case.missing, str(row["missing_facts"])) if case.missing is not None else ()),
    )
    return CaseResult(
        name=case.name,
        line=case.place.line,
        failures=failures,
        fired=fired,
        silent=silent,
        exceptions=exceptions,
    )


_Turns = Sequence[tuple[RuleEffect, Turn]]


def _turns(picture: Picture, row: int) -> Iterator[tuple[RuleEffect, Turn]]:
    at = picture.unit_set[picture.row_unit[row]]
    return ((effect, effect.turns[effect.code[at]]) for effect in picture.effects)


def _with_verdict(turns: _Turns, verdict: Verdict) -> Iterator[str]:
    return (effect.rule.rule_id for effect, turn in turns if turn.verdict is verdict)


def _matched_exceptions(turns: _Turns) -> Iterator[str]:
    for effect, turn in turns:
        for exception, verdict in zip(effect.exceptions, turn.exceptions, strict=True):
            if verdict is Verdict.YES and turn.verdict is Verdict.YES:
                yield exception.exception_id


def _absent(word: str, expected: tuple[str, ...], found: tuple[str, ...]) -> Iterator[str]:
    return (f"{name} was expected to {word} and did not" for name in expected if name not in found)


def _differs(word: str, expected: str, found: str) -> Iterator[str]:
    if expected and expected != found:
        yield f'{word} was expected to be "{expected}" and is "{found}"'


def _missing(expected: tuple[str, ...], found: str) -> Iterator[str]:
    return _differs(
        "missing",
        ", ".join(sorted(expected)) or "nothing",
        ", ".join(sorted(found.split(", "))) if found else "nothing",
    )
