"""What people said: answers that became facts, and determinations on findings; with who and when."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction


def record_answers(transaction: Transaction, rows: Iterable[dict[str, str]]) -> None:
    """Record answers (the columns of ``answers``); a later answer to the same question counts."""
    transaction.upsert(schema.answers, list(rows), ["source", "pattern", "fact"])


def load_answers(store: Store) -> list[Row[tuple[str, ...]]]:
    """Every answer, by place and fact."""
    table = schema.answers
    with store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.source, table.c.pattern, table.c.fact)))


def record_determinations(transaction: Transaction, rows: Iterable[dict[str, str]]) -> None:
    """Record determinations (the columns of ``determinations``); the newest on a finding counts."""
    transaction.upsert(schema.determinations, list(rows), ["finding_id"])


def load_determinations(store: Store) -> dict[str, str]:
    """The decision on each finding that somebody decided, by the finding's id."""
    table = schema.determinations
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(select(table.c.finding_id, table.c.decision))}
