"""Reviewers: what somebody of ``[[people]]`` may see and do on the review pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pdpo_audit.errors import CallError
from pdpo_audit.settings import PersonSettings, plain_name
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import person_named


class AbsentError(CallError):
    """There is no such thing that this reviewer may see; whether another may is not said."""


class Right(StrEnum):
    """What the pages let somebody do."""

    LOOK = "look"
    REVEAL = "reveal"
    DECIDE = "decide"
    LAW = "law"  # what a picture is in law
    ADOPT = "adopt"  # make a suggested period the organisation's own
    SIGN = "sign"  # say of an audit's decisions whether they may stand
    APPROVE = "approve"  # that something is erased: only who an identity provider says it is, never by a link
    SET_UP = "set_up"


_LOOKING = frozenset({Right.LOOK})
_DECIDING = _LOOKING | {Right.DECIDE}
_SEEING = _DECIDING | {Right.REVEAL}
_SIGNING = _SEEING | {Right.SIGN, Right.APPROVE}
#: Ways in that are good enough to approve an erasure.
_APPROVING = frozenset({"oidc"})
_RIGHTS: dict[str, frozenset[Right]] = {
    "reviewer": _SEEING,
    "legal": _SIGNING | {Right.LAW, Right.ADOPT},
    "dpo": _SIGNING | {Right.LAW, Right.ADOPT},
    "compliance": _SIGNING | {Right.ADOPT},
    "communications": _DECIDING | {Right.SIGN, Right.APPROVE},
    "owner": _SIGNING,
    "viewer": _LOOKING,
    "admin": frozenset({Right.SET_UP}),
}


def roles_with(right: Right) -> tuple[str, ...]:
    """The roles that have a right."""
    return tuple(role for role, rights in _RIGHTS.items() if right in rights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody with a session: name (empty for the server's own link), roles, what is visible, which browser."""

    name: str
    roles: tuple[str, ...]
    rights: frozenset[Right]
    #: Those of their roles, also where a program acts for them with fewer.
    role_rights: frozenset[Right]
    #: Names of sources.
    sources: frozenset[str]
    #: Whether that is every declared source.
    sees_everything: bool
    session: bytes
    browser: bytes
    #: How we know who it is: ``link``, ``token``, ``oidc`` (an identity provider) or ``header`` (a proxy).
    way: str = "link"

    def may(self, right: Right) -> bool:
        """Whether a right is among theirs."""
        return right in self.rights

    @property
    def role(self) -> str:
        """The role in which they decide: the first stated that may."""
        return self.role_for(Right.DECIDE)

    def role_for(self, right: Right) -> str:
        """The first stated role with this right."""
        return next((role for role in self.roles if role in roles_with(right)), "")

    @property
    def signing_roles(self) -> tuple[str, ...]:
        """The roles in which they sign off."""
        return tuple(role for role in self.roles if Right.SIGN in _RIGHTS[role])


def set_up_reviewer(session: bytes, browser: bytes) -> Reviewer:
    """Who came by the server's own link: nobody yet, and may invite people."""
    return Reviewer(
        name="", roles=(), rights=frozenset({Right.SET_UP}), role_rights=frozenset({Right.SET_UP}), sources=frozenset(),
        sees_everything=False, session=session, browser=browser,
    )  # fmt: skip


def reviewer_named(
    project: Project, name: str, *, session: bytes, browser: bytes, way: str = "link"
) -> Reviewer | None:
    """The reviewer of this name as the settings stand; ``None`` for somebody unknown, or who has left."""
    person = person_named(project, name)
    if person is None or (person.until is not None and person.until < project.clock().date()):
        return None
    rights = frozenset[Right]().union(*(_RIGHTS[role] for role in person.roles))
    if way not in _APPROVING:
        rights -= {Right.APPROVE}
    sources = _visible(project, person)
    return Reviewer(
        name=person.name,
        roles=tuple(person.roles),
        rights=rights,
        role_rights=rights,
        sources=sources,
        sees_everything=sources >= {one.name for one in project.settings.sources},
        session=session,
        browser=browser,
        way=way,
    )


def _visible(project: Project, person: PersonSettings) -> frozenset[str]:
    """What is named for a person; else everything, and for somebody who is an owner only, their own sources."""
    if person.sees:
        return frozenset(person.sees)
    declared = project.settings.sources
    if set(person.roles) <= {"owner"}:
        mine = plain_name(person.name)
        return frozenset(one.name for one in declared if plain_name(one.owner) == mine)
    return frozenset(one.name for one in declared)
