"""A pack's own tests: each case evaluated as if it were the only holding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.conditions import Verdict
from pdpo_audit.policy.constellations import Picture, constellate
from pdpo_audit.policy.disposing import dispose
from pdpo_audit.policy.effects import RuleEffect, Turn
from pdpo_audit.policy.holds import select
from pdpo_audit.policy.identities import identities_of
from pdpo_audit.policy.rules import Case, Pack, Rule, Status

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
    return tuple(_run(testable(pack), case) for case in pack.cases)


def testable(pack: Pack) -> Pack:
    """The pack as it will be: its drafts switched on, and in force."""
    from dataclasses import replace

    rules = tuple(_switched_on(rule) for rule in pack.rules)
    return replace(pack, rules=rules, effective_from=None)


def _switched_on(rule: Rule) -> Rule:
    from dataclasses import replace

    return replace(rule, status=Status.ACTIVE) if rule.status is Status.DRAFT else rule


def frame_of(case: Case) -> pd.DataFrame:
    """The case's holding as a row of facts."""
    import pandas as pd

    identity = {
        "source": "case",
        "path": case.name,
        "sha256": "",
        "cluster_id": "",
        "owner": "",
        "jurisdiction": "",
        "people_level": "",
    }
    row = {**identity, **case.given}
    return pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})


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


def _run(pack: Pack, case: Case) -> CaseResult:
    frame = frame_of(case)
    picture = constellate([pack], frame, select(_holds(case), frame, case.on), case.on)
    row = dispose(picture, identities_of(frame)).iloc[0]
    fired = tuple(_with_verdict(picture, Verdict.YES))
    silent = tuple(_with_verdict(picture, Verdict.NO))
    exceptions = tuple(_matched_exceptions(picture))
    failures = (
        *_absent("fire", case.fires, fired),
        *_absent("stay silent", case.silent, silent),
        *_absent("apply", case.exceptions, exceptions),
        *_differs("outcome", case.outcome, str(row["outcome"])),
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


def _turns(picture: Picture) -> Iterator[tuple[RuleEffect, Turn]]:
    return ((effect, effect.turns[effect.code[0]]) for effect in picture.effects)


def _with_verdict(picture: Picture, verdict: Verdict) -> Iterator[str]:
    return (effect.rule.rule_id for effect, turn in _turns(picture) if turn.verdict is verdict)


def _matched_exceptions(picture: Picture) -> Iterator[str]:
    for effect, turn in _turns(picture):
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
