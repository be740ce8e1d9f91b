"""How a call is taken and answered: by token, checked by its types, wrong ones told as JSON."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.visitors import NobodyError
from pdpo_audit.review.api.description import description
from pdpo_audit.review.api.operations import OPERATIONS, Operation
from pdpo_audit.review.api.verbs import Call
from pdpo_audit.workspace.review.entering.acts import ForbiddenError, expect
from pdpo_audit.workspace.review.entering.tokens import reviewer_of_token
from pdpo_audit.workspace.review.reviewers import Reviewer

#: The part of the addresses that is the API's.
ROOT = "/api"


class FormError(CallError):
    """A call that is not of the form that the description says."""


class BusyError(CallError):
    """Too many calls in a minute."""


def api_routes() -> list[Route]:
    """The addresses of the API."""
    routes = [Route(ROOT, _describe, methods=["GET"])]
    return routes + [
        Route(f"{ROOT}{one.path}", _endpoint(one), methods=[one.method], name=f"{one.method} {one.path}")
        for one in OPERATIONS
    ]


def is_call(path: str) -> bool:
    """Whether an address is the API's: what is wrong there is told as JSON."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def _describe(_: Request) -> Response:
    return JSONResponse(description())


def _endpoint(one: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body() if one.body else b""
        return await run_in_threadpool(_answer, request, one, body)

    return endpoint


def _answer(request: Request, one: Operation, body: bytes) -> Response:
    reviewer = _caller(request, one)
    call = Call(
        house=request.app.state.house,
        reviewer=reviewer,
        path=request.path_params,
        query=_checked(one.query, _queried(request)) if one.query else None,
        body=_checked(one.body, _read(body)) if one.body else None,
    )
    if not one.query and request.query_params:
        raise FormError("this address takes no parameters")
    made = one.work(call)
    if isinstance(made, bytes):
        return Response(made, media_type="image/jpeg")
    return Response(made.model_dump_json(), media_type="application/json")


def _caller(request: Request, one: Operation) -> Reviewer:
    """Who a call is for.

    :raises NobodyError: no token, or none that counts. :raises ForbiddenError: it does not allow this.
    """
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    house = request.app.state.house
    reviewer = reviewer_of_token(house.project, secret.strip()) if kind.lower() == "bearer" else None
    if reviewer is None:
        raise NobodyError("no token that counts", advice="pdpo-audit review token NAME makes one")
    if not house.calls.takes(reviewer.session.hex()):
        raise BusyError("too many calls", advice="wait a minute")
    expect(reviewer, one.act)
    if not reviewer.may(one.scope):
        raise ForbiddenError("the token's scope does not allow this")
    return reviewer


def _queried(request: Request) -> dict[str, str]:
    pairs = request.query_params.multi_items()
    if len(pairs) > len(found := dict(pairs)):
        raise FormError("a parameter is given twice")
    return found


def _read(body: bytes) -> Any:
    try:
        said = json.loads(body)
        json.dumps(said, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise FormError("the body is no JSON") from None
    return said


def _checked(shape: type[BaseModel], said: Any) -> BaseModel:
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        told = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()[:10]]
        raise FormError("; ".join(told), advice=f"see {ROOT}") from None
