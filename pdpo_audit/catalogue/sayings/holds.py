"""Legal holds, open requests, complaints and investigations: data, never rules; every change is an event."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.sayings.rows import digest_of_row
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.findings import Hold

#: SHA-256 of a file, and the keyed digest of its place (empty: anywhere).
Selected = tuple[bytes, bytes]

#: How an event names what holds have selected: each hold's id, ``=`` and the digest of its selection, with spaces.
SELECTED = "selected"

_DATES = ("starts_on", "review_on", "released_on", "captured_from", "captured_until")


def record_hold(transaction: Transaction, hold: Hold) -> None:
    """Record a hold, or the release of one."""
    transaction.upsert(schema.holds, [{"hold_id": hold.hold_id, "document": hold_text(hold)}], ["hold_id"])


def hold_digest(hold: Hold) -> str:
    """SHA-256 (hex) of a hold as it is recorded, for the event that tells of it."""
    return digest_of_row({"hold_id": hold.hold_id, "document": hold_text(hold)})


def hold_digests(connection: Connection) -> dict[str, str]:
    """The digest of each hold as it stands in the catalogue, whatever was done to it."""
    return {row.hold_id: digest_of_row(row._asdict()) for row in connection.execute(select(schema.holds))}


def hold_text(hold: Hold) -> str:
    """A hold as JSON, without the places that are worked out for it."""
    fields = dataclasses.asdict(hold)
    del fields["also"]
    return json.dumps(fields, default=_as_text, sort_keys=True, ensure_ascii=False)


def add_selected(transaction: Transaction, hold_id: str, pairs: Iterable[Selected]) -> None:
    """Keep what a hold selects, beside what it selected before."""
    rows = [{"hold_id": hold_id, "sha256": sha256, "place": place} for sha256, place in sorted(pairs)]
    transaction.upsert(schema.hold_contents, rows, ["hold_id", "sha256", "place"])


def load_selected(store: Store) -> dict[str, list[Selected]]:
    """What each hold has selected so far."""
    with store.reading() as connection:
        return known_selected(connection)


def known_selected(connection: Connection) -> dict[str, list[Selected]]:
    """What each hold has selected so far, as an open transaction sees it."""
    found: dict[str, list[Selected]] = {}
    for row in connection.execute(select(schema.hold_contents)):
        found.setdefault(row.hold_id, []).append((row.sha256, row.place))
    return found


def vouch_for_selected(connection: Connection, holds: Collection[str]) -> str:
    """What these holds have selected, for the event that tells of it (``SELECTED``)."""
    selected = known_selected(connection)
    return " ".join(f"{hold}={digest_of_selected(selected.get(hold, ()))}" for hold in sorted(holds))


def digest_of_selected(selected: Iterable[Selected]) -> str:
    """SHA-256 (hex) of what a hold has selected."""
    digest = hashlib.sha256()
    for sha256, place in sorted((bytes(sha256), bytes(place)) for sha256, place in selected):
        digest.update(len(place).to_bytes() + sha256 + place)
    return digest.hexdigest()


def load_holds(store: Store) -> list[Hold]:
    """Every hold by id, released ones included."""
    with store.reading() as connection:
        return known_holds(connection)


def known_holds(connection: Connection) -> list[Hold]:
    """Every hold by id, as an open transaction sees them."""
    rows = connection.execute(select(schema.holds).order_by(schema.holds.c.hold_id)).all()
    return [hold_from(json.loads(row.document)) for row in rows]


def hold_from(fields: dict[str, Any]) -> Hold:
    """A hold from the fields of its JSON."""
    for name in _DATES:
        if fields[name]:
            fields[name] = date.fromisoformat(fields[name])
    return Hold(**{**fields, "pictures": tuple(fields.get("pictures", ()))})


def _as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a hold holds a {type(value).__name__}")
