"""The event log: the only module that writes it, in the transaction of what it records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.model.events import (
    EARLY_TEXTS_FORGOTTEN,
    GENESIS,
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


def read(connection: Connection, *, after: int = 0) -> Iterator[ChainedEvent]:
    """The events after the one numbered ``after``, in order."""
    query = (
        select(_EVENTS, _TEXTS.c.salt, _TEXTS.c.actor, _TEXTS.c.details)
        .select_from(_EVENTS.outerjoin(_TEXTS, _TEXTS.c.sequence == _EVENTS.c.sequence))
        .where(_EVENTS.c.sequence > after)
        .order_by(_EVENTS.c.sequence)
    )
    return (_entry(row) for row in connection.execute(query, execution_options={"yield_per": 1_000}))


def last(connection: Connection) -> int:
    """The number of the newest event, 0 before the first."""
    return int(connection.execute(select(func.max(_EVENTS.c.sequence))).scalar() or 0)


def forget_texts(connection: Connection, before: datetime) -> tuple[int, Details | None]:
    """Delete the texts of events that happened before a moment; how many.

    Texts of early events were chained in the clear. The details of the event that must then be appended
    (``EARLY_TEXTS_FORGOTTEN``) say what is left of them; such an event keeps its own text.
    """
    ended = [
        entry
        for entry in read(connection)
        if not entry.forgotten
        and entry.event.kind != EARLY_TEXTS_FORGOTTEN
        and datetime.fromisoformat(entry.event.at) < before
    ]
    for start in range(0, len(ended), 500):
        numbers = [entry.event.sequence for entry in ended[start : start + 500]]
        connection.execute(delete(_TEXTS).where(_TEXTS.c.sequence.in_(numbers)))
    early = [entry for entry in ended if not entry.told]
    return len(ended), {"events": len(early), "sha256": outlines(early)} if early else None


def _entry(row: Row[tuple[object, ...]]) -> ChainedEvent:
    forgotten = row.salt is None
    return ChainedEvent(
        event=Event(
            sequence=row.sequence,
            at=row.at,
            actor="" if forgotten else row.actor,
            kind=row.kind,
            details={} if forgotten else json.loads(row.details),
        ),
        previous=row.previous,
        digest=row.digest,
        told=row.told or b"",
        salt=row.salt or b"",
        forgotten=forgotten,
    )
