"""Suggested periods: how each stands, and adopting one in writing in one's own name."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.entering.acts import Act, permits
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.rules.adopting import adopt_period, periods

#: A reference is the name of a document and a paragraph, no document.
_LONGEST = 300


def show(request: Request) -> Any:
    """Every suggested period of the packs in use."""
    return _page(request, visitor(request))


def adopt(request: Request, form: FormData) -> Any:
    """Whoever is signed in adopts a period, in their own name."""
    reviewer = visitor(request)
    rule = _text(form, "rule")
    try:
        adopt_period(
            request.app.state.house.project, rule, by=reviewer.name, on=_day(form, "on") or _missing(),
            reference=_text(form, "reference"), until=_day(form, "until"), period=_text(form, "period"),
        )  # fmt: skip
    except CallError as error:
        return _page(request, reviewer, status=400, error=error)
    return RedirectResponse(f"/periods?adopted={rule}#{rule}", 303)


def _page(request: Request, reviewer: Reviewer, *, status: int = 200, error: CallError | None = None) -> Any:
    project = request.app.state.house.project
    lines = periods(project)
    done = request.query_params.get("adopted", "")
    return page(
        request, "periods", status=status, reviewer=reviewer, periods=lines, error=error,
        today=project.clock().date().isoformat(), longest=_LONGEST,
        adopted=next((line for line in lines if line.rule == done and line.adopted_by), None),
        mine=permits(reviewer, Act.ADOPT),
    )  # fmt: skip


def _text(form: FormData, name: str) -> str:
    said = str(form.get(name, "")).strip()
    if len(said) > _LONGEST:
        raise CallError(f"more than {_LONGEST} characters", advice="name the document and the paragraph")
    return said


def _day(form: FormData, name: str) -> date | None:
    said = _text(form, name)
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise CallError(f"{said[:40]!r} is no day", advice="write it as 2026-11-20") from None


def _missing() -> date:
    raise CallError("the day of the adoption is missing", advice="the day on which it was adopted in writing")
