"""A notice to a webhook: JSON, signed with a shared secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

#: Seconds that the receiver may take for each answer.
PATIENCE = 10.0


class _Stay(HTTPRedirectHandler):
    """What was meant for one receiver goes to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Never."""


def post_notice(url: str, document: Mapping[str, object], *, secret: str, identity: str, at: int) -> None:
    """Post a notice; ``OSError`` where the receiver did not take it (any answer but 2xx).

    ``X-PDPO-Audit-Signature`` is HMAC-SHA256 (hex) of ``at`` (seconds, as in ``X-PDPO-Audit-Timestamp``), a dot and the
    body. ``Idempotency-Key`` stays the same when a notice comes again because nobody could know whether it had come.
    """
    body = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": identity,
        "X-PDPO-Audit-Timestamp": str(at),
        "X-PDPO-Audit-Signature": f"sha256={sign(secret, at, body)}",
    }
    request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310  the settings let http(s) in only
    with build_opener(_Stay).open(request, timeout=PATIENCE) as answer:
        answer.read(1_000)


def sign(secret: str, at: int, body: bytes) -> str:
    """What a receiver compares with."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
