"""Pictures as they are: two once, or those of a case or a batch for a while, each one logged before it is read."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.reveals import Reveal
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.workspace.review.cases import Case
from pdpo_audit.workspace.review.entering.acts import Act, ForbiddenError, permits
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import my_batch

#: For what a reason is given: the two pictures that stand there, every copy of the case, every case of one's batch.
HERE, CASE, BATCH = "here", "case", "batch"


def clear_pictures(request: Request, reviewer: Reviewer, pair: Iterable[Any], reason: str) -> dict[int, str]:
    """The pictures that a page of a case shows, as they are; the reason is logged before either is read."""
    house = request.app.state.house
    if not house.reveals.takes(reviewer.name):
        raise ForbiddenError("too many clear pictures in a minute", advice="wait a minute")
    shown = dict.fromkeys(one.content for one in pair if one)
    return {content: _inline(house.pictures.clear(reviewer, content, reason)) for content in shown}


def begin(request: Request, reviewer: Reviewer, case: Case, scope: str, reason: str) -> None:
    """Let one reason hold for every copy of a case, or for the cases that the reviewer has taken.

    :raises CallError: there is no reason, nothing is taken, or it is said for something else.
    """
    project = request.app.state.house.project
    if len(reason) < 3:
        raise CallError("say why you have to see the picture as it is")
    cases = {CASE: [case.key], BATCH: [one.key for one in my_batch(project, reviewer).cases]}.get(scope, [])
    if case.key not in cases:
        raise CallError("this case is not in a batch of yours", advice="give the reason for this case alone")
    request.app.state.house.revealed.begin(reviewer, reason, cases, project.clock())


def cover(request: Request, _: FormData) -> Any:
    """Cover everything again."""
    request.app.state.house.revealed.end(visitor(request))
    return RedirectResponse(f"/case/{request.path_params['key']}", 303)


def standing(request: Request, reviewer: Reviewer, case: Case) -> Reveal | None:
    """What the reviewer asked to see as it is, where that holds for this case and they still may."""
    house = request.app.state.house
    if not permits(reviewer, Act.REVEAL):
        return None
    found: Reveal | None = house.revealed.of(reviewer, case.key, house.project.clock())
    return found


def still_clear(request: Request, reviewer: Reviewer, pair: Iterable[Any], revealed: Reveal | None) -> dict[int, str]:
    """The pictures under a reason given before; what may not or cannot be shown stays covered."""
    if revealed is None:
        return {}
    try:
        return clear_pictures(request, reviewer, pair, revealed.reason)
    except (CallError, ForbiddenError):
        return {}


def _inline(jpeg: bytes) -> str:
    """A picture inside of the page: no address of its own from which it could be had again."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
