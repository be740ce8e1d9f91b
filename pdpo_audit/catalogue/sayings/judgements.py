"""What people said: answers that became facts, determinations on findings, judgements of pictures; who and when."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, delete, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.sayings.rows import digest_of_row
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.judgements import Judgement, JudgementKind


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


def record_judgement(transaction: Transaction, judgement: Judgement) -> None:
    """Record what a person said of a picture or pair, in place of what was said of it before."""
    transaction.upsert(schema.judgements, [dataclasses.asdict(judgement)], ["kind", "left", "right"])
    transaction.note_change()


def forget_judgement(transaction: Transaction, judgement: Judgement) -> None:
    """Take a judgement back; the event log keeps both."""
    table = schema.judgements
    transaction.connection.execute(
        delete(table).where(
            table.c.kind == judgement.kind.value, table.c.left == judgement.left, table.c.right == judgement.right
        )
    )
    transaction.note_change()


def load_judgements(store: Store, kind: JudgementKind | None = None) -> list[Judgement]:
    """The judgements in force (of one kind), oldest first."""
    table = schema.judgements
    query = select(table).order_by(table.c.at, table.c.kind, table.c.left, table.c.right)
    if kind is not None:
        query = query.where(table.c.kind == kind.value)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [judgement_from(row) for row in rows]


def judgement_from(row: Row[Any]) -> Judgement:
    """A judgement from its row."""
    return Judgement(**(row._asdict() | {"kind": JudgementKind(row.kind)}))


def judgement_digest(judgement: Judgement) -> str:
    """SHA-256 (hex) of a judgement as it is recorded, for the event that tells of it."""
    return digest_of_row({**dataclasses.asdict(judgement), "kind": judgement.kind.value})
