"""Entrances: addresses of the pages, each with the act that it is for; who may not do it comes no further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.routing import Route

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.uploads import Uploaded, read_upload
from pdpo_audit.review.access.visitors import admit, check_form
from pdpo_audit.workspace.review.entering.acts import Act

Endpoint = Callable[[Request], Awaitable[Any]]


class Entrance(Route):
    """An address for who may do its act."""

    def __init__(self, path: str, endpoint: Callable[[Request], Any], *, act: Act, method: str) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.act, self.method = act, method


def shown(path: str, work: Callable[[Request], Any], act: Act) -> Entrance:
    """A page."""

    def endpoint(request: Request) -> Any:
        admit(request, act)
        return work(request)

    return Entrance(path, endpoint, act=act, method="GET")


def posted(path: str, work: Callable[[Request, FormData], Any], act: Act) -> Entrance:
    """An address that takes a form of our own pages."""

    def admitted(request: Request, form: FormData) -> Any:
        admit(request, act)
        check_form(request, form)
        return work(request, form)

    return Entrance(path, read_form(admitted), act=act, method="POST")


def uploaded(path: str, work: Callable[[Request, Uploaded], Any], act: Act) -> Entrance:
    """An address that takes a file; who may not send one is refused before it is read."""

    def admitted(request: Request, sent: Uploaded) -> Any:
        check_form(request, sent.form)
        return work(request, sent)

    async def endpoint(request: Request) -> Any:
        await run_in_threadpool(admit, request, act)
        return await run_in_threadpool(admitted, request, await read_upload(request))

    return Entrance(path, endpoint, act=act, method="POST")


def read_form(work: Callable[[Request, FormData], Any]) -> Endpoint:
    """What takes a form; what is done with it runs in a thread, as everything does that waits."""

    async def endpoint(request: Request) -> Any:
        form = await request.form(max_files=0, max_fields=2000, max_part_size=100_000)
        if any("\0" in value for _, value in form.multi_items() if isinstance(value, str)):
            raise CallError("no database holds such a character")
        return await run_in_threadpool(work, request, form)

    return endpoint
