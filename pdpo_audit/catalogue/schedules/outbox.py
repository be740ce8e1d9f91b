"""The outbox: each notice is put in once, taken by one sender at a time, and sent until it is taken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_NOTICES = schema.notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice to one recipient by one way (``mail`` or ``webhook``); ``key`` is what it is sent once for."""

    key: str
    way: str
    recipient: str
    document: Mapping[str, Any]
    number: int = 0
    tries: int = 0


def put(transaction: Transaction, notices: Iterable[Notice], at: datetime) -> int:
    """Put in what was not put in before; how many that were."""
    connection, count = transaction.connection, 0
    for notice in notices:
        if connection.execute(select(_NOTICES.c.id).where(_NOTICES.c.key == notice.key)).first():
            continue
        connection.execute(
            insert(_NOTICES).values(
                key=notice.key, way=notice.way, recipient=notice.recipient, tries=0, made_at=_text(at),
                document=json.dumps(dict(notice.document), sort_keys=True, ensure_ascii=False), next_at=_text(at),
                sent_at="", fault="",
            )
        )  # fmt: skip
        count += 1
    return count


def take(transaction: Transaction, at: datetime, lease: timedelta) -> Notice | None:
    """The next notice that is to be sent, which nobody else takes before the lease is over; ``None``: there is none."""
    waiting = (_NOTICES.c.sent_at == "") & (_NOTICES.c.next_at <= _text(at))
    query = select(_NOTICES).where(waiting).order_by(_NOTICES.c.next_at, _NOTICES.c.id).limit(1)
    row = transaction.connection.execute(query).first()
    if row is None:
        return None
    _update(transaction, row.id, tries=row.tries + 1, next_at=_text(at + lease))
    return Notice(
        key=row.key, way=row.way, recipient=row.recipient, document=json.loads(row.document), number=row.id,
        tries=row.tries + 1,
    )  # fmt: skip


def note_sent(transaction: Transaction, notice: Notice, at: datetime) -> None:
    """It was taken: it is never sent again, and what it said is not kept."""
    _update(transaction, notice.number, sent_at=_text(at), fault="", document="{}")


def note_fault(transaction: Transaction, notice: Notice, fault: str, again: datetime) -> None:
    """It was not taken, or nobody can know; it is tried again later."""
    _update(transaction, notice.number, fault=fault[:500], next_at=_text(again))


def waiting(store: Store) -> tuple[int, str]:
    """How many notices were tried and not taken yet, and what the newest of them met."""
    unsent = (_NOTICES.c.sent_at == "") & (_NOTICES.c.tries > 0)
    with store.reading() as connection:
        count = connection.execute(select(func.count()).select_from(_NOTICES).where(unsent)).scalar_one()
        query = select(_NOTICES.c.fault).where(unsent).order_by(_NOTICES.c.id.desc()).limit(1)
        fault = connection.execute(query).scalar()
    return int(count), str(fault or "")


def _update(transaction: Transaction, number: int, **values: Any) -> None:
    transaction.connection.execute(update(_NOTICES).where(_NOTICES.c.id == number).values(values))


def _text(moment: datetime) -> str:
    """UTC to the microsecond, so that texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
