"""Identity that a proxy vouches for in a header: only from its addresses, only with the secret that both know."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass

from starlette.requests import Request

#: The header with the shared secret.
SECRET_HEADER = "x-pdpo-audit-secret"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyHeader:
    """The header that names a person, the addresses from which it counts, the secret that comes with it."""

    name: str
    peers: tuple[Network, ...]
    secret: str

    def named_in(self, request: Request) -> str:
        """Whom the proxy names; empty where this request is not from it, or names nobody or several."""
        if not self._is_from_proxy(request):
            return ""
        named = request.headers.getlist(self.name)
        return named[0].strip() if len(named) == 1 else ""

    def _is_from_proxy(self, request: Request) -> bool:
        secrets = request.headers.getlist(SECRET_HEADER)
        if len(secrets) != 1 or not hmac.compare_digest(secrets[0].encode("latin-1"), self.secret.encode()):
            return False
        try:
            peer = ipaddress.ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(peer.version == one.version and peer in one for one in self.peers)
