"""The audits before one: what they said in numbers, and what became of what they proposed."""

from __future__ import annotations

import json

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.catalogue.queries.following import follow_up
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.workspace.project import Project

#: The catalogue's key for what the newest audit said in numbers: the next one compares with it.
LAST_NUMBERS = "numbers_of_last_audit"


def earlier_audits(project: Project, audit: StoredAudit) -> list[StoredAudit]:
    """The audits before this one, oldest first, without those whose place it takes in a planned review."""
    before = [one for one in recorded.load_audits(project.store) if one.folder and one.event < audit.event]
    return [one for one in before if one.audit_id not in project.replaced]


def previous_numbers(project: Project, audit: StoredAudit) -> dict[str, object] | None:
    """What the audit before said in numbers; of a copy's own audit the catalogue keeps them, of others their folder."""
    if not audit.folder and not project.replaced:
        known = project.store.recall(LAST_NUMBERS)
        return dict(json.loads(known)) if known else None
    for before in reversed(earlier_audits(project, audit)):
        try:
            return dict(json.loads((project.reports / before.folder / "evidence" / "summary.json").read_bytes()))
        except (OSError, ValueError):
            continue
    return None


def follow_up_of(project: Project, audit: StoredAudit) -> FollowUp | None:
    """What became of what the audits before proposed; ``None`` where there are none."""
    earlier = earlier_audits(project, audit)
    return follow_up(project.store, earlier, project.source_records()) if earlier else None
