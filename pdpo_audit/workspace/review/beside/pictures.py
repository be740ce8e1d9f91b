"""What a reviewer says of the pictures of a case: the same judgements as those of `decide`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from pdpo_audit.catalogue.queries.cases import Copy
from pdpo_audit.errors import CallError
from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.settings import plain_name
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.cases import Case
from pdpo_audit.workspace.review.entering.acts import Act, expect
from pdpo_audit.workspace.review.judging import NOBODY, confirm_master, determine, reject_pair, undo
from pdpo_audit.workspace.review.reviewers import Reviewer, Right

_Code = TypeVar("_Code", bound=StrEnum)

#: This is the master; not the picture that the master is; nobody, or nobody living; what it is in law.
SAYINGS = ("master", "reject", "nobody", "legal")


def judge_picture(
    project: Project, reviewer: Reviewer, case: Case, fields: Mapping[str, str], check: Callable[[], None]
) -> Copy:
    """Say one thing of one copy: ``say``, ``holding``, ``reason``, ``instead``; of law ``determination`` and ``code``.

    :raises CallError: there is no such copy, what is said is none, or the reviewer may not say it.
    """
    copy = next((one for one in case.copies if str(one.holding) == fields.get("holding")), None)
    if copy is None:
        raise CallError("there is no such copy")
    place, reason, instead = _place(copy), fields.get("reason", ""), bool(fields.get("instead"))
    by, role = reviewer.name, reviewer.role
    match fields.get("say"):
        case "master":
            confirm_master(project, place, by=by, role=role, reason=reason, instead=instead, check=check)
        case "reject" if case.master is not None:
            other = _place(case.master)
            reject_pair(project, other, place, by=by, role=role, reason=reason, instead=instead, check=check)
        case "legal" | "nobody" as said:
            expect(reviewer, Act.LAW if said == "legal" else Act.DECIDE)
            what, code = _legal(fields) if said == "legal" else NOBODY
            role = reviewer.role_for(Right.LAW) or role
            determine(project, place, what, code=code, by=by, role=role, reason=reason, instead=instead, check=check)
        case _:
            raise CallError("choose what to say", advice=", ".join(SAYINGS))
    return copy


def take_back(project: Project, reviewer: Reviewer, case: Case, judgement_id: str, check: Callable[[], None]) -> None:
    """Take back what this reviewer said of the pictures of a case.

    :raises CallError: nothing of that name stands here, or somebody else said it.
    """
    said = next((one for one in case.judgements if one.judgement_id == judgement_id), None)
    if said is None:
        raise CallError("nothing of that name was said here", advice="look at the case again")
    if plain_name(said.by) != plain_name(reviewer.name):
        raise CallError(f"{said.by} said it and takes it back", advice="say something in its place")
    undo(project, judgement_id, by=reviewer.name, check=check)


def _legal(fields: Mapping[str, str]) -> tuple[LegalDetermination, LegalReason]:
    return _one_of(LegalDetermination, fields, "determination"), _one_of(LegalReason, fields, "code")


def _one_of(codes: type[_Code], fields: Mapping[str, str], name: str) -> _Code:
    try:
        return codes(fields.get(name, ""))
    except ValueError:
        raise CallError(f"choose the {name}", advice=", ".join(codes)) from None


def _place(copy: Copy) -> str:
    return f"{copy.source}:{copy.path}"
