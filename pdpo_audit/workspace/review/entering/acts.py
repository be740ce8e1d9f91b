"""Acts: what somebody does on the pages or by the API, and who may. Every entrance names its act and asks here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pdpo_audit.errors import AuditError
from pdpo_audit.workspace.review.reviewers import Reviewer, Right


class ForbiddenError(AuditError):
    """Somebody who may not."""


class Act(StrEnum):
    """What an entrance is for. A page and an operation of the API that are for the same name the same."""

    LOOK = "look"
    REVEAL = "reveal"
    DECIDE = "decide"
    LAW = "law"
    ADOPT = "adopt"
    SIGN = "sign"
    DUES = "dues"
    CHANGES = "changes"
    SAMPLES = "samples"
    PLANS = "plans"
    HAND_IN = "hand_in"
    UNDO = "undo"
    SET_UP = "set_up"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Permission:
    """The rights that an act takes, all of them; what is ``of_all`` sources is for who sees them all."""

    rights: frozenset[Right]
    of_all: str = ""


_PERMISSIONS: Mapping[Act, _Permission] = {
    Act.LOOK: _Permission(rights=frozenset({Right.LOOK})),
    Act.REVEAL: _Permission(rights=frozenset({Right.REVEAL})),
    Act.DECIDE: _Permission(rights=frozenset({Right.DECIDE})),
    Act.LAW: _Permission(rights=frozenset({Right.DECIDE, Right.LAW})),
    Act.ADOPT: _Permission(rights=frozenset({Right.ADOPT}), of_all="a period is adopted for every source"),
    Act.SIGN: _Permission(rights=frozenset({Right.SIGN})),
    Act.DUES: _Permission(rights=frozenset({Right.LOOK}), of_all="what is due is of all sources"),
    Act.CHANGES: _Permission(rights=frozenset({Right.LOOK}), of_all="changes and trend are those of all sources"),
    Act.SAMPLES: _Permission(
        rights=frozenset({Right.DECIDE, Right.REVEAL}), of_all="a sample is drawn from all sources"
    ),
    Act.PLANS: _Permission(rights=frozenset({Right.LOOK}), of_all="plans of disposition are of all sources"),
    Act.HAND_IN: _Permission(rights=frozenset({Right.SIGN}), of_all="plans of disposition are of all sources"),
    Act.UNDO: _Permission(rights=frozenset({Right.SIGN}), of_all="plans of disposition are of all sources"),
    Act.SET_UP: _Permission(rights=frozenset({Right.SET_UP})),
    Act.LEAVE: _Permission(rights=frozenset()),
}


def permits(reviewer: Reviewer, act: Act) -> bool:
    """Whether somebody may, by their roles and by what they see."""
    permission = _PERMISSIONS[act]
    return permission.rights <= reviewer.role_rights and (reviewer.sees_everything or not permission.of_all)


def expect(reviewer: Reviewer, act: Act) -> None:
    """Refuse who may not.

    :raises ForbiddenError: their roles do not allow it, or it is of more sources than they see.
    """
    if permits(reviewer, act):
        return
    permission = _PERMISSIONS[act]
    if permission.rights <= reviewer.role_rights:
        raise ForbiddenError(permission.of_all, advice="you are shown some of them")
    raise ForbiddenError("your role does not allow this")
