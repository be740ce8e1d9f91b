"""The start page: what waits for me, where the audit stands."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.decisions import my_batches
from pdpo_audit.workspace.review.queue import MANY, count_waiting, due_soon, outcomes
from pdpo_audit.workspace.review.reviewers import Right


def show(request: Request) -> Any:
    """What waits, by severity; what is due; the ladder's outcomes; my newest decisions."""
    reviewer = visitor(request, Right.LOOK)
    project = request.app.state.house.project
    today = project.clock().date().isoformat()
    return page(
        request, "start", reviewer=reviewer, waiting=count_waiting(project, reviewer), many=MANY,
        due=due_soon(project, reviewer, today), outcomes=outcomes(project) if reviewer.sees_everything else {},
        batches=my_batches(project, reviewer), today=today,
    )  # fmt: skip
