"""Signing off: what somebody says of the decisions, and their signature on the sealed report by a request."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pdpo_audit.review.access.uploads import Uploaded
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.report.signing_off import DECISIONS
from pdpo_audit.workspace.report.signing_on_pages import batch_shown, request_for, say, take_answer, to_sign
from pdpo_audit.workspace.review.reviewers import Reviewer


def show(request: Request) -> Any:
    """What can be signed off, what was said so far, and the way to a signature."""
    return _shown(request, visitor(request))


def show_batch(request: Request) -> Any:
    """One decision of somebody else, to be signed off."""
    reviewer = visitor(request)
    project, batch = request.app.state.house.project, request.path_params["batch"]
    rows, digest = batch_shown(project, reviewer, batch)
    return page(
        request, "sign_batch", reviewer=reviewer, rows=rows, batch=batch, digest=digest, decisions=DECISIONS,
    )  # fmt: skip


def sign(request: Request, form: FormData) -> Any:
    """Record what somebody says."""
    reviewer = visitor(request)
    fields = {name: str(form.get(name, "")) for name in ("subject", "named", "role", "decision", "remark", "seen")}
    say(request.app.state.house.project, reviewer, **fields)
    return RedirectResponse("/sign?said=1", 303)


def ask(request: Request, form: FormData) -> Any:
    """The request for a signature, to be signed where the key lies."""
    reviewer = visitor(request)
    packed = request_for(request.app.state.house.project, reviewer, str(form.get("role", "")))
    saved = {"content-disposition": 'attachment; filename="sign-off-request.zip"'}
    return Response(packed, media_type="application/zip", headers=saved)


def take(request: Request, uploaded: Uploaded) -> Any:
    """The answer to it, taken in."""
    reviewer = visitor(request)
    take_answer(request.app.state.house.project, reviewer, uploaded.data)
    return RedirectResponse("/sign?signed=1", 303)


def _shown(request: Request, reviewer: Reviewer) -> Any:
    project = request.app.state.house.project
    return page(
        request, "sign", reviewer=reviewer, sign=to_sign(project, reviewer), decisions=DECISIONS,
        said=bool(request.query_params.get("said")), signed=bool(request.query_params.get("signed")),
    )  # fmt: skip
