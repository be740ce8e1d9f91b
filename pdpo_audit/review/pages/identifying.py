"""Coming in by the organisation's identity provider, or by a proxy that vouches for people."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.visitors import browser_cookie, keep, state_cookie
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.entering.acts import ForbiddenError
from pdpo_audit.workspace.review.entering.identities import enter_identified

#: What a provider sends back.
_SENT = ("code", "state", "iss", "error")


def begin(request: Request) -> Any:
    """Send the browser to the provider; a proxy has said already who it is."""
    _attempt(request)
    house = request.app.state.house
    if house.identities.proxy is not None:
        return _entered(request, house.identities.proxy.named_in(request), "header")
    address, state = _provider(request).begin()
    response = RedirectResponse(address, 303)
    response.set_cookie(
        state_cookie(request), state, max_age=600, path="/identity", secure=request.url.scheme == "https",
        httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def come_back(request: Request) -> Any:
    """A page of ours that goes on by itself: a browser that another site sent carries none of our strict cookies."""
    _provider(request)
    sent = {name: request.query_params[name] for name in _SENT if name in request.query_params}
    return page(request, "entering", target=f"/identity/enter?{urlencode(sent)}")


def enter(request: Request) -> Any:
    """Open the session, where this is the browser in which the sign-in was begun."""
    _attempt(request)
    provider = _provider(request)
    state, begun = request.query_params.get("state", ""), request.cookies.get(state_cookie(request), "")
    if not state or not hmac.compare_digest(state.encode(), begun.encode()):
        raise ForbiddenError("this sign-in was begun in another browser", advice="sign in again")
    sent = {name: request.query_params[name] for name in _SENT if name in request.query_params}
    response = _entered(request, provider.finish(sent), "oidc")
    response.delete_cookie(state_cookie(request), path="/identity", httponly=True, samesite="lax")
    return response


def _entered(request: Request, identity: str, way: str) -> Response:
    project = request.app.state.house.project
    entered = enter_identified(project, identity, way=way, browser=request.cookies.get(browser_cookie(request), ""))
    response = RedirectResponse("/", 303)
    keep(request, response, entered)
    return response


def _provider(request: Request) -> Any:
    provider = request.app.state.house.identities.provider
    if provider is None:
        raise CallError("no identity provider is named here", advice="see [review] identity")
    return provider


def _attempt(request: Request) -> None:
    if not request.app.state.house.attempts.takes(request.client.host if request.client else ""):
        raise ForbiddenError("too many attempts", advice="wait a minute")
