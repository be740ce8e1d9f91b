"""Filters of the queue that somebody gave a name."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_TABLE = schema.saved_filters


def save_filter(transaction: Transaction, person: str, name: str, query: str) -> None:
    """Keep a filter under a name, in place of what the name stood for."""
    transaction.upsert(_TABLE, [{"person": person, "name": name, "query": query}], ["person", "name"])


def drop_filter(transaction: Transaction, person: str, name: str) -> None:
    """Forget a filter."""
    transaction.connection.execute(delete(_TABLE).where(_TABLE.c.person == person, _TABLE.c.name == name))


def filters_of(store: Store, person: str) -> dict[str, str]:
    """A person's filters by name, in the order of their names."""
    query = select(_TABLE.c.name, _TABLE.c.query).where(_TABLE.c.person == person).order_by(_TABLE.c.name)
    with store.reading() as connection:
        return {row.name: row.query for row in connection.execute(query)}


def count_filters(transaction: Transaction, person: str) -> int:
    """How many a person keeps."""
    query = select(func.count()).select_from(_TABLE).where(_TABLE.c.person == person)
    return int(transaction.connection.execute(query).scalar_one())
