"""The certificate of a plan as a record: canonical JSON that fixes every file beside it and the head of the log."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pdpo_audit.model.disposition.writing import canonical

FORMAT = "pdpo-audit certificate of disposition 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate vouches for; ``files_sha256`` are the files of its folder, ``log_head`` the digest of the last
    entry of the log, ``states`` how many lines stand where, ``supersedes`` the digest of an earlier certificate of the
    same plan (empty: none)."""

    certificate_id: str
    plan_id: str
    plan_sha256: str
    organisation: str
    at: str
    by: str
    tool: str
    seal_sha256: str
    log_entries: int
    log_head: str
    states: Mapping[str, int]
    left_alone: Mapping[str, int]
    methods: Mapping[str, int]
    not_reached: tuple[str, ...]
    files_sha256: Mapping[str, str]
    supersedes: str = ""


def write_certificate(certificate: Certificate) -> bytes:
    """The certificate as it is sealed."""
    return canonical({"format": FORMAT, **dataclasses.asdict(certificate)})


def read_certificate(raw: bytes) -> Certificate:
    """The certificate in ``raw``; ``ValueError`` unless it is exactly as this program writes one."""
    try:
        content: dict[str, Any] = json.loads(raw)
        if content.pop("format") != FORMAT:
            raise ValueError("its form is unknown")
        content["not_reached"] = tuple(map(str, content["not_reached"]))
        found = Certificate(**content)
        if write_certificate(found) != raw:
            raise ValueError("not written as this program writes certificates")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no certificate: {type(error).__name__}: {error}") from error
    return found
