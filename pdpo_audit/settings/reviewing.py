"""The review pages: where they are served, and how long somebody may stay."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal

from pydantic import Field, model_validator

from pdpo_audit.settings.sections import Section

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: A provider is asked over TLS, except on this machine.
_ISSUER = re.compile(r"oidc:(https://[^\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?)")


class TlsSettings(Section):
    """Certificate (with its issuers) and key of the server, PEM files; needed to be reached from other machines."""

    certificate: str = ""
    key: str = ""


class ReviewSettings(Section):
    """The review pages: on this machine only, unless a certificate makes the way to them private."""

    #: Address and port; port 0 is any free one.
    bind: str = "127.0.0.1:0"
    #: The name under which other machines reach it, as it stands in the certificate.
    host: str = ""
    tls: TlsSettings = TlsSettings()
    #: Minutes without a request after which a session ends; none lasts longer than twelve hours.
    idle_minutes: int = Field(default=30, ge=1, le=720)
    #: Minutes for which a batch of cases is somebody's, counted from the last decision; then it goes back.
    lease_minutes: int = Field(default=30, ge=1, le=720)
    #: Share of the decisions that a second person reads without knowing them, and those of which they read each one.
    second_look: float = Field(default=0.05, ge=0, le=1)
    always_second: tuple[Literal["agree", "disagree", "keep", "erase", "restrict", "mask"], ...] = ("keep",)

    #: Who people are, beside personal links: ``oidc:ISSUER``, or ``header:NAME@PEERS`` of a proxy (addresses, commas).
    identity: str = ""
    #: This program's name at the provider; where its secret there stands, or the one that the proxy sends.
    client_id: str = "pdpo-audit"
    identity_secret: str = Field(default="", pattern=r"^((env|file):.+)?$")
    #: What names somebody: an e-mail address that the provider vouches for, or the login in [[people]].
    identity_claim: Literal["email", "preferred_username", "sub"] = "email"
    #: The address under which a proxy on this machine serves the pages, where it ends TLS.
    public_url: str = Field(default="", pattern=r"^(https://[A-Za-z0-9.-]+(:\d{1,5})?)?$")

    @property
    def issuer(self) -> str:
        """The identity provider's address; empty where none is named."""
        kind, _, rest = self.identity.partition(":")
        return rest if kind == "oidc" else ""

    @property
    def proxy(self) -> tuple[str, tuple[Network, ...]] | None:
        """The proxy's header, and the addresses from which it counts."""
        kind, _, rest = self.identity.partition(":")
        name, _, peers = rest.partition("@")
        return (name, tuple(map(ipaddress.ip_network, peers.split(",")))) if kind == "header" else None

    @property
    def address(self) -> tuple[str, int]:
        """Where to listen."""
        name, _, port = self.bind.rpartition(":")
        return name.strip("[]"), int(port)

    @property
    def is_local(self) -> bool:
        """Whether nobody but this machine can reach it."""
        name = self.address[0]
        return name == "localhost" or ipaddress.ip_address(name).is_loopback

    @model_validator(mode="after")
    def _elsewhere_only_with_a_certificate(self) -> ReviewSettings:
        if not re.fullmatch(r"(localhost|\[[0-9A-Fa-f:.]+\]|[0-9.]+):\d{1,5}", self.bind):
            raise ValueError(f'bind is an address with a port, such as "127.0.0.1:8080"; not "{self.bind}"')
        if not self.is_local and not (self.tls.certificate and self.tls.key and self.host):
            raise ValueError("other machines reach the pages only with host, tls.certificate and tls.key")
        return self

    @model_validator(mode="after")
    def _identities_can_be_trusted(self) -> ReviewSettings:
        if self.identity and not _ISSUER.fullmatch(self.identity) and not self._names_proxy():
            raise ValueError(
                'identity is "oidc:https://ISSUER" or "header:NAME@ADDRESS,ADDRESS" with the addresses of the proxy;'
                f' not "{self.identity}"'
            )
        if self.identity.startswith("header:") and not self.identity_secret:
            raise ValueError("a proxy's header counts only with identity_secret (env:VARIABLE or file:PATH)")
        return self

    def _names_proxy(self) -> bool:
        if not re.fullmatch(r"header:[A-Za-z0-9-]+@[0-9A-Fa-f:./,]+", self.identity):
            return False
        try:
            return bool(self.proxy)
        except ValueError:
            return False
