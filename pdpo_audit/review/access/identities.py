"""The ways in beside personal links, as the settings name them."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.errors import SettingsError
from pdpo_audit.review.access.providers import Provider
from pdpo_audit.review.access.proxies import ProxyHeader
from pdpo_audit.workspace.addresses import read_secret
from pdpo_audit.workspace.project import Project

#: The address to which a provider sends browsers back.
BACK = "/identity/back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """An identity provider, or a proxy that vouches for people; at most one of the two."""

    provider: Provider | None = None
    proxy: ProxyHeader | None = None

    @property
    def are_there(self) -> bool:
        """Whether anybody can come in so."""
        return self.provider is not None or self.proxy is not None


def stated_identities(project: Project, address: str) -> Identities:
    """The ways in of a server at an address.

    :raises MachineError: the secret is not where the settings say.
    """
    settings = project.settings.review
    what = "the secret of [review] identity"
    secret = read_secret(settings.identity_secret, project.folder, what) if settings.identity_secret else ""
    if settings.issuer:
        return Identities(
            provider=Provider(
                issuer=settings.issuer, client_id=settings.client_id, secret=secret, back=f"{address}{BACK}",
                claim=settings.identity_claim,
            )
        )  # fmt: skip
    if settings.proxy is None:
        return Identities()
    if len(secret) < 16:
        raise SettingsError(
            "the secret that the proxy sends is shorter than 16 letters", advice="openssl rand -hex 32 makes one"
        )
    name, peers = settings.proxy
    return Identities(proxy=ProxyHeader(name=name, peers=peers, secret=secret))
