"""What named people said of rules: periods adopted in writing, lawyers' reviews. Nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Row, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction


def record_standing(transaction: Transaction, row: Mapping[str, str]) -> None:
    """Record one saying (the columns of ``rule_standings`` but for its number)."""
    transaction.connection.execute(insert(schema.rule_standings).values(**row))
    transaction.note_change()


def load_standings(store: Store) -> list[Row[tuple[str, ...]]]:
    """Everything that was said of rules, oldest first: of the same kind and rule the last counts."""
    table = schema.rule_standings
    with store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))
