"""Requests to a store by HTTP: bounded in length and time, repeated where it is busy, given up where it stays away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

import httpx2

from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.sources.stores.answers import RefusedError
from pdpo_audit.sources.stores.lines import PATIENCE, BusyError, Line

#: Bytes of a file that a store without ranges may send at once.
_WITHOUT_RANGES = 400_000_000
_BUSY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a store answered: its status, its headers in small letters, and all bytes that it sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class Session:
    """Requests to one store."""

    address: str
    login: tuple[str, str] | None = field(repr=False)
    _line: Line[httpx2.Client] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._line = Line(dial=self._dial, hang_up=httpx2.Client.close, broken=(httpx2.HTTPError,))

    def request(self, method: str, path: bytes, most: int, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """An answer of at most ``most`` bytes. Raises ``RefusedError``."""
        return self._line.ask(lambda client: self._once(client, method, path, most, headers, body))

    def _dial(self) -> httpx2.Client:
        return httpx2.Client(
            auth=self.login, timeout=PATIENCE, follow_redirects=False, trust_env=False,
            headers={"accept-encoding": "identity", "user-agent": "pdpo-audit"},
        )  # fmt: skip

    def _once(
        self, client: httpx2.Client, method: str, path: bytes, most: int, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        url, parts, size = self.address + quote_from_bytes(path), list[bytes](), 0
        with client.stream(method, url, headers=dict(headers), content=body or None) as response:
            if response.status_code in _BUSY:
                raise BusyError(f"it is busy (status {response.status_code})", _wished(response.headers))
            if response.status_code == 401:  # nobody gets in any more, whatever is asked for
                raise RefusedError(SkipReason.NOT_REACHED, "the login is refused (status 401)")
            if "range" in headers and response.status_code == 200:  # it knows no ranges, and sends all
                most = _WITHOUT_RANGES
            for block in response.iter_raw():
                size += len(block)
                if size > most:
                    raise RefusedError(SkipReason.TOO_LARGE, f"the store sends more than the {most} bytes it announced")
                parts.append(block)
        return Answer(status=response.status_code, headers=dict(response.headers), body=b"".join(parts))

    def close(self) -> None:
        """Close the connections; the next request opens them anew."""
        self._line.close()


def _wished(headers: Mapping[str, str]) -> float | None:
    """The pause that a store asks for, in seconds."""
    said = headers.get("retry-after", "")
    return float(said) if said.isdigit() else None
