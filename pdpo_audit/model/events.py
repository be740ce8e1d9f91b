"""The event log's chain: each event carries the digest of the one before it, and of what it tells.

What an event tells (who did it, and the details) is chained as a salted digest. The text can end before the log does,
and the chain still verifies; without the salt nobody can try out which text it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

#: The digest "before" the first event.
GENESIS = bytes(32)

#: The event that closes the texts of events of version 0.1.0, which were chained in the clear.
EARLY_TEXTS_FORGOTTEN = "texts of early events forgotten"


#: The event of a catalogue that a backup was put in place of; it names the sealed audits that are younger.
RESTORED = "catalogue restored"

#: The events by which decisions on findings are made and taken back.
DECIDED, TAKEN_BACK = "finding decided", "decision taken back"

#: Events whose texts do not end: the rest of the log cannot be checked without them.
LASTING = frozenset({EARLY_TEXTS_FORGOTTEN, RESTORED})

#: What an event tells beside its kind.
Details = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: ``at`` is ISO 8601 with its zone, ``actor`` a person or ``pdpo-audit``.

    ``actor`` and ``details`` are empty once their text was forgotten.
    """

    sequence: int
    at: str
    actor: str
    kind: str
    details: Details


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An event with its place in the chain.

    ``told`` is SHA-256 of ``salt`` and the canonical JSON of actor and details; ``digest`` is SHA-256 of ``previous``
    and the canonical JSON of at, kind, sequence and ``told``. An event of version 0.1.0 has neither ``salt`` nor
    ``told``: its digest covers the canonical JSON of the whole event. ``forgotten`` says that the text is gone.
    """

    event: Event
    previous: bytes
    digest: bytes
    told: bytes = b""
    salt: bytes = b""
    forgotten: bool = False


def chain(event: Event, previous: bytes, salt: bytes = b"") -> ChainedEvent:
    """Hang ``event`` onto the chain whose last digest is ``previous``; without ``salt`` as version 0.1.0 did."""
    if not salt:
        return ChainedEvent(event=event, previous=previous, digest=hashlib.sha256(previous + canonical(event)).digest())
    told = tell(event, salt)
    return ChainedEvent(event=event, previous=previous, digest=link(event, previous, told), told=told, salt=salt)


def tell(event: Event, salt: bytes) -> bytes:
    """The salted digest of what an event tells."""
    return hashlib.sha256(salt + _json({"actor": event.actor, "details": event.details})).digest()


def link(event: Event, previous: bytes, told: bytes) -> bytes:
    """The digest of an event whose text stands apart."""
    fields = {"at": event.at, "kind": event.kind, "sequence": event.sequence, "told": told.hex()}
    return hashlib.sha256(previous + _json(fields)).digest()


def canonical(event: Event) -> bytes:
    """The bytes that version 0.1.0 hashed: JSON with sorted keys, no spaces, UTF-8."""
    fields = {
        "sequence": event.sequence,
        "at": event.at,
        "actor": event.actor,
        "kind": event.kind,
        "details": event.details,
    }
    return _json(fields)


def withhold(entry: ChainedEvent) -> ChainedEvent:
    """The event without who did it and what it tells, for those who may see the chain and not the text."""
    event = replace(entry.event, actor="", details={})
    return replace(entry, event=event, salt=b"", forgotten=True)


def first_broken(log: Iterable[ChainedEvent], *, withheld: bool = False) -> int | None:
    """The place (from 0) of the first event that was edited, removed, added or moved; ``None`` if the log is whole.

    A log cut off at its end is whole by itself: its head must be compared with one that was signed. ``withheld`` says
    that texts were kept back on purpose: those of version 0.1.0 then have nothing that closes them.
    """
    previous = GENESIS
    early: list[ChainedEvent] = []
    for place, entry in enumerate(log):
        if entry.event.sequence != place + 1 or entry.previous != previous or not _stands(entry):
            return place
        if entry.forgotten and not entry.told:
            early.append(entry)
        elif entry.event.kind == EARLY_TEXTS_FORGOTTEN and not entry.forgotten and not withheld:
            if entry.event.details.get("sha256") != outlines(early[: _count(entry)]):
                return place
            early = early[_count(entry) :]
        previous = entry.digest
    return early[0].event.sequence - 1 if early and not withheld else None


def outlines(early: Iterable[ChainedEvent]) -> str:
    """SHA-256 (hex) of what stays of early events without their text; an event in the log keeps it."""
    digest = hashlib.sha256()
    for one in early:
        fields = [one.event.sequence, one.event.at, one.event.kind, one.previous.hex(), one.digest.hex()]
        digest.update(_json(fields) + b"\n")
    return digest.hexdigest()


def _count(entry: ChainedEvent) -> int:
    count = entry.event.details.get("events")
    return count if isinstance(count, int) else 0


def _stands(entry: ChainedEvent) -> bool:
    """Whether an event carries the digest that it must."""
    event = entry.event
    if not entry.told:
        return entry.forgotten or chain(event, entry.previous) == entry
    if link(event, entry.previous, entry.told) != entry.digest:
        return False
    return entry.forgotten or (bool(entry.salt) and tell(event, entry.salt) == entry.told)


def written(value: object) -> str:
    """JSON with sorted keys and no spaces; half of a surrogate pair, as odd file names bring, as its escape."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode()


def _json(value: object) -> bytes:
    return written(value).encode()
