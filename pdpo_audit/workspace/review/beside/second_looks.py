"""Second looks: a case as the first person saw it, decided again by another one who does not know what was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pdpo_audit.catalogue.reviewing import second_looks as kept
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.settings import plain_name
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.cases import Case, open_case
from pdpo_audit.workspace.review.choices import Said
from pdpo_audit.workspace.review.decisions import ChangedError
from pdpo_audit.workspace.review.four_eyes.hiding import is_asked, sees_all
from pdpo_audit.workspace.review.reviewers import Reviewer, Right
from pdpo_audit.workspace.setup.persons import refuse_leaver


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLook:
    """A case that waits for a second person; nothing of the first decision is in it."""

    number: int
    case_key: str
    why: str
    drawn_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What two people said of a case, shown once both have spoken."""

    case_key: str
    first_by: str
    first_choice: str
    choice: str

    @property
    def agrees(self) -> bool:
        """Whether both chose the same."""
        return self.first_choice == self.choice


def waiting_looks(project: Project, reviewer: Reviewer) -> list[WaitingLook]:
    """The cases that this reviewer may read as the second person, the oldest first."""
    if not reviewer.may(Right.DECIDE):
        return []
    return [
        WaitingLook(number=row.id, case_key=row.case_key, why=row.why, drawn_at=row.drawn_at)
        for row in kept.open_looks(project.store, but_of=reviewer.name)
        if _is_for(row, reviewer)
    ]


def open_look(project: Project, reviewer: Reviewer, number: int) -> Case:
    """The case of a second look with its findings alone, and without anything that was decided on them.

    :raises CallError: it is not theirs to read, was read, or its findings are gone.
    """
    with project.store.reading() as connection:
        row = kept.look_of(connection, number)
        findings = set(kept.findings_of(connection, number))
    _permit(row, reviewer)
    assert row is not None
    case = open_case(project, reviewer, row.case_key)
    shown = tuple(one for one in case.findings if one["finding_id"] in findings)
    if len(shown) != len(findings):
        raise CallError(
            "these findings are not in the newest assessment any more", advice="the queue shows the new ones"
        )
    return replace(case, findings=shown, history=())


def read_look(project: Project, reviewer: Reviewer, number: int, said: Said, check: Callable[[], None]) -> Compared:
    """Record what the second person says; gives it beside the first decision.

    What stands is the first decision; where the two differ, that is told to both until somebody decides again.

    :raises CallError: it is not theirs to read. :raises ChangedError: somebody read it meanwhile.
    """
    refuse_leaver(project, reviewer.name)
    now = project.clock()
    with project.store.transaction() as transaction:
        check()
        row = kept.look_of(transaction.connection, number)
        _permit(row, reviewer)
        assert row is not None
        done = kept.read_look(
            transaction, number, read_by=reviewer.name, role=reviewer.role, choice=said.choice.value,
            reason=said.reason, read_at=now.isoformat(timespec="seconds"), browser=reviewer.browser,
        )  # fmt: skip
        if not done:
            raise ChangedError("somebody read this case meanwhile", advice="/second")
        compared = Compared(
            case_key=row.case_key, first_by=row.first_by, first_choice=row.first_choice, choice=said.choice.value
        )
        told: Details = {
            "look": number, "batch": row.batch, "by": reviewer.name, "role": reviewer.role,
            "choice": said.choice.value, "reason": said.reason, "agrees": compared.agrees,
        }  # fmt: skip
        transaction.append_event("second look", told, at=now, actor=project.actor)
    return compared


def _permit(row: Any, reviewer: Reviewer) -> None:
    """:raises CallError: this reviewer may not read it as the second person."""
    if row is None or row.withdrawn_at or not reviewer.may(Right.DECIDE) or not is_asked(row, reviewer):
        raise CallError("there is no such second look for you")
    if row.read_at:
        raise CallError("this case was read by a second person already")
    if plain_name(row.first_by) == plain_name(reviewer.name):
        raise CallError("the second decision is another person's: you made the first one")
    if row.first_browser == reviewer.browser:
        raise CallError("the first decision was made in this browser", advice="open your personal link in your own")
    if not sees_all(row, reviewer):
        raise CallError("there is no such second look for you")


def _is_for(row: Any, reviewer: Reviewer) -> bool:
    return is_asked(row, reviewer) and sees_all(row, reviewer)
