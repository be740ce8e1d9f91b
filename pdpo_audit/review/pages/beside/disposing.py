"""Plans of disposition: looked at with their pictures, approvals handed in, progress watched, acts undone."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.review.access.uploads import Uploaded
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.acts import showing


def show_plans(request: Request) -> Any:
    """Every plan and how it stands."""
    plans = showing.shown_plans(request.app.state.house.project)
    return page(request, "plans", reviewer=visitor(request), plans=plans)


def show(request: Request) -> Any:
    """One plan, some lines at a time."""
    after = number_in(request.query_params.get("after"), otherwise=0)
    plan = showing.shown_plan(request.app.state.house.project, request.path_params["plan"], after)
    return page(
        request, "plan", reviewer=visitor(request), plan=plan, after=after, done=request.query_params.get("done", ""),
    )  # fmt: skip


def hand_in(request: Request, uploaded: Uploaded) -> Any:
    """An approval, signed with somebody's own key."""
    plan = str(uploaded.form.get("plan", ""))
    taken = showing.take_approval(request.app.state.house.project, plan, uploaded.data)
    return RedirectResponse(f"/plans/{taken.plan_id}?done={taken.decision}", 303)


def undo(request: Request, form: FormData) -> Any:
    """Put back one copy, or all that can go back."""
    reviewer, project = visitor(request), request.app.state.house.project
    number = number_in(str(form.get("number", "")), otherwise=0)
    ran = showing.undo_on_pages(project, reviewer, request.path_params["plan"], number, str(form.get("reason", "")))
    return RedirectResponse(f"/plans/{ran.plan_id}?done=undone", 303)
