"""The log of each plan: a chain of what was planned, approved, intended and done, written with what it records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.events import GENESIS, ChainedEvent, Details, Event, chain, written

_LOG = schema.disposal_log


def append(
    transaction: Transaction, plan_id: str, entries: Sequence[tuple[str, Details]], *, at: datetime, actor: str
) -> bytes:
    """Chain entries (kind, details) to the newest one of a plan; the digest of the last."""
    connection = transaction.connection
    query = select(_LOG.c.sequence, _LOG.c.digest).where(_LOG.c.plan_id == plan_id)
    head = connection.execute(query.order_by(_LOG.c.sequence.desc()).limit(1)).first()
    sequence, previous = (head.sequence, bytes(head.digest)) if head else (0, GENESIS)
    when, rows = at.isoformat(timespec="seconds"), []
    salts = transaction.entropy(16 * len(entries))
    for place, (kind, details) in enumerate(entries):
        sequence += 1
        salt = salts[16 * place : 16 * place + 16]
        one = chain(Event(sequence=sequence, at=when, actor=actor, kind=kind, details=details), previous, salt)
        previous = one.digest
        rows.append(_row(plan_id, one))
    if rows:
        connection.execute(insert(_LOG), rows)
    return previous


def read(connection: Connection, plan_id: str) -> Iterator[ChainedEvent]:
    """The log of a plan from its beginning."""
    query = select(_LOG).where(_LOG.c.plan_id == plan_id).order_by(_LOG.c.sequence)
    for row in connection.execute(query, execution_options={"yield_per": 2_000}):
        yield ChainedEvent(
            event=Event(
                sequence=row.sequence, at=row.at, actor=row.actor, kind=row.kind, details=json.loads(row.details)
            ),
            previous=bytes(row.previous),
            digest=bytes(row.digest),
            told=bytes(row.told),
            salt=bytes(row.salt),
        )


def _row(plan_id: str, one: ChainedEvent) -> dict[str, Any]:
    return {
        "plan_id": plan_id, "sequence": one.event.sequence, "at": one.event.at, "kind": one.event.kind,
        "told": one.told, "previous": one.previous, "digest": one.digest, "salt": one.salt,
        "actor": one.event.actor, "details": written(one.event.details),
    }  # fmt: skip
