"""The gate before every page: hosts, origins, sizes, the headers of every answer, and a log without paths."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pdpo_audit.review.access.limits import Allowance
from pdpo_audit.review.numbers import number_in

LOG = logging.getLogger("pdpo_audit.review")

#: Bytes of a form or a call, at most.
LONGEST_BODY = 1_000_000
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: Of every answer. ``same-origin``: with ``no-referrer`` browsers send ``Origin: null`` with the pages' own forms.
_HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


@dataclass(kw_only=True)
class Gate:
    """An ASGI application in front of another; ``hosts`` are the names under which the pages may be asked for."""

    app: ASGIApp
    scheme: str
    hosts: set[str] = field(default_factory=set)
    #: Bytes that a form may have at addresses that take files; others have ``LONGEST_BODY``.
    bounds: Mapping[str, int] = field(default_factory=dict)
    #: Requests a minute of one address.
    allowance: Allowance = field(default_factory=lambda: Allowance(most=1200, seconds=60))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what cannot come from the pages; bound and mark the rest."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["scheme"] = self.scheme  # as the browser sees it, also where a proxy ends TLS
        began, answer = time.monotonic(), _Answer(send, self.scheme)
        problem = self._problem(scope)
        if problem is None:
            await self.app(scope, _bounded(receive, self._bound(scope)), answer)
        else:
            code, words = problem
            LOG.warning("refused: %s", words)
            await _refusal(scope["path"], code, words)(scope, receive, answer)
        route = getattr(scope.get("route"), "path", "-")
        LOG.info("%s %s %d %d ms", scope["method"], route, answer.status, 1000 * (time.monotonic() - began))

    def _problem(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.hosts:
            return 400, "this host name is not served here"
        if not self.allowance.takes(str((scope.get("client") or ("",))[0])):
            return 429, "too many requests"
        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return 400, "no database holds such a character"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST"
        if number_in(headers.get("content-length", "0"), otherwise=1 << 60) > self._bound(scope):
            return 413, "too large"
        if scope["method"] == "POST" and not self._is_own(headers):
            return 403, "sent from another site"
        return None

    def _bound(self, scope: Scope) -> int:
        return self.bounds.get(scope["path"], LONGEST_BODY)

    def _is_own(self, headers: Headers) -> bool:
        """Whether a browser sent it from one of our pages, or a program that no browser lends its cookies."""
        if headers.get("authorization", "").startswith("Bearer ") and "cookie" not in headers:
            return True
        return (
            headers.get("origin") == f"{self.scheme}://{headers['host']}"
            and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        )


def _refusal(path: str, code: int, words: str) -> Response:
    """What is wrong with a request, as its sender reads it."""
    allowed = {"allow": "GET, HEAD, POST"} if code == 405 else None
    if path.startswith("/api"):
        return JSONResponse({"error": words, "advice": ""}, code, headers=allowed)
    return PlainTextResponse(f"{words}\n", code, headers=allowed)


class _Answer:
    """Passes an answer on with our headers, and keeps its status."""

    def __init__(self, send: Send, scheme: str) -> None:
        self._send = send
        self._scheme = scheme
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self._scheme == "https":
                headers["strict-transport-security"] = "max-age=31536000"
        await self._send(message)


def _bounded(receive: Receive, bound: int) -> Receive:
    """The body, cut off where it passes the bound whatever its headers said."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > bound:
            raise HTTPException(413, "too large")
        return message

    return bounded
