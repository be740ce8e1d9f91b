"""The pages put together: every address, and what is shown where something is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pdpo_audit.errors import AuditError, CallError, MachineError
from pdpo_audit.review import calendars
from pdpo_audit.review.access.guard import LOG, Gate
from pdpo_audit.review.access.identities import BACK
from pdpo_audit.review.access.uploads import BOUNDS, Uploaded, read_upload
from pdpo_audit.review.access.visitors import ForbiddenError, NobodyError, visitor
from pdpo_audit.review.api.answering import BusyError, FormError, api_routes, is_call
from pdpo_audit.review.house import House
from pdpo_audit.review.pages import (
    adopting,
    batching,
    cases,
    identifying,
    joining,
    queueing,
    seconding,
    signing,
    starting,
)
from pdpo_audit.review.pages.beside import asking, changing, finding, keeping, sampling
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.decisions import ChangedError
from pdpo_audit.workspace.review.reviewers import AbsentError, Right
from pdpo_audit.workspace.review.together.leasing import TakenError

_STATIC = Path(__file__).parent / "static"

Shown = Callable[[Request, FormData], Any]


def _posted(work: Shown) -> Callable[[Request], Awaitable[Any]]:
    """An address that takes a form; what is done with it runs in a thread, as everything does that waits."""

    async def endpoint(request: Request) -> Any:
        form = await request.form(max_files=0, max_fields=2000, max_part_size=100_000)
        if any("\0" in value for _, value in form.multi_items() if isinstance(value, str)):
            raise CallError("no database holds such a character")
        return await run_in_threadpool(work, request, form)

    return endpoint


def _uploaded(right: Right, work: Callable[[Request, Uploaded], Any]) -> Callable[[Request], Awaitable[Any]]:
    """An address that takes a file; who may not send one is refused before it is read."""

    async def endpoint(request: Request) -> Any:
        await run_in_threadpool(visitor, request, right)
        return await run_in_threadpool(work, request, await read_upload(request))

    return endpoint


ROUTES = [
    Route("/", starting.show),
    Route("/join", joining.show_link, methods=["GET"]),
    Route("/join", _posted(joining.use_link), methods=["POST"]),
    Route("/identity", identifying.begin),
    Route(BACK, identifying.come_back),
    Route("/identity/enter", identifying.enter),
    Route("/leave", _posted(joining.go), methods=["POST"]),
    Route("/people", joining.show_people, methods=["GET"]),
    Route("/people", _posted(joining.change_people), methods=["POST"]),
    Route("/queue", queueing.show),
    Route("/next", queueing.go_on),
    Route("/group", _posted(queueing.preview), methods=["POST"]),
    Route("/group/decide", _posted(queueing.decide), methods=["POST"]),
    Route("/batch", batching.show, methods=["GET"]),
    Route("/batch", _posted(batching.take), methods=["POST"]),
    Route("/batch/return", _posted(batching.give), methods=["POST"]),
    Route("/case/{key}", cases.show, methods=["GET"]),
    Route("/case/{key}/reveal", _posted(cases.reveal), methods=["POST"]),
    Route("/case/{key}/decide", _posted(cases.decide), methods=["POST"]),
    Route("/case/{key}/judge", _posted(cases.judge), methods=["POST"]),
    Route("/second", seconding.show_waiting),
    Route("/second/{number:int}", seconding.show, methods=["GET"]),
    Route("/second/{number:int}", _posted(seconding.decide), methods=["POST"]),
    Route("/second/{number:int}/reveal", _posted(seconding.reveal), methods=["POST"]),
    Route("/case/{key}/keep", _posted(keeping.keep), methods=["POST"]),
    Route("/case/{key}/let-go", _posted(keeping.let_go), methods=["POST"]),
    Route("/questions", asking.show, methods=["GET"]),
    Route("/questions", _posted(asking.answer), methods=["POST"]),
    Route("/queue/filters", _posted(queueing.keep_filter), methods=["POST"]),
    Route("/keepers", keeping.show_keepers, methods=["GET"]),
    Route("/keepers", _posted(keeping.apply), methods=["POST"]),
    Route("/keepers/{act}", keeping.show_done),
    Route("/keepers/{act}/undo", _posted(keeping.undo), methods=["POST"]),
    Route("/find", finding.show, methods=["GET"]),
    Route("/find", _uploaded(Right.LOOK, finding.find), methods=["POST"]),
    Route("/sign", signing.show, methods=["GET"]),
    Route("/sign", _posted(signing.sign), methods=["POST"]),
    Route("/sign/batch/{batch}", signing.show_batch),
    Route("/sign/request", _posted(signing.ask), methods=["POST"]),
    Route("/sign/answer", _uploaded(Right.SIGN, signing.take), methods=["POST"]),
    Route("/periods", adopting.show, methods=["GET"]),
    Route("/periods", _posted(adopting.adopt), methods=["POST"]),
    Route("/changes", changing.show),
    Route("/samples", sampling.show),
    Route("/samples/begin", _posted(sampling.begin), methods=["POST"]),
    Route("/samples/look", _posted(sampling.look), methods=["POST"]),
    Route("/samples/judge", _posted(sampling.judge), methods=["POST"]),
    Route("/samples/finish", _posted(sampling.finish), methods=["POST"]),
    Route("/decided/{batch}", cases.show_decided, methods=["GET"]),
    Route("/decided/{batch}/undo", _posted(cases.undo), methods=["POST"]),
    Route("/picture/{content:int}", cases.picture),
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
