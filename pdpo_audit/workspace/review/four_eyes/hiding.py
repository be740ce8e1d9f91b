"""What the second person of four eyes must not see before they have spoken: the first decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pdpo_audit.catalogue.reviewing.second_looks import awaited_on
from pdpo_audit.settings import plain_name
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.reviewers import Reviewer, Right


def hidden_findings(project: Project, reviewer: Reviewer, findings: Sequence[str]) -> dict[str, int]:
    """Findings whose decision this reviewer must not see before they have read them: the number of the look, by id."""
    if not reviewer.may(Right.DECIDE):
        return {}
    with project.store.reading() as connection:
        rows = awaited_on(connection, findings)
    return {
        row.finding_id: row.id
        for row in rows
        if row.first_by != reviewer.name and is_asked(row, reviewer) and sees_all(row, reviewer)
    }


def blank(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding without what was decided on it."""
    return {**finding, "determination": "", "status": "decided"}


def is_asked(look: Any, reviewer: Reviewer) -> bool:
    """Whether a look is for everybody, or for this reviewer."""
    return not look.asked_of or plain_name(look.asked_of) == plain_name(reviewer.name)


def sees_all(look: Any, reviewer: Reviewer) -> bool:
    """Whether this reviewer sees every source that a look's findings lie in."""
    sources: Iterable[str] = json.loads(look.sources)
    return reviewer.sources.issuperset(sources)
