"""Masters under one folder for all clusters at once, and metadata of copies that stay with a master."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages.batching import next_address
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.beside import keepers, keeping
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.cases import Case
from pdpo_audit.workspace.review.decisions import TYPED
from pdpo_audit.workspace.review.reviewers import Reviewer


def show_keepers(request: Request) -> Any:
    """The form of a keeper rule, and what it would do once a source is chosen."""
    reviewer = visitor(request)
    asked = request.query_params
    source, folder, poorer = asked.get("source", ""), asked.get("folder", ""), bool(asked.get("poorer"))
    project = request.app.state.house.project
    found = keepers.preview_keeper(project, reviewer, source, folder, also_poorer=poorer) if source else None
    return page(
        request, "keepers", reviewer=reviewer, keeper=found, source=source, folder=folder, poorer=poorer,
        sources=keepers.sources_of(reviewer), typed_from=TYPED,
    )  # fmt: skip


def apply(request: Request, form: FormData) -> Any:
    """Confirm the masters as they were shown."""
    reviewer = visitor(request)
    said = {name: str(form.get(name, "")) for name in ("source", "folder", "reason", "seen", "typed")}
    act = keepers.apply_keeper(
        request.app.state.house.project, reviewer, said.pop("source"), said.pop("folder"),
        also_poorer=bool(form.get("poorer")), **said,
    )  # fmt: skip
    return RedirectResponse(f"/keepers/{act}", 303)


def show_done(request: Request) -> Any:
    """What was confirmed, with the way back."""
    reviewer = visitor(request)
    act = request.path_params["act"]
    done = keepers.kept_by(request.app.state.house.project, reviewer, act)
    return page(
        request, "kept", reviewer=reviewer, act=act, done=len(done), undone=0, go_on=next_address(request, reviewer)
    )


def undo(request: Request, _: FormData) -> Any:
    """Take it back."""
    reviewer = visitor(request)
    act = request.path_params["act"]
    undone = keepers.undo_keeper(request.app.state.house.project, reviewer, act)
    return page(
        request, "kept", reviewer=reviewer, act=act, done=0, undone=undone, go_on=next_address(request, reviewer)
    )


def keep(request: Request, form: FormData) -> Any:
    """Keep metadata of the copies of a case with its master."""
    reviewer = visitor(request)
    case = _shown(request, reviewer, form)
    fields = [str(value) for value in form.getlist("field")]
    keeping.keep(request.app.state.house.project, reviewer, case, fields, str(form.get("reason", "")))
    return RedirectResponse(f"/case/{case.key}#kept", 303)


def let_go(request: Request, form: FormData) -> Any:
    """Take that back."""
    reviewer = visitor(request)
    case = _shown(request, reviewer, form)
    number = number_in(str(form.get("number", "")), otherwise=0)
    keeping.let_go(request.app.state.house.project, reviewer, case, number)
    return RedirectResponse(f"/case/{case.key}#kept", 303)


def _shown(request: Request, reviewer: Reviewer, form: FormData) -> Case:
    """The case that the form was made for, as long as it is as it was shown."""
    project, key = request.app.state.house.project, request.path_params["key"]
    return unchanged(project, reviewer, key, str(form.get("version")))[0]
