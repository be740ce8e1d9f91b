"""Who a request is from: cookies of a session, the token of its forms, and what the person may do."""

from __future__ import annotations

import hashlib
import hmac

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from pdpo_audit.errors import AuditError
from pdpo_audit.workspace.review.entering.acts import Act, ForbiddenError, expect
from pdpo_audit.workspace.review.entering.identities import person_identified
from pdpo_audit.workspace.review.invitations import Entered, reviewer_of
from pdpo_audit.workspace.review.reviewers import Reviewer

#: The field of every form that shows that it came from one of our pages.
CSRF = "csrf"


class NobodyError(AuditError):
    """No session, or one that has ended."""


def admit(request: Request, act: Act) -> None:
    """Find out who asks, and keep it with the request.

    :raises NobodyError: there is no session. :raises ForbiddenError: they may not do this.
    """
    session = request.cookies.get(session_cookie(request), "")
    browser = request.cookies.get(browser_cookie(request), "")
    project = request.app.state.house.project
    found = reviewer_of(project, session, browser) if session else None
    if found is not None and found.way == "header" and not _is_still_named(request, found):
        found = None
    if found is None:
        raise NobodyError("nobody is signed in", advice="open your personal link")
    expect(found, act)
    request.state.reviewer = found


def visitor(request: Request) -> Reviewer:
    """Who asks, where the entrance has admitted them."""
    found: Reviewer = request.state.reviewer
    return found


def _is_still_named(request: Request, reviewer: Reviewer) -> bool:
    """Whether the proxy names, with this request too, whom it named when the session began."""
    house = request.app.state.house
    identity = house.identities.proxy.named_in(request) if house.identities.proxy else ""
    person = person_identified(house.project, identity)
    return person is not None and person.name == reviewer.name


def check_form(request: Request, form: FormData) -> None:
    """A form is taken only with the token that the session's pages carry."""
    if not hmac.compare_digest(str(form.get(CSRF, "")).encode(), form_token(request).encode()):
        raise ForbiddenError("this form did not come from a page of your session", advice="load the page again")


def form_token(request: Request) -> str:
    """The token of this session's forms; nobody can tell it from outside, and it tells nothing of the session."""
    session = request.cookies.get(session_cookie(request), "")
    return hashlib.sha256(f"form\0{session}".encode()).hexdigest()


def keep(request: Request, response: Response, entered: Entered) -> None:
    """Give the browser the secrets of its session and of itself."""
    secure = request.url.scheme == "https"
    for name, value, age in (
        (session_cookie(request), entered.session, None),
        (browser_cookie(request), entered.browser, 400 * 86_400),
    ):
        response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="strict")


def forget(request: Request, response: Response) -> None:
    """Take the session's secret from the browser; who it is stays, for its link."""
    for name in (session_cookie(request), said_cookie(request)):
        response.delete_cookie(name, path="/", httponly=True, samesite="strict")


def session_cookie(request: Request) -> str:
    """Cookies know no ports: the name has it, so that two servers on one machine do not mix."""
    return f"pdpo_session_{request.url.port or 443}"


def state_cookie(request: Request) -> str:
    """Of a sign-in that is under way; see ``session_cookie``."""
    return f"pdpo_identity_{request.url.port or 443}"


def filter_cookie(request: Request) -> str:
    """What the queue was last filtered by; see ``session_cookie``."""
    return f"pdpo_queue_{request.url.port or 443}"


def said_cookie(request: Request) -> str:
    """What was decided last, with its reason; see ``session_cookie``."""
    return f"pdpo_said_{request.url.port or 443}"


def browser_cookie(request: Request) -> str:
    """See ``session_cookie``."""
    return f"pdpo_browser_{request.url.port or 443}"
