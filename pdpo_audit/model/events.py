"""The event log's chain: each event carries the digest of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

#: The digest "before" the first event.
GENESIS = bytes(32)


#: What an event tells beside its kind.
Details = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: ``at`` is ISO 8601 in UTC, ``actor`` a person or ``pdpo-audit``."""

    sequence: int
    at: str
    actor: str
    kind: str
    details: Details


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An event with its place in the chain: ``digest = SHA-256(previous + canonical JSON of the event)``."""

    event: Event
    previous: bytes
    digest: bytes


def chain(event: Event, previous: bytes) -> ChainedEvent:
    """Hang ``event`` onto the chain whose last digest is ``previous``."""
    return ChainedEvent(event=event, previous=previous, digest=hashlib.sha256(previous + canonical(event)).digest())


def canonical(event: Event) -> bytes:
    """The bytes that are hashed: JSON with sorted keys, no spaces, UTF-8."""
    fields = {
        "sequence": event.sequence,
        "at": event.at,
        "actor": event.actor,
        "kind": event.kind,
        "details": event.details,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def first_broken(log: Iterable[ChainedEvent]) -> int | None:
    """The place (from 0) of the first event that was edited, removed, added or moved; ``None`` if the log is whole.

    A log cut off at its end is whole by itself: its head must be compared with one that was signed.
    """
    previous = GENESIS
    for place, entry in enumerate(log):
        if entry.event.sequence != place + 1 or entry.previous != previous or chain(entry.event, previous) != entry:
            return place
        previous = entry.digest
    return None
