"""Invitations: personal links for somebody in ``[[people]]``, and the sessions that they open."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.reviewing import invitations as kept
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.reviewers import Reviewer, reviewer_named, set_up_reviewer
from pdpo_audit.workspace.setup.persons import person_named, record_people, refuse_leaver

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: The catalogue's key for the address of the server that was started last.
_ADDRESS = "review_address"
#: A session that goes on asking is noted so often, and ends after so long whatever happens.
_NOTED = timedelta(minutes=1)
_LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A personal link that was made; the secret is shown once and kept nowhere."""

    person: str
    link: str
    expires_at: str
    #: Whether the review pages were ever served: the link leads to where they were served last.
    served: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInvitation:
    """An invitation as people see it; ``state`` is open, used, expired or revoked."""

    person: str
    state: str
    made_at: str
    made_by: str
    expires_at: str
    used_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What the browser keeps: the secrets of its session and of itself."""

    session: str
    browser: str


def invite(project: Project, name: str, *, days: int = 14, by: str = "") -> Invited:
    """Make a personal link for somebody in ``[[people]]``.

    :raises CallError: nobody is called so, they have left, or have no role.
    """
    person = person_named(project, name)
    if person is None:
        known = ", ".join(one.name for one in project.settings.persons) or "nobody yet"
        raise CallError(
            f"{name} is not in [[people]]", advice=f"add a [[people]] entry with name and roles; it has: {known}"
        )
    refuse_leaver(project, person.name)
    if not person.roles:
        raise CallError(f"{person.name} has no role", advice='state roles = ["reviewer"] in [[people]]')
    record_people(project)
    secret, now = _secret(project), project.clock()
    expires = (now + timedelta(days=days)).isoformat(timespec="seconds")
    with project.store.transaction() as transaction:
        kept.record_invitation(
            transaction, person=person.name, secret=_digest(secret), by=by or project.actor, at=_text(now),
            expires=expires,
        )  # fmt: skip
        _tell(project, transaction, "reviewer invited", person=person.name, expires_at=expires)
        address = transaction.recall(_ADDRESS)
    link = f"{address or 'http://127.0.0.1:PORT'}/join?token={secret}"
    return Invited(person=person.name, link=link, expires_at=expires, served=bool(address))


def revoke(project: Project, name: str, *, by: str = "") -> int:
    """Take back every link of a person and end their sessions; gives how many links."""
    person = person_named(project, name)
    called = person.name if person else " ".join(name.split())
    with project.store.transaction() as transaction:
        count = kept.revoke_invitations(transaction, called, by=by or project.actor, at=_text(project.clock()))
        if count:
            _tell(project, transaction, "invitations revoked", person=called, links=count)
    return count


def list_invitations(project: Project) -> list[ShownInvitation]:
    """Every invitation, oldest first."""
    now = project.clock()
    return [
        ShownInvitation(
            person=one.person,
            state=_state(one, now),
            made_at=one.made_at,
            made_by=one.made_by,
            expires_at=one.expires_at,
            used_at=one.used_at,
        )
        for one in kept.load_invitations(project.store)
    ]


def begin_serving(project: Project, address: str) -> None:
    """A server was started: links lead to it, and what an earlier one's own link opened has ended."""
    with project.store.transaction() as transaction:
        transaction.remember(_ADDRESS, address)
        kept.end_sessions(transaction, kept.SET_UP, _text(project.clock()))
        _tell(project, transaction, "review pages served")


def enter(project: Project, token: str, browser: str) -> Entered:
    """Open a session by a personal link; the first browser that uses it is the only one from then on.

    :raises CallError: the link is none of ours, expired, revoked, or another browser's.
    """
    now = project.clock()
    with project.store.transaction() as transaction:
        found = kept.invitation_of(transaction, _digest(token))
        state = _state(found, now) if found else "unknown"
        if found is None or state in ("expired", "revoked"):
            raise CallError(f"this link is {state}", advice="ask for a new one: pdpo-audit review invite NAME")
        if found.browser and found.browser != _digest(browser):
            raise CallError(
                "this link was used in another browser", advice="ask for a new one: pdpo-audit review invite NAME"
            )
        if not found.browser:
            browser = _known_browser(project, transaction, browser)
            kept.bind_invitation(transaction, found.id, _digest(browser), _text(now))
            _tell(project, transaction, "invitation used", person=found.person)
        session = _begin(project, transaction, found.id, browser)
    return Entered(session=session, browser=browser)


