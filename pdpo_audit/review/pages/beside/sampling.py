"""A manual check of the face pass, picture by picture: what the program says of one is not told."""

from __future__ import annotations

import base64
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.entering.acts import ForbiddenError
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.sampling import on_pages
from pdpo_audit.workspace.sampling.results import sample_results


def show(request: Request) -> Any:
    """How far the sample is, or how to draw one; what the last one said."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    sample = on_pages.open_sample(project, reviewer)
    return page(
        request, "samples", reviewer=reviewer, sample=sample, number=0, picture="", fault="", reason="",
        most=on_pages.MOST, result=sample_results(project), done=bool(request.query_params.get("done")),
    )  # fmt: skip


def begin(request: Request, form: FormData) -> Any:
    """Draw a sample."""
    reviewer = visitor(request)
    each = number_in(str(form.get("each", "")), otherwise=0, digits=4)
    on_pages.begin_sample(request.app.state.house.project, reviewer, each=each)
    return RedirectResponse("/samples", 303)


def look(request: Request, form: FormData) -> Any:
    """Show one picture as it is; the reason is logged before it is read."""
    reviewer = visitor(request)
    return _shown(request, reviewer, str(form.get("sample", "")), _number(form), str(form.get("reason", "")))


def judge(request: Request, form: FormData) -> Any:
    """Take what was seen in a picture, and show the next one for the same reason."""
    reviewer = visitor(request)
    try:
        seen = on_pages.Seen(str(form.get("seen", "")))
    except ValueError:
        raise CallError("say yes, no, or that it cannot be judged") from None
    sample = on_pages.judge(request.app.state.house.project, reviewer, str(form.get("sample", "")), _number(form), seen)
    if sample.finished:
        return RedirectResponse("/samples", 303)
    return _shown(request, reviewer, sample.identity, sample.next, str(form.get("reason", "")))


def finish(request: Request, form: FormData) -> Any:
    """Take the result into the report."""
    reviewer = visitor(request)
    on_pages.finish(request.app.state.house.project, reviewer, str(form.get("sample", "")))
    return RedirectResponse("/samples?done=1", 303)


def _number(form: FormData) -> int:
    return number_in(str(form.get("number", "")), otherwise=0, digits=6)


def _shown(request: Request, reviewer: Reviewer, identity: str, number: int, reason: str) -> Any:
    """The page with one picture; what hinders it is told on it, so that the sample goes on."""
    house = request.app.state.house
    sample = on_pages.open_sample(house.project, reviewer)
    if not house.reveals.takes(reviewer.name):
        raise ForbiddenError("too many clear pictures in a minute", advice="wait a minute")
    picture = fault = ""
    try:
        content = on_pages.picture_of(house.project, reviewer, identity, number)
        picture = base64.b64encode(house.pictures.clear(reviewer, content, reason)).decode()
    except CallError as error:
        if sample is None or sample.identity != identity or len(reason.strip()) < 3:
            raise
        fault = error.message
    return page(
        request, "samples", reviewer=reviewer, sample=sample, number=number, picture=picture, fault=fault,
        reason=reason, most=on_pages.MOST, result={}, done=False,
    )  # fmt: skip
