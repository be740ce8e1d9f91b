"""One's batch: cases that one has taken to decide them, while others leave them alone."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.queue import FINDING_FILTERS, rules_shown
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import BATCH, give_back, my_batch, take_batch


def show(request: Request) -> Any:
    """What one has taken, and how far it is."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    return page(
        request, "batch", reviewer=reviewer, batch=my_batch(project, reviewer), rules=rules_shown(project), size=BATCH
    )


def take(request: Request, form: FormData) -> Any:
    """Take the next cases that fit the filters of the form."""
    reviewer = visitor(request)
    where = {name: str(form[name]) for name in FINDING_FILTERS if form.get(name)}
    take_batch(
        request.app.state.house.project, reviewer, where, due_until=str(form.get("due_until", "")),
        size=number_in(str(form.get("size", BATCH)), otherwise=0, digits=4),
    )  # fmt: skip
    return RedirectResponse("/batch", 303)


def give(request: Request, _: FormData) -> Any:
    """Give back what one has taken."""
    reviewer = visitor(request)
    give_back(request.app.state.house.project, reviewer)
    return RedirectResponse("/queue", 303)


def next_address(request: Request, reviewer: Reviewer) -> str:
    """Where the work goes on: the next open case of one's batch, the batch once all is decided, or of the queue."""
    batch = my_batch(request.app.state.house.project, reviewer)
    if not batch.cases:
        return "/next"
    return f"/case/{batch.next}" if batch.next else "/batch"