def enter_set_up(project: Project, browser: str = "") -> Entered:
    """Open a session for set-up; the server has checked its one-time link."""
    with project.store.transaction() as transaction:
        browser = _known_browser(project, transaction, browser)
        session = _begin(project, transaction, kept.SET_UP, browser)
    return Entered(session=session, browser=browser)


def _known_browser(project: Project, transaction: Transaction, browser: str) -> str:
    """The secret of a browser that was here before, else a new one: two people's links in one browser are seen as such,
    and the second decision of four eyes is not taken there."""
    known = bool(browser) and kept.knows_browser(transaction.connection, _digest(browser))
    return browser if known else _secret(project)


def reviewer_of(project: Project, session: str, browser: str) -> Reviewer | None:
    """Who is there, by the secrets that the browser keeps; ``None`` where the session is unknown or has ended."""
    project.refresh()
    found = kept.session_of(project.store, _digest(session))
    now = project.clock()
    if found is None or found.ended_at or found.browser != _digest(browser):
        return None
    idle = now - datetime.fromisoformat(found.seen_at)
    if idle > timedelta(minutes=project.settings.review.idle_minutes):
        return None
    if now - datetime.fromisoformat(found.began_at) > _LONGEST:
        return None
    if idle > _NOTED:
        with project.store.transaction(durable=False) as transaction:
            kept.note_seen(transaction, found.id, _text(now))
    if found.invitation == kept.SET_UP:
        return set_up_reviewer(found.secret, found.browser)
    if found.invitation == kept.VOUCHED:
        in_force = project.settings.review.identity.partition(":")[0] == found.way
        secrets = {"session": found.secret, "browser": found.browser}
        return reviewer_named(project, found.person, way=found.way, **secrets) if in_force else None
    if found.invited is None or _state(found, now) in ("expired", "revoked"):
        return None
    return reviewer_named(project, found.invited, session=found.secret, browser=found.browser)


def open_session(project: Project, person: str, *, way: str, browser: str) -> Entered:
    """Open a session for somebody for whom a provider or a proxy vouches."""
    with project.store.transaction() as transaction:
        browser = _known_browser(project, transaction, browser)
        session = _begin(project, transaction, kept.VOUCHED, browser, person=person, way=way)
        _tell(project, transaction, "signed in", person=person, way=way)
    return Entered(session=session, browser=browser)


def leave(project: Project, reviewer: Reviewer) -> None:
    """End a session."""
    with project.store.transaction() as transaction:
        kept.end_session(transaction, reviewer.session, _text(project.clock()))


def _begin(
    project: Project, transaction: Transaction, invitation: int, browser: str, *, person: str = "", way: str = ""
) -> str:
    session = _secret(project)
    kept.record_session(
        transaction, invitation=invitation, secret=_digest(session), browser=_digest(browser),
        at=_text(project.clock()), person=person, way=way,
    )  # fmt: skip
    return session


def _state(one: Any, now: datetime) -> str:
    if one.revoked_at:
        return "revoked"
    if datetime.fromisoformat(one.expires_at) <= now:
        return "expired"
    return "used" if one.browser else "open"


def _tell(project: Project, transaction: Transaction, kind: str, **details: str | int) -> None:
    transaction.append_event(kind, dict(details), at=project.clock(), actor=project.actor)


def _secret(project: Project) -> str:
    """256 bits of chance for an address or a cookie."""
    return base64.urlsafe_b64encode(project.entropy(32)).decode().rstrip("=")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
