"""What is asked of each owner of sources, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.findings import Outcome
from pdpo_audit.reports.counting.cubes import Cube, Weight
from pdpo_audit.reports.counting.passes import DispositionPass
from pdpo_audit.reports.figures import Share

#: How long owners have for the decisions that a report asks of them; no law fixes it.
DECIDE_WITHIN = timedelta(days=30)
#: What stands of a finding that nobody has decided, and of one whose decision is to decide later.
_UNDECIDED, _POSTPONED = "", "postponed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerDecisions:
    """What is asked of one owner: ``earliest`` is the first day that has come, ``decide_by`` the one asked for."""

    owner: str
    due: int
    conflict: int
    cannot_decide: int
    on_hold: int
    #: Findings that need action: those that nobody has decided, and those that somebody postponed.
    for_action: int
    postponed: int
    earliest: date | None
    decide_by: date
    #: Findings on this owner's copies, how many of them people decided, and what they said.
    findings: int = 0
    decided: int = 0
    responses: tuple[Share, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether this owner has anything to decide: whether a hold is still needed is for who placed it."""
        return bool(self.due or self.conflict or self.cannot_decide or self.for_action or self.postponed)


def decisions(header: AuditHeader, found: DispositionPass, findings: Cube) -> tuple[OwnerDecisions, ...]:
    """What is asked of each owner of sources, most first."""
    sources: dict[str, set[str]] = {}
    owners = {record.name: record.owner for record in header.sources}
    for name in found.cube.by("source"):
        sources.setdefault(owners.get(name, ""), set()).add(name)
    asked = [_asked(owner, frozenset(names), found, findings, decide_by(header)) for owner, names in sources.items()]
    waiting = [one for one in asked if one.asked or one.on_hold]
    return tuple(
        sorted(waiting, key=lambda one: (-one.due, -one.conflict, -one.cannot_decide, -one.for_action, one.owner))
    )


def decide_by(header: AuditHeader) -> date:
    """By when decisions are asked for: thirty days after the assessment, or the next review where that is sooner."""
    asked, review = header.assessed_on + DECIDE_WITHIN, header.next_review_on
    return review if review and header.assessed_on < review < asked else asked


def _asked(owner: str, names: frozenset[str], found: DispositionPass, findings: Cube, by: date) -> OwnerDecisions:
    by_outcome = found.cube.by("outcome", source=names)
    said = {key: weight.rows for key, weight in findings.by("determination", source=names).items()}
    open_ones = findings.by("determination", source=names, action="yes")
    days: list[date] = [found.earliest[name] for name in names if name in found.earliest]

    def number(rung: Outcome) -> int:
        return by_outcome.get(rung.value, Weight()).rows

    return OwnerDecisions(
        owner=owner,
        due=number(Outcome.DUE),
        conflict=number(Outcome.CONFLICT),
        cannot_decide=number(Outcome.CANNOT_DECIDE),
        on_hold=number(Outcome.ON_HOLD),
        for_action=open_ones.get(_UNDECIDED, Weight()).rows,
        postponed=open_ones.get(_POSTPONED, Weight()).rows,
        earliest=min(days) if days else None,
        decide_by=by,
        findings=sum(said.values()),
        decided=sum(number for key, number in said.items() if key),
        responses=tuple(Share(key=key, holdings=number) for key, number in sorted(said.items()) if key),
    )
