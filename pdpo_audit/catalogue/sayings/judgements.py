"""What people said: answers that became facts, determinations on findings, judgements of pictures; who and when."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.sayings.rows import digest_of_row
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.judgements import Judgement, JudgementKind


def record_answers(transaction: Transaction, rows: Iterable[Mapping[str, str]], *, at: datetime) -> None:
    """Record answers beside earlier ones: source, pattern, fact, value (JSON), answered_by and answered_on."""
    kept = {"recorded_at": at.isoformat(timespec="seconds"), "taken_back_by": "", "taken_back_at": ""}
    written = [{**row, **kept} for row in rows]
    if written:
        transaction.connection.execute(insert(schema.answers), written)
        transaction.note_change()


def take_back_answer(transaction: Transaction, number: int, *, by: str, at: datetime) -> None:
    """Take an answer back; the one given before it to the same question counts again."""
    table = schema.answers
    values = {"taken_back_by": by, "taken_back_at": at.isoformat(timespec="seconds")}
    transaction.connection.execute(update(table).where(table.c.id == number).values(values))
    transaction.note_change()


def load_answers(store: Store) -> list[Row[tuple[str, ...]]]:
    """The answer that counts to each question, by place and fact."""
    return standing_answers(answer_history(store))


def standing_answers(history: Iterable[Row[tuple[str, ...]]]) -> list[Row[tuple[str, ...]]]:
    """Those of all answers that count."""
    standing = {(row.source, row.pattern, row.fact): row for row in history if not row.taken_back_by}
    return [standing[key] for key in sorted(standing)]


def answer_history(store: Store) -> list[Row[tuple[str, ...]]]:
    """Every answer ever given, in the order in which they were recorded."""
    table = schema.answers
    with store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def record_determinations(transaction: Transaction, rows: Iterable[dict[str, str]]) -> None:
    """Record determinations (the columns of ``determinations``); the newest on a finding counts."""
    transaction.upsert(schema.determinations, list(rows), ["finding_id"])


def count_reasons(store: Store, audit_id: str, beginning: str) -> list[tuple[str, int]]:
    """The reasons that begin with some words, of decisions on findings of an audit, each with the number of these."""
    said, findings, audits = schema.determinations, schema.findings, schema.audits
    query = (
        select(said.c.reason, func.count())
        .join(findings, findings.c.finding_id == said.c.finding_id)
        .join(audits, audits.c.number == findings.c.audit)
        .where(audits.c.id == audit_id, said.c.reason.startswith(beginning, autoescape=True))
        .group_by(said.c.reason)
        .order_by(said.c.reason)
    )
    with store.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def load_determinations(store: Store) -> dict[str, tuple[str, str, str, str, str]]:
    """What was said of each finding that somebody decided, by its id: decision, by whom, in which role, when, why."""
    table = schema.determinations
    with store.reading() as connection:
        return {
            row.finding_id: (row.decision, row.decided_by, row.role, row.decided_on, row.reason)
            for row in connection.execute(select(table))
        }


def known_determinations(connection: Connection) -> dict[str, tuple[str, str, str]]:
    """What was decided on each finding, by whom and when, as an open transaction sees it."""
    table = schema.determinations
    return {row.finding_id: (row.decision, row.decided_by, row.decided_on) for row in connection.execute(select(table))}


def masters_of(connection: Connection, cluster_id: str) -> list[Judgement]:
    """The confirmed masters among the members of a duplicate cluster, as an open transaction sees them."""
    table, contents, members = schema.judgements, schema.contents, schema.cluster_contents
    query = (
        select(table)
        .select_from(
            table.join(contents, contents.c.digest == table.c.left).join(members, members.c.content_id == contents.c.id)
        )
        .where(members.c.cluster_id == cluster_id, table.c.kind == JudgementKind.MASTER.value)
        .order_by(table.c.at, table.c.left)
    )
    return [judgement_from(row) for row in connection.execute(query)]


def judgements_on(connection: Connection, kind: JudgementKind, left: bytes, right: bytes = b"") -> list[Judgement]:
    """What is in force of one kind on one picture or pair, as an open transaction sees it."""
    table = schema.judgements
    query = select(table).where(table.c.kind == kind.value, table.c.left == left, table.c.right == right)
    return [judgement_from(row) for row in connection.execute(query)]


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


def judgements_of(store: Store, digests: Collection[bytes]) -> list[Judgement]:
    """The judgements in force that speak of any of these pictures, oldest first."""
    table, asked = schema.judgements, sorted(digests)
    found: dict[tuple[str, bytes, bytes], Judgement] = {}
    with store.reading() as connection:
        for side in (table.c.left, table.c.right):
            for row in connection.execute(select(table).where(side.in_(asked))):
                found[row.kind, row.left, row.right] = judgement_from(row)
    return sorted(found.values(), key=lambda one: (one.at, one.kind, one.left, one.right))


def count_determinations(store: Store) -> int:
    """How many findings anybody has decided, of whatever audit."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.determinations)).scalar_one())


def judgement_from(row: Row[Any]) -> Judgement:
    """A judgement from its row."""
    return Judgement(**(row._asdict() | {"kind": JudgementKind(row.kind)}))


def judgement_digest(judgement: Judgement) -> str:
    """SHA-256 (hex) of a judgement as it is recorded, for the event that tells of it."""
    return digest_of_row({**dataclasses.asdict(judgement), "kind": judgement.kind.value})
