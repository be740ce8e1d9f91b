"""How a review stands: what was decided on an audit's findings, who looked at what, what was signed off."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_SAID, _FINDINGS, _AUDITS, _KEPT = schema.determinations, schema.findings, schema.audits, schema.decisions
_LOOKS, _SIGNED = schema.review_accesses, schema.page_sign_offs
_TOLD = ("finding_id", "decision", "reason", "decided_by", "role", "decided_on")


def decided_digest(connection: Connection, audit_id: str) -> tuple[str, int]:
    """A digest of everything that is decided on the findings of an audit, and on how many; empty where on none."""
    query = (
        select(*(_SAID.c[name] for name in _TOLD))
        .distinct()
        .join(_FINDINGS, _FINDINGS.c.finding_id == _SAID.c.finding_id)
        .join(_AUDITS, _AUDITS.c.number == _FINDINGS.c.audit)
        .where(_AUDITS.c.id == audit_id)
        .order_by(_SAID.c.finding_id)
    )
    return _digest(connection.execute(query))


def batch_digest(connection: Connection, batch: str) -> tuple[str, int]:
    """A digest of the decisions that were made together and stand, and how many; empty where none does."""
    mine = (_KEPT.c.batch == batch) & (_KEPT.c.taken_back_at == "")
    return _digest(
        connection.execute(select(*(_KEPT.c[name] for name in _TOLD)).where(mine).order_by(_KEPT.c.finding_id))
    )


def _digest(rows: Any) -> tuple[str, int]:
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update("\0".join([*map(str, row), ""]).encode("utf-8", "surrogatepass"))
        count += 1
    return (digest.hexdigest() if count else ""), count


def count_findings(store: Store, audit_id: str) -> int:
    """How many findings an audit has."""
    query = select(func.count()).select_from(_FINDINGS.join(_AUDITS, _AUDITS.c.number == _FINDINGS.c.audit))
    with store.reading() as connection:
        return int(connection.execute(query.where(_AUDITS.c.id == audit_id)).scalar_one())


def count_batches(store: Store) -> int:
    """How many decisions of the pages stand, each counted once however many findings it is on."""
    with store.reading() as connection:
        query = select(func.count(_KEPT.c.batch.distinct())).where(_KEPT.c.taken_back_at == "")
        return int(connection.execute(query).scalar_one())


def postponed_on(store: Store, audit_id: str) -> dict[str, int]:
    """The findings of an audit on which somebody postponed the decision, by the reason that was given."""
    query = (
        select(_SAID.c.reason, func.count())
        .join(_FINDINGS, _FINDINGS.c.finding_id == _SAID.c.finding_id)
        .join(_AUDITS, _AUDITS.c.number == _FINDINGS.c.audit)
        .where(_AUDITS.c.id == audit_id, _SAID.c.decision == "postponed")
        .group_by(_SAID.c.reason)
    )
    with store.reading() as connection:
        return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def lookers(store: Store) -> list[Row[Any]]:
    """Who looked at what kind of thing, and at how many different ones."""
    query = select(_LOOKS.c.person, _LOOKS.c.what, func.count(_LOOKS.c.subject.distinct()).label("number"))
    with store.reading() as connection:
        return list(connection.execute(query.group_by(_LOOKS.c.person, _LOOKS.c.what).order_by(_LOOKS.c.person)).all())


def record_sign_off(transaction: Transaction, said: Mapping[str, Any]) -> None:
    """Record what somebody said of an audit's decisions, or of one decision."""
    transaction.connection.execute(insert(_SIGNED).values(dict(said)))


def sign_offs(connection: Connection) -> list[Row[Any]]:
    """The newest sign-off of each person in each role, of audits and of each decision, in the order of making."""
    newest: dict[tuple[str, str, str, str], Row[Any]] = {}
    for row in connection.execute(select(_SIGNED).order_by(_SIGNED.c.id)):
        key = (row.subject, row.named if row.subject == "batch" else "", row.role, row.said_by)
        newest.pop(key, None)
        newest[key] = row
    return list(newest.values())


def batches_in(connection: Connection, audit_id: str, batches: Collection[str]) -> set[str]:
    """Those of some decisions that are on findings of an audit."""
    query = (
        select(_KEPT.c.batch)
        .distinct()
        .join(_FINDINGS, _FINDINGS.c.finding_id == _KEPT.c.finding_id)
        .join(_AUDITS, _AUDITS.c.number == _FINDINGS.c.audit)
        .where(_AUDITS.c.id == audit_id, _KEPT.c.batch.in_(sorted(batches)))
    )
    return set(connection.execute(query).scalars())


def people_of_browser(connection: Connection, browser: bytes) -> set[str]:
    """Who decided, read a second time or signed off in a browser."""
    look = schema.second_looks
    found: set[str] = set()
    for name, where in (
        (_KEPT.c.decided_by, _KEPT.c.browser), (look.c.read_by, look.c.browser), (_SIGNED.c.said_by, _SIGNED.c.browser),
    ):  # fmt: skip
        found |= set(connection.execute(select(name).where(where == browser).distinct()).scalars())
    return found - {""}


def newest_of_all(store: Store, most: int = 30) -> list[Row[Any]]:
    """The newest decisions of everybody that stand, one row a batch with the number of its findings."""
    number = func.count().label("findings")
    first = func.min(_KEPT.c.id).label("first")
    grouped = (
        select(_KEPT.c.batch, number, first).where(_KEPT.c.taken_back_at == "").group_by(_KEPT.c.batch)
        .order_by(first.desc()).limit(most).subquery()
    )  # fmt: skip
    query = select(_KEPT, grouped.c.findings).join(grouped, grouped.c.first == _KEPT.c.id).order_by(_KEPT.c.id.desc())
    with store.reading() as connection:
        return list(connection.execute(query).all())
