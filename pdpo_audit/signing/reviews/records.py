"""The record of a periodic review: sealed by itself, and chained to the record before it.

``reviews/0007-held-quarterly-2026-12-31/`` holds ``review.json`` (RFC 8785) and its detached seal ``review.json.p7s``.
A record names the digest of the one before it, of any plan, and the slots that come next: a record that is altered,
removed or moved breaks the chain, and a slot that was passed over in silence is missed by the record that comes after.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import rfc8785

FORMAT = "pdpo-audit review record 1"

#: The files of a record's folder.
RECORD, SEAL = "review.json", "review.json.p7s"
#: Beside the folders: what is to be recorded once the key of the seal is unlocked. Nobody sealed that.
WAITING = "waiting.json"


class RecordKind(StrEnum):
    """What a record tells of its slot. A review that was held is closed once everybody signed, or the next one came."""

    HELD = "held"
    MISSED = "missed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecord:
    """One record. ``next_slots`` names, for each plan that is planned at that moment, the slot that comes next.

    ``planned`` is the plan with what changed of it, ``audit`` names the sealed audit of the review with its manifest's
    digest and states scope, methods, packs and results; ``sign_offs`` and ``decisions`` say what people did by then.
    """

    number: int
    kind: RecordKind
    plan: str
    slot: str
    due_on: str
    at: str
    previous_sha256: str
    next_slots: Mapping[str, str]
    planned: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    began_at: str = ""
    audit: Mapping[str, Any] = field(default_factory=dict)
    decisions: tuple[Mapping[str, Any], ...] = ()
    sign_offs: tuple[Mapping[str, Any], ...] = ()
    draft_reasons: tuple[str, ...] = ()
    organisation: str = ""
    seal_sha256: str = ""

    @property
    def folder(self) -> str:
        """The name of the record's folder."""
        return f"{self.number:04d}-{self.kind.value}-{self.plan}-{self.slot}"


def write_record(record: ReviewRecord) -> bytes:
    """The record in canonical JSON."""
    content = asdict(record) | {"format": FORMAT, "kind": record.kind.value}
    lists = {name: list(content[name]) for name in ("decisions", "sign_offs", "draft_reasons")}
    return rfc8785.dumps(content | lists)


def write_waiting(names: Sequence[str]) -> bytes:
    """What waits for the seal, the oldest first: kind, plan and slot of each record to come."""
    return json.dumps(list(names), ensure_ascii=False, indent=1).encode() + b"\n"


def read_waiting(raw: bytes) -> tuple[str, ...]:
    """What waits for the seal; ``ValueError`` where that is no such list."""
    names = json.loads(raw)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("not a list of what waits for the seal")
    return tuple(names)


def read_record(raw: bytes) -> ReviewRecord:
    """The record in ``raw``; ``ValueError`` unless it is exactly as this program writes one."""
    try:
        content = json.loads(raw)
        if content.pop("format") != FORMAT:
            raise ValueError("unknown format")
        lists = {name: tuple(content[name]) for name in ("decisions", "sign_offs", "draft_reasons")}
        record = ReviewRecord(**{**content, **lists, "kind": RecordKind(content["kind"])})
        if write_record(record) != raw:
            raise ValueError("not written as this program writes records")
    except (KeyError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"not a record of a review: {type(error).__name__}: {error}") from error
    return record
