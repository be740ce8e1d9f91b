"""Second looks: decisions that another person reads without knowing the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_LOOKS, _FINDINGS, _KEPT = schema.second_looks, schema.second_look_findings, schema.decisions
_PART = 500
_EMPTY = {"read_by": "", "role": "", "choice": "", "reason": "", "read_at": "", "browser": b"", "withdrawn_at": ""}
#: Nobody has read it yet, and the first decision was not taken back.
_IS_OPEN = (_LOOKS.c.read_at == "") & (_LOOKS.c.withdrawn_at == "")


def record_look(transaction: Transaction, look: dict[str, Any], findings: Sequence[str]) -> None:
    """Record that a decision is to be read by a second person."""
    statement = insert(_LOOKS).values({**look, **_EMPTY}).returning(_LOOKS.c.id)
    number = int(transaction.connection.execute(statement).scalar_one())
    rows = [{"look": number, "finding_id": one} for one in findings]
    transaction.connection.execute(insert(_FINDINGS), rows)


def open_looks(store: Store, *, but_of: str, most: int = 500) -> list[Row[Any]]:
    """The looks that nobody has taken yet and whose first decision is not this person's, the oldest first."""
    query = select(_LOOKS).where(_IS_OPEN, _LOOKS.c.first_by != but_of).order_by(_LOOKS.c.id).limit(most)
    with store.reading() as connection:
        return list(connection.execute(query).all())


def look_of(connection: Connection, number: int) -> Row[Any] | None:
    """One look."""
    return connection.execute(select(_LOOKS).where(_LOOKS.c.id == number)).first()


def findings_of(connection: Connection, number: int) -> list[str]:
    """The findings that a look is about."""
    query = select(_FINDINGS.c.finding_id).where(_FINDINGS.c.look == number).order_by(_FINDINGS.c.finding_id)
    return list(connection.execute(query).scalars())


def awaited_on(connection: Connection, findings: Sequence[str]) -> list[Row[Any]]:
    """The findings among some that an open look is about, with the look's columns."""
    found: list[Row[Any]] = []
    for start in range(0, len(findings), _PART):
        part = list(findings[start : start + _PART])
        query = select(_FINDINGS.c.finding_id, _LOOKS).join(_LOOKS, _LOOKS.c.id == _FINDINGS.c.look)
        found += connection.execute(query.where(_FINDINGS.c.finding_id.in_(part), _IS_OPEN)).all()
    return found


def read_look(transaction: Transaction, number: int, **said: Any) -> bool:
    """Record what the second person said; whether it was still open."""
    statement = update(_LOOKS).where(_LOOKS.c.id == number, _IS_OPEN).values(**said)
    return bool(transaction.connection.execute(statement).rowcount)


def withdraw_looks(transaction: Transaction, batch: str, at: str) -> None:
    """A decision was taken back: what nobody has read of it needs no second look any more."""
    transaction.connection.execute(update(_LOOKS).where(_LOOKS.c.batch == batch, _IS_OPEN).values(withdrawn_at=at))


def withdraw_looks_on(transaction: Transaction, findings: Sequence[str], at: str) -> None:
    """Somebody decides on findings anew: the look at what was decided before is over."""
    numbers = sorted({row.id for row in awaited_on(transaction.connection, findings)})
    for start in range(0, len(numbers), _PART):
        part = _LOOKS.c.id.in_(numbers[start : start + _PART])
        transaction.connection.execute(update(_LOOKS).where(part).values(withdrawn_at=at))


def looks_taken(store: Store) -> list[Row[Any]]:
    """Every look that was not withdrawn, the oldest first."""
    with store.reading() as connection:
        return list(connection.execute(select(_LOOKS).where(_LOOKS.c.withdrawn_at == "").order_by(_LOOKS.c.id)).all())


def unsettled(store: Store, numbers: Sequence[int]) -> set[int]:
    """Those of some looks on whose findings nobody has decided since they were read."""
    later = (_KEPT.c.finding_id == _FINDINGS.c.finding_id) & (_KEPT.c.recorded_at > _LOOKS.c.read_at)
    since: ColumnElement[int] = func.count(_KEPT.c.id)
    query = (
        select(_LOOKS.c.id, since)
        .select_from(_LOOKS.join(_FINDINGS, _FINDINGS.c.look == _LOOKS.c.id).outerjoin(_KEPT, later))
        .where(_LOOKS.c.id.in_(list(numbers)))
        .group_by(_LOOKS.c.id)
        .having(since == 0)
    )
    with store.reading() as connection:
        return {row.id for row in connection.execute(query)}
