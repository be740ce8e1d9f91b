"""Legal holds, open requests, complaints and investigations: data, never rules; every change is an event."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

from sqlalchemy import select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.findings import Hold

_DATES = ("starts_on", "review_on", "released_on", "captured_from", "captured_until")


def record_hold(transaction: Transaction, hold: Hold) -> None:
    """Record a hold, or the release of one."""
    document = json.dumps(dataclasses.asdict(hold), default=_as_text, sort_keys=True, ensure_ascii=False)
    transaction.upsert(schema.holds, [{"hold_id": hold.hold_id, "document": document}], ["hold_id"])


def load_holds(store: Store) -> list[Hold]:
    """Every hold by id, released ones included."""
    with store.reading() as connection:
        rows = connection.execute(select(schema.holds).order_by(schema.holds.c.hold_id)).all()
    return [_hold(json.loads(row.document)) for row in rows]


def _hold(fields: dict[str, Any]) -> Hold:
    for name in _DATES:
        if fields[name]:
            fields[name] = date.fromisoformat(fields[name])
    return Hold(**{**fields, "pictures": tuple(fields.get("pictures", ()))})


def _as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a hold holds a {type(value).__name__}")
