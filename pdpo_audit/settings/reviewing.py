"""The review pages: where they are served, and how long somebody may stay."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal

from pydantic import Field, model_validator

from pdpo_audit.settings.sections import Section


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
