"""Personal links and the sessions that they open; of every secret the catalogue holds a digest only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

_INVITED, _SESSIONS = schema.invitations, schema.review_sessions
#: The invitation of sessions that the server's own link opened.
SET_UP = 0
#: That of sessions for which somebody else vouched: the session itself names the person.
VOUCHED = -1


def record_invitation(transaction: Transaction, *, person: str, secret: bytes, by: str, at: str, expires: str) -> None:
    """Record a personal link by the digest of its secret."""
    row = {
        "person": person, "secret": secret, "made_at": at, "made_by": by, "expires_at": expires, "browser": b"",
        "used_at": "", "revoked_at": "", "revoked_by": "",
    }  # fmt: skip
    transaction.connection.execute(insert(_INVITED).values(row))


def invitation_of(transaction: Transaction, secret: bytes) -> Row[Any] | None:
    """The invitation whose secret has this digest."""
    return transaction.connection.execute(select(_INVITED).where(_INVITED.c.secret == secret)).first()


def bind_invitation(transaction: Transaction, number: int, browser: bytes, at: str) -> None:
    """From now on only this browser may use it."""
    transaction.connection.execute(update(_INVITED).where(_INVITED.c.id == number).values(browser=browser, used_at=at))


def knows_browser(connection: Connection, browser: bytes) -> bool:
    """Whether a link or a session was opened in this browser before."""
    asked = [select(table.c.id).where(table.c.browser == browser).limit(1) for table in (_INVITED, _SESSIONS)]
    return any(connection.execute(one).first() is not None for one in asked)


def load_invitations(store: Store) -> list[Row[Any]]:
    """Every invitation, oldest first."""
    with store.reading() as connection:
        return list(connection.execute(select(_INVITED).order_by(_INVITED.c.id)).all())


def revoke_invitations(transaction: Transaction, person: str, *, by: str, at: str) -> int:
    """Take back every link of a person, and end the sessions that they opened; gives how many links."""
    mine = (_INVITED.c.person == person) & (_INVITED.c.revoked_at == "")
    numbers = list(transaction.connection.execute(select(_INVITED.c.id).where(mine)).scalars())
    transaction.connection.execute(update(_INVITED).where(mine).values(revoked_at=at, revoked_by=by))
    for number in numbers:
        end_sessions(transaction, number, at)
    vouched = (_SESSIONS.c.person == person) & (_SESSIONS.c.ended_at == "")
    transaction.connection.execute(update(_SESSIONS).where(vouched).values(ended_at=at))
    return len(numbers)


def record_session(
    transaction: Transaction,
    *,
    invitation: int,
    secret: bytes,
    browser: bytes,
    at: str,
    person: str = "",
    way: str = "",
) -> None:
    """Record a session by the digests of its secret and its browser; a vouched one with its person and way."""
    row = {
        "invitation": invitation, "secret": secret, "browser": browser, "began_at": at, "seen_at": at, "ended_at": "",
        "person": person, "way": way,
    }  # fmt: skip
    transaction.connection.execute(insert(_SESSIONS).values(row))


def session_of(store: Store, secret: bytes) -> Row[Any] | None:
    """The session whose secret has this digest, with the person and the end of its invitation."""
    query = (
        select(_SESSIONS, _INVITED.c.person.label("invited"), _INVITED.c.expires_at, _INVITED.c.revoked_at)
        .select_from(_SESSIONS.outerjoin(_INVITED, _INVITED.c.id == _SESSIONS.c.invitation))
        .where(_SESSIONS.c.secret == secret)
    )
    with store.reading() as connection:
        return connection.execute(query).first()


def note_seen(transaction: Transaction, number: int, at: str) -> None:
    """Somebody asked for a page in this session."""
    transaction.connection.execute(update(_SESSIONS).where(_SESSIONS.c.id == number).values(seen_at=at))


def end_session(transaction: Transaction, secret: bytes, at: str) -> None:
    """End one session."""
    transaction.connection.execute(
        update(_SESSIONS).where(_SESSIONS.c.secret == secret, _SESSIONS.c.ended_at == "").values(ended_at=at)
    )


def end_sessions(transaction: Transaction, invitation: int, at: str) -> None:
    """End every session of an invitation."""
    mine = (_SESSIONS.c.invitation == invitation) & (_SESSIONS.c.ended_at == "")
    transaction.connection.execute(update(_SESSIONS).where(mine).values(ended_at=at))


def record_access(transaction: Transaction, *, at: str, person: str, what: str, subject: str, reason: str = "") -> None:
    """Somebody looked at something."""
    row = {"at": at, "person": person, "what": what, "subject": subject, "reason": reason}
    transaction.connection.execute(insert(schema.review_accesses).values(row))


def load_accesses(store: Store) -> list[Row[Any]]:
    """Who looked at what, oldest first."""
    table = schema.review_accesses
    with store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)).all())


def end_accesses(transaction: Transaction, has_ended: Callable[[date], bool]) -> int:
    """Delete looks and sessions of days whose time has run out; gives how many looks."""
    table, connection = schema.review_accesses, transaction.connection
    ended = 0
    for kept, moment in ((table, table.c.at), (_SESSIONS, _SESSIONS.c.seen_at)):
        day = func.substr(moment, 1, 10)
        days = [
            one for one in connection.execute(select(day).distinct()).scalars() if has_ended(date.fromisoformat(one))
        ]
        gone = connection.execute(delete(kept).where(day.in_(days))).rowcount if days else 0
        ended += gone if kept is table else 0
    return ended
