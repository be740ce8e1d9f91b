"""Who is who: as the settings said, from a day on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.sayings.rows import RECORD, digest_of_table
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.events import Details

Person = Mapping[str, Any]


def state_people(transaction: Transaction, people: Mapping[str, Person], *, at: datetime, by: str) -> int:
    """Record what the settings say of people where it is not what they said before; gives how many changed.

    Somebody who is named no more gets an empty entry: the history keeps who they were.
    """
    known = _newest(transaction.connection)
    said = {name: _written(person) for name, person in people.items()}
    gone = {name: "" for name, document in known.items() if document and name not in said}
    changed = {name: document for name, document in {**said, **gone}.items() if known.get(name, "") != document}
    when = at.isoformat(timespec="seconds")
    rows = [
        {"name": name, "document": document, "stated_at": when, "stated_by": by} for name, document in changed.items()
    ]
    if rows:
        transaction.connection.execute(insert(schema.people), rows)
        record = digest_of_table(transaction.connection, schema.people)
        details: Details = {"changed": len(rows), "known": len(said), RECORD: record}
        transaction.append_event("people stated", details, at=at, actor=by)
    return len(rows)


def people_history(store: Store, name: str) -> list[tuple[str, str, Person | None]]:
    """What was said of a person, oldest first: when, by whom, what (``None``: named no more)."""
    table = schema.people
    with store.reading() as connection:
        rows = connection.execute(select(table).where(table.c.name == name).order_by(table.c.id)).all()
    return [(row.stated_at, row.stated_by, json.loads(row.document) if row.document else None) for row in rows]


def _newest(connection: Connection) -> dict[str, str]:
    table = schema.people
    newest = select(func.max(table.c.id)).group_by(table.c.name)
    rows = connection.execute(select(table.c.name, table.c.document).where(table.c.id.in_(newest)))
    return {row.name: row.document for row in rows}


def _written(person: Person) -> str:
    return json.dumps(dict(person), sort_keys=True, ensure_ascii=False, default=str)
