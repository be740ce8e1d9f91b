"""Every form of the pages, by the list of addresses: none without a session, from elsewhere, or without its token."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.routing import Route

from pdpo_audit import Workspace
from pdpo_audit.review.application import ROUTES
from tests.review.conftest import ORIGIN, Visitor
from tests.review.test_access import cluster, decided

#: The ways in, each with what it answers to a browser that brings nothing: the page that says so; that no identity
#: provider is named here; that there is no such calendar.
ENTRANCES = {
    "/join": 200,
    "/identity": 400,
    "/identity/back": 400,
    "/identity/enter": 400,
    "/calendar/{token}.ics": 404,
}
FORMS = sorted(
    one.path
    for one in ROUTES
    if isinstance(one, Route) and "POST" in (one.methods or ()) and one.path not in ENTRANCES and "/api" not in one.path
)
PAGES = sorted(
    one.path
    for one in ROUTES
    if isinstance(one, Route) and "GET" in (one.methods or ()) and one.path not in ENTRANCES and "/api" not in one.path
)
UPLOADS = ("/find", "/sign/answer", "/plans/approval")


def address(path: str, workspace: Workspace) -> str:
    """The address with something in place of each of its parts."""
    path = path.replace("{key}", cluster(workspace))
    return re.sub(r"\{\w+(:int)?\}", lambda part: "1" if part[1] else "B-1", path)


def test_the_list_is_whole() -> None:
    assert len(FORMS) >= 18 and len(PAGES) >= 14


@pytest.mark.parametrize("path", FORMS)
def test_a_form_needs_a_session_our_own_page_and_its_token(
    path: str, workspace: Workspace, stranger: Callable[[], Visitor], join: Callable[[str], Visitor]
) -> None:
    where, visitor = address(path, workspace), join("Chan Tai Man")
    events = len(workspace.project.store.events())
    files = {"file": ("x", b"x")} if path in UPLOADS else None
    own, foreign = {"origin": ORIGIN}, {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    fields = {"choice": "agree", "reason": "because", "name": "x", "person": "Vera Wong", "do": "invite"}
    assert stranger().post(where, data=fields, files=files, headers=own).status_code == 401
    for headers, token in ((own, ""), (own, "0" * 64), (foreign, visitor.token)):
        answer = visitor.post(where, data={**fields, "csrf": token}, files=files, headers=headers)
        assert answer.status_code == 403, (headers, token)
    assert len(workspace.project.store.events()) == events and decided(workspace) == 0


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_a_session(path: str, workspace: Workspace, stranger: Callable[[], Visitor]) -> None:
    answer = stranger().get(address(path, workspace))
    assert answer.status_code == 401 and "original.png" not in answer.text


@pytest.mark.parametrize(("path", "status"), ENTRANCES.items())
def test_an_entrance_without_its_secret_shows_nothing(
    path: str, status: int, workspace: Workspace, stranger: Callable[[], Visitor]
) -> None:
    answer = stranger().get(address(path, workspace))
    assert answer.status_code == status and "original.png" not in answer.text and "set-cookie" not in answer.headers
    assert stranger().get("/").status_code == 401


def test_a_form_of_an_entrance_without_its_secret_opens_nothing(
    workspace: Workspace, stranger: Callable[[], Visitor]
) -> None:
    forms = [one.path for one in ROUTES if isinstance(one, Route) and "POST" in (one.methods or ())]
    assert [one for one in forms if one in ENTRANCES] == ["/join"]
    for token in ("", "x", "0" * 43):
        visitor = stranger()
        answer = visitor.post("/join", data={"token": token}, headers={"origin": ORIGIN})
        assert answer.status_code == 400 and "set-cookie" not in answer.headers
        assert visitor.get("/").status_code == 401
