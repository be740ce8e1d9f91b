"""What became of each slot: begun, performed or missed, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.reviews.plans import SlotRecord, SlotState

_SLOTS = schema.slots


def load_slots(store: Store) -> dict[str, dict[date, SlotRecord]]:
    """Every slot that something is recorded of, by plan and day."""
    with store.reading() as connection:
        return known_slots(connection)


def known_slots(connection: Connection) -> dict[str, dict[date, SlotRecord]]:
    """The same as an open transaction sees it."""
    found: dict[str, dict[date, SlotRecord]] = {}
    for row in connection.execute(select(_SLOTS).order_by(_SLOTS.c.plan, _SLOTS.c.day)):
        record = _record(row)
        found.setdefault(record.plan, {})[record.day] = record
    return found


def states(records: Mapping[date, SlotRecord]) -> dict[date, SlotState]:
    """The state of each slot."""
    return {day: record.state for day, record in records.items()}


def begin(transaction: Transaction, record: SlotRecord) -> bool:
    """Claim a slot; ``False`` where it has ended already. What was begun and not ended is taken up again.

    A writing transaction waits for the one before it: of two machines one comes second, and sees what the first did.
    """
    known = transaction.connection.execute(
        select(_SLOTS.c.state).where(_SLOTS.c.plan == record.plan, _SLOTS.c.day == record.day.isoformat())
    ).scalar()
    if known not in (None, SlotState.BEGUN.value):
        return False
    write(transaction, record)
    return True


def write(transaction: Transaction, record: SlotRecord) -> None:
    """Record a slot, in place of what was recorded of it."""
    row = _row(record)
    keys = (_SLOTS.c.plan == row["plan"]) & (_SLOTS.c.day == row["day"])
    changed = transaction.connection.execute(update(_SLOTS).where(keys).values(row))
    if not changed.rowcount:
        transaction.connection.execute(insert(_SLOTS).values(row))


def _row(record: SlotRecord) -> dict[str, Any]:
    return {
        **asdict(record),
        "day": record.day.isoformat(),
        "due_on": record.due_on.isoformat(),
        "state": record.state.value,
        "sealed": int(record.sealed),
    }


def _record(row: Row[Any]) -> SlotRecord:
    said = dict(row._mapping)
    return SlotRecord(
        **{
            **said,
            "day": date.fromisoformat(said["day"]),
            "due_on": date.fromisoformat(said["due_on"]),
            "state": SlotState(said["state"]),
            "sealed": bool(said["sealed"]),
        }
    )
