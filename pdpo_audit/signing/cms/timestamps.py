"""RFC 3161 timestamps by URL, with the standard library's HTTP client."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps.api import TimeStamper

from pdpo_audit.errors import MachineError

#: Seconds to wait for the service; a timestamp is one small request.
PATIENCE = 20

#: No timestamp token is larger than this, in bytes; a larger answer is not one.
LARGEST_ANSWER = 1_000_000


class TimestampService(TimeStamper):
    """Asks one RFC 3161 service for timestamps."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The service's answer to ``req``; ``MachineError`` when there is none."""
        return await asyncio.to_thread(_ask, self._url, req.dump())


def stamping_with(url: str) -> TimestampService | None:
    """The service at ``url``; ``None`` when none is named. Only http and https are asked."""
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise MachineError(f"The timestamp address {url!r} is not http or https.", advice="Set signing.timestamp_url.")
    return TimestampService(url)


def _ask(url: str, query: bytes) -> tsp.TimeStampResp:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, data=query, headers=headers, method="POST")  # noqa: S310  scheme checked
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  scheme checked
            body = answer.read(LARGEST_ANSWER)
        return tsp.TimeStampResp.load(body, strict=True)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise MachineError(
            f"The timestamp service {url} gave no timestamp: {error}.",
            advice="Check signing.timestamp_url and the network, or leave it empty to sign without a timestamp.",
        ) from error
