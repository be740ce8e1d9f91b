"""The copies in which erased ones came back: both places, in what they agree, the likely cause, when the alarm ends."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.catalogue.disposition.returns import came_back
from pdpo_audit.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedCopy:
    """A copy and the one that was erased; ``match`` is ``bytes`` or ``pixels``, ``cause`` a guess."""

    source: str
    path: str
    seen_on: str
    match: str
    cause: str
    erased_source: str
    erased_path: str
    erased_on: str
    plan_id: str
    number: int
    rule: str
    until: str


def returned_copies(project: Project) -> list[ReturnedCopy]:
    """Those whose alarm has not ended, by place."""
    found = came_back(project.store, project.clock().date().isoformat())
    return [
        ReturnedCopy(
            source=one.source, path=one.path, seen_on=one.seen_on, match=one.match.value, cause=one.cause.value,
            erased_source=one.erased.source, erased_path=one.erased.path, erased_on=one.erased.erased_on,
            plan_id=one.plan_id, number=one.number, rule=one.erased.rule, until=one.erased.until,
        )
        for one in found
        if one.erased is not None
    ]  # fmt: skip
