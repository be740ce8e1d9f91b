"""The pages put together: every address, and what is shown where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pdpo_audit.errors import AuditError, MachineError
from pdpo_audit.review import calendars
from pdpo_audit.review.access.entrances import posted, read_form, shown, uploaded
from pdpo_audit.review.access.guard import LOG, Gate
from pdpo_audit.review.access.identities import BACK
from pdpo_audit.review.access.uploads import BOUNDS
from pdpo_audit.review.access.visitors import NobodyError
from pdpo_audit.review.api.answering import BusyError, FormError, api_routes, is_call
from pdpo_audit.review.house import House
from pdpo_audit.review.pages import (
    adopting,
    batching,
    cases,
    deciding,
    identifying,
    joining,
    queueing,
    revealing,
    seconding,
    signing,
    starting,
)
from pdpo_audit.review.pages.beside import asking, changing, disposing, finding, keeping, sampling
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.decisions import ChangedError
from pdpo_audit.workspace.review.entering.acts import Act, ForbiddenError
from pdpo_audit.workspace.review.reviewers import AbsentError
from pdpo_audit.workspace.review.together.leasing import TakenError

_STATIC = Path(__file__).parent / "static"

ROUTES = [
    shown("/", starting.show, Act.LOOK),
    Route("/join", joining.show_link, methods=["GET"]),
    Route("/join", read_form(joining.use_link), methods=["POST"]),
    Route("/identity", identifying.begin),
    Route(BACK, identifying.come_back),
    Route("/identity/enter", identifying.enter),
    posted("/leave", joining.go, Act.LEAVE),
    shown("/people", joining.show_people, Act.SET_UP),
    posted("/people", joining.change_people, Act.SET_UP),
    shown("/queue", queueing.show, Act.LOOK),
    shown("/copy", cases.go_to_copy, Act.LOOK),
    shown("/next", queueing.go_on, Act.DECIDE),
    posted("/group", queueing.preview, Act.DECIDE),
    posted("/group/decide", queueing.decide, Act.DECIDE),
    shown("/batch", batching.show, Act.DECIDE),
    posted("/batch", batching.take, Act.DECIDE),
    posted("/batch/return", batching.give, Act.DECIDE),
    shown("/case/{key}", cases.show, Act.LOOK),
    posted("/case/{key}/reveal", cases.reveal, Act.REVEAL),
    posted("/case/{key}/cover", revealing.cover, Act.LOOK),
    posted("/case/{key}/decide", deciding.decide, Act.DECIDE),
    posted("/case/{key}/judge", deciding.judge, Act.DECIDE),
    posted("/case/{key}/unjudge", cases.unjudge, Act.DECIDE),
    shown("/second", seconding.show_waiting, Act.DECIDE),
    shown("/second/{number:int}", seconding.show, Act.DECIDE),
    posted("/second/{number:int}", seconding.decide, Act.DECIDE),
    posted("/second/{number:int}/reveal", seconding.reveal, Act.REVEAL),
    posted("/case/{key}/keep", keeping.keep, Act.DECIDE),
    posted("/case/{key}/let-go", keeping.let_go, Act.DECIDE),
    shown("/questions", asking.show, Act.DECIDE),
    posted("/questions", asking.answer, Act.DECIDE),
    posted("/queue/filters", queueing.keep_filter, Act.LOOK),
    shown("/keepers", keeping.show_keepers, Act.DECIDE),
    posted("/keepers", keeping.apply, Act.DECIDE),
    shown("/keepers/{act}", keeping.show_done, Act.DECIDE),
    posted("/keepers/{act}/undo", keeping.undo, Act.DECIDE),
    shown("/find", finding.show, Act.LOOK),
    uploaded("/find", finding.find, Act.LOOK),
    shown("/sign", signing.show, Act.SIGN),
    posted("/sign", signing.sign, Act.SIGN),
    shown("/sign/batch/{batch}", signing.show_batch, Act.SIGN),
    posted("/sign/request", signing.ask, Act.SIGN),
    uploaded("/sign/answer", signing.take, Act.SIGN),
    shown("/periods", adopting.show, Act.LOOK),
    posted("/periods", adopting.adopt, Act.ADOPT),
    shown("/plans", disposing.show_plans, Act.PLANS),
    shown("/plans/{plan}", disposing.show, Act.PLANS),
    uploaded("/plans/approval", disposing.hand_in, Act.HAND_IN),
    posted("/plans/{plan}/undo", disposing.undo, Act.UNDO),
    shown("/changes", changing.show, Act.CHANGES),
    shown("/samples", sampling.show, Act.SAMPLES),
    posted("/samples/begin", sampling.begin, Act.SAMPLES),
    posted("/samples/look", sampling.look, Act.SAMPLES),
    posted("/samples/judge", sampling.judge, Act.SAMPLES),
    posted("/samples/finish", sampling.finish, Act.SAMPLES),
    shown("/decided/{batch}", deciding.show_decided, Act.DECIDE),
    posted("/decided/{batch}/undo", deciding.undo, Act.DECIDE),
    shown("/picture/{content:int}", cases.picture, Act.LOOK),
    Route("/calendar/{token}.ics", calendars.show),
    *api_routes(),
    Mount("/static", StaticFiles(directory=_STATIC)),
]


def application(house: House, *, scheme: str, hosts: set[str]) -> Gate:
    """The pages over a workspace, behind their gate."""
    inner = Starlette(
        routes=ROUTES,
        exception_handlers={AuditError: _told, HTTPException: _missing, Exception: _broken},
    )
    inner.state.house = house
    return Gate(app=inner, scheme=scheme, hosts=hosts, bounds=BOUNDS)


def _status(error: AuditError) -> int:
    match error:
        case NobodyError():
            return 401
        case ForbiddenError():
            return 403
        case ChangedError() | TakenError():
            return 409
        case FormError():
            return 422
        case BusyError():
            return 429
        case MachineError():
            return 503
    return 400


def _told(request: Request, error: Exception) -> Any:
    assert isinstance(error, AuditError)
    status = _status(error)
    if status in (401, 403):
        LOG.warning("refused: %s", error.message)
    if is_call(request.url.path) and isinstance(error, AbsentError):
        status = 404
    return _problem(request, status, error.message, error.advice)


def _missing(request: Request, error: Exception) -> Any:
    assert isinstance(error, HTTPException)
    return _problem(request, error.status_code, error.detail, "", error.headers)


def _broken(request: Request, error: Exception) -> Any:
    """A fault of ours: said in the log with its place, to the visitor as a sentence."""
    LOG.error("a fault of the program: %s", type(error).__name__, exc_info=error)
    return _problem(request, 500, "a fault of the program; nothing was recorded", "")


def _problem(request: Request, status: int, message: str, advice: str, headers: Mapping[str, str] | None = None) -> Any:
    """What is wrong: a page for people, JSON for programs."""
    if is_call(request.url.path):
        return JSONResponse({"error": message, "advice": advice}, status, headers=headers)
    return page(request, "problem", status=status, message=message, advice=advice, back=_way_back(request, status))


def _way_back(request: Request, status: int) -> str:
    """The page from which a form came that was not taken; the queue where there is none, nothing for strangers."""
    if status == 401:
        return ""
    parts = request.url.path.split("/")
    shown = {one.path for one in ROUTES if isinstance(one, Route) and "GET" in (one.methods or ())}
    if request.method == "POST" and parts[1] == "case" and len(parts) > 3:
        return f"/case/{quote(parts[2], safe='')}"
    return f"/{parts[1]}" if request.method == "POST" and f"/{parts[1]}" in shown else "/queue"
