"""The start page: what waits for me, where the audit stands."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import language_of, page
from pdpo_audit.workspace.overview import overview
from pdpo_audit.workspace.review.beside.second_looks import waiting_looks
from pdpo_audit.workspace.review.decisions import my_batches
from pdpo_audit.workspace.review.queue import MANY, count_waiting, due_soon


def show(request: Request) -> Any:
    """What waits, by severity; what is due, by whom; the report's charts; my newest decisions."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    today = project.clock().date().isoformat()
    return page(
        request, "start", reviewer=reviewer, waiting=count_waiting(project, reviewer), many=MANY,
        due=due_soon(project, reviewer, today), stands=overview(project, reviewer, language_of(request)),
        looks=len(waiting_looks(project, reviewer)),
        batches=my_batches(project, reviewer), today=today,
    )  # fmt: skip
