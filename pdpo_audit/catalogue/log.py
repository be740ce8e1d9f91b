"""The event log: the only module that writes it, in the transaction of what it records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.errors import VerificationError
from pdpo_audit.model.events import (
    GENESIS,
    LASTING,
    ChainedEvent,
    Details,
    Event,
    chain,
    outlines,
    written,
)

_EVENTS, _TEXTS = schema.events, schema.event_texts


def append(
    connection: Connection, kind: str, details: Details, *, at: datetime, actor: str, salt: bytes
) -> ChainedEvent:
    """Chain an event to the newest one; the transaction of ``connection`` must be a writing one."""
    head = connection.execute(
        select(_EVENTS.c.sequence, _EVENTS.c.digest).order_by(_EVENTS.c.sequence.desc()).limit(1)
    ).first()
    sequence, previous = (head.sequence + 1, head.digest) if head else (1, GENESIS)
    when = at.isoformat(timespec="seconds")
    entry = chain(Event(sequence=sequence, at=when, actor=actor, kind=kind, details=details), previous, salt)
    connection.execute(
        insert(_EVENTS).values(
            sequence=sequence, at=when, kind=kind, told=entry.told, previous=entry.previous, digest=entry.digest
        )
    )
    connection.execute(insert(_TEXTS).values(sequence=sequence, salt=salt, actor=actor, details=written(details)))
    return entry


def read(connection: Connection, *, after: int = 0, unread: bool = False) -> Iterator[ChainedEvent]:
    """The events after the one numbered ``after``, in order.

    With ``unread`` an event that no program of ours wrote is given as one that cannot stand in the chain.

    :raises VerificationError: otherwise, where there is such an event.
    """
    query = (
        select(_EVENTS, _TEXTS.c.salt, _TEXTS.c.actor, _TEXTS.c.details)
        .select_from(_EVENTS.outerjoin(_TEXTS, _TEXTS.c.sequence == _EVENTS.c.sequence))
        .where(_EVENTS.c.sequence > after)
        .order_by(_EVENTS.c.sequence)
    )
    rows = connection.execute(query, execution_options={"yield_per": 1_000})
    return (_entry(row, unread=unread) for row in rows)


def of_kind(connection: Connection, kind: str) -> Iterator[ChainedEvent]:
    """The events of one kind whose text has not ended, in order."""
    query = (
        select(_EVENTS, _TEXTS.c.salt, _TEXTS.c.actor, _TEXTS.c.details)
        .join(_TEXTS, _TEXTS.c.sequence == _EVENTS.c.sequence)
        .where(_EVENTS.c.kind == kind)
        .order_by(_EVENTS.c.sequence)
    )
    return (_entry(row, unread=True) for row in connection.execute(query))


def last(connection: Connection) -> int:
    """The number of the newest event, 0 before the first."""
    return int(connection.execute(select(func.max(_EVENTS.c.sequence))).scalar() or 0)


def forget_texts(connection: Connection, before: datetime) -> tuple[int, int, Details | None]:
    """Delete the texts of events that happened before a moment; how many, and the number of the last of them.

    Texts of early events were chained in the clear. The details of the event that must then be appended
    (``EARLY_TEXTS_FORGOTTEN``) say what is left of them; such an event keeps its own text (``LASTING``).
    """
    ended = [
        entry
        for entry in read(connection)
        if not entry.forgotten and entry.event.kind not in LASTING and datetime.fromisoformat(entry.event.at) < before
    ]
    for start in range(0, len(ended), 500):
        numbers = [entry.event.sequence for entry in ended[start : start + 500]]
        connection.execute(delete(_TEXTS).where(_TEXTS.c.sequence.in_(numbers)))
    early = [entry for entry in ended if not entry.told]
    last = ended[-1].event.sequence if ended else 0
    return len(ended), last, {"events": len(early), "sha256": outlines(early)} if early else None


def _entry(row: Row[tuple[object, ...]], *, unread: bool) -> ChainedEvent:
    forgotten = row.salt is None
    details, at = ({}, str(row.at)) if forgotten else (_details(row.details), str(row.at))
    if details is None or not _is_moment(at):
        if not unread:
            raise VerificationError(
                f"event {row.sequence} of the log cannot be read: it was changed",
                advice="pdpo-audit catalogue check says what does not verify, catalogue restore BACKUP puts it right",
            )
        details = {"unreadable": str(row.details)}
    return ChainedEvent(
        event=Event(
            sequence=row.sequence,
            at=at,
            actor="" if forgotten else str(row.actor),
            kind=str(row.kind),
            details=details,
        ),
        previous=_raw(row.previous),
        digest=_raw(row.digest),
        told=_raw(row.told),
        salt=_raw(row.salt),
        forgotten=forgotten,
    )


def _details(text: object) -> Details | None:
    """What an event tells; ``None`` where it is no object of JSON."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _raw(value: object) -> bytes:
    """Bytes as they are; anything else is nothing that this program wrote, and verifies as nothing."""
    return value if isinstance(value, bytes) else b""
