"""Decisions on the pages: the same determinations as in the spreadsheet, made one case or one group at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.queries.cases import dispositions_at
from pdpo_audit.catalogue.reviewing import decisions as kept
from pdpo_audit.catalogue.reviewing.second_looks import withdraw_looks, withdraw_looks_on
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import DECIDED, TAKEN_BACK, Details
from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.decisions import DecisionKind
from pdpo_audit.settings import plain_name
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.choices import Choice, Said, read_said, told
from pdpo_audit.workspace.review.four_eyes.drawing import draw_looks
from pdpo_audit.workspace.review.four_eyes.hiding import hidden_findings
from pdpo_audit.workspace.review.holds import held_since
from pdpo_audit.workspace.review.queue import assessed, assessed_on, read_queue
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer, Right
from pdpo_audit.workspace.review.together.leasing import case_of, refuse_taken, taken_by_others, work_on
from pdpo_audit.workspace.setup.persons import person_named, refuse_leaver

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

__all__ = [
    "LARGEST", "TYPED", "ChangedError", "Choice", "Group", "Said", "decide_case", "decide_group", "decided_batch",
    "gather", "my_batches", "read_said", "told", "undo_batch",
]  # fmt: skip

#: From so many on, the number has to be typed; a group has at most so many.
TYPED, LARGEST = 20, 10_000
_PAGE = 500


_KINDS = {
    Choice.AGREE: DecisionKind.AGREE,
    Choice.DISAGREE: DecisionKind.DISAGREE,
    Choice.KEEP: DecisionKind.DISAGREE,
    Choice.ERASE: DecisionKind.PARTLY,
    Choice.RESTRICT: DecisionKind.PARTLY,
    Choice.MASK: DecisionKind.PARTLY,
    Choice.ESCALATE: DecisionKind.POSTPONED,
    Choice.ASK_OWNER: DecisionKind.POSTPONED,
}
#: What may be said of a copy on hold: nothing that would touch it.
_HARMLESS = frozenset({Choice.DISAGREE, Choice.KEEP, Choice.ESCALATE, Choice.ASK_OWNER})


class ChangedError(CallError):
    """What was decided on has changed since it was shown: nothing was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings that a group decision is about; ``version`` names exactly those that would be decided."""

    findings: tuple[Mapping[str, Any], ...]
    held: int
    decided: int
    #: Findings of cases that somebody else has taken.
    taken: int
    version: str


def decide_case(
    project: Project, reviewer: Reviewer, findings: Sequence[Mapping[str, Any]], said: Said, check: Callable[[], None],
    *, also: Callable[[Transaction], object] | None = None,
) -> str:  # fmt: skip
    """Decide the findings of one case; gives the batch, for undoing. ``check`` raises when something has changed.

    ``also`` is recorded in the same transaction: all of it stands, or nothing.

    :raises CallError: the reviewer may not, nothing is selected, or a copy is on hold and the decision would touch it.
    """
    if not findings:
        raise CallError("no finding is selected")
    if said.choice not in _HARMLESS and (held := _held(project, findings)):
        raise CallError(f"{len(held)} of these copies are on hold: nothing may be agreed that would touch them")
    return _decide(project, reviewer, findings, said, check, also)


def gather(
    project: Project, reviewer: Reviewer, where: Mapping[str, str], *, folder: str = "", due_until: str = ""
) -> Group:
    """The open findings that fit filters (and lie in a folder): what a group decision would decide.

    :raises CallError: there are more than a group may have.
    """
    rows: list[Mapping[str, Any]] = []
    decided = 0
    for row in _fitting(project, reviewer, where, due_until):
        if folder and not str(row["path"]).startswith(folder.rstrip("/") + "/"):
            continue
        decided += row["status"] != "open"
        rows += [row] if row["status"] == "open" else []
        if len(rows) > LARGEST:
            raise CallError(f"more than {LARGEST:,} findings fit", advice="narrow the filter, and decide part by part")
    on_hold = {str(row["finding_id"]) for row in _held(project, rows)}
    free = [row for row in rows if str(row["finding_id"]) not in on_hold]
    others = taken_by_others(project, reviewer)
    left = tuple(row for row in free if case_of(row) not in others)
    return Group(findings=left, held=len(on_hold), decided=decided, taken=len(free) - len(left), version=_version(left))


def decide_group(project: Project, reviewer: Reviewer, group: Group, said: Said, *, seen: str, typed: str) -> str:
    """Decide a group as it was shown; gives the batch.

    :raises ChangedError: other findings would be decided than those shown.
    :raises CallError: the number was not typed, or there is nothing to decide.
    """
    if group.version != seen:
        raise ChangedError("what fits has changed since the preview", advice="look at the new preview")
    if len(group.findings) > TYPED and typed.strip().replace(",", "") != str(len(group.findings)):
        raise CallError(f"type {len(group.findings)} to decide so many at once")
    if not group.findings:
        raise CallError("there is nothing to decide: all is held or decided already")

    def check() -> None:
        ids = [str(row["finding_id"]) for row in group.findings]
        with project.store.reading() as connection:
            if kept.standing_on(connection, ids):
                raise ChangedError("somebody decided on some of these meanwhile", advice="look at the new preview")

    return _decide(project, reviewer, group.findings, said, check)


def decided_batch(project: Project, reviewer: Reviewer, batch: str) -> list[Any]:
    """What a reviewer decided together.

    :raises CallError: it is not theirs.
    """
    with project.store.reading() as connection:
        rows = kept.batch_of(connection, batch)
    if not rows or any(row.decided_by != reviewer.name for row in rows):
        raise AbsentError("there is no decision of yours by this name")
    return rows


def my_batches(project: Project, reviewer: Reviewer) -> list[Any]:
    """The newest decisions of a reviewer that stand, one row each."""
    return kept.newest_batches(project.store, reviewer.name)


def undo_batch(project: Project, reviewer: Reviewer, batch: str) -> int:
    """Take back what a reviewer decided together; gives how many findings are as before.

    :raises CallError: it is not theirs, or others have decided since.
    """
    now = project.clock()
    with project.store.transaction() as transaction:
        rows = kept.batch_of(transaction.connection, batch)
        if not rows or any(row.decided_by != reviewer.name for row in rows):
            raise AbsentError("there is no decision of yours to take back")
        undone = kept.take_back(transaction, batch, by=reviewer.name, at=now.isoformat(timespec="seconds"))
        withdraw_looks(transaction, batch, now.isoformat(timespec="seconds"))
        if not undone:
            raise CallError("nothing is left to take back: it was done already, or somebody decided since")
        for finding, before in undone.items():
            told: Details = {"finding_id": finding, "taken_back_by": reviewer.name}
            transaction.append_event(TAKEN_BACK, {**told, **(before or {})}, at=now, actor=project.actor)
    return len(undone)


def _decide(
    project: Project, reviewer: Reviewer, findings: Sequence[Mapping[str, Any]], said: Said, check: Callable[[], None],
    also: Callable[[Transaction], object] | None = None,
) -> str:  # fmt: skip
    if not reviewer.may(Right.DECIDE):
        raise CallError("your role does not decide")
    refuse_leaver(project, reviewer.name)
    _refuse_alone(project, reviewer, findings, said)
    now, batch = project.clock(), f"B-{project.token()}{project.token()}".upper()
    rows = [
        {
            "finding_id": str(row["finding_id"]), "decision": _KINDS[said.choice].value, "reason": told(said),
            "decided_by": reviewer.name, "role": reviewer.role, "decided_on": now.date().isoformat(),
        }
        for row in findings
    ]  # fmt: skip
    with project.store.transaction() as transaction:
        check()
        refuse_taken(project, reviewer, {case_of(row) for row in findings})
        if said.choice not in _HARMLESS and _held(project, findings):  # a hold counts from its transaction on
            raise ChangedError("a hold was placed on some of these meanwhile", advice="look at them again")
        work_on(project, transaction, reviewer)
        if also:
            also(transaction)
        kept.decide_findings(
            transaction, rows, batch=batch, browser=reviewer.browser, at=now.isoformat(timespec="seconds")
        )
        for row in rows:
            transaction.append_event(DECIDED, {**row, "batch": batch}, at=now, actor=project.actor)
        withdraw_looks_on(transaction, [row["finding_id"] for row in rows], now.isoformat(timespec="seconds"))
        draw_looks(
            project, transaction, reviewer, findings, batch=batch, choice=said.choice.value, approver=said.approver
        )
    return batch


def _refuse_alone(project: Project, reviewer: Reviewer, findings: Sequence[Mapping[str, Any]], said: Said) -> None:
    """:raises CallError: somebody approves their own exception, names nobody whom this workspace knows, passes it on to
    themselves, or decides openly what they have to read blind.
    """
    if said.choice is Choice.KEEP and plain_name(said.approver) == plain_name(reviewer.name):
        raise CallError("an exception is approved by somebody else than who asks for it")
    if said.choice is Choice.KEEP and project.settings.persons and person_named(project, said.approver) is None:
        known = ", ".join(one.name for one in project.settings.persons)
        raise CallError(f"{said.approver} is not in [[people]] and could not be asked to read it", advice=known)
    if said.choice is Choice.ESCALATE and set(reviewer.roles) == {said.role}:
        raise CallError(f"{said.role} is your own role", advice="decide, or pass it on to another role")
    if hidden_findings(project, reviewer, [str(row["finding_id"]) for row in findings]):
        raise CallError("you are asked to read some of these as the second person", advice="/second")


def _fitting(
    project: Project, reviewer: Reviewer, where: Mapping[str, str], due_until: str
) -> Iterator[Mapping[str, Any]]:
    after = -1
    while True:
        found = read_queue(project, reviewer, Table.FINDINGS, where, after=after, due_until=due_until, rows=_PAGE)
        yield from found.rows
        if found.after is None:
            return
        after = found.after


def _held(project: Project, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of some findings whose copy is on hold."""
    found: list[Mapping[str, Any]] = []
    audit_id = assessed(project)
    fresh = held_since(project, assessed_on(project))
    for start in range(0, len(rows), _PAGE):
        part = rows[start : start + _PAGE]
        said = dispositions_at(project.store, audit_id, [(str(row["source"]), str(row["path"])) for row in part])
        held = {place for place, row in said.items() if row["outcome"] == Outcome.ON_HOLD.value}
        found += [row for row in part if (row["source"], row["path"]) in held | fresh]
    return found


def _version(rows: Sequence[Mapping[str, Any]]) -> str:
    told = ("finding_id", "pack_sha256", "proposal", "due_on", "severity")
    said = "\n".join("\t".join(str(row[name] or "") for name in told) for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
