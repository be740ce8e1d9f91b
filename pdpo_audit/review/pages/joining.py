"""Coming in by a link, going out, and inviting people."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.visitors import (
    browser_cookie,
    forget,
    keep,
    visitor,
)
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.entering.acts import ForbiddenError
from pdpo_audit.workspace.review.invitations import (
    enter,
    enter_set_up,
    invite,
    leave,
    list_invitations,
    revoke,
)


def show_link(request: Request) -> Any:
    """What a link opens: a button, because whoever only fetches links must not use them up."""
    return page(
        request, "join", token=request.query_params.get("token", ""),
        by_identity=request.app.state.house.identities.are_there,
    )  # fmt: skip


def use_link(request: Request, form: FormData) -> Any:
    """Open a session by a link."""
    house = request.app.state.house
    if not house.attempts.takes(request.client.host if request.client else ""):
        raise ForbiddenError("too many attempts", advice="wait a minute")
    token, browser = str(form.get("token", "")), request.cookies.get(browser_cookie(request), "")
    if house.link.spend(token):
        entered, target = enter_set_up(house.project, browser), "/people"
    else:
        entered, target = enter(house.project, token, browser), "/"
    response = RedirectResponse(target, 303)
    keep(request, response, entered)
    return response


def go(request: Request, _: FormData) -> Any:
    """End the session."""
    reviewer = visitor(request)
    leave(request.app.state.house.project, reviewer)
    response = RedirectResponse("/join", 303)
    forget(request, response)
    return response


def show_people(request: Request) -> Any:
    """Who is invited."""
    return _people(request)


def change_people(request: Request, form: FormData) -> Any:
    """Invite somebody, or take their links back."""
    reviewer = visitor(request)
    project, name = request.app.state.house.project, str(form.get("person", ""))
    by = reviewer.name or f"{project.actor} (set-up)"
    try:
        if form.get("do") == "revoke":
            revoke(project, name, by=by)
            return RedirectResponse("/people", 303)
        invited = invite(project, name, by=by)
    except CallError as error:
        return _people(request, error=error, status=400)
    return _people(request, invited=invited)


def _people(request: Request, *, status: int = 200, invited: object = None, error: CallError | None = None) -> Any:
    reviewer = visitor(request)
    project = request.app.state.house.project
    return page(
        request, "people", status=status, reviewer=reviewer, persons=project.settings.persons,
        invitations=list_invitations(project), invited=invited, error=error,
    )  # fmt: skip
