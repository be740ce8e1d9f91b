"""Requests to a store by HTTP: bounded in length and time, repeated where it is busy, given up where it stays away."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

import httpx2

from pdpo_audit.model.locations.holdings import SkipReason

#: Seconds for a connection and between two blocks; in all for one answer: a server that drips costs itself.
_PATIENCE, _IN_ALL = 20.0, 300.0
#: Bytes of a file that a store without ranges may send at once.
_WITHOUT_RANGES = 400_000_000
#: Tries of one request, the longest pause between two, and how long a store that failed all is left alone (seconds).
_TRIES, _PAUSE, _DOWN = 4, 20.0, 60.0
_BUSY = frozenset({429, 500, 502, 503, 504})


class RefusedError(Exception):
    """What a store answered instead of what was asked."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a store answered: its status, its headers in small letters, and all bytes that it sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class Session:
    """Requests to one store, repeated where it is busy, given up where it stays away."""

    address: str
    login: tuple[str, str] | None
    _client: httpx2.Client | None = field(default=None, repr=False)
    _down_until: float = 0.0

    def request(self, method: str, path: bytes, most: int, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """An answer of at most ``most`` bytes. Raises ``RefusedError``."""
        if time.monotonic() < self._down_until:
            raise RefusedError(SkipReason.READ_ERROR, "the store does not answer")
        pause, why = 0.5, ""
        for number in range(_TRIES):
            try:
                answer = self._once(method, path, most, headers, body)
            except httpx2.HTTPError as error:
                why = f"the store does not answer: {type(error).__name__}"
            else:
                if answer.status not in _BUSY:
                    return answer
                why = f"the store is busy (status {answer.status})"
                pause = _wished(answer.headers.get("retry-after", ""), pause)
            if number < _TRIES - 1:
                time.sleep(min(pause, _PAUSE))
                pause *= 2
        self._down_until = time.monotonic() + _DOWN
        raise RefusedError(SkipReason.READ_ERROR, why)

    def _once(self, method: str, path: bytes, most: int, headers: Mapping[str, str], body: bytes) -> Answer:
        if self._client is None:
            self._client = httpx2.Client(
                auth=self.login, timeout=_PATIENCE, follow_redirects=False, trust_env=False,
                headers={"accept-encoding": "identity", "user-agent": "pdpo-audit"},
            )  # fmt: skip
        url, began, parts, size = self.address + quote_from_bytes(path), time.monotonic(), list[bytes](), 0
        with self._client.stream(method, url, headers=dict(headers), content=body or None) as response:
            if "range" in headers and response.status_code == 200:  # it knows no ranges, and sends all
                most = _WITHOUT_RANGES
            for block in response.iter_raw():
                size += len(block)
                if size > most:
                    raise RefusedError(SkipReason.TOO_LARGE, f"the store sends more than the {most} bytes it announced")
                if time.monotonic() - began > _IN_ALL:
                    raise RefusedError(SkipReason.TIMED_OUT, f"the store takes more than {_IN_ALL:g} s for one answer")
                parts.append(block)
        return Answer(status=response.status_code, headers=dict(response.headers), body=b"".join(parts))

    def close(self) -> None:
        """Close the connections; the next request opens them anew."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _wished(said: str, otherwise: float) -> float:
    """The pause that a store asks for, in seconds."""
    return float(said) if said.isdigit() else otherwise
