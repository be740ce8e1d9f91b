"""The days on which questions were put to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Row, Select, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.sayings.rows import digest_of_table
from pdpo_audit.catalogue.store import Store, Transaction


def record_put(transaction: Transaction, rows: Iterable[Mapping[str, str]]) -> None:
    """Record questions as put: source, pattern, fact, asked_on and asked_by. Who asked first on a day stays."""
    known = {(row.source, row.pattern, row.fact, row.asked_on) for row in transaction.connection.execute(_all())}
    new = [dict(row) for row in rows if (row["source"], row["pattern"], row["fact"], row["asked_on"]) not in known]
    if new:
        transaction.upsert(schema.questions_put, new, ["source", "pattern", "fact", "asked_on"])
        transaction.note_change()


def digest_of_put(transaction: Transaction) -> str:
    """SHA-256 (hex) of every question that was put, for the event that tells of it."""
    return digest_of_table(transaction.connection, schema.questions_put)


def load_put(store: Store) -> list[Row[tuple[str, ...]]]:
    """Every question that was put, oldest first."""
    with store.reading() as connection:
        return list(connection.execute(_all()))


def _all() -> Select[tuple[str, ...]]:
    table = schema.questions_put
    return select(table).order_by(table.c.asked_on, table.c.source, table.c.pattern, table.c.fact)
