"""Identities of elsewhere: a real OpenID provider, a proxy's header; what cannot be trusted opens nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import ValidationError

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.review.access.identities import BACK, Identities, stated_identities
from pdpo_audit.review.access.providers import Pending, Provider
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.settings.reviewing import ReviewSettings
from pdpo_audit.workspace.review.invitations import invite, reviewer_of, revoke
from pdpo_audit.workspace.review.reviewers import Reviewer, Right
from tests.review.conftest import HOST, ORIGIN, Visitor
from tests.review.test_deciding import Join

SECRET = "a secret that only the two know"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that certifies the e-mail addresses of two people, and not that of a third."""
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        address = f"http://localhost:{server.server_port}"
        for sub, email, verified in (
            ("chan", "Chan@example.hk", True), ("stranger", "x@example.hk", True), ("ho", "ho.mei@example.hk", False),
            ("lee", "lee@example.hk", True),
        ):  # fmt: skip
            claims: dict[str, Any] = {"email": email, "email_verified": verified}
            requests.put(f"{address}/users/{sub}", json=claims, timeout=10).raise_for_status()
        yield address


def state(workspace: Workspace, review: str) -> None:
    """Let the settings say who people are elsewhere, and how the pages know them."""
    file = workspace.project.settings_path
    text = file.read_text("utf-8")
    for name, login in (("Chan Tai Man", "chan"), ("Ho Mei", "ho.mei"), ("Lee Left", "lee")):
        said = f'name = "{name}"\nemail = "{login}@example.hk"\nlogin = "{login}"'
        text = text.replace(f'name = "{name}"', said)
    file.write_text(f"{text}\n[review]\n{review}\n", "utf-8")
    workspace.project.reload()


@pytest.fixture
def provided(
    house: House, workspace: Workspace, issuer: str, stranger: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Visitor]:
    """Browsers of pages that know an identity provider."""
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    state(workspace, f'identity = "oidc:{issuer}"\nidentity_secret = "env:CLIENT_SECRET"')
    house.identities = stated_identities(house.project, ORIGIN)
    return stranger


def sign_in(visitor: Visitor, sub: str, action: str = "") -> str:
    """Go to the provider and sign in there; gives where it sends the browser back."""
    begun = visitor.get("/identity", follow_redirects=False)
    assert begun.status_code == 303
    form = {"action": action} if action else {"sub": sub}
    sent = requests.post(begun.headers["location"], data=form, allow_redirects=False, timeout=10)
    return sent.headers["location"]


def come_back(visitor: Visitor, address: str) -> Any:
    """As a browser does: the page that goes on by itself, then where it goes."""
    assert address.startswith(f"{ORIGIN}{BACK}?")
    page = visitor.get(address.removeprefix(ORIGIN))
    found = re.search(r'content="0;url=([^"]+)"', page.text)
    assert found is not None and "pdpo_session" not in str(page.headers)
    return visitor.get(unescape(found[1]))


def who(house: House, visitor: Visitor) -> Reviewer | None:
    session, browser = (str(visitor.cookies.get(f"pdpo_{name}_8080", "")) for name in ("session", "browser"))
    return reviewer_of(house.project, session, browser)


def test_somebody_signs_in_at_a_provider(house: House, provided: Callable[[], Visitor], join: Join) -> None:
    visitor = provided()
    assert "/identity" in visitor.get("/join").text
    entered = come_back(visitor, sign_in(visitor, "chan"))
    assert entered.url.path == "/" and entered.status_code == 200 and "Chan Tai Man" in entered.text
    found = who(house, visitor)
    assert found and (found.name, found.way) == ("Chan Tai Man", "oidc") and found.may(Right.APPROVE)
    told = [one.event.details for one in house.project.store.events() if one.event.kind == "signed in"]
    assert told == [{"person": "Chan Tai Man", "way": "oidc"}]


def test_a_link_is_no_identity_for_approving_an_erasure(house: House, join: Join) -> None:
    found = who(house, join("Chan Tai Man"))
    assert found and found.way == "link" and found.may(Right.DECIDE) and not found.may(Right.APPROVE)


@pytest.mark.parametrize("sub", ["stranger", "ho", "lee"])
def test_nobody_else_comes_in(sub: str, house: House, provided: Callable[[], Visitor]) -> None:
    """Somebody without an entry, an address that the provider does not vouch for, somebody who has left."""
    visitor = provided()
    answer = come_back(visitor, sign_in(visitor, sub))
    assert answer.status_code == 400 and who(house, visitor) is None
    assert visitor.get("/queue").status_code == 401


def test_whoever_refuses_at_the_provider_is_not_in(provided: Callable[[], Visitor]) -> None:
    visitor = provided()
    assert come_back(visitor, sign_in(visitor, "", action="deny")).status_code in (400, 403)


