"""Nobody comes in who was not invited, and nothing comes in that our pages did not send."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.review.access.limits import Allowance
from pdpo_audit.review.house import House
from pdpo_audit.workspace.review.invitations import invite, list_invitations, revoke
from tests.review.conftest import ORIGIN, Clock, Visitor

Join = Callable[[str], Visitor]
Stranger = Callable[[], Visitor]
PAGES = ("/", "/queue", "/people", "/case/DC-1", "/picture/1", "/decided/B-1")


def use(visitor: Visitor, token: str) -> Any:
    return visitor.post("/join", data={"token": token}, headers={"origin": ORIGIN})


def decided(workspace: Workspace) -> int:
    return int((workspace.table("findings")["status"] == "decided").sum())


@pytest.mark.parametrize("page", PAGES)
def test_without_a_session_nothing_is_shown(page: str, stranger: Stranger) -> None:
    answer = stranger().get(page)
    assert answer.status_code == 401
    assert "original.png" not in answer.text


def test_a_link_opens_once_for_the_first_browser_and_no_other(house: House, stranger: Stranger) -> None:
    token = invite(house.project, "Chan Tai Man").link.rpartition("=")[2]
    first, second = stranger(), stranger()
    assert first.get("/join", params={"token": token}).status_code == 200  # looking does not use it up
    assert use(first, token).url.path == "/"
    assert first.get("/queue").status_code == 200
    refused = use(second, token)
    assert refused.status_code == 400 and "another browser" in refused.text
    assert second.get("/queue").status_code == 401
    assert use(first, token).status_code == 200  # the same browser may come again


def test_links_expire_and_are_taken_back(house: House, stranger: Stranger, join: Join, clock: Clock) -> None:
    late = invite(house.project, "Chan Tai Man", days=1).link.rpartition("=")[2]
    clock.forward(days=1)
    assert "expired" in use(stranger(), late).text
    visitor = join("Chan Tai Man")
    assert visitor.get("/queue").status_code == 200
    assert revoke(house.project, "Chan Tai Man") == 2
    assert visitor.get("/queue").status_code == 401
    assert [one.state for one in list_invitations(house.project)] == ["revoked", "revoked"]


def test_secrets_are_kept_as_digests_only(house: House, join: Join) -> None:
    token = invite(house.project, "Chan Tai Man").link.rpartition("=")[2]
    visitor = join("Chan Tai Man")
    secrets = [token, *visitor.cookies.values()]
    stored = b"".join(path.read_bytes() for path in house.project.folder.glob("catalogue.db*"))
    assert len(secrets) == 3
    assert [secret for secret in secrets if secret.encode() in stored] == []
    events = str([one.event.details for one in house.project.store.events()])
    assert [secret for secret in secrets if secret in events] == []


def test_sessions_end_when_nobody_asks_and_after_twelve_hours(join: Join, clock: Clock) -> None:
    visitor = join("Chan Tai Man")
    for _ in range(24):
        clock.forward(minutes=29)
        assert visitor.get("/queue").status_code == 200
    clock.forward(minutes=29)
    assert visitor.get("/queue").status_code == 401
    other = join("Chan Tai Man")
    clock.forward(minutes=31)
    assert other.get("/queue").status_code == 401


def test_signing_out_ends_the_session(join: Join) -> None:
    visitor = join("Chan Tai Man")
    kept = dict(visitor.cookies)
    visitor.submit("/leave")
    visitor.cookies.update(kept)
    assert visitor.get("/queue").status_code == 401


@pytest.mark.parametrize("name", ["Nobody Known", "Lee Left"])
def test_only_people_of_the_settings_are_invited(name: str, house: House) -> None:
    with pytest.raises(CallError):
        invite(house.project, name)


def test_somebody_who_leaves_the_settings_is_out_at_once(house: House, join: Join) -> None:
    visitor = join("Vera Wong")
    assert visitor.get("/queue").status_code == 200
    settings = house.project.settings_path
    settings.write_text(settings.read_text("utf-8").replace("Vera Wong", "Other Person"), "utf-8")
    assert visitor.get("/queue").status_code == 401


def test_the_servers_own_link_gives_set_up_only_and_is_spent(house: House, stranger: Stranger) -> None:
    secret = house.link.make()
    visitor = stranger()
    assert use(visitor, secret).url.path == "/people"
    for page in ("/", "/queue"):
        assert visitor.get(page).status_code == 403
    made = visitor.submit("/people", person="Chan Tai Man", do="invite")
    token = re.search(r"token=([\w-]+)", made.text)
    assert token and use(stranger(), token[1]).url.path == "/"
    assert use(stranger(), secret).status_code == 400
    assert "unknown" in use(stranger(), "guess").text


def test_an_administrator_sees_no_picture_and_no_path(join: Join) -> None:
    visitor = join("Ada Lam")
    assert visitor.get("/people").status_code == 200
    for page in ("/", "/queue", "/picture/1"):
        answer = visitor.get(page)
        assert answer.status_code == 403 and "original.png" not in answer.text


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1:1", "localhost.evil.com:8080", "", "127.0.0.1:8080.evil.com"])
def test_another_host_is_refused(host: str, join: Join) -> None:
    assert join("Chan Tai Man").get("/queue", headers={"host": host}).status_code == 400


SENDERS = [
    {"origin": "http://evil.test"}, {"origin": "null"}, {}, {"origin": "http://127.0.0.1:9999"},
    {"origin": ORIGIN, "sec-fetch-site": "cross-site"}, {"origin": ORIGIN, "sec-fetch-site": "same-site"},
]  # fmt: skip


@pytest.mark.parametrize("headers", SENDERS)
def test_a_form_of_another_site_writes_nothing(
    headers: dict[str, str], workspace: Workspace, join: Join, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = join("Chan Tai Man")
    fields = {"csrf": visitor.token, "choice": "agree", **visitor.case(cluster(workspace))}
    with caplog.at_level(logging.WARNING, "pdpo_audit.review"):
        answer = visitor.post(f"/case/{cluster(workspace)}/decide", data=fields, headers=headers)
    assert answer.status_code == 403
    assert decided(workspace) == 0
    assert "refused" in caplog.text


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_token_writes_nothing(token: str, workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    fields = {**visitor.case(cluster(workspace)), "csrf": token, "choice": "agree"}
    answer = visitor.post(f"/case/{cluster(workspace)}/decide", data=fields, headers={"origin": ORIGIN})
    assert answer.status_code == 403
    assert decided(workspace) == 0


def test_a_token_of_another_session_is_none(workspace: Workspace, join: Join) -> None:
    one, other = join("Chan Tai Man"), join("Ho Mei")
    fields = {**one.case(cluster(workspace)), "csrf": other.token, "choice": "agree"}
    answer = one.post(f"/case/{cluster(workspace)}/decide", data=fields, headers={"origin": ORIGIN})
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(method: str, join: Join) -> None:
    assert join("Chan Tai Man").request(method, "/queue").status_code == 405


def test_a_form_that_is_too_large_is_refused(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    path, headers = f"/case/{cluster(workspace)}/decide", {"origin": ORIGIN}
    assert visitor.post(path, content=b"a" * 1_000_001, headers=headers).status_code == 413

    def chunks() -> Any:  # no length is stated
        for _ in range(20):
            yield b"a=" + b"b" * 100_000

    stated = {**headers, "content-type": "application/x-www-form-urlencoded"}
    answer = visitor.post(path, content=chunks(), headers=stated)
    assert answer.status_code in (400, 413)
    many = visitor.post(path, content=b"a=1&" * 3000, headers=stated)
    assert many.status_code == 400
    assert decided(workspace) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/static/../serving.py", "/static/%2e%2e/serving.py", "/static/..%2fserving.py",
        "/static/%252e%252e/serving.py",
        "/static//etc/passwd", "/static/..\\serving.py", "/picture/../../catalogue.db", "/picture/%2e%2e%2f1",
        "/picture/-1", "/picture/1;2", "/case/..%2f..%2fetc", "/case/%00", "/picture/99999999999999999999999999",
    ],
)  # fmt: skip
def test_paths_lead_nowhere_else(path: str, join: Join) -> None:
    answer = join("Chan Tai Man").get(path)
    assert answer.status_code in (400, 404), answer.status_code
    assert "import" not in answer.text and "root:" not in answer.text


def test_every_answer_carries_its_headers(join: Join) -> None:
    visitor = join("Chan Tai Man")
    for page in ("/", "/queue", "/nothing", "/static/review.css", "/picture/999"):
        headers = visitor.get(page).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"


def test_cookies_are_for_this_server_and_its_pages_only(house: House, stranger: Stranger) -> None:
    token = invite(house.project, "Chan Tai Man").link.rpartition("=")[2]
    visitor = stranger()
    visitor.follow_redirects = False
    set_cookies = use(visitor, token).headers.get_list("set-cookie")
    assert len(set_cookies) == 2
    for one in set_cookies:
        assert "HttpOnly" in one and "SameSite=strict" in one and "8080" in one.partition("=")[0]


def test_guessing_links_is_slowed_down(stranger: Stranger) -> None:
    visitor = stranger()
    codes = [use(visitor, f"guess {number}").status_code for number in range(25)]
    assert codes[:20] == [400] * 20
    assert set(codes[20:]) == {403}


def test_an_allowance_comes_back() -> None:
    now = 0.0
    allowance = Allowance(most=2, seconds=10, now=lambda: now)
    assert [allowance.takes("a"), allowance.takes("a"), allowance.takes("a"), allowance.takes("b")] == [
        True, True, False, True,
    ]  # fmt: skip
    now = 10.0
    assert allowance.takes("a")


def test_the_log_names_no_path_and_no_secret(
    join: Join, caplog: pytest.LogCaptureFixture, workspace: Workspace
) -> None:
    with caplog.at_level(logging.INFO, "pdpo_audit.review"):
        visitor = join("Chan Tai Man")
        visitor.get(f"/case/{cluster(workspace)}?path=archive/again.png")
    assert "GET /case/{key} 200" in caplog.text
    assert "again.png" not in caplog.text and cluster(workspace) not in caplog.text
    assert [value for value in visitor.cookies.values() if value in caplog.text] == []


def test_identity_in_a_header_is_ignored(stranger: Stranger) -> None:
    for name in ("remote-user", "x-forwarded-user", "x-remote-user", "x-forwarded-email"):
        assert stranger().get("/queue", headers={name: "Chan Tai Man"}).status_code == 401
    forwarded = {"x-forwarded-host": "evil.test", "x-forwarded-for": "127.0.0.1", "forwarded": "for=127.0.0.1"}
    assert stranger().get("/queue", headers=forwarded).status_code == 401


def cluster(workspace: Workspace) -> str:
    (row,) = workspace.table("clusters").itertuples()
    return str(row.cluster_id)
