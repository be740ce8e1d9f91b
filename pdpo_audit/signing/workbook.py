"""The sealed workbook: its bytes, and a detached signature that covers every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pdpo_audit.signing.cms import sign_detached
from pdpo_audit.signing.keys import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWorkbook:
    """``workbook``: the XLSX to deliver; ``detached``: the CMS signature over exactly these bytes (DER)."""

    workbook: bytes
    detached: bytes


def seal_workbook(xlsx: bytes, identity: Identity, *, signed_at: datetime, timestamp_url: str = "") -> SealedWorkbook:
    """The workbook with its detached seal. Saving it in a spreadsheet program afterwards breaks the seal."""
    detached = sign_detached(xlsx, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    return SealedWorkbook(workbook=xlsx, detached=detached)
