"""Tokens: what a program calls the API with, for a person, within that person's role and sources."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pdpo_audit.catalogue.reviewing import tokens as kept
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.invitations import revoke
from pdpo_audit.workspace.review.reviewers import Reviewer, Right, reviewer_named
from pdpo_audit.workspace.setup.persons import person_named, record_people, refuse_leaver

#: What stands before every secret, so that scanners of repositories know one when they see it.
PREFIX = "pdpo_"
#: What a program may do for a person: looking, and deciding as well. Seeing clear pictures, signing, inviting and
#: approving are a person's own.
SCOPES: dict[str, frozenset[Right]] = {
    "look": frozenset({Right.LOOK}),
    "decide": frozenset({Right.LOOK, Right.DECIDE, Right.LAW}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeToken:
    """A token that was made; the secret is shown once and kept nowhere."""

    person: str
    token: str
    scope: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownToken:
    """A token as people see it; ``state`` is valid, expired or revoked."""

    person: str
    purpose: str
    scope: str
    state: str
    made_at: str
    made_by: str
    expires_at: str
    used_on: str


def make_token(project: Project, name: str, *, purpose: str, scope: str, days: int, by: str = "") -> MadeToken:
    """Make a token for somebody in ``[[people]]``.

    :raises CallError: nobody is called so, they have left, their role does not allow it, or the scope is none.
    """
    if scope not in SCOPES:
        raise CallError(f"there is no scope {scope}", advice=f"one of {', '.join(SCOPES)}")
    person = person_named(project, name)
    if person is None:
        raise CallError(f"{name} is not in [[people]]", advice="add a [[people]] entry with name and roles")
    refuse_leaver(project, person.name)
    reviewer = reviewer_named(project, person.name, session=b"", browser=b"")
    if reviewer is None or not reviewer.may(Right.DECIDE if scope == "decide" else Right.LOOK):
        raise CallError(f"the roles of {person.name} do not allow to {scope}", advice="--scope look, or other roles")
    record_people(project)
    secret, now = _secret(project), project.clock()
    expires = (now + timedelta(days=days)).isoformat(timespec="seconds")
    made_at = now.isoformat(timespec="seconds")
    with project.store.transaction() as transaction:
        kept.record_token(
            transaction, person=person.name, secret=_digest(secret), purpose=purpose, scope=scope,
            by=by or project.actor, at=made_at, expires=expires,
        )  # fmt: skip
        told: Details = {"person": person.name, "scope": scope, "expires_at": expires}
        transaction.append_event("API token made", told, at=now, actor=project.actor)
    return MadeToken(person=person.name, token=secret, scope=scope, expires_at=expires)


def revoke_tokens(project: Project, name: str, *, by: str = "") -> int:
    """Take back every token of a person; gives how many."""
    person, now = person_named(project, name), project.clock()
    called = person.name if person else " ".join(name.split())
    with project.store.transaction() as transaction:
        at = now.isoformat(timespec="seconds")
        count = kept.revoke_tokens(transaction, called, by=by or project.actor, at=at)
        if count:
            told: Details = {"person": called, "tokens": count}
            transaction.append_event("API tokens revoked", told, at=now, actor=project.actor)
    return count


def shut_out(project: Project, name: str) -> tuple[int, int]:
    """Take back every link and every token of a person, and end their sessions; how many of each."""
    return revoke(project, name), revoke_tokens(project, name)


def list_tokens(project: Project) -> list[ShownToken]:
    """Every token, oldest first."""
    now = project.clock()
    return [
        ShownToken(
            person=one.person, purpose=one.purpose, scope=one.scope, state=_state(one, now), made_at=one.made_at,
            made_by=one.made_by, expires_at=one.expires_at, used_on=one.used_on,
        )
        for one in kept.load_tokens(project.store)
    ]  # fmt: skip


def reviewer_of_token(project: Project, secret: str) -> Reviewer | None:
    """Who a program acts for; ``None`` where the token is none, expired or revoked, or the person has left.

    A token never has more rights than its person has now, nor those that are a person's own.
    """
    project.refresh()
    if not secret.startswith(PREFIX):
        return None
    found, now = kept.token_of(project.store, _digest(secret)), project.clock()
    if found is None or _state(found, now) != "valid":
        return None
    if found.used_on != (today := now.date().isoformat()):
        with project.store.transaction(durable=False) as transaction:
            kept.note_use(transaction, found.id, today)
    reviewer = reviewer_named(project, found.person, session=found.secret, browser=found.secret, way="token")
    return replace(reviewer, rights=reviewer.rights & SCOPES[found.scope]) if reviewer else None


def _state(one: Any, now: datetime) -> str:
    if one.revoked_at:
        return "revoked"
    return "expired" if datetime.fromisoformat(one.expires_at) <= now else "valid"


def _secret(project: Project) -> str:
    """256 bits of chance."""
    return PREFIX + base64.urlsafe_b64encode(project.entropy(32)).decode().rstrip("=")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
