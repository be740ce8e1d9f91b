"""OpenID Connect: who somebody is by the organisation's identity provider; the code flow with PKCE, by Authlib."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pdpo_audit.errors import CallError, MachineError

#: Signatures that only the provider can make; what is signed with our own secret, or not at all, proves nothing.
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
#: Seconds for which a sign-in may be under way, how many may be at once, and after which the provider is asked anew.
_PATIENCE, _MOST, _FRESH = 600, 1000, 3600
#: Seconds for one answer of the provider, and by which its clock may differ.
_TIMEOUT, _LEEWAY = 10, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sign-in that is under way."""

    nonce: str
    verifier: str
    began: float


@dataclass(kw_only=True)
class Provider:
    """An identity provider; ``back`` is the address to which it sends browsers back, ``claim`` what names a person."""

    issuer: str
    client_id: str
    secret: str
    back: str
    claim: str
    _pending: dict[str, Pending] = field(default_factory=dict)
    _metadata: tuple[float, Mapping[str, Any]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> tuple[str, str]:
        """Where the browser goes to sign in, and the state with which it has to come back.

        :raises MachineError: the provider cannot be reached.
        """
        from authlib.common.security import generate_token

        nonce, verifier = generate_token(32), generate_token(64)
        with self._session() as session:
            address, state = session.create_authorization_url(
                self._described()["authorization_endpoint"], state=generate_token(32), nonce=nonce,
                code_verifier=verifier,
            )  # fmt: skip
        now = time.monotonic()
        with self._lock:
            self._pending = {key: one for key, one in self._pending.items() if now - one.began < _PATIENCE}
            while len(self._pending) >= _MOST:
                self._pending.pop(next(iter(self._pending)))
            self._pending[state] = Pending(nonce=nonce, verifier=verifier, began=now)
        return str(address), str(state)

    def finish(self, answer: Mapping[str, str]) -> str:
        """Who came back: the value of the claim. Each sign-in ends once.

        :raises CallError: the answer is none of ours, refused, or not to be trusted.
        :raises MachineError: the provider cannot be reached.
        """
        with self._lock:
            begun = self._pending.pop(answer.get("state", ""), None)
        if begun is None or time.monotonic() - begun.began >= _PATIENCE:
            raise CallError("this sign-in is none that is under way", advice="sign in again")
        if answer.get("iss", self.issuer) != self.issuer:
            raise CallError("another identity provider answered")
        if "code" not in answer:
            raise CallError("the identity provider refused", advice="ask whoever runs it")
        return self._told(answer["code"], begun)

    def _told(self, code: str, begun: Pending) -> str:
        import requests
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        try:
            with self._session() as session:
                token = session.fetch_token(
                    self._described()["token_endpoint"], code=code, code_verifier=begun.verifier, timeout=_TIMEOUT
                )
                claims = self._claims(token, begun.nonce)
                if self.claim not in claims and "userinfo_endpoint" in self._described():
                    more = session.get(self._described()["userinfo_endpoint"], timeout=_TIMEOUT).json()
                    claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        except requests.RequestException as error:
            raise _unreachable() from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CallError(f"what the identity provider said is not to be trusted ({type(error).__name__})") from error
        if self.claim == "email" and claims.get("email_verified") is not True:
            raise CallError("the identity provider does not vouch for this e-mail address")
        return str(claims.get(self.claim) or "")

    def _claims(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """What the ID token says, once its signature, issuer, audience, nonce and times are right."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        stated = self._described().get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(algorithms=sorted(_ALGORITHMS.intersection(stated)), strict_check_header=False)
        try:
            keys: Any = KeySet.import_key_set(self._described()["keys"])
            read = jwt.decode(token["id_token"], key=keys, registry=registry)
        except InvalidKeyIdError:  # the provider has taken another key since
            keys = KeySet.import_key_set(self._described(anew=True)["keys"])
            read = jwt.decode(token["id_token"], key=keys, registry=registry)
        options = {
            "iss": {"essential": True, "values": [self.issuer]}, "aud": {"essential": True, "values": [self.client_id]},
            "nonce": {"essential": True}, "exp": {"essential": True}, "sub": {"essential": True},
        }  # fmt: skip
        known = {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token", "")}
        claims = CodeIDToken(read.claims, read.header, options, known)
        claims.validate(leeway=_LEEWAY)
        return dict(claims)

    def _described(self, anew: bool = False) -> Mapping[str, Any]:
        """What the provider says of itself, with its keys under ``keys``.

        :raises MachineError: it cannot be reached, or what is there is another provider.
        """
        import requests

        now = time.monotonic()
        if self._metadata is not None and not anew and now - self._metadata[0] < _FRESH:
            return self._metadata[1]
        try:
            found = self._read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise MachineError("[review] identity: the provider calls itself otherwise than the settings do")
            found["keys"] = self._read(str(found["jwks_uri"]))
        except (requests.RequestException, ValueError, KeyError) as error:
            raise _unreachable() from error
        self._metadata = (now, found)
        return found

    def _read(self, address: str) -> dict[str, Any]:
        import requests

        answer = requests.get(address, timeout=_TIMEOUT)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _session(self) -> Any:
        try:
            from authlib.integrations.requests_client import OAuth2Session
        except ModuleNotFoundError as error:
            raise MachineError(
                "signing in by an identity provider needs Authlib", advice='pip install "pdpo-audit[oidc]"'
            ) from error
        method = "client_secret_basic" if self.secret else "none"
        return OAuth2Session(
            self.client_id, self.secret or None, scope="openid email profile", redirect_uri=self.back,
            code_challenge_method="S256", token_endpoint_auth_method=method,
        )  # fmt: skip


def _unreachable() -> MachineError:
    return MachineError("the identity provider cannot be reached now", advice="try again, or use your personal link")
