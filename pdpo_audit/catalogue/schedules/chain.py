"""The chain of reviews: each sealed record with its number, its place and its digest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_RECORDS = schema.review_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A record of the chain: ``day`` is the slot's identity, ``sha256`` (hex) of the record's bytes."""

    number: int
    plan: str
    day: str
    kind: str
    folder: str
    sha256: str
    at: str


def load_chain(store: Store) -> tuple[Link, ...]:
    """Every record in order."""
    with store.reading() as connection:
        return tuple(_link(row) for row in connection.execute(select(_RECORDS).order_by(_RECORDS.c.number)))


def head(transaction: Transaction) -> Link | None:
    """The newest record; ``None`` before the first."""
    query = select(_RECORDS).order_by(_RECORDS.c.number.desc()).limit(1)
    row = transaction.connection.execute(query).first()
    return _link(row) if row else None


def append(transaction: Transaction, link: Link) -> None:
    """Hang a record onto the chain; one number is given once."""
    transaction.connection.execute(insert(_RECORDS).values(asdict(link)))


def _link(row: Row[Any]) -> Link:
    return Link(**row._mapping)
