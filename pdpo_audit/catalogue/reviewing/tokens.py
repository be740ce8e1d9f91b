"""Tokens with which programs act for a person; of their secrets the catalogue holds a digest only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_TOKENS = schema.review_tokens


def record_token(
    transaction: Transaction, *, person: str, secret: bytes, purpose: str, scope: str, by: str, at: str, expires: str
) -> int:
    """Record a token by the digest of its secret; gives its number."""
    row = {
        "person": person, "secret": secret, "purpose": purpose, "scope": scope, "made_at": at, "made_by": by,
        "expires_at": expires, "used_on": "", "revoked_at": "", "revoked_by": "",
    }  # fmt: skip
    return int(transaction.connection.execute(insert(_TOKENS).values(row).returning(_TOKENS.c.id)).scalar_one())


def token_of(store: Store, secret: bytes) -> Row[Any] | None:
    """The token whose secret has this digest."""
    with store.reading() as connection:
        return connection.execute(select(_TOKENS).where(_TOKENS.c.secret == secret)).first()


def load_tokens(store: Store) -> list[Row[Any]]:
    """Every token, oldest first."""
    with store.reading() as connection:
        return list(connection.execute(select(_TOKENS).order_by(_TOKENS.c.id)).all())


def note_use(transaction: Transaction, number: int, day: str) -> None:
    """A token was used on a day."""
    transaction.connection.execute(update(_TOKENS).where(_TOKENS.c.id == number).values(used_on=day))


def revoke_tokens(transaction: Transaction, person: str, *, by: str, at: str) -> int:
    """Take back every token of a person; gives how many."""
    mine = (_TOKENS.c.person == person) & (_TOKENS.c.revoked_at == "")
    return transaction.connection.execute(update(_TOKENS).where(mine).values(revoked_at=at, revoked_by=by)).rowcount
