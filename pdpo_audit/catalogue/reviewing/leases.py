"""Leases: who has taken which cases, and until when others leave them alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_LEASES, _CASES = schema.leases, schema.leased_cases


def live_cases(connection: Connection, now: str) -> dict[str, Row[Any]]:
    """The cases that somebody has now, by their key: ``lease``, ``person``, ``taken_at``, ``until``."""
    query = (
        select(_CASES.c.subject, _CASES.c.lease, _LEASES.c.person, _LEASES.c.taken_at, _LEASES.c.until)
        .join(_LEASES, _LEASES.c.id == _CASES.c.lease)
        .where(_LEASES.c.until > now, _LEASES.c.ended_at == "")
        .order_by(_CASES.c.lease, _CASES.c.subject)
    )
    rows: Any = connection.execute(query)
    return {row.subject: row for row in rows}


def record_lease(transaction: Transaction, person: str, subjects: Sequence[str], *, at: str, until: str) -> int:
    """A person takes cases; gives the lease's number."""
    connection = transaction.connection
    row = {"person": person, "taken_at": at, "until": until, "ended_at": ""}
    number = int(connection.execute(insert(_LEASES).values(row).returning(_LEASES.c.id)).scalar_one())
    connection.execute(insert(_CASES), [{"lease": number, "subject": one} for one in subjects])
    return number


def extend_leases(transaction: Transaction, person: str, *, now: str, until: str) -> None:
    """Whoever works on keeps what they have."""
    mine = (_LEASES.c.person == person) & (_LEASES.c.until > now) & (_LEASES.c.ended_at == "")
    transaction.connection.execute(update(_LEASES).where(mine, _LEASES.c.until < until).values(until=until))


def end_leases(transaction: Transaction, person: str, at: str) -> int:
    """A person gives back whatever they have; gives how many leases."""
    mine = (_LEASES.c.person == person) & (_LEASES.c.until > at) & (_LEASES.c.ended_at == "")
    return transaction.connection.execute(update(_LEASES).where(mine).values(ended_at=at)).rowcount


def leases_of(store: Store, now: str) -> dict[str, Row[Any]]:
    """See ``live_cases``."""
    with store.reading() as connection:
        return live_cases(connection, now)


def forget_leases(transaction: Transaction, has_ended: Callable[[date], bool]) -> None:
    """Delete leases of days whose time has run out: nothing is told of them."""
    connection, day = transaction.connection, func.substr(_LEASES.c.until, 1, 10)
    days = list(connection.execute(select(day).distinct()).scalars())
    old = [one for one in days if has_ended(date.fromisoformat(one))]
    if old:
        numbers = select(_LEASES.c.id).where(day.in_(old))
        connection.execute(delete(_CASES).where(_CASES.c.lease.in_(numbers)))
        connection.execute(delete(_LEASES).where(day.in_(old)))