def test_a_sign_in_ends_once_and_in_its_own_browser(house: House, provided: Callable[[], Visitor]) -> None:
    visitor, other = provided(), provided()
    address = sign_in(visitor, "chan")
    assert come_back(other, address).status_code == 403 and who(house, other) is None
    assert come_back(visitor, address).status_code == 200
    assert come_back(visitor, address).status_code == 403  # the state is spent, and its cookie gone
    query = parse_qs(urlsplit(address).query)
    with pytest.raises(CallError, match="under way"):
        house.identities.provider.finish({key: value[0] for key, value in query.items()})  # type: ignore[union-attr]


def test_a_session_ends_with_revoking_and_with_the_setting(
    house: House, workspace: Workspace, provided: Callable[[], Visitor]
) -> None:
    one, other = provided(), provided()
    come_back(one, sign_in(one, "chan"))
    revoke(house.project, "Chan Tai Man")
    assert one.get("/queue").status_code == 401
    come_back(other, sign_in(other, "chan"))
    assert other.get("/queue").status_code == 200
    file = workspace.project.settings_path
    file.write_text(re.sub(r"identity = .*", "", file.read_text("utf-8")), "utf-8")
    assert other.get("/queue").status_code == 401


KEY, OTHER = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})
RIGHT = {"iss": "https://id.example", "aud": "pdpo-audit", "sub": "chan", "nonce": "n", "email": "chan@example.hk"}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """A provider whose description is known."""
    made = Provider(issuer="https://id.example", client_id="pdpo-audit", secret=SECRET, back="x", claim="email")
    described = {"keys": {"keys": [KEY.as_dict(private=False)]}, "issuer": "https://id.example", "token_endpoint": "x",
                 "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}  # fmt: skip
    monkeypatch.setattr(made, "_described", lambda *_: described)
    return made


def token(algorithm: str = "RS256", key: Any = KEY, **changed: Any) -> dict[str, str]:
    now = int(time.time())
    claims = {**RIGHT, "iat": now, "exp": now + 300, **changed}
    header = {"alg": algorithm, "kid": "1"}
    said = {name: value for name, value in claims.items() if value is not None}
    return {"id_token": jwt.encode(header, said, key, algorithms=[algorithm])}


def test_a_right_token_is_read(provider: Provider) -> None:
    assert provider._claims(token(), "n")["email"] == "chan@example.hk"


WRONG: list[dict[str, Any]] = [
    {"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "other"}, {"nonce": None}, {"exp": 1}, {"exp": None},
    {"sub": None}, {"aud": ["pdpo-audit", "another"], "azp": "another"}, {"key": OTHER},
    {"algorithm": "HS256", "key": OctKey.import_key(SECRET)}, {"iat": int(time.time()) + 4000},
]  # fmt: skip


@pytest.mark.parametrize("changed", WRONG, ids=range(len(WRONG)))
def test_a_token_that_proves_nothing_is_refused(
    changed: dict[str, Any], provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider._pending["s"] = Pending(nonce="n", verifier="v", began=time.monotonic())

    class Answers:
        def __enter__(self) -> Answers:
            return self

        def __exit__(self, *_: object) -> None: ...

        def fetch_token(self, *_: object, **__: object) -> dict[str, str]:
            return token(**changed)

    monkeypatch.setattr(provider, "_session", Answers)
    with pytest.raises(CallError, match="not to be trusted"):
        provider.finish({"state": "s", "code": "c"})


def test_a_token_without_a_signature_is_refused(provider: Provider) -> None:
    body = token()["id_token"].split(".")
    none = "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9." + body[1] + "."
    with pytest.raises(Exception, match=r"(?i)alg|signature|not allowed"):
        provider._claims({"id_token": none}, "n")


def test_another_issuer_in_the_answer_is_refused(provider: Provider) -> None:
    provider._pending["s"] = Pending(nonce="n", verifier="v", began=time.monotonic())
    with pytest.raises(CallError, match="another identity provider"):
        provider.finish({"state": "s", "code": "c", "iss": "https://evil.example"})


@pytest.fixture
def proxied(house: House, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Visitor]:
    """Browsers behind a proxy, or who pretend to be."""
    monkeypatch.setenv("PROXY_SECRET", SECRET)
    state(workspace, 'identity = "header:X-Forwarded-User@10.0.0.0/24,fd00::1"\nidentity_claim = "sub"\n'
                     'identity_secret = "env:PROXY_SECRET"')  # fmt: skip
    house.identities = stated_identities(house.project, ORIGIN)

    def made(peer: str = "10.0.0.7", user: str | None = "chan", secret: str | None = SECRET) -> Visitor:
        said = {"x-forwarded-user": user, "x-pdpo-audit-secret": secret}
        headers = {name: value for name, value in said.items() if value is not None}
        return Visitor(
            application(house, scheme="http", hosts={HOST}), base_url=ORIGIN, headers=headers, client=(peer, 5000),
            raise_server_exceptions=False,
        )  # fmt: skip

    return made


@pytest.mark.parametrize("peer", ["10.0.0.7", "fd00::1"])
def test_a_proxy_vouches_for_people(peer: str, house: House, proxied: Callable[..., Visitor]) -> None:
    visitor = proxied(peer)
    assert visitor.get("/identity").url.path == "/"
    found = who(house, visitor)
    assert found and (found.name, found.way) == ("Chan Tai Man", "header") and not found.may(Right.APPROVE)


PRETENDERS: list[dict[str, Any]] = [
    {"peer": "10.0.1.7"}, {"peer": "127.0.0.1"}, {"peer": "fd00::2"}, {"secret": None}, {"secret": "a guess"},
    {"secret": ""}, {"user": None}, {"user": ""}, {"user": "nobody"}, {"user": "chan, ho.mei"},
]  # fmt: skip


@pytest.mark.parametrize("pretended", PRETENDERS, ids=str)
def test_a_header_of_anybody_else_is_ignored(
    pretended: dict[str, Any], house: House, proxied: Callable[..., Visitor]
) -> None:
    visitor = proxied(**pretended)
    assert visitor.get("/identity").status_code == 400
    assert who(house, visitor) is None and visitor.get("/queue").status_code == 401


def test_a_name_that_is_said_twice_names_nobody(proxied: Callable[..., Visitor]) -> None:
    headers = [("x-forwarded-user", "chan"), ("x-forwarded-user", "ho.mei"), ("x-pdpo-audit-secret", SECRET)]
    assert proxied(user=None, secret=None).get("/identity", headers=headers).status_code == 400


def test_a_session_is_over_when_the_proxy_names_another_or_is_gone_around(
    house: House, proxied: Callable[..., Visitor]
) -> None:
    visitor = proxied()
    visitor.get("/identity")
    assert visitor.get("/queue").status_code == 200
    for pretended in ({"user": "ho.mei"}, {"user": None}, {"peer": "10.0.1.7"}, {"secret": "a guess"}):
        other = proxied(**pretended)
        other.cookies = visitor.cookies
        assert other.get("/queue").status_code == 401, pretended
    assert visitor.get("/queue").status_code == 200


def test_without_the_setting_headers_mean_nothing(house: House, stranger: Callable[[], Visitor]) -> None:
    visitor = stranger()
    headers = {"x-forwarded-user": "chan", "x-pdpo-audit-secret": SECRET}
    assert visitor.get("/identity", headers=headers).status_code == 400
    assert visitor.get("/queue", headers=headers).status_code == 401


def test_behind_a_proxy_that_ends_tls_cookies_are_secure(house: House) -> None:
    app = application(house, scheme="https", hosts={"audit.example.hk"})
    visitor = Visitor(app, base_url="http://audit.example.hk", follow_redirects=False)
    secret = invite(house.project, "Chan Tai Man").link.rpartition("=")[2]
    refused = visitor.post("/join", data={"token": secret}, headers={"origin": "http://audit.example.hk"})
    assert refused.status_code == 403
    taken = visitor.post("/join", data={"token": secret}, headers={"origin": "https://audit.example.hk"})
    assert taken.status_code == 303
    cookies = taken.headers.get_list("set-cookie")
    assert len(cookies) == 2 and all("Secure" in one and "SameSite=strict" in one for one in cookies)
    assert taken.headers["strict-transport-security"]


@pytest.mark.parametrize(
    "settings",
    [
        {"bind": "0.0.0.0:443"}, {"bind": "0.0.0.0:443", "identity": "oidc:https://id.example"},
        {"bind": "0.0.0.0:443", "public_url": "https://audit.example.hk"}, {"identity": "oidc:http://id.example"},
        {"identity": "header:X-User@10.0.0.1"}, {"identity": "header:X-User", "identity_secret": "env:A"},
        {"identity": "header:X-User@", "identity_secret": "env:A"}, {"identity": "saml:https://id.example"},
        {"identity": "header:X-User@10.0.0.0/99", "identity_secret": "env:A"}, {"identity_secret": "plain"},
        {"public_url": "http://audit.example.hk"}, {"public_url": "https://audit.example.hk/path"},
    ],
    ids=str,
)  # fmt: skip
def test_settings_that_nobody_could_trust_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ReviewSettings.model_validate(settings)


def test_a_short_secret_of_a_proxy_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY_SECRET", "short")
    state(workspace, 'identity = "header:X-User@10.0.0.1"\nidentity_secret = "env:PROXY_SECRET"')
    with pytest.raises(SettingsError, match="shorter"):
        stated_identities(workspace.project, ORIGIN)
    assert not Identities().are_there
